//! What `taskgroup` is asked for: one behaviour a test. On the paused clock every
//! moment is known to the millisecond.

use futures::join;
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
            expect(fine, "the jobs do not run together")
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
        // How long each takes: they end mixed up, in the order of the list,
        // backwards, and at the same moment.
        let plans: [&[u64]; 6] = [
            &[80, 40, 60, 20],
            &[20, 40, 60, 80],
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
        fails_at(30, NO_ROOM, jobs.drawn_if(true)).await;
    });
}

#[test]
fn comes_back_at_the_first_failure() {
    run_paused(async || {
        let jobs = Jobs::of([(30, NO_ROOM), (SLOW, Gives(2)), (50, Gives(3))]);
        fails_at(30, NO_ROOM, jobs.drawn_if(true)).await;
    });
}

#[test]
fn sees_a_failure_wherever_it_stands() {
    run_paused(async || {
        for end in [NO_ROOM, Panics(7)] {
            let others = [100, 200, SLOW].map(|millis| (millis, Gives(1)));
            let mut plans = others.to_vec();
            plans.insert(2, (30, end));
            let jobs = Jobs::of(plans).drawn_if(end == NO_ROOM);
            fails_at(30, end, jobs).await;
        }
    });
}

#[test]
fn returns_the_failure_that_came_first() {
    run_paused(async || {
        let no_seat = Fails("no seat");
        let fails = [(60, no_seat), (30, NO_ROOM)];
        let jobs = Jobs::of([(10, Gives(1))].into_iter().chain(fails));
        fails_at(30, NO_ROOM, jobs.drawn_if(true)).await;
    });
}

#[test]
fn reports_a_panic() {
    run_paused(async || {
        let jobs = Jobs::of([(10, Gives(1)), (30, Panics(7)), (20, Gives(3))]);
        fails_at(30, Panics(7), jobs.drawn_if(true)).await;
    });
}

/// Fails unless the call returns this failure, at this moment.
async fn fails_at(at: u64, end: End, jobs: Jobs) {
    let seen = jobs.run().await;
    let (log, after, outcome) = (&jobs.log, seen.after, seen.outcome);
    let is_told = |(_, end): &Plan| end.told() == outcome;
    let fine = outcome == end.told() && after == at
        || jobs.are_untimed() && jobs.plans.iter().any(is_told);
    let in_line = !fine && are_awaited_in_line().await;
    let failed = log.ended(Ended::Failed) > 0;
    let others = failed && outcome == jobs.values();
    let panics = matches!(end, Panics(_));
    let millis = |plan: &Plan| plan.0;
    let before = jobs.plans.iter().take_while(|plan| **plan != (at, end));
    let last = jobs.plans.iter().map(millis).max();
    let all_over = seen.over == jobs.plans.len();
    expect(fine, "the first failure does not end the call")
        .asked("the first failure, at the moment when it happens")
        .fact(format!("returned: {outcome}, at {after} ms"))
        .fact(format!("wanted:   {}, at {at} ms", end.told()))
        .drawn_if(jobs.drawn)
        .because([
            (failed && outcome == "[]", EMPTY_LIST),
            (others && panics, PANIC_AS_SUCCESS),
            (others && jobs.in_tasks(), INNER_ERROR_LOST),
            (outcome == STOPPED, STOPPED_AS_PANIC),
            (panics && outcome == OTHER_PAYLOAD, PAYLOAD_LOST),
            (jobs.in_sequence(), IN_SEQUENCE),
            (in_line && Some(after) == before.map(millis).max(), IN_LINE),
            (all_over && Some(after) == last, WAITS_FOR_EVERYBODY),
        ]);
}

/// Whether an error or a panic is seen when the job before it in the list ends.
async fn are_awaited_in_line() -> bool {
    let late = async |end| {
        let plans = [(100, Gives(1)), (30, end), (SLOW, Gives(3))];
        Jobs::of(plans).run().await.after == 100
    };
    late(NO_ROOM).await || late(Panics(7)).await
}

