//! What `taskgroup` is asked for: one behaviour a test.
//!
//! The clock is paused: when everything waits, it jumps to the next timer. So
//! ten seconds take no time, and 30 ms are 30 ms. Three tests take real threads
//! and the real clock, for what happens while another thread is at work.

use std::{
    any::Any,
    fmt,
    future::poll_fn,
    panic::{self, AssertUnwindSafe},
    pin::{Pin, pin},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    task::{Context, Poll},
    thread::{self, ThreadId},
    time::Duration,
};

use futures::{
    FutureExt,
    future::{BoxFuture, join_all},
};
use taskgroup::{GroupError, run_all};
use testkit::{
    Call, InFlight, Journal, Rendezvous, Stopwatch, Verdict, journal,
};
use tokio::{
    task,
    time::{sleep, timeout},
};

use self::Ends::{Fails, Gives, Panics};

#[path = "taskgroup/causes.rs"]
mod causes;
use causes::*;

/// When the job ends, in ms, that nobody wants to wait for.
const SLOW: u64 = 10_000;

#[test]
fn gives_nothing_for_no_jobs() {
    testkit::run_paused(async || {
        let jobs = Jobs::of([]);

        let seen = jobs.run().await;

        let verdict = Verdict::new("a group without jobs does not succeed")
            .asked("an empty list for an empty list");
        match seen.outcome {
            Outcome::Returned(Ok(values)) if values.is_empty() => {}
            Outcome::Panicked(_) if one_job_succeeds().await => {
                verdict.fact("it panicked").because(NOTHING_TO_SELECT).fail()
            }
            _ => verdict.fact(told(&seen.unless_it_panicked())).fail(),
        }
    });
}

#[test]
fn runs_the_jobs_together() {
    testkit::run_paused(async || {
        let jobs = Jobs::giving(&[100; 4]);

        let seen = jobs.run().await;

        together(&jobs, seen, "four jobs of 100 ms each, done at 100 ms");
    });
}

#[test]
fn runs_thirty_together() {
    testkit::run_paused(async || {
        let jobs = Jobs::giving(&[100; 30]);

        let seen = jobs.run().await;

        together(&jobs, seen, "thirty jobs of 100 ms each, done at 100 ms");
    });
}

#[test]
fn keeps_the_order_of_the_jobs() {
    testkit::run_paused(async || {
        // How long each job takes: they end mixed up, in the order of the
        // list, backwards, and at the same moment.
        let plans: [&[u64]; 6] = [
            &[80, 40, 60, 20],
            &[20, 40, 60, 80],
            &[80, 60, 40, 20],
            &[40, 20, 80, 60],
            &[50; 4],
            &[50; 30],
        ];
        for plan in plans {
            let jobs = Jobs::giving(plan).unseen();
            let outcome = jobs.run().await.unless_it_panicked();
            if outcome == Ok(jobs.values()) {
                continue;
            }
            // Once more, to be drawn.
            let jobs = Jobs::giving(plan);
            let outcome = jobs.run().await.unless_it_panicked();
            other_values(&jobs, &outcome)
                .asked("the values in the order of the jobs")
                .fail();
        }
    });
}

#[test]
fn returns_the_error_of_the_job() {
    testkit::run_paused(async || {
        let jobs =
            Jobs::of([(10, Gives(1)), (20, Fails("no room")), (30, Gives(3))]);

        let seen = jobs.run().await;

        let outcome = seen.unless_it_panicked();
        if outcome == failed("no room") {
            return;
        }
        let verdict = Verdict::new("the error of the job is not returned")
            .asked("`Failed`, with the error of the job that failed");
        not_the_error(verdict, &jobs, &outcome).await.fail();
    });
}

#[test]
fn comes_back_at_the_first_failure() {
    testkit::run_paused(async || {
        let jobs = Jobs::of([
            (30, Fails("no room")),
            (SLOW, Gives(2)),
            (50, Gives(3)),
        ]);

        let seen = jobs.run().await;

        let after = seen.after;
        let outcome = seen.unless_it_panicked();
        if after == 30 {
            return;
        }
        let verdict = Verdict::new("the call does not end when a job fails")
            .asked("an end at 30 ms, when job 1 fails")
            .fact(came_back(after, 30));
        late(verdict, &jobs, after, &outcome).fail();
    });
}

#[test]
fn sees_a_failure_wherever_it_stands() {
    testkit::run_paused(async || {
        let plans =
            [(SLOW, Gives(1)), (SLOW, Gives(2)), (30, Fails("no room"))];
        let seen = Jobs::of(plans).unseen().run().await;
        let after = seen.after;
        drop(seen.unless_it_panicked());
        if after == 30 {
            return sees_a_panic_wherever_it_stands().await;
        }
        // Once more, to be drawn.
        let jobs = Jobs::of(plans);

        let seen = jobs.run().await;

        let after = seen.after;
        let outcome = seen.unless_it_panicked();
        let verdict = Verdict::new("a failure is not seen when it comes")
            .asked("an end at 30 ms, when job 3 fails")
            .fact(came_back(after, 30));
        if run_one_by_one().await {
            verdict.because(IN_SEQUENCE).fail();
        }
        if outcome.is_err() && are_awaited_in_line().await {
            verdict.because(IN_LINE).fail();
        }
        late(verdict, &jobs, after, &outcome).fail();
    });
}

