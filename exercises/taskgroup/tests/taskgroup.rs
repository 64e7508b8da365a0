//! What `taskgroup` is asked for: one behaviour a test. On the paused clock every
//! moment is known to the millisecond.

use futures::{future::join_all, join};
use testkit::{CallLog, Ended, expect, run_parallel, run_paused};

#[path = "taskgroup/causes.rs"]
mod causes;
#[path = "taskgroup/jobs.rs"]
mod jobs;
#[path = "taskgroup/late.rs"]
mod late;

use causes::*;
use jobs::{End::*, *};
use late::Late;

/// Longer than anybody wants to wait, in milliseconds.
const SLOW: u64 = 10_000;

const NO_ROOM: End = Fails("no room");

#[test]
fn gives_nothing_for_no_jobs() {
    run_paused(async || {
        let outcome = Jobs::of([]).run().await.outcome;
        expect(outcome == "[]", "a group without jobs does not succeed")
            .asked("no values for no jobs")
            .fact(format!("returned: {outcome}"))
            .or_fail();
    });
}

#[test]
fn runs_the_jobs_together() {
    run_paused(async || {
        for count in [4, 30] {
            let jobs = Jobs::giving(&vec![100; count]).drawn_if(count == 4);
            let Seen { outcome, after, .. } = jobs.run().await;

            let most = jobs.log.most();
            let together = most == count && after == 100;
            let fine = together || jobs.are_untimed();
            expect(fine, "the jobs do not run together as asked")
                .asked("all under way at once, and the values after 100 ms")
                .fact(format!("under way at once: {most}, wanted: {count}"))
                .fact(format!("returned: {outcome}, at {after} ms"))
                .drawn_if(count == 4)
                .because([
                    (jobs.in_sequence(), IN_SEQUENCE),
                    (jobs.log.in_batches(), A_FEW_AT_A_TIME),
                ]);
        }
    });
}

#[test]
fn keeps_the_order_of_the_jobs() {
    run_paused(async || {
        // How long each takes: they end mixed up, backwards, and at once.
        let plans: [&[u64]; 5] = [
            &[80, 40, 60, 20],
            &[80, 60, 40, 20],
            // Longer than any limit that somebody would choose.
            &[40, 20, 7_200_000, 60],
            &[50; 4],
            &[50; 30],
        ];
        for (n, plan) in plans.iter().enumerate() {
            let jobs = Jobs::giving(plan).drawn_if(n == 0);
            let outcome = jobs.run().await.outcome;

            let mut ends = jobs.plans.clone();
            ends.sort_by_key(|(millis, _)| *millis);
            let as_they_ended = Jobs::of(ends).values();
            let wanted = jobs.values();
            expect(outcome == wanted, "these are not the values of the jobs")
                .asked("the values in the order of the jobs")
                .fact(format!("returned: {outcome}"))
                .fact(format!("wanted:   {wanted}"))
                .drawn_if(n == 0)
                .because([(outcome == as_they_ended, COMPLETION_ORDER)]);
        }
    });
}

#[test]
fn returns_the_error_of_the_job() {
    run_paused(async || {
        let jobs = Jobs::of([(10, Gives(1)), (30, NO_ROOM), (20, Gives(3))]);
        fails_first(jobs.drawn_if(true)).await;
    });
}

#[test]
fn comes_back_at_the_first_failure() {
    run_paused(async || {
        let jobs = Jobs::of([(30, NO_ROOM), (SLOW, Gives(2)), (50, Gives(3))]);
        fails_first(jobs.drawn_if(true)).await;
    });
}

#[test]
fn sees_a_failure_wherever_it_stands() {
    run_paused(async || {
        for end in [NO_ROOM, Panics(7)] {
            let mut plans = Jobs::giving(&[100, 200, 150, SLOW]).plans;
            plans.insert(2, (30, end));
            fails_first(Jobs::of(plans).drawn_if(end == NO_ROOM)).await;
        }
        for jobs in (1..=30).map(Jobs::any) {
            fails_first(jobs.clone()).await;
            if jobs.are_untimed() {
                break; // It may be slow, and tells little.
            }
        }
    });
}

#[test]
fn returns_the_failure_that_came_first() {
    run_paused(async || {
        let fails = [(10, Gives(3)), (60, Fails("no seat")), (30, NO_ROOM)];
        let gives = [(50, Gives(1)), (SLOW, Gives(2))];
        let jobs = Jobs::of(fails.into_iter().chain(gives));
        fails_first(jobs.drawn_if(true)).await;
    });
}

#[test]
fn reports_a_panic() {
    run_paused(async || {
        for payload in [7, 0, 1] {
            let fails = (30, Panics(payload));
            let jobs = Jobs::of([(10, Gives(1)), fails, (20, Gives(3))]);
            fails_first(jobs.drawn_if(payload == 7)).await;
        }
    });
}