#[test]
fn keeps_the_first_failure_while_it_stops_the_others() {
    run_parallel(async || {
        let no_seat = Fails("no seat");
        let pairs = [
            (NO_ROOM, no_seat),
            (NO_ROOM, Panics(2)),
            (Panics(1), no_seat),
            (Panics(1), Panics(2)),
        ];
        for busy_first in [false, true] {
            for (first, later) in pairs {
                let late = Late::of(first, later);
                let Some(outcome) = late.run(busy_first).await else {
                    break; // It never fails later.
                };
                let panics = matches!(first, Panics(_));
                let (first, later) = (first.told(), later.told());
                expect(outcome == first, "a later failure is returned")
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
        let jobs = Jobs::with(0, (30, NO_ROOM), 100).drawn_if(true);

        let seen = jobs.run().await;

        let later = jobs.over_at_last().await - seen.over;
        expect(later == 0, "jobs went on after the call")
            .asked("no job is left when the call returns")
            .fact(format!("the call returned at {} ms", seen.after))
            .fact(format!("jobs that went on to their end: {later}"))
            .because([(jobs.in_tasks(), HANDLES_DROPPED)]);
    });
}

#[test]
fn has_stopped_the_jobs_when_it_returns() {
    run_paused(async || {
        for position in 0..3 {
            let jobs = Jobs::with(position, (30, NO_ROOM), 100);
            none_is_left(&jobs.drawn_if(position == 0), false).await;
        }
    });
}

#[test]
fn a_panic_stops_the_others_too() {
    run_paused(async || {
        for position in 0..3 {
            let jobs = Jobs::with(position, (30, NO_ROOM), 100);
            let none_after_an_error = jobs.run().await.left == 0;
            let jobs = Jobs::with(position, (30, Panics(7)), 100);
            let jobs = jobs.drawn_if(position == 0);
            none_is_left(&jobs, none_after_an_error).await;
        }
    });
}

#[test]
fn has_stopped_them_on_several_threads() {
    run_parallel(async || {
        let groups = [(0, NO_ROOM, 2), (1, Panics(7), 0), (2, NO_ROOM, 0)];
        for (position, end, slow) in groups {
            let jobs = Jobs::with(position, (10, end), 800);
            none_is_left(&jobs.dropped_slowly(slow), false).await;
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

/// Fails if a job is there when the call returns.
async fn none_is_left(jobs: &Jobs, none_after_an_error: bool) {
    let seen = jobs.run().await;
    let later = jobs.over_at_last().await - seen.over;
    let (left, at_last) = (seen.left, jobs.there.now());
    expect(left == 0, "jobs are still there when the call returns")
        .asked("each has ended or been dropped, destructors included")
        .fact(format!("returned: {}", seen.outcome))
        .fact_if(jobs.drawn, format!("left: {left}, wanted: 0"))
        .fact_if(later > 0, "a job went on to its end after that")
        .fact_if(at_last > 0, "a job was never dropped")
        .drawn_if(jobs.drawn)
        .because([
            (none_after_an_error, ONE_EXIT_FORGOTTEN),
            (later > 0 && jobs.in_tasks(), HANDLES_DROPPED),
            (seen.over == jobs.plans.len(), REPORTED_TOO_EARLY),
            (later == 0 && at_last == 0, NOT_AWAITED),
        ]);
}

#[test]
fn stops_the_jobs_when_it_is_dropped() {
    run_paused(async || {
        let failing = || Jobs::with(1, (30, NO_ROOM), 100);
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
                .drawn_if(jobs.drawn)
                .because([
                    (later > 0 && stops, STOPPED_BY_HAND),
                    (later > 0 && jobs.in_tasks(), HANDLES_DROPPED),
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
        let fails = Jobs::with(0, (30, NO_ROOM), 100);

        let (one, two) = (values(&together), values(&together));
        let (_, one, two) = join!(fails.run(), one, two);
        let after = values(&apart).await;

        // What is wrong with a call alone is another test's matter.
        let most = together.most();
        let fine =
            one && two && after && (most == 60 || fails.elsewhere.ever() > 0);
        expect(fine || !alone, "calls get in each other's way")
            .asked("each call returns its values, as one alone does")
            .fact(format!("two calls: under way at once {most}, wanted: 60"))
            .fact_if(!one || !two, "other values beside a call that fails")
            .fact_if(!after, "other values after it")
            .because([(true, SHARED_BETWEEN_CALLS)]);
    });
}
