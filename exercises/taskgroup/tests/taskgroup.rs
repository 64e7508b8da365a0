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

const PAGE: &str = "taskgroup";

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
            Outcome::Panicked(_) => verdict
                .fact("the call panicked")
                .why(
                    "Something in it takes for granted that there is a first \
                     job to wait for.",
                )
                .read_on(PAGE, "Nothing to select from")
                .fail(),
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
        told_as_success(verdict, &outcome, "no room").fail();
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
        let verdict = Verdict::new("the call goes on after a failure")
            .asked("an end at 30 ms, when job 1 fails")
            .fact(came_back(after, 30));
        late(verdict, after, outcome.is_ok()).fail();
    });
}

#[test]
fn sees_a_failure_wherever_it_stands() {
    testkit::run_paused(async || {
        let first_in_line = comes_back_for_the_first_in_line().await;
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
        if jobs.began_later(2) {
            one_by_one(verdict).fail();
        }
        if first_in_line && outcome.is_err() {
            in_line(verdict).fail();
        }
        late(verdict, after, outcome.is_ok()).fail();
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
    if after == 30 || !matches!(seen.outcome, Outcome::Returned(Err(_))) {
        return;
    }
    let verdict = Verdict::new("a panic is not seen when it comes")
        .asked("an end at 30 ms, when job 3 panics")
        .fact(came_back(after, 30));
    if after != 200 {
        late(verdict, after, false).fail();
    }
    verdict
        .why(
            "An error at this place ends the call at once. The panic was seen \
             when the jobs before it had ended: for a panic, the jobs are \
             awaited in the order of the list.",
        )
        .read_on(PAGE, "Waiting in line")
        .fail();
}

#[test]
fn returns_the_failure_that_came_first() {
    testkit::run_paused(async || {
        let first_in_line = comes_back_for_the_first_in_line().await;
        let jobs = Jobs::of([
            (60, Fails("no seat")),
            (30, Fails("no room")),
            (SLOW, Gives(3)),
        ]);

        let seen = jobs.run().await;

        let outcome = seen.unless_it_panicked();
        if outcome == failed("no room") {
            return;
        }
        let verdict =
            Verdict::new("another failure than the first is returned")
                .asked("\"no room\": job 2 fails at 30 ms, job 1 at 60 ms");
        if outcome != failed("no seat") {
            told_as_success(verdict, &outcome, "no room").fail();
        }
        let verdict = verdict.fact(told(&outcome));
        if jobs.began_later(1) {
            one_by_one(verdict).fail();
        }
        if first_in_line {
            in_line(verdict).fail();
        }
        verdict
            .why(
                "It is the first in the list. What came first is what the \
                 others were stopped for, and what the log should show.",
            )
            .fail();
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
        let ran_on = jobs.ended_after(after);
        if let Some((place, note)) = ran_on.first() {
            ran_on_after(
                Verdict::new("jobs went on after the call")
                    .asked("when the call returns, no job is left")
                    .fact(format!("the call came back at {after} ms"))
                    .fact(format!(
                        "job {} was done at {} ms",
                        place + 1,
                        note.over.unwrap_or(after)
                    )),
            )
            .fail();
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

        let (after, left) = (seen.after, seen.left.len());
        drop(seen.unless_it_panicked());
        if left > 0 {
            still_there(&jobs, after, left, place).fail();
        }
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
            // One has: it failed.
            if jobs.finished() > 1 {
                ran_on_after(verdict).fail();
            }
            let verdict = verdict.read_on(PAGE, "Asked to stop, not awaited");
            if place > 0 {
                waits_for_some(verdict, place).fail();
            }
            verdict
                .why(
                    "It was stopped, and its destructor, on another thread, \
                     had not come to its end when the caller went on. That \
                     may take long, and a group waits for it all the same.",
                )
                .fail();
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
        if outcome.is_err() {
            verdict.fail();
        }
        verdict
            .why(
                "Job 2 had given its value, and on another thread its \
                 destructor was at work while the caller went on.",
            )
            .read_on(PAGE, "Reported, and still there")
            .fail();
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
            Outcome::Returned(Ok(values)) => {
                let verdict = verdict.fact(told(&Ok(values.clone())));
                let verdict = verdict.why(
                    "One of three jobs has no value, and the caller is told \
                     that all went well.",
                );
                match values.len() {
                    0 => verdict.read_on(PAGE, "An empty list"),
                    _ => verdict.read_on(PAGE, "A panic told as success"),
                }
                .fail()
            }
            Outcome::Panicked(_) => {
                let why = "The job's panic went through the call, and takes \
                           down whoever awaits it.";
                let what_to_do = "Nothing is spawned here: catch it around \
                                  each job, or give each a task.";
                let why = if jobs.in_the_callers_task(1) {
                    format!("{why} {what_to_do}")
                } else {
                    why.to_owned()
                };
                verdict
                    .fact("the call panicked")
                    .why(why)
                    .read_on(PAGE, "A panic that is passed on")
                    .fail()
            }
            _ => verdict.fact(told(&seen.unless_it_panicked())).fail(),
        }
    });
}

#[test]
fn a_panic_stops_the_others_too() {
    testkit::run_paused(async || {
        let error_at_once = comes_back_for_the_first_in_line().await;
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
            let verdict = Verdict::new("the call goes on after a panic")
                .asked(format!("an end at 30 ms, when job {job} panics"))
                .fact(came_back(after, 30));
            let success = matches!(seen.outcome, Outcome::Returned(Ok(_)));
            if error_at_once && after == SLOW && !success {
                verdict
                    .why(
                        "An error ends the call at once. The panic was not \
                         seen before the last job had ended: a job that \
                         panics returns nothing and sends nothing.",
                    )
                    .read_on(PAGE, "Waiting for everybody")
                    .fail();
            }
            late(verdict, after, success).fail();
        }
        if left == 0 {
            return;
        }
        let verdict = still_there(&jobs, after, left, place);
        if stops_on_failure {
            verdict
                .why(
                    "After an error the call stops its jobs and waits for \
                     them. After a panic it leaves by another way.",
                )
                .read_on(PAGE, "One way out forgotten")
                .fail();
        }
        verdict.fail();
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
            keeps_the_first(&late, &outcome);
        }
    });
}

