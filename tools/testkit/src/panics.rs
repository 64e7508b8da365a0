//! Panics of the code under test: noted with their place, reported once, never lost.

use std::{
    panic::{self, PanicHookInfo},
    sync::{Once, PoisonError},
};

use timeline::outcome::{Failure, Kind};

use crate::{run::Run, verdict::Verdict};

/// One panic, as the hook saw it.
#[derive(Clone, Debug)]
pub(crate) struct Note {
    message: String,
    place: String,
}

/// Makes panics on the threads of a run go into its notes instead of to the terminal: the verdict
/// reports them. Everything else still reaches the hook that was there before.
pub(crate) fn listen() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let before = panic::take_hook();
        panic::set_hook(Box::new(move |info| match Run::find() {
            Some(run) => run.panics.lock().unwrap_or_else(PoisonError::into_inner).push(note(info)),
            None => before(info),
        }));
    });
}

fn note(info: &PanicHookInfo<'_>) -> Note {
    let message = info.payload_as_str().unwrap_or("a panic without a message");
    let place = info.location().map_or_else(
        || "an unknown place".to_owned(),
        |at| format!("{}:{}", short(at.file()), at.line()),
    );
    Note { message: without_port(message), place }
}

/// Replaces the ports of loopback addresses, which differ from run to run, by `PORT`.
fn without_port(message: &str) -> String {
    const ADDRESS: &str = "127.0.0.1:";
    let mut parts = message.split(ADDRESS);
    let mut clean = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        clean.push_str(ADDRESS);
        clean.push_str("PORT");
        clean.push_str(part.trim_start_matches(|c: char| c.is_ascii_digit()));
    }
    clean
}

/// A path that reads the same on every machine: an absolute one is cut to the workbook's folders,
/// or to the crate's.
fn short(file: &str) -> String {
    let file = file.replace('\\', "/");
    let absolute = file.starts_with('/') || file.as_bytes().get(1) == Some(&b':');
    if !absolute {
        return file;
    }
    for folder in ["/exercises/", "/solutions/"] {
        if let Some(at) = file.rfind(folder) {
            return file[at + 1..].to_owned();
        }
    }
    match file.rfind("/src/") {
        Some(src) => {
            let folder = file[..src].rfind('/').map_or(0, |slash| slash + 1);
            file[folder..].to_owned()
        }
        None => file,
    }
}

/// The failure for a panic that unwound the test's body.
pub(crate) fn failure(run: &Run) -> Failure {
    let notes = run.panics.lock().unwrap_or_else(PoisonError::into_inner).clone();
    // The last panic is the one that reached the body; earlier ones may have led to it.
    let Some((last, earlier)) = notes.split_last() else {
        return Verdict::new("the code panicked").into_failure(Kind::Panic, run);
    };
    if last.message.starts_with("not yet implemented")
        || last.message.starts_with("not implemented")
    {
        return Verdict::new("this part is not written yet")
            .fact(format!("`todo!()` was reached at {}", last.place))
            .why(
                "Open the file, read its first lines, put your code where `todo!()` stands, and \
                 delete a `let _ = ..` above it.",
            )
            .without_drawing()
            .into_failure(Kind::Unfinished, run);
    }
    let mut verdict = Verdict::new("the code panicked").fact(last.to_string());
    for note in earlier {
        verdict = verdict.fact(format!("before that, {note}"));
    }
    verdict
        .why(
            "A panic takes down everything that the same task has under way. What can go wrong \
             from outside belongs in a `Result`.",
        )
        .read_on("how-tests-see", "A panic")
        .into_failure(Kind::Panic, run)
}

impl std::fmt::Display for Note {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "at {}: {}", self.place, self.message)
    }
}

/// The panics of tasks in this run until now, as "at FILE:LINE: message". A panic in a spawned task
/// ends that task and nothing else; a test that cares has to look.
///
/// # Panics
///
/// Outside a run.
pub fn seen() -> Vec<String> {
    let run = Run::current();
    let notes = run.panics.lock().unwrap_or_else(PoisonError::into_inner);
    notes.iter().map(Note::to_string).collect()
}
