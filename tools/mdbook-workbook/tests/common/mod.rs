//! The small book that the tests stand on, and copies of it with something changed.

use std::path::{Path, PathBuf};

pub fn fixture() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixture")
}

/// A copy of the fixture with one file written anew, or taken away.
pub fn changed(file: &str, text: Option<&str>) -> tempfile::TempDir {
    let copy = tempfile::tempdir().expect("a temporary folder");
    copy_folder(&fixture(), copy.path());
    let file = copy.path().join(file);
    match text {
        Some(text) => std::fs::write(file, text).expect("the file can be written"),
        None => std::fs::remove_file(file).expect("the file was there"),
    }
    copy
}

fn copy_folder(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("a folder");
    for entry in std::fs::read_dir(from).expect("a folder") {
        let from = entry.expect("an entry").path();
        let to = to.join(from.file_name().expect("a name"));
        if from.is_dir() {
            copy_folder(&from, &to);
        } else {
            std::fs::copy(&from, &to).expect("a file");
        }
    }
}