/// Fails if an error that stands behind slow jobs ends the call at once, and a
/// panic does not. Whether a panic is a failure is the question of others.
async fn sees_a_panic_wherever_it_stands() {
    let jobs = Jobs::of([
        (100, Gives(1)),
        (200, Gives(2)),
        (30, Panics),
        (SLOW, Gives(4)),
    ]);

    let seen = jobs.run().await;

    let after = seen.after;
    let Outcome::Returned(outcome @ Err(_)) = seen.outcome else { return };
    if after == 30 {
        return;
    }
    let verdict = Verdict::new("a panic is not seen when it comes")
        .asked("an end at 30 ms, when job 3 panics")
        .fact(came_back(after, 30))
        .fact("an error of a job at this place ends the call at once");
    // When the last job before it ends.
    if after == 200 {
        verdict.because(IN_LINE).fail();
    }
    late(verdict, &jobs, after, &outcome).fail();
}

#[test]
fn returns_the_failure_that_came_first() {
    testkit::run_paused(async || {
        let jobs = Jobs::of([
            (60, Fails("no seat")),
            (30, Fails("no room")),
            (SLOW, Gives(3)),
        ]);

        let seen = jobs.run().await;

        let after = seen.after;
        let outcome = seen.unless_it_panicked();
        if outcome == failed("no room") {
            return;
        }
        let verdict =
            Verdict::new("another failure than the first is returned")
                .asked("\"no room\": job 2 fails at 30 ms, job 1 at 60 ms");
        if outcome != failed("no seat") {
            not_the_error(verdict, &jobs, &outcome).await.fail();
        }
        let verdict = verdict.fact(told(&outcome));
        if run_one_by_one().await {
            verdict.because(IN_SEQUENCE).fail();
        }
        if are_awaited_in_line().await {
            verdict.because(IN_LINE).fail();
        }
        late(verdict, &jobs, after, &outcome).fail();
    });
}

#[test]
fn leaves_nothing_running() {
    testkit::run_paused(async || {
        let jobs = Jobs::of([
            (30, Fails("no room")),
            (100, Gives(2)),
            (200, Gives(3)),
        ]);

        let seen = jobs.run().await;
        sleep(Duration::from_millis(SLOW)).await;

        let after = seen.after;
        drop(seen.unless_it_panicked());
        if let Some((place, at)) = jobs.first_end_after(after) {
            let verdict = Verdict::new("jobs went on after the call")
                .asked("when the call returns, no job is left")
                .fact(format!("the call came back at {after} ms"))
                .fact(format!("job {} was done at {at} ms", place + 1));
            ran_on(verdict, &jobs, place).fail();
        }
    });
}

#[test]
fn has_stopped_the_jobs_when_it_returns() {
    testkit::run_paused(async || {
        let fails = Fails("no room");
        let place = place_that_leaves_some(fails).await;
        let jobs = Jobs::of(ending_at(place, (30, fails), [100, 200]));

        let seen = jobs.run().await;
        sleep(Duration::from_millis(SLOW)).await;

        if !seen.left.is_empty() {
            let verdict =
                Verdict::new("jobs are still there when the call returns")
                    .asked("every other job dropped when the call returns");
            still_there(verdict, &jobs, &seen, place).fail();
        }
        drop(seen.unless_it_panicked());
    });
}

#[test]
fn has_stopped_them_on_several_threads() {
    testkit::run_parallel(async || {
        // Real time. Three groups at once: in each another job fails, and the
        // destructor of one more holds its thread. So one thread of four stays
        // free, for timers.
        let hold = Hold::default();
        let groups = [(0, 2), (1, 0), (2, 0)].map(|(fails, held)| {
            let plans = ending_at(fails, (10, Fails("no room")), [300, 300]);
            Jobs::of(plans).unseen().held(held, &hold)
        });

        let all_seen = join_all(groups.iter().map(Jobs::run)).await;
        for jobs in &groups {
            jobs.gone().await;
        }

        for (place, (jobs, seen)) in groups.iter().zip(all_seen).enumerate() {
            let left = seen.left.clone();
            drop(seen.unless_it_panicked());
            let slow = left.iter().find(|it| jobs.is_held(**it));
            let Some(left) = slow.or(left.first()) else {
                continue;
            };
            let verdict = Verdict::new("jobs are still there after the call")
                .asked("when the call returns, no job is left, on threads too")
                .fact(format!(
                    "job {} failed, job {} was there when the call returned",
                    place + 1,
                    left + 1
                ));
            if jobs.has_ended(*left) {
                ran_on(verdict, jobs, *left).fail();
            }
            verdict.because(NOT_AWAITED).fail();
        }
    });
}

#[test]
fn lets_go_of_the_jobs_that_succeed() {
    testkit::run_parallel(async || {
        // Real time. The destructor of job 2 holds its thread.
        let hold = Hold::default();
        let jobs = Jobs::giving(&[10, 10]).unseen().held(1, &hold);

        let seen = jobs.run().await;
        jobs.gone().await;

        let left = seen.left.len();
        let outcome = seen.unless_it_panicked();
        if left == 0 {
            return;
        }
        let verdict = Verdict::new("a job is still there after the call")
            .asked("no job is left when the call returns its values")
            .fact(told(&outcome));
        if outcome == Ok(jobs.values()) {
            verdict.because(REPORTED_TOO_EARLY).fail();
        }
        verdict.fail();
    });
}

