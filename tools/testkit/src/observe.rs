//! What became of a future: it returned, panicked, or never came.

use std::{
    any::Any,
    panic::{AssertUnwindSafe, resume_unwind},
    sync::Arc,
    thread,
    time::Duration,
};

use futures::{FutureExt, StreamExt, stream::FuturesUnordered};
use tokio::sync::oneshot;

use crate::{context::Run, ending, gate::parked_for, note::message_of, prospect, verdict::Verdict};

/// What became of a future.
#[must_use = "a future that did not return is a failure: see `returned`"]
pub enum Observed<T> {
    /// It returned.
    Returned(T),
    /// It panicked, with this payload.
    Panicked(Box<dyn Any + Send>),
    /// It did not return, and everything had come to rest: every runtime had been parked without a
    /// break, and no timer was left. On a paused clock slow code is not at rest: the clock jumps to
    /// its next timer, however late that is. Where the clock runs it is told as what it is. On
    /// several threads nobody can know.
    Never,
}

/// How long everything rests, in real time, before nothing more can be expected.
const AT_REST: Duration = Duration::from_secs(2);

/// The same on a paused clock, where waiting takes no time: only threads of the code's own do.
const AT_REST_PAUSED: Duration = Duration::from_millis(300);

/// Awaits `future`, and comes back even if it does not: when everything in the run has come to rest.
/// Code that never gives the thread back, or goes round for ever, is the watchdog's.
///
/// A panic is caught, whatever its payload. Pass a pinned reference to keep a future that does not
/// return: dropped, it would take with it what was still under way.
///
/// # Panics
///
/// Outside a run.
pub async fn observe<F: Future>(future: F) -> Observed<F::Output> {
    let run = Run::current();
    // It has a waker of its own. To poll it because of anything else would hide a lost wake-up.
    let mut alone = FuturesUnordered::from_iter([AssertUnwindSafe(future).catch_unwind()]);
    tokio::select! {
        Some(output) = alone.next() => return Observed::of(output),
        () = parked_for(if run.is_paused() { AT_REST_PAUSED } else { AT_REST }) => {}
    }
    if run.is_paused() {
        return Observed::Never;
    }
    // On a clock that runs a timer may be left. Whatever it brings comes too late, a panic as well.
    tokio::select! {
        biased;
        Some(_) = alone.next() => {}
        goes_on = timer_is_left(&run) => {
            if !goes_on {
                return Observed::Never;
            }
            // What comes to no end is the watchdog's.
            alone.next().await;
        }
    }
    ending::too_late(&run).fail()
}

/// Asks on a thread of its own: on this one, the clock could not move.
async fn timer_is_left(run: &Arc<Run>) -> bool {
    let (tell, told) = oneshot::channel();
    let run = Arc::clone(run);
    // Where there is no thread, nobody tells, and no timer is known.
    let asked = thread::Builder::new().spawn(move || tell.send(prospect::timer_is_left(&run)));
    asked.is_ok() && told.await.unwrap_or(false)
}

impl<T> Observed<T> {
    fn of(output: Result<T, Box<dyn Any + Send>>) -> Self {
        output.map_or_else(Self::Panicked, Self::Returned)
    }

    /// Whether it ended, in whatever way.
    pub fn came_back(&self) -> bool {
        !matches!(self, Self::Never)
    }

    /// Whether it panicked with a payload of this type.
    pub fn panicked_with<P: Any>(&self) -> bool {
        matches!(self, Self::Panicked(payload) if payload.is::<P>())
    }

    /// What it panicked with, in words.
    pub fn panic_message(&self) -> Option<String> {
        match self {
            Self::Panicked(payload) => Some(message_of(&**payload)),
            Self::Returned(_) | Self::Never => None,
        }
    }

    /// The output, if there is one.
    pub fn output(self) -> Option<T> {
        match self {
            Self::Returned(output) => Some(output),
            Self::Panicked(_) | Self::Never => None,
        }
    }

    /// The output. Anything else fails the test, in words that all specs share; `what` is the
    /// function that was called.
    pub fn returned(self, what: &str) -> T {
        let verdict = match self {
            Self::Returned(output) => return output,
            // The run tells it, with the place and the message.
            Self::Panicked(payload) => resume_unwind(payload),
            Self::Never => Verdict::new(format!("`{what}` has not returned"))
                .fact("everything has come to rest, on the clock of this test"),
        };
        verdict.fail()
    }
}
