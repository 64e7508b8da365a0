//! What `limits` is asked for: one behaviour a test. On the paused clock every
//! moment is known to the millisecond.

use std::{sync::Arc, thread, time::Duration};

use limits::{FetchError::*, fetch_all};
use testkit::{
    CallLog, Held, Stall, at_rest_for, expect, observe, run_parallel,
    run_paused, wait::within,
};
use tokio::{sync::Semaphore, time::sleep};

#[path = "limits/causes.rs"]
mod causes;
#[path = "limits/service.rs"]
mod service;

use causes::*;
use service::*;

#[test]
fn hands_over_every_result_with_its_id() {
    run_paused(async || {
        for ids in [&[][..], &[7], &[30, 7, 12, 30, 5, 1 << 40, 12, 81, 2]] {
            let job = Job::of(ids.to_vec(), 8, |id| match id {
                12 => head(20).failing(Status(304)),
                5 => head(10).body(15).failing(BrokenOff),
                // Longer than any limit that somebody would choose.
                30 => head(600_000),
                id => head(id % 10 + 1).body(5),
            });
            every_result(&job.run().await).await;
        }
    });
}

#[test]
fn has_as_many_in_flight_as_the_limit_allows() {
    run_paused(async || {
        for (limit, last) in [(5, 12), (217, 400)] {
            // Each id twice: the second does not wait for the first.
            let ids = (0..last).map(|n| n / 2);
            let job = Job::of(ids, limit, |_| head(10)).drawn_if(last == 12);
            let job = job.run().await;

            let log = &job.requests;
            let most = log.most();
            let fine = most >= limit || job.is_untimed();
            expect(fine, "fewer requests are in flight than may be")
                .asked("as many requests in flight as the limit allows")
                .fact(format!("in flight at once: {most}, limit: {limit}"))
                .drawn_if(last == 12)
                .because([
                    (log.one_by_one(), ONE_BY_ONE),
                    (job.heads.most() == 1, HEADS_ONE_BY_ONE),
                    (limit == 217 && log.count() == 400, OWN_CAP),
                ]);
        }
    });
}

#[test]
fn never_has_more_than_the_limit_in_flight() {
    run_paused(async || {
        for limit in [4, 1, 10] {
            let job = Job::of(1..=12, limit, |id| head(id * 7 % 5 + 1));
            at_most_the_limit(&job.drawn_if(true).run().await);
            testkit::journal().step();
        }
    });
}

#[test]
fn keeps_a_slot_until_the_body_is_read() {
    run_paused(async || {
        // The head comes soon, the body takes its time.
        let job = Job::of(1..=9, 3, |_| head(10).body(50));
        at_most_the_limit(&job.drawn_if(true).run().await);
    });
}

/// Fails if more requests were in flight than the limit allows.
fn at_most_the_limit(job: &Job) {
    let (most, heads) = (job.requests.most(), job.heads.most());
    expect(most <= job.limit, "too many requests are in flight")
        .asked("no more than the limit, each until its body has been read")
        .fact(format!("in flight at once: {most}, limit: {}", job.limit))
        .fact(format!("of these, without a head: at most {heads}"))
        .because([
            (heads <= job.limit, BEFORE_THE_BODY),
            (most == job.limit + 1, ONE_TOO_MANY),
            (most == job.ids.len(), NO_LIMIT),
        ]);
}

#[test]
fn reads_as_many_bodies_at_once() {
    run_paused(async || {
        let mut job = Job::of(1..=9, 3, |_| head(10).body(20));
        job.bodies = CallLog::new(); // These are drawn.
        let job = job.run().await;
        let many = Job::of(1..=90, 60, |_| head(10).body(20)).run().await;

        let (most, bodies) = (job.requests.most(), job.bodies.most());
        let of_many = many.bodies.most();
        let fine = bodies >= 3 && of_many >= 60 || job.is_untimed();
        expect(fine, "fewer bodies are read than may be")
            .asked("as many bodies read side by side as the limit allows")
            .fact(format!("bodies read at once: {bodies}, limit: 3"))
            .fact(format!("bodies read at once: {of_many}, limit: 60"))
            .because([
                (job.requests.one_by_one(), ONE_BY_ONE),
                (job.heads.most() == 1, HEADS_ONE_BY_ONE),
                (most > 1 && bodies == 1, BODY_OUTSIDE),
            ]);
    });
}

#[test]
fn fills_a_free_slot_at_once() {
    run_paused(async || {
        let jobs: [(u64, usize, Plan); 3] = [
            // The second of three is slow; the others take 20 ms.
            (9, 3, |id| head(if id == 2 { 100 } else { 20 })),
            // One ends each millisecond; and a list of many times the limit.
            (200, 117, head),
            (1300, 7, |id| head(if id % 50 == 0 { 60 } else { 20 })),
        ];
        for (last, limit, takes) in jobs {
            let job = Job::of(1..=last, limit, takes).drawn_if(last == 9);
            let job = job.run().await;
            // Where a large limit is never reached, nothing is said of its slots.
            if last == 9 || job.requests.most() >= limit {
                no_slot_is_free(&job);
            }
        }
    });
}

