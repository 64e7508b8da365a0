//! What `shutdown` is asked for: one behaviour a test. The shop is in memory
//! and the clock is paused, so every moment is exact. Only the last two tests
//! have real threads, and a real process with a real signal.

use std::time::Duration;

use testkit::{
    CallLog, Ended, Observed, at_rest_for, expect, observe, run_parallel,
    run_paused,
};
use tokio::{sync::watch, task};

#[path = "shutdown/causes.rs"]
mod causes;
#[cfg(unix)]
#[path = "shutdown/process.rs"]
mod process;
#[path = "shutdown/service.rs"]
mod service;

use causes::*;
use service::{Mail::*, *};

const GRACE: u64 = 10_000;

#[test]
fn answers_before_the_confirmation_is_sent() {
    run_paused(async || {
        let mut shop = Shop::of(GRACE, CallLog::undrawn(), |_| Sent(A_DAY));

        for number in 1..=40 {
            // It must be answered at once.
            shop.order(number).await;
        }
    });
}

#[test]
fn confirms_each_order_once() {
    run_paused(async || {
        let plan = |number| match number % 3 {
            0 => Fails(number * 10),
            _ => Sent(number * 10),
        };
        let mut shop = Shop::of(GRACE, CallLog::undrawn(), plan);

        for number in 1..=30 {
            shop.order(number * 7).await;
        }
        later(GRACE).await;
        let begun = shop.log.count();
        expect(begun == 30, "an order is not confirmed")
            .asked("a confirmation for each of 30 orders")
            .fact(format!("confirmations begun: {begun}"))
            .without_drawing()
            .or_fail();

        shop.stop().await;
        shop.end().await;
    });
}

#[test]
fn serves_until_it_is_stopped() {
    run_paused(async || {
        let mut shop = Shop::open(GRACE, |_| Sent(500));
        for number in 1..=3 {
            shop.order(number).await;
            later(GRACE * 7).await;
        }

        shop.stop().await;
        let report = shop.end().await;

        all_sent(&shop, &report);
    });
}

#[test]
fn sends_events_until_it_is_stopped() {
    run_paused(async || {
        let mut shop = Shop::open(GRACE, |_| Sent(500));
        let mut customer = shop.guest().await;
        customer.follow().await;
        let heard = observe(customer.hears("event: open\n\n")).await;
        let heard = matches!(heard, Observed::Returned(true));
        later(GRACE * 3).await;
        shop.stop().await;

        let report = shop.end().await;
        let ended =
            matches!(observe(customer.ends()).await, Observed::Returned(()));

        expect(heard, "`GET /events` is not answered with the events")
            .asked("`GET /events` sends `events()`")
            .without_drawing()
            .or_fail();
        let held = report.after >= SOON;
        expect(!held && ended, "`GET /events` goes on after `stop`")
            .asked("`stop` ends the events, and then nothing is under way")
            .fact(format!("returned {} ms after `stop`", report.after))
            .fact_if(!ended, "the response has not ended")
            .because([(report.after == GRACE || !ended, ENDLESS)]);
    });
}

#[test]
fn takes_no_order_after_stop() {
    run_paused(async || {
        let mut shop = Shop::open(GRACE, |_| Sent(5_000));
        let mut known = shop.order(1).await;
        shop.stop().await;

        let new = match shop.customer() {
            Some(mut new) => {
                new.post(2).await;
                within(1_000, new.status()).await
            }
            None => None,
        };
        known.post(3).await;
        let again = within(1_000, known.status()).await;
        let sent = shop.log.count();
        let report = shop.end().await;

        let taken = [new, again].contains(&Some(202)) || sent > 1;
        expect(!taken, "an order is taken after `stop`")
            .asked("no new order after `stop`, on whatever connection")
            .fact(format!("on a new connection: {}", described(new)))
            .fact(format!("on an open one: {}", described(again)))
            .because([(taken, KEEPS_TAKING)]);
        all_sent(&shop, &report);
    });
}

#[test]
fn finishes_requests_under_way() {
    run_paused(async || {
        let mut shop = Shop::open(GRACE, |_| Sent(2_000));
        let mut slow = shop.guest().await;
        slow.begin(1).await;
        later(1_000).await;
        shop.stop().await;
        later(3_000).await;
        let left = shop.has_ended();
        slow.complete(1).await;
        let status = within(1_000, slow.status()).await;

        let report = shop.end().await;

        expect(!left, "`serve` leaves a request behind")
            .asked("`serve` waits for requests under way, up to `grace`")
            .fact(format!("returned {} ms after `stop`", report.after))
            .because([(left, RACED)]);
        expect(status == Some(202), "a request under way is cut off")
            .asked("a request that came before `stop` may finish")
            .fact(format!("status: {}, wanted: 202", described(status)))
            .because([(report.after < GRACE, REQUEST_CUT)]);
        let (sent, early) =
            (shop.numbers(Ended::Finished), report.after < GRACE);
        expect(sent == [1], "an order taken in the drain is not confirmed")
            .asked("`serve` waits for its confirmation, too")
            .fact(format!("returned {} ms after `stop`", report.after))
            .fact(format!("grace: {GRACE} ms"))
            .because([(early, DRAINED_TOO_SOON)]);
        all_sent(&shop, &report);
    });
}

