//! How a test comes to a bad end: by a verdict, by a panic, by never ending.

use std::{any::Any, panic, sync::atomic::Ordering};

use timeline::outcome::{Failure, Kind};
use tokio::runtime::Handle;

use crate::{
    cause::common,
    context::Run,
    panics,
    rest::{Condition, Rest},
    verdict::Verdict,
};

impl Verdict {
    /// Ends the test with this verdict and both lists side by side, unless they agree.
    pub fn fail_unless_same<W: AsRef<str>, G: AsRef<str>>(self, wanted: &[W], got: &[G]) {
        if let Some(verdict) = self.unless_same(wanted, got) {
            verdict.fail();
        }
    }

    /// Ends the test with this verdict.
    pub fn fail(self) -> ! {
        // What is under way is drawn as it is now. Unwinding drops it, and it would look cancelled.
        if let Some(run) = Run::find() {
            run.freeze();
            run.keep_verdict(&self);
        }
        // Not `panic!`: the hook would print a location inside the test, which is not the
        // learner's concern. `run` prints the verdict.
        panic::resume_unwind(Box::new(self))
    }
}

/// The failure for what unwound a test's body.
pub(crate) fn unwound(payload: Box<dyn Any + Send>, run: &Run) -> Failure {
    match payload.downcast::<Verdict>() {
        Ok(verdict) => verdict.into_failure(Kind::Verdict, &run.timeline()),
        Err(payload) => panics::failure(run, &*payload),
    }
}

/// The failure of a body that returned although a verdict had been given: on a task whose handle
/// nobody looked at, or under `catch_unwind`.
pub(crate) fn swallowed(run: &Run) -> Option<Failure> {
    run.kept_verdict().map(|verdict| verdict.into_failure(Kind::Verdict, &run.timeline()))
}

/// The failure of a test that the watchdog has given up.
pub(crate) fn hang(run: &Run) -> Failure {
    run.freeze();
    let of_the_test = run.expected_of_a_hang();
    let condition = match run.rest.condition() {
        // It was kept busy by us alone.
        Condition::Busy if run.nudged.load(Ordering::SeqCst) => Condition::Idle,
        condition => condition,
    };
    let clock = |is: fn(&Rest, &Handle) -> bool| {
        run.journal.paused_runtime().is_some_and(|runtime| is(&run.rest, runtime))
    };
    let verdict = match (condition, of_the_test) {
        // What the test expects of a hang is true of one that waits, and of no other.
        (Condition::Idle, Some(verdict)) => verdict,
        (Condition::Idle | Condition::Busy, _) if clock(Rest::clock_stands) => {
            Verdict::new("the paused clock of this test stands still").because(common::CLOCK_HELD)
        }
        (Condition::Idle, None) => Verdict::new("the code waits for something that never comes")
            .because(common::WAITS_FOR_EVER),
        (Condition::Held, _) => run.expected_of_a_held_thread().unwrap_or_else(|| {
            Verdict::new("the code never gave the runtime's thread back")
                .because(common::HOLDS_THE_THREAD)
        }),
        (Condition::Busy, _) => {
            let outrun = clock(Rest::clock_is_outrun);
            Verdict::new("the code goes on and on and comes to no end").because(if outrun {
                common::CLOCK_OUTRUN
            } else {
                common::GOES_ROUND
            })
        }
    };
    verdict
        .fact("the test had not ended when its watchdog gave up")
        .into_failure(Kind::Hang, &run.timeline())
}
