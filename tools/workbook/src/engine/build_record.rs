//! What cargo has built, and whether it was built from the files as they are now.
//!
//! Cargo goes by the times of files. It takes a file that was put in place with an older time for
//! the one that it has built: after `cp -p`, `mv`, `rsync -a`, out of an archive, or when the clock
//! was ahead at the last build. So for each package that lies on this disk, a record beside the
//! build says which contents it was built from. A build that the record does not vouch for is
//! removed, and cargo builds it again. Nothing but the build's own output is touched, and a build
//! that cargo has just made costs no more than the record.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};

use crate::catalogue::workspace::Workspace;
use crate::engine::snapshot::{Snapshot, changed, normalised};

/// What cargo says that it has built of a package on this disk.
#[derive(Clone, Debug)]
pub struct Artifact {
    /// The package's `Cargo.toml`.
    pub manifest: PathBuf,
    /// The files that it consists of.
    pub files: Vec<PathBuf>,
    /// Whether cargo took it for up to date, and did not build it.
    pub fresh: bool,
}

/// How far to trust cargo where a fresh artifact has no record: somebody else had it built.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unrecorded<'a> {
    /// Build the package of this manifest again: it takes no longer than an edit does. For any
    /// other, go by the times at which its files were changed in any way.
    BuildAgain(&'a Path),
    /// Go by those times.
    GoByTimes,
}

/// What came of the examination of a build.
#[derive(Clone, Debug, Default)]
pub struct Examined {
    /// What is not built from the files as they are. It has been removed: run cargo again.
    pub removed: Vec<PathBuf>,
    /// The files that all of it was built from, as rustc lists them.
    pub sources: Vec<PathBuf>,
}

/// The contents of one artifact's sources when it was built.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Record {
    /// Which build it is about: length and time of each file that it consists of.
    build: Vec<(u64, u64)>,
    /// The fingerprint of each source.
    sources: BTreeMap<PathBuf, Option<String>>,
}

impl Unrecorded<'_> {
    /// Whether this manifest is that of the package to build again. Cargo may know it by another
    /// path, where a link leads to the workbook.
    fn is_to_build_again(self, manifest: &Path) -> bool {
        let real = |path: &Path| fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf());
        match self {
            Self::BuildAgain(own) => own == manifest || real(own) == real(manifest),
            Self::GoByTimes => false,
        }
    }
}

/// Looks at what cargo has built, after the `snapshot` was taken. Cargo ran in the folder `base`.
pub fn examine(
    workspace: &Workspace,
    base: &Path,
    snapshot: &Snapshot,
    artifacts: &[Artifact],
    unrecorded: Unrecorded,
) -> Result<Examined> {
    let mut examined = Examined::default();
    for artifact in artifacts {
        // Where rustc has left no list, nothing can be said: a build script, say.
        let Some(sources) = sources(base, &artifact.files) else { continue };
        let build = stamps(&artifact.files);
        let Some(file) = record_file(workspace, &artifact.files) else { continue };
        examined.sources.extend(sources.iter().cloned());
        let contents = |file: &PathBuf| (file.clone(), snapshot.fingerprint(file));
        let record = Record { build, sources: sources.iter().map(contents).collect() };
        if !artifact.fresh {
            // What was saved meanwhile may have been built, or not.
            if sources.iter().all(|source| snapshot.still_holds(source)) {
                write(&file, &record)?;
            } else {
                fs::remove_file(&file).ok();
            }
            continue;
        }
        let holds = match read(&file).filter(|old| old.build == record.build) {
            Some(old) => old.sources == record.sources,
            None if unrecorded.is_to_build_again(&artifact.manifest) => false,
            None => {
                let older = built_after_changes(&artifact.files, &sources);
                if older {
                    write(&file, &record)?;
                }
                older
            }
        };
        if !holds {
            remove(&artifact.files)?;
            examined.removed.extend(artifact.files.iter().cloned());
        }
    }
    Ok(examined)
}

/// The sources of an artifact, from the list that rustc writes beside it (`-C extra-filename`:
/// `libgather-1f71.rmeta` has `gather-1f71.d`).
fn sources(base: &Path, files: &[PathBuf]) -> Option<Vec<PathBuf>> {
    let text = files.iter().find_map(|file| fs::read_to_string(list_beside(file)?).ok())?;
    // Each source has a line without dependencies, so that `make` survives its removal.
    let line = |line: &str| {
        let file = line.strip_suffix(':').filter(|_| !line.starts_with('#'))?;
        Some(normalised(&base.join(file.replace("\\ ", " "))))
    };
    Some(text.lines().filter_map(line).collect())
}

