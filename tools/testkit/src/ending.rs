//! How a test comes to a bad end: by a verdict, by a panic, by never ending.

use std::{any::Any, env, panic, time::Duration};

use timeline::outcome::{Failure, Kind};

use crate::{
    cause::{Cause, common},
    context::Run,
    open_files, panics,
    prospect::Prospect,
    refusal,
    rest::{Condition, now_in},
    run::GaveUp,
    verdict::Verdict,
};

/// Something that was journaled within this time shows that the code goes on.
const LATELY: Duration = Duration::from_secs(1);

/// A timer further ahead than this is none that code waits for.
const A_DAY: Duration = Duration::from_hours(24);

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

/// What a failure is worth on this machine: nothing, where the system refused what the test needs, and
/// little, where that or the lack of time may have been the reason.
pub(crate) fn weighed(mut failure: Failure, run: &Run) -> Failure {
    // What is not written yet is so on any machine.
    if failure.kind == Kind::Unfinished {
        return failure;
    }
    if let Some(refusal) = refusal::behind(&failure, run) {
        return refusal.into_failure(run);
    }
    failure.doubtful = open_files::may_have_been_taken()
        || run.was_short_of_time()
        || refusal::may_be_behind(&failure, run);
    failure
}

/// What a plain `cargo test` adds to a failure that the machine may have brought about. Whoever else
/// started the tests runs this one again.
pub(crate) fn doubt(failure: &Failure, test: &str) -> Option<String> {
    if !failure.doubtful || env::var_os("WORKBOOK_JOURNAL").is_some() {
        return None;
    }
    let package = env::var("CARGO_PKG_NAME").ok()?;
    let again = format!("cargo test -p {package} {test}");
    Some(if open_files::may_have_been_taken() {
        format!("Few files may be open here. Allow more with `ulimit -n 2048`, then: {again}")
    } else {
        format!(
            "The machine was busy while this ran. If it passes when run alone, the machine was the \
             reason: {again}"
        )
    })
}

/// The failure of a test that the watchdog has given up.
pub(crate) fn hang(run: &Run, gave_up: GaveUp) -> Failure {
    run.freeze();
    let condition = run.rest.condition();
    // Where it is busy, this may just be between two long holds.
    let parks = run.rest.all_parked() && run.was_parked();
    let holds = match condition {
        Condition::Held => true,
        Condition::Busy => run.was_given_back() && !parks,
        Condition::Idle => false,
    };
    let (kind, verdict) = match gave_up {
        GaveUp::TooSoon if holds => had_no_time(),
        _ if holds => (Kind::Hang, held(run)),
        _ => given_up(run, condition, gave_up),
    };
    verdict
        .fact("the test had not ended when its watchdog gave up")
        .into_failure(kind, &run.timeline())
}

/// A thread is held at this moment, for the first time since something happened or once more.
fn held(run: &Run) -> Verdict {
    if let Some(verdict) = run.expected_of_a_held_thread() {
        return verdict;
    }
    if run.was_given_back() {
        let headline = "the code keeps the runtime's thread for long";
        return Verdict::new(headline).because(common::HOLDS_FOR_LONG);
    }
    Verdict::new("the code never gave the runtime's thread back").because(common::HOLDS_THE_THREAD)
}

/// The verdict on code that returns when the clock of its run has been moved on: too late.
pub(crate) fn too_late(run: &Run) -> Verdict {
    match run.journal.runtime() {
        Some((runtime, began)) => ends_after(now_in(runtime) - began),
        None => takes_too_long(common::TAKES_TOO_LONG),
    }
}

fn ends_after(after: Duration) -> Verdict {
    let verdict = takes_too_long(common::TAKES_TOO_LONG);
    if after > A_DAY {
        // The clock has gone on to its end meanwhile.
        return verdict;
    }
    verdict.fact(format!("it ends {:.1} s after the test began", after.as_secs_f64()))
}

/// Of code that may still be at work nothing can be said.
fn had_no_time() -> (Kind, Verdict) {
    too_busy(
        "The test has had too little of the processors to tell code that is slow from code that \
         never ends.",
    )
}

fn too_busy(why: &str) -> (Kind, Verdict) {
    let verdict = Verdict::new("the machine was too busy to judge this test");
    let again = "Run the test again when the machine has less to do.";
    (Kind::NotJudged, verdict.why(format!("{why} {again}")))
}

fn takes_too_long(cause: Cause) -> Verdict {
    Verdict::new("the code takes too long").because(cause)
}

