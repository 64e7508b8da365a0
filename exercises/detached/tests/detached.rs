//! What `detached` is asked for: one behaviour a test. On the paused clock every
//! moment is known to the millisecond.

use std::alloc::System;

use detached::Closed;
use futures::future::join_all;
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, Stats, StatsAlloc};
use testkit::{
    Cause, Ended::CutOff, expect, expect_same, journal, observe, run_parallel,
    run_paused, same_in_any_order,
};
use tokio::task;

#[path = "detached/causes.rs"]
mod causes;
#[path = "detached/service.rs"]
mod service;

use causes::*;
use service::{End::*, *};

/// Knows how many bytes are allocated.
#[global_allocator]
static MEMORY: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

#[test]
fn start_does_not_wait_for_its_job() {
    run_paused(async || {
        let shop = Shop::with(2);
        let job = (1, 50, Well);

        let _ = shop.start(job).await;

        let over = shop.finished();
        expect(over == 0, "`start` waits for its job")
            .asked("`start` returns while its job is running")
            .fact("the job is over when `start` returns")
            .because([(over == 1, AWAITED)]);
        pass(60).await;
        shop.looked_at(&[job]);
    });
}

#[test]
fn runs_a_job_by_itself() {
    run_paused(async || {
        let shop = Shop::with(2);
        let jobs = [(1, 10, Well), (2, 0, Well), (3, 7_200_000, Well)];
        shop.start_all(jobs).await;

        pass(8_000_000).await;

        let (begun, over) = (shop.log.count(), shop.finished());
        expect(over == 3, "a job that was taken does not run")
            .asked("a job runs to its end, whatever its caller does")
            .fact(format!("begun: {begun} of 3, over: {over}"))
            .because([(begun == 0, NOT_POLLED)]);
        shop.looked_at(&jobs);
    });
}

#[test]
fn runs_as_many_jobs_as_there_are_places() {
    run_paused(async || {
        for (places, last) in [(3, 12), (1, 4), (150, 500)] {
            let takes = |order| if order == 2 { 100 } else { 20 };
            let shop = all_of(places, last, takes).await;

            let log = &shop.log;
            // A job that never begins is another test's matter.
            let idle = log.first_idle(usize::from(places), log.count());
            expect(idle.is_none(), "a place is free, and a job waits")
                .asked(format!("{places} jobs running while others wait"))
                .fact(format!("running at once: {} at most", log.most()))
                .facts(idle)
                .drawn_if(last == 12)
                .because([
                    (log.one_by_one(), ONE_BY_ONE),
                    (log.in_batches(), BATCHES),
                ]);
        }
    });
}

#[test]
fn runs_no_more_jobs_than_there_are_places() {
    run_paused(async || {
        for (places, last) in [(3, 12), (1, 4), (150, 500)] {
            let most = all_of(places, last, |_| 20).await.log.most();
            expect(most <= usize::from(places), "too many jobs run at once")
                .asked("no more jobs at once than there are places")
                .fact(format!("running at once: {most}, places: {places}"))
                .drawn_if(last == 12)
                .because([(most as u64 == last, NO_BOUND)]);
        }
    });
}

/// So many jobs, all started at once, and run to their end.
async fn all_of(places: u16, last: u64, takes: fn(u64) -> u64) -> Shop {
    journal().step();
    let shop = if last == 12 { Shop::with } else { Shop::busy }(places);
    shop.start_all((1..=last).map(|order| (order, takes(order), Well))).await;
    pass(60_000).await;
    shop
}

#[test]
fn start_waits_when_enough_are_taken() {
    run_paused(async || {
        for places in [2, 1, 90] {
            let (shop, limit) = (Shop::busy(places), usize::from(places));
            let orders = 1..=u64::from(places) * 5;

            shop.start_for(10, orders.map(|n| (n, 60_000, Well))).await;
            pass(1).await;

            let (taken, most) = (shop.taken.len(), shop.log.most());
            expect(taken <= 2 * limit, "more is taken than may wait")
                .asked("at most twice as many jobs taken as there are places")
                .fact(format!("places: {places}, taken: {taken}"))
                .fact(format!("running: {most}"))
                .because([
                    (most == taken, NO_BOUND),
                    (most <= limit, NOTHING_WAITS),
                ]);
        }
    });
}

#[test]
fn reports_an_error_when_it_happens() {
    run_paused(async || {
        let jobs = [(1, 10, Well), (2, 30, Fails(503)), (3, 0, Fails(503))];
        reported_at_once(&jobs, ERROR_UNREAD).await;
    });
}

#[test]
fn reports_a_panic_when_it_happens() {
    run_paused(async || {
        let jobs = [(1, 10, Well), (2, 30, Panics), (3, 0, Panics)];
        reported_at_once(&jobs, PANIC_UNSEEN).await;
    });
}