/// Fails unless the call returns the first failure, at its moment.
async fn fails_first(jobs: Jobs) {
    let (plans, millis) = (&jobs.plans, |plan: &&Plan| plan.0);
    let failing = plans.iter().filter(|(_, end)| !matches!(end, Gives(_)));
    let (at, end) = *failing.min_by_key(millis).expect("one fails");
    let Seen { outcome, after, over, .. } = jobs.run().await;
    let fine = outcome == end.told() && after == at
        || jobs.are_untimed() && plans.iter().any(|it| it.1.told() == outcome);
    let failed = jobs.log.ended(Ended::Failed) > 0;
    let empty = outcome == "[]" && jobs.values() != "[]";
    let left_out = failed && outcome != "[]" && outcome == jobs.values();
    let panics = matches!(end, Panics(_));
    let before = plans.iter().take_while(|plan| **plan != (at, end));
    let until = (before.clone().map(|it| it.0).max(), before.count() + 1);
    let due = plans.iter().filter(|plan| plan.0 <= after).count();
    let last = plans.iter().map(|plan| plan.0).max();
    let waits = after > at && over == due;
    expect(fine, "the first failure is not returned as asked")
        .asked("the first failure, at the moment when it happens")
        .fact(format!("returned: {outcome}, at {after} ms"))
        .fact(format!("wanted:   {}, at {at} ms", end.told()))
        .drawn_if(jobs.log.is_drawn())
        .because([
            (failed && empty, EMPTY_LIST),
            (left_out && panics, PANIC_AS_SUCCESS),
            (left_out && jobs.log.began_in_a_task(), INNER_ERROR_LOST),
            (outcome == STOPPED, STOPPED_AS_PANIC),
            (panics && outcome == OTHER_PAYLOAD, PAYLOAD_LOST),
            (jobs.in_sequence(), IN_SEQUENCE),
            (waits && last == Some(after), WAITS_FOR_EVERYBODY),
            (waits && due > until.1 && until.0 == Some(after), IN_LINE),
        ]);
}

#[test]
fn keeps_the_first_failure_while_it_stops_the_others() {
    run_parallel(async || {
        let full = Fails("no seat");
        let pairs = [(NO_ROOM, full), (NO_ROOM, Panics(2)), (Panics(1), full)];
        for busy_first in [false, true] {
            for (first, later) in pairs {
                let late = Late::of(first, later);
                let Some(outcome) = late.run(busy_first).await else {
                    break; // It never fails later.
                };
                let panics = matches!(first, Panics(_));
                let (first, later) = (first.told(), later.told());
                let fine = outcome == first;
                expect(fine, "the first failure is not returned as asked")
                    .asked("the first failure, whatever fails after it")
                    .fact(format!("first: {first}"))
                    .fact(format!("later, while it was stopped: {later}"))
                    .fact(format!("returned: {outcome}"))
                    .because([
                        (outcome == later, LATER_FAILURE),
                        (outcome == STOPPED, STOPPED_AS_PANIC),
                        (panics && outcome == OTHER_PAYLOAD, PAYLOAD_LOST),
                    ]);
            }
        }
    });
}

#[test]
fn leaves_nothing_running() {
    run_paused(async || {
        let jobs = Jobs::with(2, 0, (30, NO_ROOM), 100).drawn_if(true);

        let seen = jobs.run().await;

        let later = jobs.over_at_last().await - seen.over;
        expect(later == 0, "jobs went on after the call")
            .asked("no job is left when the call returns")
            .fact(format!("the call returned at {} ms", seen.after))
            .fact(format!("jobs that went on to their end: {later}"))
            .because([(jobs.log.began_in_a_task(), HANDLES_DROPPED)]);
    });
}

#[test]
fn has_stopped_the_jobs_when_it_returns() {
    run_paused(async || {
        for (others, position) in [(2, 0), (2, 1), (29, 29)] {
            let jobs = Jobs::with(others, position, (30, NO_ROOM), 100);
            none_is_left(&jobs.drawn_if(position == 0), false).await;
        }
    });
}

#[test]
fn a_panic_stops_the_others_too() {
    run_paused(async || {
        for position in 0..3 {
            let jobs = Jobs::with(2, position, (30, NO_ROOM), 100);
            let stops = jobs.run().await.left == 0;
            let jobs = Jobs::with(2, position, (30, Panics(7)), 100);
            none_is_left(&jobs.drawn_if(position == 0), stops).await;
        }
    });
}

