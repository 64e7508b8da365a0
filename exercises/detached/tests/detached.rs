//! What `detached` is asked for: one behaviour a test, on the paused clock.

use std::alloc::System;

use detached::Closed;
use futures::future::{join, join_all};
use stats_alloc::{INSTRUMENTED_SYSTEM, StatsAlloc};
use testkit::{
    CallLog, Cause,
    Course::{self, *},
    Ended, expect, expect_same, growth, journal, observe, run_parallel,
    run_paused, same_in_any_order,
    wait::{later, until, within},
};
use tokio::task;

#[path = "detached/causes.rs"]
mod causes;
#[path = "detached/service.rs"]
mod service;

use causes::*;
use service::*;

/// Knows how many bytes are allocated.
#[global_allocator]
static MEMORY: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

#[test]
fn runs_a_job_by_itself() {
    run_paused(async || {
        let shop = Shop::new(2, CallLog::new());
        let jobs =
            [(1, Succeeds(10)), (2, Succeeds(0)), (3, Succeeds(7_200_000))];

        shop.start_all(jobs).await;
        let awaited = shop.over() == 3;
        later(8_000_000).await;

        expect(!awaited, "`start` waits for its job")
            .asked("`start` returns while its job is running")
            .because([(awaited, AWAITED)]);
        let (begun, over) = (shop.log.count(), shop.over());
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
            journal().step();
            let drawn = last == 12;
            let shop = Shop::new(places, CallLog::drawn_if(drawn));
            let takes = |order| if order == 2 { 100 } else { 20 };
            let jobs = (1..=last).map(|order| (order, Succeeds(takes(order))));

            shop.start_all(jobs).await;
            later(60_000).await;

            let (log, limit) = (&shop.log, usize::from(places));
            let most = log.most();
            expect(most <= limit, "too many jobs run at once")
                .asked("no more jobs at once than there are places")
                .fact(format!("running at once: {most}, places: {places}"))
                .drawn_if(drawn)
                .because([(most as u64 == last, NO_BOUND)]);
            // A job that never begins is another test's matter.
            let idle = log.first_idle(limit, log.count());
            expect(idle.is_none(), "a place is free, and a job waits")
                .asked(format!("{places} jobs running while others wait"))
                .fact(format!("running at once: {most} at most"))
                .facts(idle)
                .drawn_if(drawn)
                .because([
                    (log.one_by_one(), ONE_BY_ONE),
                    (log.in_batches(), BATCHES),
                ]);
        }
    });
}