/// Fails if a slot was free for a while though ids were left.
fn no_slot_is_free(job: &Job) {
    let (log, idle) = (&job.requests, job.idle());
    expect(idle.is_none(), "a slot is free, and nothing is sent")
        .asked("as many requests in flight as the limit, while ids are left")
        .facts(idle)
        .drawn_if(job.limit == 3)
        .because([
            (log.one_by_one(), ONE_BY_ONE),
            (job.heads.most() == 1, HEADS_ONE_BY_ONE),
            (job.is_overdue(), STARVED),
            (log.in_batches(), CHUNKS),
            (!log.late().is_empty() && log.waits_for_earlier(), IN_ORDER),
            (log.overtaken(), TAKEN_EARLY),
        ]);
}

#[test]
fn gives_back_the_slot_of_a_failed_request() {
    // Most fail, in two ways: of a list that can be drawn, and of a long one.
    fn takes(id: u64) -> Takes {
        match id % 7 {
            0 | 1 => head(10),
            2 => head(5).body(5).failing(BrokenOff),
            3 => head(10).failing(Status(429)),
            _ => head(10).failing(Status(503)),
        }
    }
    run_paused(async || {
        for (last, limit) in [(12, 3), (300, 11)] {
            let job = Job::of(1..=last, limit, takes).drawn_if(last == 12);
            let job = job.run().await;
            let sound = |id| Takes { fails: None, ..takes(id) };
            let sound = Job::of(1..=last, limit, sound).run().await;

            let (sent, idle) = (job.requests.count() as u64, job.idle());
            let all_busy = |at| job.requests.in_flight(at) >= limit;
            let refilled = idle.is_some_and(|idle| {
                let calls = job.requests.calls().into_iter();
                let mut later = calls.filter(|it| it.began > idle.at);
                later.any(|call| all_busy(call.began))
            });
            // A slot that is empty without failures is another test's matter.
            let fine = sent == last && idle.is_none() || sound.idle().is_some();
            expect(fine, "requests failed, and a slot stays empty")
                .asked("the next request, whatever became of others")
                .fact(format!("requests: {sent}, wanted: {last}"))
                .facts(idle)
                .drawn_if(last == 12)
                .because([(!refilled, LOST_SLOT)]);
        }
    });
}

#[test]
fn hands_over_each_result_as_it_comes() {
    run_paused(async || {
        let job = Job::of(1..=9, 3, |id| match id {
            2 => head(10).body(50),
            3 | 5 => head(10).body(20),
            _ => head(10),
        });
        let job = job.drawn_if(true).run().await;

        let (log, late) = (&job.requests, job.requests.late());
        let fine = late.is_empty() || !job.is_complete();
        expect(fine, "a result is there and not handed over")
            .asked("each result handed over the moment it is there")
            .facts(late.first())
            .because([
                (job.is_overdue(), STARVED),
                (log.handed_at_the_end(), LEFT_IN_THE_SET),
                (log.waits_for_earlier(), IN_ORDER),
                (log.handed_in_groups(), IN_GROUPS),
            ]);
    });
}

#[test]
fn hands_over_while_the_next_is_in_flight() {
    run_parallel(async || {
        // The response to each request waits for the result before it.
        let turns = Arc::new(Semaphore::new(1));
        let (client, handed) =
            (Patient(Arc::clone(&turns)), Arc::clone(&turns));
        let each = move |_, _| handed.add_permits(1);
        let job = fetch_all(client, at_most(1), 1..=40, each);
        observe(job).await.returned("fetch_all");

        let in_time = !turns.is_closed();
        expect(in_time, "a result waits for the next request to end")
            .asked("each result handed over while the next is in flight")
            .fact("of 40 results, with a limit of 1: some are late")
            .because([(true, LOOKS_ONCE)]);
    });
}

#[test]
fn holds_only_a_few_of_a_hundred_thousand() {
    run_paused(async || {
        // One in ten takes a while; a timer for each would cost more than the
        // work.
        let takes = |id| head(u64::from(id % 10 == 0));
        only_a_few_are_held(&fetch_list(100_000, 2, takes, |_| {}).await);
    });
}

#[test]
fn holds_only_a_few_while_each_takes_its_time() {
    run_parallel(async || {
        let stall = Stall::new();
        // Busy with the first result, until nothing more is taken.
        let slow = move |held: &Held| {
            if held.handed() == 0 {
                stall.until(|| held.taken(), || held.too_much().is_some());
            }
        };
        only_a_few_are_held(&fetch_list(600, 2, |_| head(1), slow).await);
        // Quick responses, and each result takes a moment.
        let slow = |_: &Held| thread::sleep(Duration::from_micros(50));
        only_a_few_are_held(&fetch_list(600, 2, |_| head(0), slow).await);
    });
}

