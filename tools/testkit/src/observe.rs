//! What became of a future: it returned, panicked, was slow, or never came.

use std::{
    any::Any,
    panic::{AssertUnwindSafe, resume_unwind},
    pin::pin,
    time::Duration,
};

use futures::FutureExt;
use tokio::time::timeout;

use crate::{context::Run, gate::parked_for, verdict::Verdict};

/// What became of a future.
#[must_use = "a future that did not return is a failure: see `returned`"]
pub enum Observed<T> {
    /// It returned in time.
    Returned(T),
    /// It panicked, with this payload.
    Panicked(Box<dyn Any + Send>),
    /// It returned on the paused clock, more than an hour later.
    Slow(T),
    /// It did not return: on the paused clock in eleven hours, on the real one until every runtime
    /// had been parked for a second without a break.
    Never,
}

/// On the paused clock this costs nothing, and no exercise takes so long.
const AN_HOUR: Duration = Duration::from_hours(1);

/// A timer that is left fires by then.
const TEN_HOURS: Duration = Duration::from_hours(10);

/// On the real clock.
const AT_REST: Duration = Duration::from_secs(1);

/// Awaits `future`, and comes back even if it does not: by an hour of a paused clock, or when
/// everything in the run has come to rest. Code that never gives the thread back is the watchdog's.
///
/// A panic is caught, whatever its payload. Pass a pinned reference to keep a future that does not
/// return: dropped, it would take with it what was still under way.
///
/// # Panics
///
/// Outside a run.
pub async fn observe<F: Future>(future: F) -> Observed<F::Output> {
    let mut future = pin!(AssertUnwindSafe(future).catch_unwind());
    let paused = Run::current().journal.paused_runtime().is_some();
    if !paused {
        return tokio::select! {
            output = future => Observed::of(output),
            () = parked_for(AT_REST) => Observed::Never,
        };
    }
    if let Ok(output) = timeout(AN_HOUR, future.as_mut()).await {
        return Observed::of(output);
    }
    match timeout(TEN_HOURS, future).await {
        Ok(Ok(output)) => Observed::Slow(output),
        Ok(Err(payload)) => Observed::Panicked(payload),
        Err(_) => Observed::Never,
    }
}

impl<T> Observed<T> {
    fn of(output: Result<T, Box<dyn Any + Send>>) -> Self {
        output.map_or_else(Self::Panicked, Self::Returned)
    }

    /// The output. Anything else fails the test, in words that all specs share; `what` is the
    /// function that was called.
    pub fn returned(self, what: &str) -> T {
        let verdict = match self {
            Self::Returned(output) => return output,
            // The run tells it, with the place and the message.
            Self::Panicked(payload) => resume_unwind(payload),
            Self::Slow(_) => Verdict::new(format!("`{what}` returns far too late"))
                .fact("it returned more than an hour later, on the paused clock"),
            Self::Never => Verdict::new(format!("`{what}` does not return"))
                .fact("everything has come to rest, and it has not returned"),
        };
        verdict.fail()
    }

    /// Whether it returned, in time or late.
    pub fn has_returned(&self) -> bool {
        matches!(self, Self::Returned(_) | Self::Slow(_))
    }
}
