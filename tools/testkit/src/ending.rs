//! How a test comes to a bad end: by a verdict, by a panic, by never ending.

use std::{any::Any, panic};

use timeline::outcome::{Failure, Kind};

use crate::{context::Run, panics, rest::Condition, verdict::Verdict};

impl Verdict {
    /// Ends the test with this verdict and both lists side by side, unless they agree.
    pub fn fail_unless_same<W: AsRef<str>, G: AsRef<str>>(self, wanted: &[W], got: &[G]) {
        let wanted: Vec<&str> = wanted.iter().map(AsRef::as_ref).collect();
        let got: Vec<&str> = got.iter().map(AsRef::as_ref).collect();
        if wanted != got {
            self.side_by_side(&wanted, &got).fail();
        }
    }

    /// Ends the test with this verdict.
    pub fn fail(self) -> ! {
        // What is under way is drawn as it is now. Unwinding drops it, and it would look cancelled.
        if let Some(run) = Run::find() {
            run.freeze();
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
        Err(_) => panics::failure(run),
    }
}

/// The failure of a test that the watchdog has given up.
pub(crate) fn hang(run: &Run) -> Failure {
    run.freeze();
    let of_the_test = run.expected_of_a_hang();
    let condition = run.rest.condition();
    let clock_stands =
        || run.journal.paused_runtime().is_some_and(|runtime| run.rest.clock_stands(runtime));
    let verdict = match (condition, of_the_test) {
        // What the test expects of a hang is true of one that waits, and of no other.
        (Condition::Idle, Some(verdict)) => verdict,
        (Condition::Idle | Condition::Busy, _) if clock_stands() => {
            Verdict::new("the paused clock of this test stands still")
                .why(
                    "Something runs in `spawn_blocking`, and does not end. As long as it runs, \
                     tokio does not move a paused clock on, and no timer of this test fires.",
                )
                .read_on("how-tests-see", "A hang")
        }
        (Condition::Idle, None) => Verdict::new("the code waits for something that never comes")
            .why(
                "The runtime is idle: every task is waiting, and nothing is left that could wake \
                 one of them.",
            )
            .read_on("how-tests-see", "A hang"),
        (Condition::Held, _) => Verdict::new("the code never gave the runtime's thread back")
            .why(
                "Between two awaits it blocks or loops. As long as it does, no other task runs on \
                 that thread and no timeout can fire.",
            )
            .read_on("how-tests-see", "A hang"),
        (Condition::Busy, _) => Verdict::new("the code goes on and on and comes to no end")
            .why(
                "The runtime is busy: tasks are woken again and again, and none of that brings \
                 the code closer to returning.",
            )
            .read_on("how-tests-see", "A hang"),
    };
    verdict
        .fact("the test had not ended when its watchdog gave up")
        .into_failure(Kind::Hang, &run.timeline())
}
