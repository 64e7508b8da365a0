//! What the system refused to a test: then the test says nothing about the code.

use std::{env, fs, io, path::PathBuf};

use timeline::outcome::{Failure, Kind};

use crate::{
    context::Run,
    open_files::{self, EMFILE, ENFILE},
    probe,
    verdict::Verdict,
};

/// Something that a test needs, and the system did not give.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    resource: Resource,
    /// What was seen.
    fact: String,
}

/// What was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Resource {
    /// A file or a socket more for this process.
    OpenFile,
    /// A file or a socket more for any process.
    SystemFile,
    Memory,
    Thread,
    DiskSpace,
    WritableFolder,
    Other,
}

/// A process with so many threads has itself to blame if it gets no more.
const MANY_THREADS: usize = 1024;

impl Refusal {
    /// Of something that only the machine can be the reason for: the code has not been called yet.
    pub(crate) fn of(error: &io::Error) -> Self {
        let resource = match resource(error) {
            Some(resource) => resource,
            None if error.kind() == io::ErrorKind::WouldBlock => Resource::Thread,
            None => Resource::Other,
        };
        Self { resource, fact: said(error) }
    }

    /// Of files, where the limit is too low even for one test by itself.
    fn of_files_at_all() -> Option<Self> {
        let limit = open_files::limit().filter(|limit| *limit < open_files::TOO_FEW)?;
        let fact = format!("files that may be open: {limit}, needed: {}", open_files::TOO_FEW);
        Some(Self { resource: Resource::OpenFile, fact })
    }

    /// The first one that is mentioned in `text`, such as the message of a panic.
    fn mentioned_in(text: &str) -> Option<Self> {
        errors_in(text).find_map(|error| {
            let resource = match resource(&error) {
                // What is busy is often asked again. The words are those of std and of tokio.
                None if error.kind() == io::ErrorKind::WouldBlock
                    && (text.contains("failed to spawn thread")
                        || text.contains("OS can't spawn worker thread")) =>
                {
                    Resource::Thread
                }
                resource => resource?,
            };
            Some(Self { resource, fact: said(&error) })
        })
    }

    /// Whether the machine is the reason. Code that uses up what is enough for every test is its own.
    fn is_the_machines(&self) -> bool {
        match self.resource {
            Resource::OpenFile => {
                open_files::limit().is_none_or(|limit| limit < open_files::ENOUGH)
            }
            Resource::Memory | Resource::Thread => {
                probe::threads().is_none_or(|threads| threads < MANY_THREADS)
            }
            Resource::DiskSpace | Resource::WritableFolder => !can_write(),
            Resource::SystemFile | Resource::Other => true,
        }
    }

    /// What the test says instead of judging the code.
    pub(crate) fn into_failure(self, run: &Run) -> Failure {
        let (what, remedy) = match self.resource {
            Resource::OpenFile => (
                "too few files may be open",
                "Each connection is an open file. Allow more in this shell: `ulimit -n 2048`. Where \
                 that is refused, raise the hard limit first.",
            ),
            Resource::SystemFile => ("the system has too many files open", "Close other programs."),
            Resource::Memory => ("there is too little memory", "Close other programs."),
            Resource::Thread => (
                "the system refused another thread",
                "Close other programs, or allow more processes in this shell: `ulimit -u`. A \
                 container has a limit of its own.",
            ),
            Resource::DiskSpace => {
                ("the disk is full", "Free some space, also where temporary files are.")
            }
            Resource::WritableFolder => {
                ("a folder is read-only", "Let TMPDIR name a folder that can be written to.")
            }
            Resource::Other => {
                ("something that it needs is missing", "What is said above says why.")
            }
        };
        Verdict::new(format!("this test could not be judged: {what}"))
            .fact(self.fact)
            .why(format!("That says nothing about your code. {remedy} Then run the test again."))
            .without_drawing()
            .into_failure(Kind::NotJudged, &run.timeline())
    }
}

fn said(error: &io::Error) -> String {
    format!("the system says: {error}")
}