#[test]
fn finishes_confirmations_under_way() {
    run_paused(async || {
        let mut shop = Shop::open(GRACE, |number| Sent(number * 3_000));
        for number in 1..=3 {
            shop.order(number).await;
        }
        later(1_000).await;
        shop.stop().await;

        let report = shop.end().await;

        all_sent(&shop, &report);
    });
}

#[test]
fn ends_when_all_is_done() {
    run_paused(async || {
        for (millis, connections) in [(0, 0), (4_000, 0), (0, 1), (4_000, 1)] {
            let mut shop = Shop::open(GRACE, move |_| Sent(millis));
            let mut kept = vec![shop.order(1).await, shop.guest().await];
            kept.truncate(2 * connections);
            later(1).await;
            shop.stop().await;

            let report = shop.end().await;

            let late = report.after > millis + SOON;
            expect(!late, "`serve` returns long after all is done")
                .asked("`serve` returns as soon as nothing is under way")
                .fact(format!("confirmed {millis} ms after it was taken"))
                .fact(format!("idle connections: {}", kept.len()))
                .fact(format!("returned {} ms after `stop`", report.after))
                .because([
                    (connections == 0, NEVER_CLOSED),
                    (connections > 0, IDLE_HELD),
                ]);
            all_sent(&shop, &report);
        }
    });
}

#[test]
fn ends_when_grace_is_over() {
    run_paused(async || {
        for (grace, request) in [(GRACE, false), (3_000, true), (0, false)] {
            let mut shop = Shop::open(grace, |_| Sent(A_DAY));
            shop.order(1).await;
            if request {
                let mut slow = shop.guest().await;
                slow.begin(2).await;
                // Its customer gives up at last.
                task::spawn(async move {
                    later(A_DAY).await;
                    drop(slow);
                });
            }
            later(1_000).await;
            shop.stop().await;

            let report = shop.end().await;

            let after = report.after;
            let early = after < grace;
            expect(!early, "`serve` returns although `grace` is not over")
                .asked("what is under way has `grace` to finish")
                .fact(format!("returned {after} ms after `stop`"))
                .fact(format!("grace: {grace} ms"))
                .because([(report.sending > 0, UNCOVERED)]);
            let waited = after + SOON >= A_DAY;
            expect(after < grace + SOON, "`serve` returns after `grace`")
                .asked("`grace` counts from `stop`, for all that is under way")
                .fact(format!("returned {after} ms after `stop`"))
                .fact(format!("grace: {grace} ms"))
                .because([
                    (waited, NO_DEADLINE),
                    (request && after == 2 * grace, EACH_ITS_OWN),
                ]);
        }
    });
}

#[test]
fn returns_the_orders_that_are_not_confirmed() {
    run_paused(async || {
        let mut shop = Shop::open(GRACE, |number| match number {
            3 | 8 => Fails(500),
            5 => Panics(500),
            2 | 9 => Sent(A_DAY),
            7 => Sent(GRACE - 1_000),
            _ => Sent(500),
        });
        for number in 1..=9 {
            shop.order(number).await;
        }
        shop.stop().await;

        let report = shop.end().await;

        let (got, wanted) = (report.unsent, [2, 3, 5, 8, 9]);
        let missing = |all: &[u64]| all.iter().all(|it| !got.contains(it));
        let sent = shop.numbers(Ended::Finished);
        let others = got.iter().any(|it| sent.contains(it));
        expect(got == wanted, "`serve` returns other orders")
            .asked("the orders that were taken and not confirmed")
            .fact("cut off: [2, 9], failed: [3, 5, 8]")
            .fact(format!("returned: {got:?}"))
            .without_drawing()
            .because([
                (others, SENT_REPORTED),
                (missing(&[2, 9]), CUT_UNREPORTED),
                (missing(&[3, 5, 8]), FAILED_UNREPORTED),
            ]);
    });
}