#[test]
fn reports_a_panic() {
    testkit::run_paused(async || {
        let jobs = Jobs::of([(10, Gives(1)), (20, Panics), (30, Gives(3))]);

        let seen = jobs.run().await;

        let verdict = Verdict::new("the panic of a job is not reported")
            .asked("`Panicked`, for a job that panics");
        match seen.outcome {
            Outcome::Returned(Err(GroupError::Panicked)) => {}
            Outcome::Returned(outcome @ Ok(_)) => {
                let verdict = verdict.fact(told(&outcome));
                told_as_success(verdict, &jobs, &outcome).fail()
            }
            Outcome::Panicked(payload) if is_planned(&*payload) => verdict
                .fact("the call panicked with the panic of job 2")
                .because(PASSED_ON)
                .fail(),
            _ => verdict.fact(told(&seen.unless_it_panicked())).fail(),
        }
    });
}

#[test]
fn a_panic_stops_the_others_too() {
    testkit::run_paused(async || {
        let place = place_that_leaves_some(Panics).await;
        let stops_on_failure = stops_on_failure(place).await;
        let jobs = Jobs::of(ending_at(place, (30, Panics), [100, SLOW]));

        let seen = jobs.run().await;
        sleep(Duration::from_millis(2 * SLOW)).await;

        let (after, left) = (seen.after, seen.left.len());
        if matches!(seen.outcome, Outcome::NeverCame) {
            never_came(seen.waiting);
        }
        if after != 30 {
            let job = place + 1;
            let verdict =
                Verdict::new("the call does not end when a job panics")
                    .asked(format!("an end at 30 ms, when job {job} panics"))
                    .fact(came_back(after, 30));
            let outcome = seen.unless_it_panicked();
            late(verdict, &jobs, after, &outcome).fail();
        }
        if left == 0 {
            return;
        }
        let verdict = Verdict::new("jobs are still there after a panic")
            .asked("every other job dropped when the call returns");
        if stops_on_failure {
            verdict
                .fact(format!("left when the call returned: {left}"))
                .because(ONE_EXIT_FORGOTTEN)
                .fail();
        }
        still_there(verdict, &jobs, &seen, place).fail();
    });
}

#[test]
fn keeps_the_first_failure_while_it_stops_the_others() {
    testkit::run_parallel(async || {
        // Real time: another job is busy on a thread when job 2 fails. It
        // stands behind job 2, then before it.
        let (room, seat) = (Fails("no room"), Fails("no seat"));
        let ends = [(room, seat), (room, Panics), (Panics, seat)];
        let behind = ends.map(|(first, later)| Late::of(first, later));
        let before = behind.clone().map(Late::standing_first);
        for late in behind.into_iter().chain(before) {
            let Some(outcome) = late.outcome().await else {
                return;
            };
            keeps_the_first(&late, &outcome).await;
        }
    });
}

/// Fails for another outcome than the failure that came first.
async fn keeps_the_first(late: &Late, outcome: &Returned) {
    let (first, later) = (late.first, late.later);
    if *outcome == first.told_by_the_group() {
        return;
    }
    let verdict = Verdict::new("another failure than the first is returned")
        .asked("the first failure, whatever comes after it");
    let is_the_later = *outcome == later.told_by_the_group();
    let job = if late.stands_first { 1 } else { 3 };
    let verdict = verdict
        .fact(format!("job 2, first: {first}"))
        .fact(format!("job {job}, later: {later}"))
        .fact(told(outcome));
    if is_the_later {
        verdict.because(LATER_FAILURE).fail();
    }
    // The call had begun to stop its jobs, each in a task of its own.
    let of_errors = matches!((first, later), (Fails(_), Fails(_)));
    if of_errors && is_panicked(outcome) && returns_an_error_alone().await {
        verdict.because(STOPPED_AS_PANIC).fail();
    }
    verdict.fail();
}

#[test]
fn stops_the_jobs_when_it_is_dropped() {
    testkit::run_paused(async || {
        let stops_on_failure = stops_on_failure(0).await;
        let jobs = Jobs::of([(100, Gives(1)), (200, Gives(2))]);

        journal().declare(["run_all"]);
        let call = journal().call("run_all");
        let running = run_all(jobs.all());
        let ended = timeout(Duration::from_millis(50), running).await;
        drop(call);
        journal().step();
        sleep(Duration::from_millis(SLOW)).await;

        let verdict = Verdict::new("the jobs outlive the call")
            .asked("jobs that stop when the call is dropped, at 50 ms");
        if let Ok(outcome) = ended {
            verdict.fact(told(&outcome)).fact("before any job ended").fail();
        }
        if jobs.finished() == 0 && jobs.left().is_empty() {
            stops_them_when_it_is_dropped_while_it_stops_them().await;
            return;
        }
        let verdict = verdict.fact(format!(
            "jobs that ran on to their end: {}",
            jobs.finished()
        ));
        let Some((place, _)) = jobs.first_end_after(50) else { verdict.fail() };
        if stops_on_failure {
            verdict.because(STOPPED_BY_HAND).fail();
        }
        ran_on(verdict, &jobs, place).fail();
    });
}