fn list_beside(file: &Path) -> Option<PathBuf> {
    Some(file.with_file_name(format!("{}.d", stem(file)?)))
}

/// `gather-1f71…`, of `libgather-1f71….rmeta`, of `gather-1f71…` and of `gather-1f71….exe`. `None`:
/// it has no such number, so it is the copy with a plain name that cargo makes of some.
fn stem(file: &Path) -> Option<&str> {
    let name = file.file_stem()?.to_str()?;
    let (_, number) = name.rsplit_once('-')?;
    let is_number = number.len() == 16 && number.bytes().all(|byte| byte.is_ascii_hexdigit());
    let is_library = file.extension().is_some_and(|it| it == "rlib" || it == "rmeta");
    let name = if is_library { name.strip_prefix("lib").unwrap_or(name) } else { name };
    is_number.then_some(name)
}

fn record_file(workspace: &Workspace, files: &[PathBuf]) -> Option<PathBuf> {
    let name = files.iter().find_map(|file| stem(file))?;
    Some(workspace.target.join("workbook").join("built").join(format!("{name}.json")))
}

/// Length and time of each file; zeros for one that is not there.
fn stamps(files: &[PathBuf]) -> Vec<(u64, u64)> {
    let stamp = |file: &PathBuf| {
        let metadata = fs::metadata(file).ok()?;
        let since = metadata.modified().ok()?.duration_since(SystemTime::UNIX_EPOCH).ok()?;
        Some((metadata.len(), u64::try_from(since.as_nanos()).ok()?))
    };
    files.iter().map(|file| stamp(file).unwrap_or_default()).collect()
}

/// Whether every source had its present contents before the artifact was there.
fn built_after_changes(files: &[PathBuf], sources: &[PathBuf]) -> bool {
    let built = files.iter().filter_map(|file| fs::metadata(file).ok()?.modified().ok()).min();
    built.is_some_and(|built| {
        sources.iter().all(|source| changed(source).is_some_and(|changed| changed < built))
    })
}

/// A record that is not there or cannot be read vouches for nothing.
fn read(file: &Path) -> Option<Record> {
    serde_json::from_slice(&fs::read(file).ok()?).ok()
}

fn write(file: &Path, record: &Record) -> Result<()> {
    let attempt = || -> io::Result<()> {
        if let Some(folder) = file.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::write(file, serde_json::to_vec(record)?)
    };
    attempt().with_context(|| format!("cannot write {}", file.display()))
}

