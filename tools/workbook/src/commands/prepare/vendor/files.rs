//! The files that a workbook is made of.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::catalogue::workspace::Workspace;

/// Folders that hold what was built, fetched or remembered.
const NOT_OURS: [&str; 7] =
    ["target", ".git", ".workbook", "vendor", "docs", "book/book", "book/browser/node_modules"];

/// The files that git tracks, from the root; without git, all but those that came later.
pub fn of(workspace: &Workspace) -> Result<Vec<PathBuf>> {
    let root = &workspace.root;
    let mut files = tracked(root).map_or_else(|| walked(root), Ok)?;
    // Tracked, and removed by hand.
    files.retain(|file| root.join(file).is_file());
    files.sort();
    Ok(files)
}

/// The files that git neither tracks nor ignores: [`of`] leaves them out.
pub fn left_out(workspace: &Workspace) -> Vec<PathBuf> {
    git_lists(&workspace.root, &["--others", "--exclude-standard"]).unwrap_or_default()
}

/// What git tracks below the root. `None` where the root is no checkout: unpacked from an archive.
fn tracked(root: &Path) -> Option<Vec<PathBuf>> {
    git_lists(root, &["--cached"]).filter(|files| !files.is_empty())
}

fn git_lists(root: &Path, which: &[&str]) -> Option<Vec<PathBuf>> {
    // Somewhere above may be a checkout of something else.
    if !root.join(".git").exists() {
        return None;
    }
    let mut command = Command::new("git");
    command.args(["ls-files", "-z"]).args(which).current_dir(root);
    let output = command.output().ok().filter(|output| output.status.success())?;
    let text = String::from_utf8(output.stdout).ok()?;
    Some(text.split('\0').filter(|file| !file.is_empty()).map(PathBuf::from).collect())
}

fn walked(root: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    walk(root, Path::new(""), &mut files)
        .with_context(|| format!("cannot read the folder {}", root.display()))?;
    Ok(files)
}

fn walk(root: &Path, inside: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(root.join(inside))? {
        let entry = entry?;
        let path = inside.join(entry.file_name());
        if !entry.file_type()?.is_dir() {
            files.push(path);
        } else if !NOT_OURS.iter().any(|other| path == Path::new(other)) {
            walk(root, &path, files)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_git_what_was_built_stays_behind() {
        let folder = tempfile::tempdir().expect("a folder");
        let wanted = [
            "Cargo.toml",
            "book/src/gather.md",
            ".cargo/config.toml",
            "tools/x/vendor/x.rs",
            // By these a learner is told which anti-pattern an answer is.
            "solutions/gather/recorded/chunks.keeps_ten_in_flight_while_ids_are_left.txt",
        ];
        let others = [
            "target/debug/x",
            ".workbook/progress.toml",
            "vendor/x/lib.rs",
            "docs/x/all.html",
            "book/book/x.html",
        ];
        for file in wanted.iter().chain(&others) {
            let file = folder.path().join(file);
            fs::create_dir_all(file.parent().expect("a folder")).expect("a folder");
            fs::write(file, "").expect("a file");
        }
        let root = folder.path().to_path_buf();
        let workspace = Workspace { target: root.join("target"), root };
        let mut wanted: Vec<PathBuf> = wanted.iter().map(PathBuf::from).collect();
        wanted.sort();
        assert_eq!(of(&workspace).expect("it can be read"), wanted);
    }
}