#[test]
fn start_waits_when_enough_are_taken() {
    run_paused(async || {
        for places in [2, 1, 90] {
            let (shop, limit) =
                (Shop::new(places, CallLog::undrawn()), usize::from(places));
            let orders = 1..=u64::from(places) * 5;
            let jobs = orders.map(|order| (order, Succeeds(60_000)));

            within(10, shop.start_all(jobs)).await;
            later(1).await;

            let (taken, most) = (shop.taken.len(), shop.log.most());
            expect(taken <= 2 * limit, "more jobs are taken than may wait")
                .asked("at most twice as many jobs taken as there are places")
                .fact(format!("places {places}, taken {taken}, running {most}"))
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
        let jobs = [(1, Succeeds(10)), (2, Fails(0)), (3, Fails(30))];
        reported_at_once(&jobs, ERROR_UNREAD).await;
    });
}

#[test]
fn reports_a_panic_when_it_happens() {
    run_paused(async || {
        let jobs = [(1, Succeeds(10)), (2, Panics(0)), (3, Panics(30))];
        reported_at_once(&jobs, PANIC_UNSEEN).await;
    });
}

/// Fails unless each failure is in the log as soon as it has happened.
async fn reported_at_once(jobs: &[Job], unread: Cause) {
    let shop = Shop::new(4, CallLog::new());
    let another = (9, Succeeds(0));
    shop.start_all(jobs.iter().copied()).await;
    later(35).await;
    // That a job has not failed yet is another test's matter.
    let wanted = shop.failures(jobs);
    let at_once = shop.reports.to_vec();
    // Whatever brings them to light tells why they were not there.
    let _ = shop.start(another).await;
    later(5).await;
    let after_another = shop.reports.len();
    let _ = observe(shop.closing()).await;
    let after_close = shop.reports.len();

    expect_same(&wanted, &at_once, "a failure is not in the log")
        .asked("each failure reported when it happens")
        .because([
            (after_another > at_once.len(), WITH_THE_NEXT),
            (after_close > at_once.len(), AT_CLOSE),
            (at_once.is_empty(), unread),
        ]);
    shop.looked_at(&[jobs, &[another]].concat());
}

/// How jobs end, by their number.
type Ends = fn(u64) -> Course;

#[test]
fn gives_every_place_back() {
    run_paused(async || {
        let ways: [(_, _, Ends, _); 3] = [
            ("errors", 60_000, Fails, ERROR_KEEPS_PLACE),
            ("panics", 60_000, Panics, PANIC_KEEPS_PLACE),
            ("callers gave up", 5, |_| Succeeds(20), CALLER_KEEPS_PLACE),
        ];
        for (what, patience, course, cause) in ways {
            for places in [3, 1, 40] {
                journal().step();
                let shop = Shop::new(places, CallLog::undrawn());
                let jobs = (1..=200).map(|order| match order % 7 {
                    0 => (order, Succeeds(20)),
                    _ => (order, course(order % 3)),
                });

                within(patience, shop.start_all(jobs)).await;
                later(60_000).await;

                let new = Shop::new(places, CallLog::undrawn());
                let alone = running(&new, places.into()).await;
                let now = running(&shop, places.into()).await;
                // What is wrong with a new service is another test's matter.
                let fine = now == alone || alone < usize::from(places);
                expect(fine, format!("{what}, and a place is gone"))
                    .asked("a place is free again, however its job ended")
                    .fact(format!("running at once: {now}, places: {places}"))
                    .because([(now < alone, cause)]);
            }
        }
    });
}

/// How many of so many new jobs run at once.
async fn running(shop: &Shop, jobs: u64) -> usize {
    let before = shop.log.open();
    let jobs = (1001..=1000 + jobs).map(|order| (order, Succeeds(99)));
    within(10, shop.start_all(jobs)).await;
    later(1).await;
    let running = shop.log.open() - before;
    later(60_000).await;
    running
}

#[test]
fn keeps_nothing_of_a_job_that_is_over() {
    const MANY: usize = 1000;
    run_paused(async || {
        let shop = Shop::new(8, CallLog::undrawn());
        let start_many = async || {
            journal().step();
            for order in (1..).take(MANY) {
                let basket = [order; 24];
                let job = async move {
                    task::yield_now().await;
                    assert_eq!(basket.len(), 24);
                    Ok(())
                };
                let _ = shop.jobs.start(order, job).await;
            }
            later(10).await;
        };
        let in_use = || {
            let memory = MEMORY.stats();
            memory.bytes_allocated.saturating_sub(memory.bytes_deallocated)
        };

        let kept = observe(growth(in_use, start_many)).await;

        let each = kept.returned("start") / MANY;
        expect(each < 100, "memory is kept for jobs that are over")
            .asked("nothing kept of a job, once it is over")
            .fact(format!("kept of {MANY} jobs: more than 100 bytes each"))
            .without_drawing()
            .because([(each >= 100, KEPT)]);
    });
}

#[test]
fn close_waits_for_every_job() {
    run_paused(async || {
        // Once, one takes longer than any limit that somebody would choose.
        for (places, slow, millis) in [(2, 2, 50), (1, 1, 7_200_000)] {
            let jobs = [1, 2, 3, 4, 5, 6, 7].map(|order| match order {
                _ if order == slow => (order, Succeeds(millis)),
                3 | 6 => (order, Fails(order * 10)),
                _ => (order, Succeeds(order * 10)),
            });
            let shop = Shop::new(places, CallLog::drawn_if(places == 2));
            let starts = shop.clone();
            let callers =
                task::spawn(async move { starts.start_all(jobs).await });
            later(5).await;

            shop.close().await;
            shop.looked_at(&jobs);

            let (over, open) = (shop.over(), shop.log.open());
            let cut = shop.log.ended(Ended::CutOff);
            let mut calls = shop.log.calls().into_iter();
            let left_open =
                calls.any(|it| it.end == Ended::Open && it.began < 5);
            let at_once = shop.log.now() < 10;
            later(3_600).await;
            // An error is a verdict, which the run reports.
            let _ = callers.await;
            let (run, taken) = (shop.log.count(), shop.taken.len());
            let after = shop.over() - over;
            let lost = taken.saturating_sub(shop.over());
            expect(run <= taken, "a job that was not taken was run")
                .asked("if `start` returns `Closed`, the job never runs")
                .fact(format!("taken: {taken}, run: {run}"))
                .or_fail();
            expect(after == 0 && lost == 0, "`close` leaves jobs behind")
                .asked("every job that was taken is over when `close` returns")
                .fact(format!("over when it returns: {over}, running: {open}"))
                .fact(format!("later: {after}, cut off: {cut}, lost: {lost}"))
                .drawn_if(places == 2)
                .because([
                    (cut > 0 && at_once, CUT_OFF),
                    (left_open, NOT_AWAITED),
                    (after > 0, NOT_COUNTED),
                    (lost > 0 && cut == 0, THROWN_AWAY),
                ]);
        }
    });
}

#[test]
fn takes_no_job_once_it_is_closed() {
    run_paused(async || {
        let shop = Shop::new(3, CallLog::new());
        let _ = shop.start((1, Succeeds(50))).await;
        let closing = shop.clone();
        task::spawn(async move { closing.closing().await });
        later(10).await;

        // While it is being closed, and when it has been for long.
        let while_closing = shop.start((2, Succeeds(10))).await;
        later(1000).await;
        let after = shop.start((3, Succeeds(10))).await;
        later(1000).await;

        let begun = shop.log.count() - shop.log.named("order 1");
        let refused = [&while_closing, &after].map(|it| *it == Err(Closed));
        expect(refused == [true; 2] && begun == 0, "a job comes after `close`")
            .asked("`Closed`, and the job never runs")
            .fact(format!("meanwhile: {while_closing:?}, later: {after:?}"))
            .fact(format!("jobs that ran: {begun}, wanted: 0"))
            .because([(begun > 0, TAKEN_TOO_LATE)]);
    });
}

#[test]
fn services_do_not_wait_for_each_other() {
    run_paused(async || {
        let [new, one, two] = [3; 3].map(|n| Shop::new(n, CallLog::undrawn()));
        let alone = running(&new, 3).await;

        let both = join(running(&one, 3), running(&two, 3)).await;

        expect(both == (3, 3) || alone < 3, "two services share their places")
            .asked("3 running jobs in each service")
            .fact(format!("running of each: {both:?}"))
            .because([(alone == 3, SHARED)]);
    });
}

#[test]
fn keeps_its_bound_on_several_threads() {
    run_parallel(async || {
        let shop = Shop::new(4, CallLog::undrawn());
        let course = |n| [Succeeds, Fails, Panics][(n % 3) as usize](n % 2);
        let jobs: Vec<Job> = (1..=400).map(|n| (n, course(n))).collect();
        let callers = jobs.chunks(50).map(|jobs| {
            let (shop, jobs) = (shop.clone(), jobs.to_vec());
            task::spawn(async move { shop.start_all(jobs).await })
        });
        join_all(callers.collect::<Vec<_>>()).await;
        // That `close` waits for them is another test's matter.
        until(async || {
            let reported = shop.reports.len() >= shop.failures(&jobs).len();
            reported && shop.over() == shop.taken.len()
        })
        .await;
        shop.close().await;

        // Real time: numbers would differ from run to run, so none is told.
        let (over, most) = (shop.over(), shop.log.most());
        let wanted = shop.failures(&jobs);
        let reported = same_in_any_order(wanted, shop.reports.to_vec());
        expect(over == 400 && most <= 4 && reported, "not as on one thread")
            .asked("the same on four threads")
            .fact_if(over < 400, "jobs that were taken are not over")
            .fact_if(most > 4, "more jobs run at once than there are places")
            .fact_if(!reported, "failures are missing from the log")
            .without_drawing()
            .or_fail();
    });
}