fn remove(files: &[PathBuf]) -> Result<()> {
    // What is a folder holds debug information at most.
    for file in files.iter().filter(|file| !file.is_dir()) {
        match fs::remove_file(file) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                return Err(error).with_context(|| {
                    format!(
                        "{} was built from other contents than the files have now, and cannot be \
                         removed. End what uses it, and try again",
                        file.display()
                    )
                });
            }
            _ => {}
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    /// A package of two sources, and what cargo has built of it.
    struct Package {
        workspace: Workspace,
        _folder: tempfile::TempDir,
    }

    const SOURCES: [&str; 2] = ["src/answer.rs", "src/my part.rs"];

    impl Package {
        fn new() -> Self {
            let folder = tempfile::tempdir().expect("a temporary folder");
            let root = folder.path().to_path_buf();
            let workspace = Workspace { target: root.join("target"), root };
            let package = Self { workspace, _folder: folder };
            for source in SOURCES {
                package.write(source, "right");
            }
            package.build();
            package
        }

        fn path(&self, file: &str) -> PathBuf {
            self.workspace.root.join(file)
        }

        fn write(&self, file: &str, text: &str) {
            let path = self.path(file);
            fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
            fs::write(path, text).expect("the file is written");
        }

        /// Writes a file, with the time of an hour ago.
        fn put_in_place(&self, file: &str, text: &str) {
            self.write(file, text);
            let file = fs::File::options().write(true).open(self.path(file)).expect("the file");
            file.set_modified(SystemTime::now() - Duration::from_hours(1)).expect("an old time");
        }

        fn files(&self) -> Vec<PathBuf> {
            ["target/libpair.rlib", "target/deps/libpair-00000000deadbeef.rmeta"]
                .map(|file| self.path(file))
                .to_vec()
        }

        /// What cargo does, and rustc's list of sources.
        fn build(&self) {
            for file in self.files() {
                fs::create_dir_all(file.parent().expect("a folder")).expect("a folder");
                fs::write(file, "built").expect("the file is written");
            }
            let [answer, part] = SOURCES.map(|source| source.replace(' ', "\\ "));
            let list = format!(
                "x.rmeta: src/../{answer} {part}\n\nsrc/../{answer}:\n{part}:\n# env-dep:A=b:\n"
            );
            self.write("target/deps/pair-00000000deadbeef.d", &list);
        }

        fn examine(&self, fresh: bool, unrecorded: Unrecorded) -> Examined {
            self.examine_after(
                &Snapshot::of(SOURCES.map(|file| self.path(file))),
                fresh,
                unrecorded,
            )
        }

        fn examine_after(
            &self,
            snapshot: &Snapshot,
            fresh: bool,
            unrecorded: Unrecorded,
        ) -> Examined {
            let manifest = self.path("Cargo.toml");
            let artifacts = [Artifact { manifest, files: self.files(), fresh }];
            let Workspace { root, .. } = &self.workspace;
            examine(&self.workspace, root, snapshot, &artifacts, unrecorded).expect("examined")
        }

        #[track_caller]
        fn is_removed(&self, examined: &Examined) {
            assert_eq!(examined.removed, self.files());
            assert!(self.files().iter().all(|file| !file.exists()));
            assert!(SOURCES.iter().all(|file| self.path(file).exists()), "only the build's output");
        }
    }

    #[test]
    fn a_build_of_the_same_contents_is_kept_whatever_their_times() {
        let package = Package::new();
        let own = package.path("Cargo.toml");
        let built = package.examine(false, Unrecorded::BuildAgain(&own));
        assert_eq!(built.sources, SOURCES.map(|source| package.path(source)));
        package.put_in_place(SOURCES[0], "right");
        package.write(SOURCES[1], "right");
        let examined = package.examine(true, Unrecorded::BuildAgain(&own));
        assert_eq!(examined.removed, Vec::<PathBuf>::new());
    }

    #[test]
    fn a_build_of_other_contents_is_removed_whatever_their_times() {
        for source in SOURCES {
            let package = Package::new();
            package.examine(false, Unrecorded::GoByTimes);
            package.put_in_place(source, "wrong");
            package.is_removed(&package.examine(true, Unrecorded::GoByTimes));
            package.build();
            package.examine(false, Unrecorded::GoByTimes);
            package.put_in_place(source, "right");
            package.is_removed(&package.examine(true, Unrecorded::GoByTimes));
        }
    }

    #[test]
    fn a_build_that_has_no_record_is_made_again_or_judged_by_times() {
        let package = Package::new();
        let own = package.path("Cargo.toml");
        package.is_removed(&package.examine(true, Unrecorded::BuildAgain(&own)));
        package.build();
        package.write("Cargo.toml", "");
        let by_another_path = package.path("src/../Cargo.toml");
        package.is_removed(&package.examine(true, Unrecorded::BuildAgain(&by_another_path)));
        package.build();
        let other = package.path("other/Cargo.toml");
        std::thread::sleep(Duration::from_millis(20));
        package.build();
        let examined = package.examine(true, Unrecorded::BuildAgain(&other));
        assert_eq!(examined.removed, Vec::<PathBuf>::new(), "it is younger than its sources");

        // Somebody else builds, for the times, after other contents were put in place.
        package.build();
        let record = package.path("target/workbook/built/pair-00000000deadbeef.json");
        fs::remove_file(record).expect("it was written");
        std::thread::sleep(Duration::from_millis(20));
        package.write(SOURCES[0], "changed since");
        package.is_removed(&package.examine(true, Unrecorded::GoByTimes));
    }

    #[test]
    fn what_was_saved_during_the_build_leaves_no_record() {
        let package = Package::new();
        let own = package.path("Cargo.toml");
        package.examine(false, Unrecorded::BuildAgain(&own));
        let snapshot = Snapshot::of(SOURCES.map(|file| package.path(file)));
        package.write(SOURCES[0], "saved meanwhile");
        package.build();
        package.examine_after(&snapshot, false, Unrecorded::BuildAgain(&own));
        package.put_in_place(SOURCES[0], "right");
        package.is_removed(&package.examine(true, Unrecorded::BuildAgain(&own)));
    }
}