#[test]
fn confirms_nothing_after_the_end() {
    run_paused(async || {
        let mut shop = Shop::open(2_000, |number| match number {
            1 => Sent(1_000),
            _ => Sent(A_DAY),
        });
        for number in 1..=3 {
            shop.order(number).await;
        }
        shop.stop().await;

        let report = shop.end().await;
        later(1_000).await;

        let (sending, still) = (report.sending, shop.log.open());
        expect(sending == 0, "`serve` leaves confirmations behind")
            .asked("no confirmation is being sent after the return")
            .fact(format!("being sent when it returned: {sending}"))
            .fact(format!("a second later: {still}"))
            .because([(still == 0, NOT_AWAITED), (still > 0, UNCOVERED)]);
    });
}

#[test]
fn takes_no_order_after_the_end() {
    run_paused(async || {
        let mut shop = Shop::open(2_000, |_| Sent(500));
        let mut slow = shop.guest().await;
        slow.begin(1).await;
        later(1_000).await;
        shop.stop().await;
        shop.end().await;

        slow.complete(1).await;
        let status = within(1_000, slow.status()).await;

        let begun = shop.log.count();
        let taken = status == Some(202) || begun > 0;
        expect(!taken, "an order is taken after the end")
            .asked("no order is taken after `serve` has returned")
            .fact(format!("status: {}", described(status)))
            .fact(format!("confirmations begun: {begun}"))
            .because([(taken, LEFT_RUNNING)]);
    });
}

#[test]
fn services_know_nothing_of_each_other() {
    run_paused(async || {
        let mut one = Shop::open(2_000, |_| Sent(500));
        let mut other = Shop::open(GRACE, |_| Sent(A_DAY));
        other.order(11).await;
        one.order(1).await;
        later(1_000).await;
        one.stop().await;
        let first = one.end().await;

        let open = other.log.open();
        let alone = first.after < SOON && first.unsent.is_empty() && open == 1;
        expect(alone, "a service is not alone")
            .asked("services know nothing of each other")
            .fact(format!("one returned {} ms after `stop`", first.after))
            .fact(format!("it returned {:?}", first.unsent))
            .fact(format!("the other's confirmations under way: {open}, of 1"))
            .without_drawing()
            .because([(
                first.after >= SOON || first.unsent == [11] || open == 0,
                SHARED,
            )]);

        other.order(12).await;
        other.stop().await;
        let second = other.end().await;
        expect(second.unsent == [11, 12], "`serve` returns other orders")
            .asked("each service returns its own orders")
            .fact(format!("returned: {:?}, wanted: [11, 12]", second.unsent))
            .without_drawing()
            .or_fail();

        // A third one, after both.
        let mut third = Shop::open(GRACE, |_| Sent(500));
        third.order(21).await;
        third.stop().await;
        let report = third.end().await;
        all_sent(&third, &report);
    });
}

#[test]
fn ends_in_good_order_on_several_threads() {
    run_parallel(async || {
        for hangs in [false, true] {
            let grace = if hangs { 50 } else { A_DAY };
            let open = watch::Sender::new(false);
            let log = CallLog::undrawn();
            let mut shop = Shop::gated(grace, log, open.subscribe());
            let customers = shop.order_all(1..=25).await;
            shop.stop().await;
            if !hangs {
                at_rest_for(Duration::from_millis(30)).await;
                open.send_replace(true);
            }

            let report = shop.end().await;
            drop(customers);

            let wanted = if hangs { 25 } else { 0 };
            let got = report.unsent.len();
            expect(got == wanted, "`serve` returns other orders")
                .asked("the orders that were taken and not confirmed")
                .fact(format!("returned: {got} of 25, wanted: {wanted}"))
                .without_drawing()
                .or_fail();
        }
    });
}

#[test]
fn ends_its_process_after_sigterm() {
    #[cfg(unix)]
    process::test();
}

/// Whether it comes within so many milliseconds.
async fn within<T>(
    millis: u64,
    future: impl Future<Output = Option<T>>,
) -> Option<T> {
    tokio::select! {
        got = future => got,
        () = later(millis) => None,
    }
}

/// Fails unless each confirmation was sent, and nothing is reported.
fn all_sent(shop: &Shop, report: &Report) {
    let cut = shop.numbers(Ended::CutOff);
    let at_stop = shop.cut_at_stop();
    expect(report.sending == 0, "`serve` leaves confirmations behind")
        .asked("confirmations under way have `grace` to finish")
        .fact(format!("being sent when it returned: {}", report.sending))
        .because([(report.sending > 0, UNCOVERED)]);
    expect(cut.is_empty(), "confirmations are cut off")
        .asked("confirmations under way have `grace` to finish")
        .fact(format!("cut off: {cut:?}"))
        .because([(at_stop, CANCEL_FIRST)]);
    expect(report.unsent.is_empty(), "a confirmed order is returned")
        .asked("the orders that were taken and not confirmed")
        .fact(format!("returned: {:?}", report.unsent))
        .without_drawing()
        .because([(
            report.unsent == shop.numbers(Ended::Finished),
            SENT_REPORTED,
        )]);
}