/// Fails if jobs run on when the call is dropped between a failure and its
/// return.
async fn stops_them_when_it_is_dropped_while_it_stops_them() {
    let fails = (30, Fails("no room"));
    let jobs = Jobs::of(ending_at(1, fails, [100, 200])).unseen();

    let returned = jobs.drop_after_the_first_end().await;
    let dropped = jobs.watch.millis();
    sleep(Duration::from_millis(SLOW)).await;

    let ran_on = jobs.first_end_after(dropped).is_some();
    if returned || !ran_on {
        return;
    }
    // Dropped before a failure, the call stops its jobs.
    Verdict::new("the jobs outlive the call")
        .asked("jobs that stop when the call is dropped at any await")
        .fact("job 2 failed, and the call had begun to stop the others")
        .fact(format!("dropped then, at {dropped} ms, it left a job running"))
        .because(STOPPED_BY_HAND)
        // What is drawn is the call that was dropped before a failure.
        .without_drawing()
        .fail();
}

// What the verdicts have in common.

/// Fails for jobs of 100 ms each that have not all run at the same time.
fn together(jobs: &Jobs, seen: Seen, asked: &str) {
    let (most, all) = (jobs.in_flight.most(), jobs.plans.len());
    let after = seen.after;
    if after == 100 {
        return gives_each_value(jobs, &seen.unless_it_panicked(), asked);
    }
    if most == all {
        let outcome = seen.unless_it_panicked();
        Verdict::new("the jobs run together, and the call comes back late")
            .asked(asked)
            .fact(told(&outcome))
            .fact(came_back(after, 100))
            .fail();
    }
    let verdict = Verdict::new("the jobs do not run together")
        .asked(asked)
        .fact(came_back(after, 100))
        .fact(format!("in flight at once: {most}, wanted: {all}"));
    match most {
        1 if jobs.waited_for_others() => verdict.because(IN_SEQUENCE),
        2.. if jobs.waited_for_others() => verdict.because(A_FEW_AT_A_TIME),
        _ => verdict,
    }
    .fail();
}

/// Fails if a value is missing or of no job. Their order is the question of
/// another test.
fn gives_each_value(jobs: &Jobs, outcome: &Returned, asked: &str) {
    let mut values = outcome.clone().unwrap_or_default();
    values.sort_unstable();
    if outcome.is_err() || values != jobs.values() {
        other_values(jobs, outcome).asked(asked).fail();
    }
}

/// The verdict for an outcome that is not the list of all values.
fn other_values(jobs: &Jobs, outcome: &Returned) -> Verdict {
    let wanted = jobs.values();
    let mut sorted = outcome.clone().unwrap_or_default();
    sorted.sort_unstable();
    let headline = if sorted == wanted {
        "the values are in another order than the jobs"
    } else {
        "the values are not those of the jobs"
    };
    let verdict = Verdict::new(headline)
        .fact(format!("{}\nwanted: {wanted:?}", told(outcome)));
    if sorted == wanted && outcome.as_ref() == Ok(&jobs.values_as_they_ended())
    {
        return verdict.because(COMPLETION_ORDER);
    }
    verdict
}

/// Explains a call that came back `after` ms, later than the first failure.
fn late(
    verdict: Verdict,
    jobs: &Jobs,
    after: u64,
    outcome: &Returned,
) -> Verdict {
    if outcome.is_ok() {
        return told_as_success(verdict.fact(told(outcome)), jobs, outcome);
    }
    if after == SLOW && jobs.finished() == jobs.plans.len() {
        return verdict.because(WAITS_FOR_EVERYBODY);
    }
    verdict
}

/// Explains an outcome that is not the error of the job that failed. None of
/// these jobs panics.
async fn not_the_error(
    verdict: Verdict,
    jobs: &Jobs,
    outcome: &Returned,
) -> Verdict {
    let verdict =
        verdict.fact(format!("{}\nwanted: Failed, no room", told(outcome)));
    let stopped = is_panicked(outcome) && jobs.have_stopped_tasks();
    if stopped && returns_an_error_alone().await {
        return verdict.because(STOPPED_AS_PANIC);
    }
    told_as_success(verdict, jobs, outcome)
}

/// Explains an `Ok` although a job has failed.
fn told_as_success(
    verdict: Verdict,
    jobs: &Jobs,
    outcome: &Returned,
) -> Verdict {
    let has_failed = |place: &usize| {
        jobs.plans[*place].1.are_bad() && jobs.has_ended(*place)
    };
    match (outcome, (0..jobs.plans.len()).find(has_failed)) {
        (Ok(values), Some(_)) if values.is_empty() => {
            verdict.because(EMPTY_LIST)
        }
        // All others are there.
        (Ok(values), Some(bad)) if *values == jobs.values() => {
            if matches!(jobs.plans[bad], (_, Panics)) {
                verdict.because(PANIC_AS_SUCCESS)
            } else if jobs.in_a_task(bad) {
                verdict.because(INNER_ERROR_LOST)
            } else {
                verdict
            }
        }
        _ => verdict,
    }
}

/// Explains the job at `place`, which ran on to its own end after the call.
fn ran_on(verdict: Verdict, jobs: &Jobs, place: usize) -> Verdict {
    if jobs.in_a_task(place) {
        return verdict.because(HANDLES_DROPPED);
    }
    verdict
}