/// The errors of the system that a text mentions: as they are displayed, then as they are debugged.
fn errors_in(text: &str) -> impl Iterator<Item = io::Error> {
    let code_after = |words, end| {
        text.match_indices(words).filter_map(move |(at, words): (usize, &str)| {
            text[at + words.len()..].split(end).next()?.parse().ok()
        })
    };
    let codes = code_after("(os error ", ')').chain(code_after("Os { code: ", ','));
    codes.map(io::Error::from_raw_os_error)
}

/// What the system lacks when it answers with this error; `None` for other errors.
fn resource(error: &io::Error) -> Option<Resource> {
    match (error.raw_os_error(), error.kind()) {
        (Some(EMFILE), _) if cfg!(unix) => Some(Resource::OpenFile),
        (Some(ENFILE), _) if cfg!(unix) => Some(Resource::SystemFile),
        // `ERROR_TOO_MANY_OPEN_FILES`, `WSAEMFILE`.
        (Some(4 | 10024), _) if cfg!(windows) => Some(Resource::OpenFile),
        (_, io::ErrorKind::OutOfMemory) => Some(Resource::Memory),
        (_, io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded) => Some(Resource::DiskSpace),
        (_, io::ErrorKind::ReadOnlyFilesystem) => Some(Resource::WritableFolder),
        _ => None,
    }
}

/// Whether a file can be written where temporary files are.
fn can_write() -> bool {
    let file: PathBuf = env::temp_dir().join(format!("testkit.{}", std::process::id()));
    let written = fs::write(&file, [b'x'; 4096]);
    // It may not be there.
    let _ = fs::remove_file(file);
    written.is_ok()
}

/// What may be the reason of a failure, and is the machine's: what testkit itself was refused, or what
/// the failure and the panics of the run mention.
pub(crate) fn behind(failure: &Failure, run: &Run) -> Option<Refusal> {
    let mentioned = texts(failure, run).into_iter().filter_map(|text| Refusal::mentioned_in(&text));
    let mut refusals = run.refusals().into_iter().chain(mentioned);
    refusals.find(Refusal::is_the_machines).or_else(Refusal::of_files_at_all)
}

/// Whether the failure mentions that the system had no time or no room just then. That is said of a
/// thread that cannot be started, by a database for example, and of a socket that has nothing to read.
pub(crate) fn may_be_behind(failure: &Failure, run: &Run) -> bool {
    let is_busy = |error: io::Error| error.kind() == io::ErrorKind::WouldBlock;
    texts(failure, run).iter().any(|text| errors_in(text).any(is_busy))
}

/// What was said of a failure, and what the panics of its run said.
fn texts(failure: &Failure, run: &Run) -> Vec<String> {
    let panics = run.panics().into_iter().map(|panic| panic.message);
    failure.facts.iter().chain([&failure.headline]).cloned().chain(panics).collect()
}

/// What a test cannot do without. Where the system refuses it, the test is not judged.
///
/// # Panics
///
/// On any error. `what` is what was expected.
#[track_caller]
pub(crate) fn provided<T>(result: io::Result<T>, what: &str) -> T {
    result.unwrap_or_else(|error| {
        if let Some(run) = Run::find() {
            run.note_refusal(Refusal::of(&error));
        }
        panic!("{what}: {error}")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_refused_is_known_by_the_error() {
        let of = |text: &str| Refusal::mentioned_in(text).map(|refusal| refusal.resource);
        let error = io::Error::from(io::ErrorKind::StorageFull);
        assert_eq!(resource(&error), Some(Resource::DiskSpace));
        assert_eq!(of("called `unwrap()` on 7 (code: 24)"), None);
        #[cfg(unix)]
        {
            let error = io::Error::from_raw_os_error(24);
            assert_eq!(of(&format!("no client: {error}")), Some(Resource::OpenFile));
            assert_eq!(of(&format!("no client: {error:?}")), Some(Resource::OpenFile));
            let refused = io::Error::from_raw_os_error(111);
            assert_eq!(of(&format!("{refused}, {error}")), Some(Resource::OpenFile));
        }
        #[cfg(target_os = "linux")]
        {
            let busy = io::Error::from_raw_os_error(11);
            assert_eq!(of(&format!("the socket: {busy:?}")), None);
            let spawn = format!("failed to spawn thread: {busy:?}");
            assert_eq!(of(&spawn), Some(Resource::Thread));
        }
    }
}
