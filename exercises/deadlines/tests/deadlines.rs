//! What `deadlines` is asked for: one behaviour a test.
//!
//! The clock is paused: when everything waits, it jumps to the next timer. So
//! each figure is exact, and ten seconds take no time.

use deadlines::{ServiceError, search};
use futures::future::join_all;
use testkit::{
    Ended as End, expect, observe, run_parallel, run_paused,
    wait::{later, within},
};
use tokio::time::Instant;

#[path = "deadlines/causes.rs"]
mod causes;
#[path = "deadlines/service.rs"]
mod service;

use causes::*;
use service::*;

#[test]
fn comes_back_with_the_last_page() {
    run_paused(async || {
        let asked = "every page, and an end together with the last";
        for service in [Service::of(&[100; 4]), Service::undrawn(&[1; 317])] {
            service.searched(1_000, asked).await.is_reported();
        }
    });
}

#[test]
fn comes_back_with_the_first_failure() {
    run_paused(async || {
        let asked = "`Failed`, at once, with the error of the service";
        let statuses = (300..600).map(ServiceError::Status);
        // The service gave up waiting: that is an answer too.
        for error in statuses.chain([ServiceError::TimedOut]) {
            for pages in [&[40, 0, 30][..], &[20], &[90, 90]] {
                let service = Service::undrawn(pages).failing(error.clone());
                service.searched(BUDGET, asked).await.is_reported();
            }
        }
    });
}

#[test]
fn stops_at_the_deadline() {
    run_paused(async || {
        let service = Service::of(&[100, 100, 100, 100, 100, STUCK]);

        let asked = "an end at 250 ms, with the third page dropped";
        service.searched(BUDGET, asked).await;
    });
}

#[test]
fn a_slow_page_may_use_all_the_time_left() {
    run_paused(async || {
        let asked = "`Complete`: the pages take less than the budget";
        let in_days = Service::undrawn(&[300_000_000, 20, 50_000_000]);

        let service = Service::of(&[200, 20, 20]);
        service.searched(BUDGET, asked).await.is_reported();
        in_days.searched(360_000_000, asked).await.is_reported();
    });
}

#[test]
fn hands_back_what_was_found() {
    run_paused(async || {
        let service = Service::of(&[60, 60, 60, 60, STUCK]);

        let asked = "the offers of every page that has arrived, in order";
        service.searched(BUDGET, asked).await.is_reported();
        for case in 0..512 {
            let pages = [case / 64, case / 8 % 8, case % 8];
            let pages = pages.map(|it| [0, 1, 9, 60, 131, 195, 245, STUCK][it]);
            let service = Service::undrawn(&pages[..=case % 3]);
            service.searched(BUDGET, asked).await.is_reported();
        }
    });
}

#[test]
fn a_failure_keeps_what_was_found() {
    run_paused(async || {
        let service = Service::of(&[50; 4]).failing(ServiceError::Status(503));

        let asked = "the offers of every page before the one that failed";
        service.searched(BUDGET, asked).await.is_reported();
    });
}

#[test]
fn says_where_it_was_cut() {
    run_paused(async || {
        let asked = "`Cut`, with the cursor of the first page that is missing";
        let service = Service::of(&[100, 100, STUCK, 100]);
        service.searched(BUDGET, asked).await.is_reported();
    });
}

#[test]
fn asks_for_no_page_from_the_deadline_on() {
    run_paused(async || {
        let asked = "no page from the deadline on, and `Cut`";

        Service::of(&[150, 100, 100]).searched(BUDGET, asked).await;
        Service::undrawn(&[9, 9]).searched(0, asked).await.is_reported();
    });
}

#[test]
fn agrees_with_itself_at_the_deadline() {
    run_paused(async || {
        let asked = "`Cut` if a page is missing, with the first missing one";
        // The second page arrives at the very deadline. Chance may decide
        // whether it counts.
        for _ in 0..20 {
            for pages in [&[150, 100][..], &[150, 100, 100]] {
                let service = Service::undrawn(pages);
                service.searched(BUDGET, asked).await.is_reported();
            }
        }
    });
}