/// Explains jobs that were there when the call returned because of the job at
/// `place`, the first place for which some are left.
fn still_there(
    verdict: Verdict,
    jobs: &Jobs,
    seen: &Seen,
    place: usize,
) -> Verdict {
    let left = seen.left.len();
    let verdict = verdict.fact(format!("left when the call returned: {left}"));
    let verdict = if place > 0 {
        let job = place + 1;
        verdict.fact(format!("left if job 1 fails instead of job {job}: 0"))
    } else {
        verdict
    };
    if let Some((place, _)) = jobs.first_end_after(seen.after) {
        return ran_on(verdict, jobs, place);
    }
    if !jobs.left().is_empty() {
        return verdict.fact("and never dropped");
    }
    verdict.because(NOT_AWAITED)
}

/// Of three jobs one ends badly. At which place must it stand for jobs to be
/// left when the call returns? The first place, if it makes no difference.
async fn place_that_leaves_some(ends: Ends) -> usize {
    for place in 0..3 {
        let plans = ending_at(place, (30, ends), [100, 200]);
        if !Jobs::of(plans).unseen().run().await.left.is_empty() {
            return place;
        }
    }
    0
}

/// Two jobs that give a value after so many ms, and `plan` at `place`.
fn ending_at(
    place: usize,
    plan: (u64, Ends),
    others: [u64; 2],
) -> [(u64, Ends); 3] {
    let [one, two] = others.map(|millis| (millis, Gives(1)));
    match place {
        0 => [plan, one, two],
        1 => [one, plan, two],
        _ => [one, two, plan],
    }
}

/// Whether the call succeeds with one job.
async fn one_job_succeeds() -> bool {
    let seen = Jobs::giving(&[10]).unseen().run().await;
    matches!(seen.outcome, Outcome::Returned(Ok(values)) if values == [1])
}

/// Whether jobs of which none fails begin one after another.
async fn run_one_by_one() -> bool {
    let jobs = Jobs::giving(&[100; 3]).unseen();
    jobs.run().await;
    jobs.in_flight.most() == 1 && jobs.waited_for_others()
}

/// Whether an error is seen at the moment when the last job before it in the
/// list ends.
async fn are_awaited_in_line() -> bool {
    let jobs = Jobs::of([
        (100, Gives(1)),
        (200, Gives(2)),
        (30, Fails("no room")),
        (SLOW, Gives(4)),
    ]);
    jobs.unseen().run().await.after == 200
}

/// Whether the error of a job is returned if there is nothing else to stop.
async fn returns_an_error_alone() -> bool {
    let seen = Jobs::of([(10, Fails("no room"))]).unseen().run().await;
    matches!(seen.outcome, Outcome::Returned(it) if it == failed("no room"))
}

/// Whether no job is left when a call returns because of an error at `place`.
async fn stops_on_failure(place: usize) -> bool {
    let plans = ending_at(place, (30, Fails("no room")), [100, 200]);
    let left = Jobs::of(plans).unseen().run().await.left;
    sleep(Duration::from_millis(SLOW)).await;
    left.is_empty()
}

fn came_back(after: u64, wanted: u64) -> String {
    format!("came back at {after} ms, wanted: {wanted} ms")
}

fn failed(error: &'static str) -> Returned {
    Err(GroupError::Failed(Refused(error)))
}

fn is_panicked(outcome: &Returned) -> bool {
    *outcome == Err(GroupError::Panicked)
}

fn told(outcome: &Returned) -> String {
    match outcome {
        Ok(values) => format!("returned: Ok, {values:?}"),
        Err(GroupError::Failed(error)) => format!("returned: Failed, {error}"),
        Err(GroupError::Panicked) => "returned: Panicked".to_owned(),
    }
}

// The jobs, watched.

type Returned = Result<Vec<u32>, GroupError<Refused>>;

/// The error of a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
struct Refused(&'static str);

/// What a job says that panics.
const PLANNED: &str = "the job panics, as planned";

/// How a job ends.
#[derive(Clone, Copy)]
enum Ends {
    Gives(u32),
    Fails(&'static str),
    Panics,
}

impl Ends {
    fn happens(self) -> Result<u32, Refused> {
        match self {
            Gives(value) => Ok(value),
            Fails(error) => Err(Refused(error)),
            Panics => panic!("{PLANNED}"),
        }
    }

    fn are_bad(self) -> bool {
        !matches!(self, Gives(_))
    }

    /// What a group returns in which one job ends so before all others.
    fn told_by_the_group(self) -> Returned {
        match self {
            Gives(value) => Ok(vec![value]),
            Fails(error) => failed(error),
            Panics => Err(GroupError::Panicked),
        }
    }
}

impl fmt::Display for Ends {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Gives(value) => write!(out, "gives {value}"),
            Fails(error) => write!(out, "fails, {error}"),
            Panics => write!(out, "panics"),
        }
    }
}

/// What became of a call.
enum Outcome {
    Returned(Returned),
    Panicked(Box<dyn Any + Send>),
    NeverCame,
}