/// Fails for another outcome than the failure that came first.
fn keeps_the_first(late: &Late, outcome: &Returned) {
    let (first, later) = (late.first, late.later);
    if *outcome == first.told_by_the_group() {
        return;
    }
    let verdict = Verdict::new("another failure than the first is returned")
        .asked("the first failure, whatever comes after it");
    let is_the_later = *outcome == later.told_by_the_group();
    if !is_the_later && matches!((first, later), (Fails(_), Fails(_))) {
        told_as_success(verdict, outcome, "no room").fail();
    }
    let job = if late.stands_first { 1 } else { 3 };
    let verdict = verdict
        .fact(format!("job 2, first: {first}\njob {job}, later: {later}"))
        .fact(told(outcome));
    if !is_the_later {
        verdict.fail();
    }
    let why = if late.stands_first {
        "Where the later one stood behind job 2 in the list, the failure of \
         job 2 was returned. So the place in the list decides, not what came \
         first."
    } else {
        "The call had seen the failure of job 2, and was already stopping the \
         others, when job 3 failed."
    };
    verdict.why(why).read_on(PAGE, "A later failure in its place").fail();
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
        if stops_on_failure {
            verdict
                .why(
                    "On a failure they are stopped. But nothing that the \
                     future owned has stopped them when it was dropped: no \
                     further line of it runs then, only destructors do.",
                )
                .read_on(PAGE, "Stopped by hand")
                .fail();
        }
        ran_on_after(verdict).fail();
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

    let ran_on = jobs.ended_after(dropped).len();
    if returned || ran_on == 0 {
        return;
    }
    Verdict::new("the jobs outlive the call")
        .asked("jobs that stop when the call is dropped at any await")
        .fact(format!("job 2 failed, and the call was dropped at {dropped} ms"))
        .fact(format!("jobs that ran on to their end: {ran_on}"))
        .why(
            "Dropped before a failure, the call stops its jobs. Dropped while \
             it was stopping them, it leaves those running that it had not \
             come to: nothing that the future still owned has stopped them.",
        )
        .read_on(PAGE, "Stopped by hand")
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
        1 => one_by_one(verdict),
        2.. => verdict
            .why(
                "A place had to come free before the next job began. In a \
                 group that waits for its own, that can be for ever.",
            )
            .read_on(PAGE, "A few at a time"),
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
    if outcome.as_ref() == Ok(&jobs.values_as_they_ended()) {
        return verdict
            .why("They stand in the order in which the jobs ended.")
            .read_on(PAGE, "Values in completion order");
    }
    verdict
}

fn one_by_one(verdict: Verdict) -> Verdict {
    verdict
        .why("A job began only when the one before it had ended.")
        .read_on(PAGE, "One job after another")
}

fn in_line(verdict: Verdict) -> Verdict {
    verdict
        .why(
            "Had the failing job stood first in the list, it would have been \
             seen at once. The jobs run together, but they are awaited in the \
             order of the list.",
        )
        .read_on(PAGE, "Waiting in line")
}

/// Explains a call that came back `after` ms, later than the first failure.
fn late(verdict: Verdict, after: u64, success: bool) -> Verdict {
    let verdict =
        if success { verdict.fact("it returned Ok") } else { verdict };
    if after != SLOW {
        return verdict;
    }
    let verdict = verdict.why(
        "It waited until the last job had ended, for values that nobody can \
         use any more.",
    );
    if success {
        return verdict;
    }
    verdict.read_on(PAGE, "Waiting for everybody")
}