#[test]
fn asks_for_nothing_late_on_several_threads() {
    run_parallel(async || {
        let past = Instant::now();
        // Which of two tasks is the first is a matter of chance.
        for _ in 0..2_000 {
            let service = Service::undrawn(&[0, 0]);

            search(&service, cursor(1), past).await;

            let fine = service.log.count() == 0;
            expect(fine, "a page was asked for after the deadline")
                .asked("with a deadline that is past, no page is asked for")
                .without_drawing()
                .or_fail();
        }
    });
}

#[test]
fn leaves_nothing_running() {
    run_paused(async || {
        let asked = "an end at the deadline, with the second page dropped";

        Service::of(&[100, STUCK]).searched(BUDGET, asked).await;
    });
}

#[test]
fn leaves_nothing_running_on_several_threads() {
    run_parallel(async || {
        // Real time: a page at once, and one that is there when nothing waits
        // for it any more. Whether an aborted task has stopped is chance.
        for _ in 0..10 {
            let service = Service::undrawn(&[0, 100]);

            service.search(3).await;
            let open = service.log.open() > 0;
            while service.log.open() > 0 {
                later(5).await;
            }
            let arrived = service.log.ends("page 2") == [End::Finished];
            expect(!open, "a page went on after the search")
                .asked("when the search is over, no page is under way any more")
                .fact_if(arrived, "it arrived, long after the search had ended")
                .without_drawing()
                .because([(arrived, LEFT_RUNNING), (open, ABORTED_ONLY)]);
        }
    });
}

#[test]
fn stops_when_it_is_dropped() {
    run_paused(async || {
        let service = Service::of(&[100, 200, 100]);

        let cut = within(150, service.search(1_000)).await;

        // An aborted task stops when it has its next turn.
        later(STUCK).await;
        let calls = service.log.calls();
        let stopped = calls.iter().all(|it| it.ended <= Some(150));
        expect(stopped || cut.is_some(), "dropped, a search goes on")
            .asked("dropped at 150 ms, it ends there with the second page")
            .facts(calls.iter().map(told))
            .because([(true, LEFT_RUNNING)]);
    });
}

#[test]
fn passes_a_panic_on() {
    run_paused(async || {
        let service = Service::of(&[5, PANICS]);

        let observed = observe(service.search(BUDGET)).await;

        if !observed.panicked_with::<Broken>() {
            let found = observed.returned("search");
            let count = service.log.count();
            let lost = count == 2 && service.log.began_in_a_task();
            expect(false, "page 2 panics, and the search returned")
                .asked("a panic is passed on to the caller")
                .fact(format!("pages asked for: {count}"))
                .fact(format!("reported: {}", service.describe(&found)))
                .because([(lost, PANIC_LOST)]);
        }
    });
}

#[test]
fn calls_know_nothing_of_each_other() {
    run_paused(async || {
        let plans = [&[100, 100][..], &[60, 100, STUCK]].map(Service::undrawn);
        let all = || join_all((0..200).map(|it| plans[it % 2].search(BUDGET)));

        // Many at once, and as many again in the same moment.
        let found = [all().await, all().await].concat();

        for (service, beside) in plans.iter().cycle().zip(found) {
            let asked = "the same result, alone and beside other searches";
            let alone = service.searched(BUDGET, asked).await.found;
            let (count, all) = (service.log.count(), 200 * service.pages.len());
            let fine = beside == alone && count == all;
            expect(fine, "searches get in each other's way")
                .asked("as much from each search as from one alone")
                .fact(format!("alone: {}", service.describe(&alone)))
                .fact(format!("beside others: {}", service.describe(&beside)))
                .fact(format!("pages asked for: {count}, wanted: {all}"))
                .without_drawing()
                .because([(true, SHARED_BETWEEN_CALLS)]);
        }
    });
}
