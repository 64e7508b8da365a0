//! What became of a future: it returned, panicked, or never came.

use std::{
    any::Any,
    panic::{AssertUnwindSafe, resume_unwind},
    time::Duration,
};

use crate::{context::Run, gate::parked_for, note::message_of, verdict::Verdict};
use futures::FutureExt;

/// What became of a future.
#[must_use = "a future that did not return is a failure: see `returned`"]
pub enum Observed<T> {
    /// It returned.
    Returned(T),
    /// It panicked, with this payload.
    Panicked(Box<dyn Any + Send>),
    /// It did not return, and everything had come to rest: every runtime had been parked without a
    /// break, on a paused clock with no timer left. Slow code is not at rest there: the clock jumps
    /// to its next timer, however late that is.
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
    let paused = Run::current().is_paused();
    tokio::select! {
        output = AssertUnwindSafe(future).catch_unwind() => Observed::of(output),
        () = parked_for(if paused { AT_REST_PAUSED } else { AT_REST }) => Observed::Never,
    }
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