/// Explains an outcome that is not the failure `wanted`.
fn told_as_success(
    verdict: Verdict,
    outcome: &Returned,
    wanted: &str,
) -> Verdict {
    let verdict =
        verdict.fact(format!("{}\nwanted: Failed, {wanted}", told(outcome)));
    match outcome {
        Ok(values) if values.is_empty() => verdict
            .why(
                "An empty list is what a group without jobs gives. Nobody can \
                 tell the two apart.",
            )
            .read_on(PAGE, "An empty list"),
        Ok(_) => verdict
            .why(
                "A list without the value of the job that failed. A task that \
                 has ended well may hold a job that has not: there is a \
                 result in the result.",
            )
            .read_on(PAGE, "The inner error lost"),
        // No job of the tests that come here panics.
        Err(GroupError::Panicked) => verdict
            .why(
                "No job has panicked. A `JoinError` is also what a task gives \
                 that was aborted.",
            )
            .read_on(PAGE, "Stopped, taken for panicked"),
        Err(GroupError::Failed(_)) => verdict,
    }
}

fn ran_on_after(verdict: Verdict) -> Verdict {
    verdict
        .why(
            "Nobody waits for these jobs any more, and nobody has stopped \
             them. A task goes on when its handle is dropped.",
        )
        .read_on(PAGE, "Handles dropped")
}

/// Explains `left` jobs that were there when the call returned because of the
/// job at `place`, the first place for which some are left.
fn still_there(jobs: &Jobs, after: u64, left: usize, place: usize) -> Verdict {
    let verdict = Verdict::new("jobs are still there when the call returns")
        .asked("every other job dropped by the time the call returns")
        .fact(format!("left when the call returned: {left}"));
    if !jobs.ended_after(after).is_empty() {
        return ran_on_after(verdict);
    }
    if !jobs.left().is_empty() {
        return verdict.fact("and never dropped");
    }
    let verdict = verdict.read_on(PAGE, "Asked to stop, not awaited");
    if place > 0 {
        return waits_for_some(verdict, place);
    }
    verdict.why(
        "They were stopped, but the call did not wait for that: they were \
         dropped only when it had returned. What they hold, files or permits, \
         is still taken when the caller goes on.",
    )
}

/// For jobs that are left although none is if a job before `place` fails.
fn waits_for_some(verdict: Verdict, place: usize) -> Verdict {
    verdict.why(format!(
        "If job 1 fails, the call waits for all the others. Here job {} fails, \
         and it does not: for whom it waits depends on where the failing job \
         stands.",
        place + 1
    ))
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

/// Whether a failure ends the call at once if it stands first in the list.
async fn comes_back_for_the_first_in_line() -> bool {
    let jobs = Jobs::of([(30, Fails("no room")), (SLOW, Gives(2))]).unseen();
    jobs.run().await.after == 30
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
            Panics => panic!("the job panics, as planned"),
        }
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
    /// How many jobs were still to be polled by a call that never came back.
    waiting: usize,
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

fn never_came(waiting: usize) -> ! {
    let verdict = Verdict::new("the call never comes back")
        .asked("an end when the last job has ended, or at a failure");
    if waiting == 0 {
        verdict
            .why("No job is under way any more, and the call still waits.")
            .fail();
    }
    verdict
        .fact(format!("jobs that have not ended: {waiting}"))
        .why(
            "Their time came long ago, but they were not polled again, and a \
             future that nobody polls does nothing.",
        )
        .fail()
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
    /// When its future was dropped, ended or not.
    over: Option<u64>,
    ended: bool,
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
        notes.of[place].ended = true;
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

    /// How many jobs have begun, were not stopped before `millis`, and have
    /// not ended.
    fn waiting(&self, millis: u64) -> usize {
        let waits = |note: &&Note| {
            let stopped = note.over.is_some_and(|over| over < millis);
            note.began.is_some() && !note.ended && !stopped
        };
        self.notes().of.iter().filter(waits).count()
    }

    /// The jobs that came to their own end later than `millis`, and where they
    /// stand.
    fn ended_after(&self, millis: u64) -> Vec<(usize, Note)> {
        let notes = self.notes().of.clone().into_iter().enumerate();
        let later = |note: &Note| note.over.is_some_and(|over| over > millis);
        notes.filter(|(_, note)| note.ended && later(note)).collect()
    }

    /// Whether the job at `place` did not begin with the call.
    fn began_later(&self, place: usize) -> bool {
        let notes = self.notes();
        notes.of[place].began != notes.of[0].began
    }

    /// Whether the job at `place` ran as a part of the task that asks this.
    fn in_the_callers_task(&self, place: usize) -> bool {
        self.notes().of[place].by == Some(here())
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
    let text = payload.downcast_ref::<String>().map(String::as_str);
    let text = text.or(payload.downcast_ref::<&str>().copied());
    text.is_some_and(|text| text.starts_with("not "))
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