/// All tasks wait, or some are woken now and then.
fn given_up(run: &Run, condition: Condition, gave_up: GaveUp) -> (Kind, Verdict) {
    let quiet_for = run.journal.changed().elapsed();
    // Before the clock is moved: this is about the time until now.
    let starved = run.was_starved();
    let prospect = Prospect::of(run);
    match prospect {
        // A gate, say, waits until all is quiet, and would let the code go on then.
        Prospect::Nothing if starved => {
            return too_busy(
                "Everything waits, and the test may wait too: until nothing goes on any more. What \
                 looks for that had no processor often enough to see it.",
            );
        }
        // Nothing comes, however long one waits.
        Prospect::Nothing | Prospect::Timers => {}
        _ if gave_up == GaveUp::TooSoon => return had_no_time(),
        _ => {}
    }
    let waits_for_ever = |cause| {
        // What the test expects of a hang is true of one that waits, and of no other.
        run.expected_of_a_hang().unwrap_or_else(|| {
            Verdict::new("the code waits for something that never comes").because(cause)
        })
    };
    let not_come =
        |cause| Verdict::new("the code waits for something that has not come").because(cause);
    let goes_on =
        |cause| Verdict::new("the code goes on and on and comes to no end").because(cause);
    let verdict = match (prospect, condition) {
        (Prospect::Ends(after), _) => ends_after(after),
        (Prospect::EndsByJumps, _) if run.is_paused() => takes_too_long(common::LOOKS_TOO_OFTEN),
        (Prospect::EndsByJumps, _) => takes_too_long(common::TAKES_TOO_LONG),
        (Prospect::Pool, _) if run.is_paused() => {
            Verdict::new("the paused clock of this test stands still").because(common::CLOCK_HELD)
        }
        _ if quiet_for < LATELY => takes_too_long(common::STILL_AT_WORK),
        (Prospect::Nothing, _) => waits_for_ever(common::WAITS_FOR_EVER),
        (Prospect::Timers, _) => waits_for_ever(common::LOOKS_IN_VAIN),
        (Prospect::Pool, _) => not_come(common::WAITS_FOR_THE_POOL),
        (Prospect::Outrun, _) if run.is_paused() => goes_on(common::CLOCK_OUTRUN),
        (Prospect::Unknown, Condition::Busy) if run.was_parked() => {
            Verdict::new("the code has not come to its end").because(common::WAKES_AGAIN)
        }
        (Prospect::Outrun, _) | (Prospect::Unknown, Condition::Busy) => goes_on(common::GOES_ROUND),
        (Prospect::Unknown, _) => {
            run.expected_of_a_hang().unwrap_or_else(|| not_come(common::WAITS_LONG))
        }
    };
    (Kind::Hang, verdict)
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use timeline::Clock;

    use super::*;

    fn failure(kind: Kind, run: &Run) -> Failure {
        Verdict::new("it went wrong").into_failure(kind, &run.timeline())
    }

    #[test]
    fn a_failure_of_a_run_that_was_short_of_time_is_doubtful() {
        open_files::raise_limit();
        let run = Run::new("a test".to_owned(), Clock::Real);
        assert!(!weighed(failure(Kind::Verdict, &run), &run).doubtful);

        run.fair_clock.look_at(Instant::now() + Duration::from_secs(1));
        let doubtful = weighed(failure(Kind::Verdict, &run), &run);
        assert!(doubtful.doubtful);
        let said = doubt(&doubtful, "keeps_the_order").expect("it is said");
        assert!(said.starts_with("The machine was busy while this ran."), "{said}");
        assert!(said.ends_with("cargo test -p testkit keeps_the_order"), "{said}");

        let unfinished = weighed(failure(Kind::Unfinished, &run), &run);
        assert!(!unfinished.doubtful, "that is so on any machine");
        assert_eq!(doubt(&unfinished, "keeps_the_order"), None);
    }

    #[test]
    fn what_had_no_time_to_end_is_not_said_to_be_slow() {
        let run = Run::new("a test".to_owned(), Clock::Real);
        let too_soon = hang(&run, GaveUp::TooSoon);
        assert_eq!(too_soon.kind, Kind::NotJudged);
        assert_eq!(too_soon.headline, "the machine was too busy to judge this test");
        assert_eq!(hang(&run, GaveUp::InTime).kind, Kind::Hang);
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn a_failure_that_mentions_a_busy_system_is_doubtful() {
        open_files::raise_limit();
        let run = Run::new("a test".to_owned(), Clock::Real);
        let said = |code| format!("a database: Io({:?})", std::io::Error::from_raw_os_error(code));
        let of = |code| {
            let verdict = Verdict::new("the code panicked").fact(said(code));
            weighed(verdict.into_failure(Kind::Panic, &run.timeline()), &run)
        };
        assert!(!of(111).doubtful, "a connection that is refused is no matter of the machine");
        // EAGAIN: where a thread cannot be started, it is all that std says.
        assert!(of(11).doubtful);
    }
}