/// A call of `run_all`, as it was seen.
struct Seen {
    outcome: Outcome,
    /// When it came back, in ms.
    after: u64,
    /// The places of the jobs that were not gone by then.
    left: Vec<usize>,
    /// How many jobs had only to be polled to end when the call had not come
    /// back; `None` where some ran on other threads than this one.
    waiting: Option<usize>,
}

impl Seen {
    /// What was returned. A panic goes on, for the runner to tell.
    fn unless_it_panicked(self) -> Returned {
        match self.outcome {
            Outcome::Returned(outcome) => outcome,
            Outcome::Panicked(payload) => panic::resume_unwind(payload),
            Outcome::NeverCame => never_came(self.waiting),
        }
    }
}

fn never_came(waiting: Option<usize>) -> ! {
    let verdict = Verdict::new("the call never comes back")
        .asked("an end when the last job has ended, or at a failure")
        .fact("an hour has passed on the paused clock");
    match waiting {
        Some(0) | None => verdict.fail(),
        Some(jobs) => verdict
            .fact(format!("jobs whose time had come: {jobs}"))
            .why("They were not polled again, and so could not end.")
            .fail(),
    }
}

/// Jobs that note what becomes of them.
#[derive(Clone)]
struct Jobs {
    plans: Vec<(u64, Ends)>,
    journal: Option<Journal>,
    watch: Stopwatch,
    in_flight: InFlight,
    notes: Arc<Mutex<Notes>>,
    hold: Option<(usize, Hold)>,
    /// The moment of what was drawn last.
    drawn: Arc<AtomicU64>,
}

#[derive(Default)]
struct Notes {
    of: Vec<Note>,
    /// The places of the jobs that have come to their own end, in that order.
    ended: Vec<usize>,
}

/// What became of one job.
#[derive(Clone, Copy, Default)]
struct Note {
    began: Option<u64>,
    /// Where it was polled first.
    by: Option<Whose>,
    /// When it came to its own end.
    ended: Option<u64>,
    /// When its future was dropped, ended or not.
    over: Option<u64>,
}

/// The task, if in one, and the thread that polls a job.
type Whose = (Option<task::Id>, ThreadId);

fn here() -> Whose {
    (task::try_id(), thread::current().id())
}

/// A job with a destructor of its own: it is there until it is dropped, and
/// not only until it has ended.
struct Job {
    // Dropped first: the work is not to be drawn as over before this is.
    _guard: Guard,
    work: BoxFuture<'static, Result<u32, Refused>>,
}

struct Guard {
    jobs: Jobs,
    place: usize,
}

/// Holds the threads of destructors until the call has returned. One that
/// waits for them does not return, so for no longer than [`HOLD`].
#[derive(Clone, Default)]
struct Hold(Rendezvous);

/// Longer than many a call waits that then gives up.
const HOLD: Duration = Duration::from_millis(150);

impl Hold {
    fn pass(&self) {
        self.0.wait(HOLD);
        // For those that come after this one.
        self.open();
    }

    fn open(&self) {
        self.0.signal();
    }
}

impl Jobs {
    /// Each job ends after so many ms, in its way.
    fn of<const N: usize>(plans: [(u64, Ends); N]) -> Self {
        Self::planned(plans.to_vec())
    }

    /// Each job takes so many ms. They give 1, 2, 3 and so on.
    fn giving(millis: &[u64]) -> Self {
        let values = (1..).map(Gives);
        Self::planned(millis.iter().copied().zip(values).collect())
    }

    fn planned(plans: Vec<(u64, Ends)>) -> Self {
        let notes =
            Notes { of: vec![Note::default(); plans.len()], ended: Vec::new() };
        Self {
            plans,
            journal: Some(journal()),
            watch: Stopwatch::start(),
            in_flight: InFlight::default(),
            notes: Arc::new(Mutex::new(notes)),
            hold: None,
            drawn: Arc::default(),
        }
    }

    /// Leaves these jobs out of the drawing.
    fn unseen(mut self) -> Self {
        self.journal = None;
        self
    }

    /// Holds the thread on which the job at `place` is dropped.
    fn held(mut self, place: usize, hold: &Hold) -> Self {
        self.hold = Some((place, hold.clone()));
        self
    }

    fn is_held(&self, place: usize) -> bool {
        self.hold.as_ref().is_some_and(|(held, _)| *held == place)
    }

    /// Hands all jobs to `run_all`, and looks at the moment when it returns.
    async fn run(&self) -> Seen {
        let call = self.journal().map(|journal| {
            journal.declare(["run_all"]);
            journal.call("run_all")
        });
        let running = AssertUnwindSafe(run_all(self.all())).catch_unwind();
        let ended = timeout(Duration::from_hours(1), running).await;
        let (left, after) = (self.left(), self.watch.millis());
        if let Some((_, hold)) = &self.hold {
            hold.open();
        }
        if let (Some(call), Some(journal)) = (call, self.journal()) {
            call.finished();
            journal.step();
        }
        let outcome = match ended {
            Ok(Ok(outcome)) => Outcome::Returned(outcome),
            Ok(Err(payload)) if unfinished(&*payload) => {
                panic::resume_unwind(payload)
            }
            Ok(Err(payload)) => Outcome::Panicked(payload),
            Err(_elapsed) => Outcome::NeverCame,
        };
        Seen { outcome, after, left, waiting: self.waiting(after) }
    }

