//! A copy of a test binary that the code in it cannot change.
//!
//! The tests of a process that died are run again. If the code could replace its own binary, they
//! would run another program, and the verdict would be on that.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::engine::temporary_folder::TemporaryFolder;

/// A private copy of a test binary, removed when this is dropped.
#[derive(Debug)]
pub struct TestBinary {
    path: PathBuf,
    _kept: Kept,
}

/// What holds the copy.
#[derive(Debug)]
enum Kept {
    /// It is in memory, sealed: nobody can write to it, and it has no name to be replaced.
    #[cfg(target_os = "linux")]
    Memory { _file: std::os::fd::OwnedFd },
    /// It is a read-only file, whose [`Identity`] is compared before each run.
    Folder { _folder: TemporaryFolder },
}

impl TestBinary {
    /// Copies `built`. Where it cannot be kept in memory it is copied into `folder`: one in which
    /// programs may run, which is not said of the system's temporary files. `passed_on`: other
    /// programs start it for us.
    pub fn copy(built: &Path, folder: &Path, passed_on: bool) -> Result<Self> {
        #[cfg(not(target_os = "linux"))]
        let _ = passed_on;
        #[cfg(target_os = "linux")]
        if let Ok(binary) = in_memory(built, passed_on) {
            return Ok(binary);
        }
        in_folder(built, folder).with_context(|| format!("cannot copy {}", built.display()))
    }

    /// What to run.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

#[cfg(target_os = "linux")]
fn in_memory(built: &Path, passed_on: bool) -> io::Result<TestBinary> {
    use std::fs::File;
    use std::os::fd::{AsRawFd as _, OwnedFd};

    use rustix::fs::{MemfdFlags, SealFlags, fcntl_add_seals, memfd_create};

    let inherited = if passed_on { MemfdFlags::empty() } else { MemfdFlags::CLOEXEC };
    let flags = inherited | MemfdFlags::ALLOW_SEALING;
    // Kernels before 6.3 do not know that flag, and need none.
    let file = memfd_create("test-binary", flags | MemfdFlags::EXEC)
        .or_else(|_| memfd_create("test-binary", flags))?;
    let mut file = File::from(file);
    io::copy(&mut File::open(built)?, &mut file)?;
    let path = PathBuf::from(format!("/proc/self/fd/{}", file.as_raw_fd()));
    // Where `/proc` is not mounted the copy could not be run.
    fs::metadata(&path)?;
    let seals = SealFlags::WRITE | SealFlags::GROW | SealFlags::SHRINK | SealFlags::SEAL;
    fcntl_add_seals(&file, seals)?;
    Ok(TestBinary { path, _kept: Kept::Memory { _file: OwnedFd::from(file) } })
}

fn in_folder(built: &Path, folder: &Path) -> io::Result<TestBinary> {
    let folder = TemporaryFolder::within(folder)?;
    let path = folder.path().join(built.file_name().unwrap_or_default());
    fs::copy(built, &path)?;
    let mut permissions = fs::metadata(&path)?.permissions();
    permissions.set_readonly(true);
    fs::set_permissions(&path, permissions)?;
    Ok(TestBinary { path, _kept: Kept::Folder { _folder: folder } })
}

/// Which file stands at a path, and in which state: another one after every change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity(Option<Known>);

impl Identity {
    /// What stands at that path now; a file that is not there is equal to itself.
    pub fn of(path: &Path) -> Self {
        Self(Known::of(path).ok())
    }
}

/// No program can set the time of the last change of a file's state, so it gives each change away.
#[cfg(unix)]
#[derive(Clone, Debug, PartialEq, Eq)]
struct Known {
    file: (u64, u64),
    length: u64,
    changed: (i64, i64),
}

#[cfg(unix)]
impl Known {
    fn of(path: &Path) -> io::Result<Self> {
        use std::os::unix::fs::MetadataExt as _;
        let metadata = fs::metadata(path)?;
        Ok(Self {
            file: (metadata.dev(), metadata.ino()),
            length: metadata.len(),
            changed: (metadata.ctime(), metadata.ctime_nsec()),
        })
    }
}

/// Elsewhere the times can be set: the contents are compared.
#[cfg(not(unix))]
#[derive(Clone, Debug, PartialEq, Eq)]
struct Known(u64);

#[cfg(not(unix))]
impl Known {
    fn of(path: &Path) -> io::Result<Self> {
        use std::hash::{DefaultHasher, Hash as _, Hasher as _};
        let mut hasher = DefaultHasher::new();
        fs::read(path)?.hash(&mut hasher);
        Ok(Self(hasher.finish()))
    }
}

#[cfg(all(test, unix))]
mod tests {
    use std::process::Command;

    use super::*;

    #[test]
    #[cfg(target_os = "linux")]
    fn a_copy_in_memory_runs_and_cannot_be_written_to() {
        let binary = in_memory(Path::new("/bin/echo"), false).expect("memory");
        let output = Command::new(binary.path()).arg("here").output().expect("it runs");
        assert_eq!(output.stdout, b"here\n");
        let before = Identity::of(binary.path());
        assert!(fs::write(binary.path(), "#!/bin/sh\n").is_err(), "it is sealed");
        assert_eq!(Identity::of(binary.path()), before);
    }

    #[test]
    fn a_copy_in_a_folder_runs_and_gives_each_change_away() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let binary = in_folder(Path::new("/bin/echo"), folder.path()).expect("a copy");
        let output = loop {
            match Command::new(binary.path()).arg("here").output() {
                // Another test has just started a process, which for a moment holds all that was
                // open here: also the copy while it was written.
                Err(error) if error.kind() == io::ErrorKind::ExecutableFileBusy => {}
                ran => break ran.expect("it runs"),
            }
        };
        assert_eq!(output.stdout, b"here\n");

        let before = Identity::of(binary.path());
        assert_eq!(Identity::of(binary.path()), before);
        let aside = folder.path().join("aside");
        fs::rename(binary.path(), &aside).expect("it is moved");
        assert_ne!(Identity::of(binary.path()), before, "it is not there");
        fs::copy(&aside, binary.path()).expect("the same contents");
        assert_ne!(Identity::of(binary.path()), before, "it is another file");

        let copy = binary.path().to_owned();
        drop(binary);
        assert!(!copy.exists());
    }
}
