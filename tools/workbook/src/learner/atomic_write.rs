//! A file written whole or not at all.
//!
//! The new contents go to a file beside the old one, reach the disk, and take the old one's name
//! in one step. Whoever is ended half way leaves the old file as it was.

use std::fs;
use std::io::{self, Write as _};
use std::path::Path;

/// How the names of unfinished files begin and end; `.gitignore` knows them.
const PREFIX: &str = ".workbook-";
const SUFFIX: &str = ".unfinished";

/// Gives `path` the contents. Its permissions stay, and a link stays a link.
pub fn write(path: &Path, contents: &[u8]) -> io::Result<()> {
    // A new name for a link would leave what it points to untouched.
    let path = &fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf());
    let folder = folder_of(path)?;
    sweep(folder);
    let mut unfinished = builder().prefix(PREFIX).suffix(SUFFIX).tempfile_in(folder)?;
    unfinished.write_all(contents)?;
    if let Ok(old) = fs::metadata(path) {
        unfinished.as_file().set_permissions(old.permissions())?;
    }
    unfinished.as_file().sync_all()?;
    unfinished.persist(path).map_err(|error| error.error)?;
    sync(folder)
}

/// What an earlier command left behind that was ended half way. Callers hold the workbook's lock,
/// so none of it is in use.
fn sweep(folder: &Path) {
    // What cannot be swept does no harm.
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if name.starts_with(PREFIX) && name.ends_with(SUFFIX) {
            fs::remove_file(entry.path()).ok();
        }
    }
}

fn folder_of(path: &Path) -> io::Result<&Path> {
    path.parent().ok_or_else(|| io::Error::other("the path names no file"))
}

/// What lies in a workbook is for everybody, as far as the umask allows; temporary files would be
/// for their owner alone.
#[cfg(unix)]
fn builder() -> tempfile::Builder<'static, 'static> {
    use std::os::unix::fs::PermissionsExt as _;
    let mut builder = tempfile::Builder::new();
    builder.permissions(fs::Permissions::from_mode(0o666));
    builder
}

#[cfg(not(unix))]
fn builder() -> tempfile::Builder<'static, 'static> {
    tempfile::Builder::new()
}

/// The new name reaches the disk as well.
#[cfg(unix)]
fn sync(folder: &Path) -> io::Result<()> {
    fs::File::open(folder)?.sync_all()
}

#[cfg(not(unix))]
#[expect(clippy::unnecessary_wraps, reason = "elsewhere it can fail")]
fn sync(_: &Path) -> io::Result<()> {
    Ok(())
}