    /// Hands all jobs to `run_all`, and drops the call where it stands when
    /// the first job has ended. Gives whether it had returned by then.
    async fn drop_after_the_first_end(&self) -> bool {
        let mut running = pin!(run_all(self.all()));
        let first_end = poll_fn(|context| {
            let polled = running.as_mut().poll(context);
            if polled.is_pending() && self.finished() == 0 {
                return Poll::Pending;
            }
            Poll::Ready(polled.is_ready())
        });
        let returned = timeout(Duration::from_hours(1), first_end).await;
        returned.unwrap_or(false)
    }

    /// Waits until no job is left.
    async fn gone(&self) {
        while !self.left().is_empty() {
            sleep(Duration::from_millis(5)).await;
        }
    }

    fn all(&self) -> Vec<Job> {
        (0..self.plans.len()).map(|place| self.job(place)).collect()
    }

    fn job(&self, place: usize) -> Job {
        let jobs = self.clone();
        let work = async move {
            let (millis, ends) = jobs.plans[place];
            let call = jobs.begins(place);
            let in_flight = jobs.in_flight.enter();
            sleep(Duration::from_millis(millis)).await;
            drop(in_flight);
            jobs.ends(place, ends);
            if let Some(call) = call {
                call.finished();
            }
            ends.happens()
        };
        Job { _guard: Guard { jobs: self.clone(), place }, work: work.boxed() }
    }

    fn begins(&self, place: usize) -> Option<Call> {
        let mut notes = self.notes();
        notes.of[place].began = Some(self.watch.millis());
        notes.of[place].by = Some(here());
        drop(notes);
        self.journal().map(|it| it.call(&lane(place)))
    }

    fn ends(&self, place: usize, how: Ends) {
        let mut notes = self.notes();
        notes.of[place].ended = Some(self.watch.millis());
        notes.ended.push(place);
        drop(notes);
        let badly = match how {
            Gives(_) => None,
            Fails(_) => Some("failed"),
            Panics => Some("panicked"),
        };
        if let (Some(journal), Some(badly)) = (self.journal(), badly) {
            journal.mark(&lane(place), badly);
        }
    }

    /// What the jobs give that give something, in the order of the list.
    fn values(&self) -> Vec<u32> {
        let gives = |(_, ends): &(u64, Ends)| match ends {
            Gives(value) => Some(*value),
            Fails(_) | Panics => None,
        };
        self.plans.iter().filter_map(gives).collect()
    }

    /// The same in the order in which they have ended.
    fn values_as_they_ended(&self) -> Vec<u32> {
        let values = self.values();
        let notes = self.notes();
        notes.ended.iter().map(|place| values[*place]).collect()
    }

    /// The places of the jobs that are not gone.
    fn left(&self) -> Vec<usize> {
        let notes = self.notes();
        let left = |place: &usize| notes.of[*place].over.is_none();
        (0..notes.of.len()).filter(left).collect()
    }

    /// How many jobs have come to their own end.
    fn finished(&self) -> usize {
        self.notes().ended.len()
    }

    /// How many jobs were due before `millis`, were not stopped, and have not
    /// ended. `None` where some are not known to run on this thread.
    fn waiting(&self, millis: u64) -> Option<usize> {
        let notes = self.notes();
        let is_here = |note: &Note| note.by.is_some_and(|by| by.1 == here().1);
        let waits = |(note, plan): (&Note, &(u64, Ends))| {
            let due = note.began.is_some_and(|began| began + plan.0 < millis);
            let stopped = note.over.is_some_and(|over| over < millis);
            due && note.ended.is_none() && !stopped
        };
        notes.of.iter().all(is_here).then(|| {
            notes.of.iter().zip(&self.plans).filter(|it| waits(*it)).count()
        })
    }

    /// The first job in the list that came to its own end later than `millis`,
    /// and when.
    fn first_end_after(&self, millis: u64) -> Option<(usize, u64)> {
        let notes = self.notes();
        let ends = notes.of.iter().map(|note| note.ended).enumerate();
        let ends = ends.filter_map(|(place, end)| Some((place, end?)));
        ends.into_iter().find(|(_, end)| *end > millis)
    }

    /// Whether the job at `place` came to its own end.
    fn has_ended(&self, place: usize) -> bool {
        self.notes().of[place].ended.is_some()
    }

    /// Whether each job that did not begin with the first began at the moment
    /// at which another one ended. Not where they run on other threads than
    /// this one: the paused clock may have jumped before they began.
    fn waited_for_others(&self) -> bool {
        let notes = self.notes();
        let first = notes.of.iter().filter_map(|note| note.began).min();
        let ends: Vec<_> = notes.of.iter().map(|note| note.ended).collect();
        notes.of.iter().all(|note| {
            let in_turn = note.began == first || ends.contains(&note.began);
            let is_here = note.by.is_some_and(|(_, thread)| thread == here().1);
            note.began.is_some() && in_turn && is_here
        })
    }

    /// Whether the job at `place` ran in a task of its own.
    fn in_a_task(&self, place: usize) -> bool {
        self.notes().of[place].by.is_some_and(|(task, _)| task.is_some())
    }