#[test]
fn has_stopped_them_on_several_threads() {
    run_parallel(async || {
        let groups = [(0, NO_ROOM, 2), (1, Panics(7), 0), (9, NO_ROOM, 0)];
        for (position, end, slow) in groups {
            let jobs = Jobs::with(29, position, (10, end), 1200);
            let jobs = jobs.dropped_slowly(slow);
            let over = none_is_left(&jobs, false).await;
            let (begun, most) = (jobs.log.count(), jobs.log.most());
            expect(over <= 1, "jobs went on after the failure")
                .asked("the moment a job fails, the others are stopped")
                .fact(format!("the one that failed: job {}", position + 1))
                .because([
                    (jobs.in_sequence(), IN_SEQUENCE),
                    (over == begun && most == begun, WAITS_FOR_EVERYBODY),
                    (jobs.go_on.is_cancelled(), STOPPED_IN_TURN),
                ]);
        }
    });
}

#[test]
fn lets_go_of_the_jobs_that_have_ended() {
    run_parallel(async || {
        for end in [Gives(1), NO_ROOM, Panics(7)] {
            let jobs = Jobs::of([(10, end)]).dropped_slowly(0);
            none_is_left(&jobs, false).await;
        }
    });
}

/// Fails if a job is there when the call returns. How many had come to their ends?
async fn none_is_left(jobs: &Jobs, none_after_an_error: bool) -> usize {
    let seen = jobs.run().await;
    let later = jobs.over_at_last().await - seen.over;
    let (left, at_last) = (seen.left, jobs.there.now());
    let drawn = jobs.log.is_drawn();
    expect(left == 0, "jobs are still there when the call returns")
        .asked("each has ended or been dropped, destructors included")
        .fact(format!("returned: {}", seen.outcome))
        .fact_if(drawn, format!("jobs left at the return: {left}"))
        .fact_if(later > 0, "a job went on to its end after that")
        .fact_if(at_last > 0, "a job was never dropped")
        .drawn_if(drawn)
        .because([
            (none_after_an_error, ONE_EXIT_FORGOTTEN),
            (later > 0 && jobs.log.began_in_a_task(), HANDLES_DROPPED),
            (seen.over == jobs.plans.len(), REPORTED_TOO_EARLY),
            (later == 0 && at_last == 0, NOT_AWAITED),
        ]);
    seen.over
}

#[test]
fn stops_the_jobs_when_it_is_dropped() {
    run_paused(async || {
        let plans = [(15, Gives(1)), (30, Gives(2)), (60, NO_ROOM)];
        let failing = || Jobs::of(plans.into_iter().chain([(200, Gives(4))]));
        let alone = failing();
        let left = alone.run().await.left;
        let stops = left == 0 && alone.log.ended(Ended::CutOff) > 0;
        // At every await, of those that a call has before it returns.
        for polls in 1..10 {
            let jobs = failing().drawn_if(polls == 1);
            if !jobs.run_for(polls).await {
                break;
            }
            let (at, over) = (jobs.log.now(), jobs.over());
            let later = jobs.over_at_last().await - over;
            // The moment at which it was dropped has to be known.
            let later = if jobs.are_untimed() { 0 } else { later };
            let at_last = jobs.there.now();
            expect(later + at_last == 0, "the jobs outlive the call")
                .asked("a call that is dropped, at any await, stops its jobs")
                .fact(format!("dropped at {at} ms"))
                .fact(format!("jobs that went on to their end: {later}"))
                .fact_if(at_last > 0, "a job was never dropped")
                .drawn_if(jobs.log.is_drawn())
                .because([
                    (later > 0 && stops, STOPPED_BY_HAND),
                    (later > 0 && jobs.log.began_in_a_task(), HANDLES_DROPPED),
                ]);
        }
    });
}

#[test]
fn calls_know_nothing_of_each_other() {
    run_paused(async || {
        let values = async |log: &CallLog| {
            let mut jobs = Jobs::giving(&[100; 30]);
            jobs.log = log.clone();
            jobs.run().await.outcome == jobs.values()
        };
        let [apart, together] = [(); 2].map(|()| CallLog::undrawn());
        let alone = values(&apart).await && apart.most() == 30;
        let fails = Jobs::with(29, 0, (30, NO_ROOM), 100);

        let calls = join_all((0..11).map(|_| values(&together)));
        let (_, beside) = join!(fails.run(), calls);
        let (beside, after) = (!beside.contains(&false), values(&apart).await);

        // What is wrong with a call alone is another test's matter.
        let most = together.most();
        let fine = beside && after && (most == 330 || fails.are_untimed());
        expect(fine || !alone, "calls get in each other's way")
            .asked("each call returns its values, as one alone does")
            .fact(format!("eleven calls: under way at once {most} of 330"))
            .fact_if(!beside, "other values beside a call that fails")
            .fact_if(!after, "other values after it")
            .because([(true, SHARED_BETWEEN_CALLS)]);
    });
}