/// Fails unless each failure is in the log as soon as it has happened.
async fn reported_at_once(jobs: &[Job], unread: Cause) {
    let shop = Shop::with(4);
    let another = (9, 0, Well);
    shop.start_all(jobs.iter().copied()).await;
    pass(35).await;
    // That a job has not failed yet is another test's matter.
    let wanted = failures(&shop.over_of(jobs));
    let at_once = shop.reports.to_vec();
    // Whatever brings them to light tells why they were not there.
    let _ = shop.start(another).await;
    pass(5).await;
    let after_another = shop.reports.to_vec();
    let _ = observe(shop.closing()).await;
    let after_close = shop.reports.to_vec();

    let late = |reports: &[String]| reports.len() > at_once.len();
    let (mut wanted, mut at_once) = (wanted, at_once.clone());
    wanted.sort();
    at_once.sort();
    expect_same(&wanted, &at_once, "a failure is not in the log")
        .asked("each failure reported when it happens")
        .because([
            (late(&after_another), WITH_THE_NEXT),
            (late(&after_close), AT_CLOSE),
            (at_once.is_empty(), unread),
        ]);
    shop.looked_at(&[jobs, &[another]].concat());
}

#[test]
fn a_failure_costs_no_place() {
    run_paused(async || {
        for (places, end) in [(3, Fails(503)), (3, Panics), (40, Panics)] {
            let shop = Shop::busy(places);
            // Most of them fail, some at once and some later.
            let end_of = |order| if order % 7 == 0 { Well } else { end };
            let jobs = (1..=300).map(|order| (order, order % 3, end_of(order)));
            shop.start_for(60_000, jobs).await;
            pass(60_000).await;
            let kind = match end {
                Panics => PANIC_KEEPS_PLACE,
                _ => ERROR_KEEPS_PLACE,
            };
            all_places_are_there(&shop, places, "jobs failed", kind).await;
        }
    });
}

#[test]
fn a_caller_that_goes_away_costs_no_place() {
    run_paused(async || {
        for places in [3, 1, 40] {
            let shop = Shop::busy(places);
            let jobs = (1..=400).map(|order| (order, 20, Well));
            // The places are taken, and those who wait give up.
            shop.start_for(5, jobs).await;
            pass(60_000).await;
            let (what, cause) = ("callers went away", CALLER_KEEPS_PLACE);
            all_places_are_there(&shop, places, what, cause).await;
        }
    });
}

/// Fails unless, after what happened, as many jobs run as in a new service.
async fn all_places_are_there(
    shop: &Shop,
    places: u16,
    what: &str,
    cause: Cause,
) {
    let limit = u64::from(places);
    let running = async |shop: &Shop| {
        let before = shop.log.open();
        shop.start_for(10, (1001..=1000 + limit).map(|n| (n, 99, Well))).await;
        pass(1).await;
        let running = shop.log.open() - before;
        pass(60_000).await;
        running
    };
    let alone = running(&Shop::busy(places)).await;
    let now = running(shop).await;
    // What is wrong with a new service is another test's matter.
    let fine = now == alone || alone < usize::from(places);
    expect(fine, format!("{what}, and a place is gone"))
        .asked("a place is free again, however its job ended")
        .fact(format!("running at once: {now}, places: {places}"))
        .because([(now < alone, cause)]);
}

#[test]
fn keeps_nothing_of_a_job_that_is_over() {
    const MANY: usize = 2000;
    run_paused(async || {
        let shop = Shop::busy(8);
        let start_many = async || {
            for order in (1..).take(MANY) {
                // What a job has in memory while it runs.
                let basket = [order; 24];
                let job = async move {
                    task::yield_now().await;
                    assert_eq!(basket.len(), 24);
                    Ok(())
                };
                let _ = shop.jobs.start(order, job).await;
            }
            pass(10).await;
        };
        // The first time, queues and tables grow to their size; and other tests
        // of the process take and give back memory, too. What is kept, is kept
        // in almost every round.
        let mut rounds = Vec::new();
        for _ in 0..15 {
            let region = Region::new(MEMORY);
            observe(start_many()).await.returned("start");
            let Stats { bytes_allocated, bytes_deallocated, .. } =
                region.change();
            rounds.push(bytes_allocated.saturating_sub(bytes_deallocated));
        }
        rounds.sort_unstable();
        let each = rounds[5] / MANY;

        expect(each < 100, "memory is kept for jobs that are over")
            .asked("nothing kept of a job, once it is over")
            .fact(format!("of {MANY} jobs, kept: more than 100 bytes each"))
            .without_drawing()
            .because([(each >= 100, KEPT)]);
    });
}

#[test]
fn close_waits_for_every_job() {
    run_paused(async || {
        // Some run, some wait in a queue or in `start`, and some fail.
        let end = |n| if n % 3 == 0 { Fails(503) } else { Well };
        // One takes longer than any limit that somebody would choose.
        let takes = |n| if n == 2 { 7_200_000 } else { n * 10 };
        let jobs: Vec<Job> = (1..=7).map(|n| (n, takes(n), end(n))).collect();
        nothing_is_left(&Shop::with(2), &jobs).await;
        nothing_is_left(&Shop::busy(1), &jobs).await;
    });
}

