//! Panics of the code under test: noted with their place, reported once, never lost.

use std::{
    any::Any,
    panic,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use timeline::outcome::{Failure, Kind};

use crate::{
    cause::common,
    context::Run,
    note::{self, Note},
    verdict::Verdict,
};

/// What the standard library says when a `drop` panics while another panic unwinds: it aborts.
const ENDS_THE_PROCESS: &str = "panic in a destructor during cleanup";

/// Whether our hook is the one that hears of panics, or is called by it.
static LISTENING: AtomicBool = AtomicBool::new(false);

/// Belongs to our hook, and is dropped with it: when other code sets one in its place.
struct Listening;

impl Drop for Listening {
    fn drop(&mut self) {
        LISTENING.store(false, Ordering::SeqCst);
    }
}

/// Makes panics on the threads of a run go into its notes instead of to the terminal: the verdict
/// reports them. Everything else still reaches the hook that was there before.
///
/// Called at the start of each run, so that a hook which the code has set hears no more of the runs
/// after that.
pub(crate) fn listen() {
    static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
    let _turn = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    if LISTENING.load(Ordering::SeqCst) {
        return;
    }
    let before = panic::take_hook();
    let listening = Listening;
    LISTENING.store(true, Ordering::SeqCst);
    panic::set_hook(Box::new(move |info| {
        let _ours = &listening;
        match Run::find() {
            Some(run) => {
                let note = Note::of(info);
                if note.message.starts_with(ENDS_THE_PROCESS) {
                    // No verdict comes of it. What is printed is all that says why.
                    before(info);
                }
                run.note_panic(note);
            }
            None => before(info),
        }
    }));
}

/// The failure for a panic that unwound the test's body.
pub(crate) fn failure(run: &Run, payload: &(dyn Any + Send)) -> Failure {
    let notes = run.panics();
    // The last panic is the one that reached the body; earlier ones may have led to it.
    let Some((last, earlier)) = notes.split_last() else {
        // It happened on a thread of the code's own, and was carried on from there, or nobody told
        // us of it.
        let mut verdict = Verdict::new("the code panicked").fact(note::message_of(payload));
        if !LISTENING.load(Ordering::SeqCst) {
            verdict = verdict.fact(
                "where is not known: the code has set a panic hook in the place of the tests' own",
            );
        }
        return verdict.because(common::PANICKED).into_failure(Kind::Panic, &run.timeline());
    };
    if last.message.starts_with("not yet implemented")
        || last.message.starts_with("not implemented")
    {
        return Verdict::new("this part is not written yet")
            .fact(format!("`todo!()` was reached at {}", last.place))
            .why(
                "Open the file, read the task in its first lines, and write your code in place of \
                 `todo!()`. If there is a `let _ = ..` above it, delete that too.",
            )
            .without_drawing()
            .into_failure(Kind::Unfinished, &run.timeline());
    }
    let mut verdict = Verdict::new("the code panicked").fact(last.to_string());
    for note in earlier {
        verdict = verdict.fact(format!("before that, {note}"));
    }
    let cause = if is_polled_after_its_end(&last.message) {
        common::POLLED_AFTER_ITS_END
    } else {
        common::PANICKED
    };
    verdict.because(cause).into_failure(Kind::Panic, &run.timeline())
}

/// Whether these are the words of the compiler, tokio or futures for a future that has ended.
fn is_polled_after_its_end(message: &str) -> bool {
    let message = message.to_lowercase();
    message.contains("resumed after completion")
        || message.contains("polled") && message.contains("after completion")
        || message.contains("must not be polled after it returned `poll::ready`")
}

/// The panics of tasks in this run until now, as "at FILE:LINE: message". A panic in a spawned task
/// ends that task and nothing else; a test that cares has to look.
///
/// # Panics
///
/// Outside a run.
pub fn seen() -> Vec<String> {
    Run::current().panics().iter().map(Note::to_string).collect()
}