    /// Whether a job with a task of its own was stopped before its end.
    fn have_stopped_tasks(&self) -> bool {
        let stopped = |place: &usize| {
            let note = self.notes().of[*place];
            note.over.is_some() && note.ended.is_none()
        };
        let mut stopped = (0..self.plans.len()).filter(stopped);
        stopped.any(|place| self.in_a_task(place))
    }

    /// The journal, if these jobs are drawn. What happens at another moment
    /// than the last is drawn after it.
    fn journal(&self) -> Option<&Journal> {
        let journal = self.journal.as_ref()?;
        let now = self.watch.millis();
        if self.drawn.swap(now, Ordering::SeqCst) != now {
            journal.step();
        }
        Some(journal)
    }

    fn notes(&self) -> MutexGuard<'_, Notes> {
        self.notes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn lane(place: usize) -> String {
    format!("job {}", place + 1)
}

/// Whether a panic is that of a `todo!`.
fn unfinished(payload: &(dyn Any + Send)) -> bool {
    text_of(payload).is_some_and(|text| text.starts_with("not "))
}

/// Whether a panic is that of a job.
fn is_planned(payload: &(dyn Any + Send)) -> bool {
    text_of(payload).is_some_and(|text| text == PLANNED)
}

fn text_of(payload: &(dyn Any + Send)) -> Option<&str> {
    let text = payload.downcast_ref::<String>().map(String::as_str);
    text.or(payload.downcast_ref::<&str>().copied())
}

impl Future for Job {
    type Output = Result<u32, Refused>;

    fn poll(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Self::Output> {
        self.work.as_mut().poll(context)
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        if let Some((held, hold)) = &self.jobs.hold
            && *held == self.place
        {
            hold.pass();
        }
        // The moment at which the call is dropped that the work may hold.
        self.jobs.journal();
        let over = self.jobs.watch.millis();
        self.jobs.notes().of[self.place].over = Some(over);
    }
}

// A failure that comes when the others are being stopped.

/// Four jobs: the second fails; another, busy on its thread, fails when the
/// call has begun to stop the rest, which would have taken a while.
#[derive(Clone)]
struct Late {
    first: Ends,
    later: Ends,
    /// Whether the later one is the first job, and not the third.
    stands_first: bool,
    seen: Arc<Mutex<LateSeen>>,
    stopping: Rendezvous,
}

#[derive(Default)]
struct LateSeen {
    begun: usize,
    /// The task of the second job.
    task: Option<task::Id>,
    may_fail: bool,
    failed: bool,
    /// Whether the later one failed after the call had begun to stop the others.
    is_later: bool,
}

impl Late {
    fn of(first: Ends, later: Ends) -> Self {
        Self {
            first,
            later,
            stands_first: false,
            seen: Arc::default(),
            stopping: Rendezvous::default(),
        }
    }

    /// The same with the later one before the other.
    fn standing_first(self) -> Self {
        Self { stands_first: true, ..Self::of(self.first, self.later) }
    }

    /// What the call returned, unless the later one could not fail later than
    /// the second: where all are in one task, it is stopped between two polls.
    async fn outcome(&self) -> Option<Returned> {
        let mut jobs = vec![
            self.clone().takes_a_while().boxed(),
            self.clone().fails_first().boxed(),
            self.clone().fails_later().boxed(),
            self.clone().takes_a_while().boxed(),
        ];
        if self.stands_first {
            jobs.swap(0, 2);
        }
        let ended = AssertUnwindSafe(run_all(jobs)).catch_unwind().await;
        let is_later = self.seen().is_later;
        // For a later one that the call has not waited for.
        self.stopping.signal();
        match ended {
            Ok(outcome) => is_later.then_some(outcome),
            Err(payload) if unfinished(&*payload) => {
                panic::resume_unwind(payload)
            }
            Err(_passed_on) => None,
        }
    }

    async fn takes_a_while(self) -> Result<u32, Refused> {
        self.seen().begun += 1;
        let mut work = Work { late: self, ended: false };
        sleep(Duration::from_millis(800)).await;
        work.ended = true;
        // Where one job runs after the other, this is all there is to wait for.
        work.late.seen().may_fail = true;
        Ok(1)
    }

    async fn fails_first(self) -> Result<u32, Refused> {
        self.seen().begun += 1;
        self.seen().task = task::try_id();
        while !self.seen().may_fail {
            a_moment().await;
        }
        self.seen().failed = true;
        self.first.happens()
    }

    async fn fails_later(self) -> Result<u32, Refused> {
        while self.seen().begun < 3 {
            a_moment().await;
        }
        let same_task = self.seen().task == task::try_id();
        self.seen().may_fail = true;
        if same_task {
            return self.takes_a_while().await;
        }
        // Holds its thread, as long computations do.
        let stopping = self.stopping.wait(Duration::from_millis(600));
        self.seen().is_later = stopping;
        self.later.happens()
    }

    fn seen(&self) -> MutexGuard<'_, LateSeen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Tells, when dropped in the middle, that the call stops its jobs.
struct Work {
    late: Late,
    ended: bool,
}

impl Drop for Work {
    fn drop(&mut self) {
        if self.late.seen().failed && !self.ended {
            self.late.stopping.signal();
        }
    }
}

/// A timer wakes a task on a thread that is free. A task woken by another may
/// have to wait until that one gives its thread back.
async fn a_moment() {
    sleep(Duration::from_millis(1)).await;
}