/// Fails if something is left of these jobs when `close` has returned.
async fn nothing_is_left(shop: &Shop, jobs: &[Job]) {
    let (callers, here) = (shop.clone(), jobs.to_vec());
    let callers = task::spawn(async move { callers.start_all(here).await });
    pass(5).await;

    shop.close().await;

    let (over, open) = (shop.finished(), shop.still_running());
    let reported = shop.reports.to_vec();
    let cut = shop.log.ended(CutOff);
    let at_once = shop.log.now() < 10;
    pass(AN_HOUR.as_secs()).await;
    // An error is a verdict, which the run reports.
    let _ = callers.await;
    let later = shop.finished() - over;
    let taken = shop.taken.len();
    let lost = taken.saturating_sub(shop.finished());
    expect(shop.log.count() <= taken, "a job that was not taken was run")
        .asked("where `start` returns `Closed`, the job never runs")
        .fact(format!("taken: {taken}, run: {}", shop.log.count()))
        .or_fail();
    expect(later == 0 && lost == 0, "`close` leaves jobs")
        .asked("every job that was taken is over when `close` returns")
        .fact(format!("over when it returns: {over}, running: {}", open.len()))
        .fact(format!("over after that: {later}, cut off: {cut}"))
        .fact(format!("taken and never over: {lost}"))
        .because([
            (cut > 0 && at_once, CUT_OFF),
            (open.iter().any(|began| *began < 5), NOT_AWAITED),
            (later > 0, NOT_COUNTED),
            (lost > 0 && cut == 0, THROWN_AWAY),
        ]);
    shop.looked_at(jobs);
    let wanted = failures(&shop.over_of(jobs)).len();
    expect(reported.len() == wanted, "a report is missing")
        .asked("every failure is in the log when `close` returns")
        .fact(format!("reported: {}", reported.join(", ")))
        .or_fail();
}

#[test]
fn takes_no_job_once_it_is_closed() {
    run_paused(async || {
        let shop = Shop::with(3);
        let _ = shop.start((1, 50, Well)).await;
        let closing = shop.clone();
        let closing = task::spawn(async move { closing.closing().await });
        pass(10).await;

        // While it is being closed, and when it has been for long.
        let while_closing = shop.start((2, 10, Well)).await;
        pass(1000).await;
        let after = shop.start((3, 10, Well)).await;
        pass(1000).await;

        closing.abort();
        let begun = shop.log.count() - shop.log.named("order 1");
        let refused = [&while_closing, &after].map(|it| *it == Err(Closed));
        expect(refused == [true; 2] && begun == 0, "a job comes after `close`")
            .asked("`Closed`, and the job never runs")
            .fact(format!("while it closes: {while_closing:?}"))
            .fact(format!("when it is closed: {after:?}"))
            .fact(format!("jobs that ran: {begun}, wanted: 0"))
            .because([(begun > 0, TAKEN_TOO_LATE)]);
    });
}

#[test]
fn services_do_not_wait_for_each_other() {
    run_paused(async || {
        let run = async |shop: &Shop| {
            shop.start_for(5, (1..=3).map(|n| (n, 20, Well))).await;
            pass(1).await;
            shop.log.open()
        };
        let (alone, one, other) = (Shop::busy(3), Shop::with(3), Shop::with(3));
        let of_alone = run(&alone).await;
        pass(60_000).await;

        let (of_one, of_other) = (run(&one).await, run(&other).await);

        let fine = of_one + of_other == 6 || of_alone < 3;
        expect(fine, "two services at once share their places")
            .asked("3 jobs running of each service")
            .fact(format!("running: {of_one} of one, {of_other} of the other"))
            .because([(of_alone == 3, SHARED)]);
    });
}

#[test]
fn keeps_its_bound_on_several_threads() {
    run_parallel(async || {
        let shop = Shop::busy(4);
        let end = |n| [Well, Fails(503), Panics][(n % 3) as usize];
        let jobs: Vec<Job> = (1..=400).map(|n| (n, n % 2, end(n))).collect();
        let callers = jobs.chunks(50).map(|jobs| {
            let (shop, jobs) = (shop.clone(), jobs.to_vec());
            task::spawn(async move { shop.start_all(jobs).await })
        });
        join_all(callers.collect::<Vec<_>>()).await;
        for _ in 0..500 {
            if shop.finished() < shop.taken.len() {
                pass(1).await;
            }
        }
        shop.close().await;

        // Real time: numbers would differ from run to run, so none is told.
        let (over, most) = (shop.finished(), shop.log.most());
        let reported =
            same_in_any_order(failures(&jobs), shop.reports.to_vec());
        expect(over == 400 && most <= 4 && reported, "not as on one thread")
            .asked("the same on four threads")
            .fact_if(over < 400, "jobs that were taken are not over")
            .fact_if(most > 4, "more jobs run at once than there are places")
            .fact_if(!reported, "failures are missing from the log")
            .without_drawing()
            .or_fail();
    });
}