/// Fails if too much of a list was held at once, with a limit of 2.
fn only_a_few_are_held(held: &Arc<Held>) {
    let seen = held.too_much().unwrap_or_default();
    let are_results = seen.are_results && !seen.have_tasks;
    expect(held.too_much().is_none(), "too much of a long list is held")
        .asked("at most 20 ids taken and not handed over")
        .fact("another id is taken while 20 are held")
        .fact_if(seen.have_tasks, "most have a task that has not ended")
        .fact_if(are_results, "most are results that are there")
        .because([
            (seen.have_tasks, ALL_SPAWNED),
            (seen.are_results, NO_BOUND),
            (true, QUEUED),
        ]);
    let missing = held.taken() - held.handed();
    expect(missing == 0, "a long list is not fetched to its end")
        .asked("a result for each id of the list")
        .fact("results are missing when it returns")
        .because([(missing <= 20, GONE_TOO_SOON)]);
}

#[test]
fn returns_when_the_last_result_is_handed_over() {
    run_parallel(async || {
        // Time enough to return without it.
        let slow = |_: &Held| thread::sleep(Duration::from_millis(1));
        let held = fetch_list(40, 4, |id| head(id % 3), slow).await;

        let (in_time, wanted) = (held.handed(), held.taken());
        at_rest_for(Duration::from_millis(20)).await;
        let later = held.handed() - in_time;
        expect(in_time == wanted, "it returned before all was handed over")
            .asked("all results handed over when `fetch_all` returns")
            .fact_if(later > 0, "more were handed over after that")
            .because([(later > 0, GONE_TOO_SOON)]);
    });
}

#[test]
fn keeps_to_the_limit_on_several_threads() {
    run_parallel(async || {
        // Real time: numbers would differ from run to run, so none is told.
        let job = Job::of(1..=60, 4, |id| head(id % 3).body(id % 2));
        let most = job.run().await.requests.most();

        expect(most <= 4, "too many requests are in flight")
            .asked("at most 4 in flight, on four threads")
            .fact("in flight at once: more than 4")
            // Which of several reasons it is, chance decides here.
            .or_fail();
    });
}

#[test]
fn calls_do_not_wait_for_each_other() {
    run_paused(async || {
        let alone = Job::of(1..=9, 3, |_| head(10)).run().await;
        let [one, two] = [0, 1].map(|_| Job::of(1..=9, 3, |_| head(10)));
        let (one, two) = futures::join!(one.run(), two.run());

        // Of a call that does not use its limit alone, nothing can be said.
        let busy = alone.is_complete() && alone.idle().is_none();
        let idle = one.idle().or(two.idle()).filter(|_| busy);
        expect(idle.is_none(), "two calls at once share a limit")
            .asked("3 requests in flight for each call, as for one alone")
            .facts(idle)
            .because([(true, SHARED_BETWEEN_CALLS)]);
    });
}

#[test]
fn sends_nothing_after_it_is_dropped() {
    run_paused(async || {
        for at in [0, 5, 10, 15, 25, 40] {
            let job = Job::of(1..=20, 3, |id| head(10).body(id % 4 * 10));
            let job = job.drawn_if(true);
            within(at, job.call()).await;
            let (sent, handed) = (job.requests.count(), job.handed.len());
            sleep(Duration::from_hours(1)).await;

            let later = job.requests.count() - sent;
            expect(later == 0, "a dropped call goes on")
                .asked("no request, once the call is dropped")
                .fact(format!("dropped at {at} ms, requests by then: {sent}"))
                .fact(format!("requests after that: {later}, wanted: 0"))
                .because([(handed < 20, RUNS_ON)]);
            testkit::journal().step();
        }
    });
}

/// Fails unless each id's answer was handed over with it, as often as listed.
async fn every_result(job: &Job) {
    let handed = job.requests.calls().into_iter().filter_map(|it| it.handed);
    let (returned, last) =
        (job.requests.now(), handed.max().unwrap_or_default());
    let ((missing, others), before) = (job.compared(), job.handed.len());
    sleep(Duration::from_hours(1)).await; // Whatever still runs ends.
    let late = job.handed.len() - before;
    let asked = |id| job.requests.named(&format!("id {id}"));
    let failed = missing.iter().all(|(_, answer)| answer.is_err());
    let once = missing.iter().all(|(id, _)| asked(id) == 1);
    let strays = |(_, text): &Pair| missing.iter().any(|it| it.1 == *text);
    let complete = missing.is_empty() && others.is_empty();
    expect(complete, "not every result is handed over as it was")
        .asked("each result once for each id given, together with its id")
        .facts(missing.iter().map(|it| format!("missing: {}", told(it))))
        .facts(others.iter().map(|it| format!("handed over: {}", told(it))))
        .fact_if(late > 0, format!("after `fetch_all` returned: {late}"))
        .because([
            (late > 0, GONE_TOO_SOON),
            (others.is_empty() && failed, FAILURES_DROPPED),
            (others.is_empty() && once, ONCE_PER_ID),
            (others.iter().all(strays), NEXT_IN_LINE),
        ]);
    let fine = returned <= last || job.is_untimed();
    expect(fine, "`fetch_all` returns long after the last result")
        .asked("it returns when every result has been handed over")
        .fact(format!("last at {last} ms, returned at {returned} ms"))
        .because([(job.is_overdue(), STARVED)]);
}
