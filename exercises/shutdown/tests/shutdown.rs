//! What `shutdown` is asked for: one behaviour a test. The shop is in memory
//! and the clock is paused, so every moment is exact. Only the last two tests
//! have real threads, or a real process with a real signal.

use std::time::Duration;

use futures::future::join_all;
use shutdown::{Mailer, serve};
use testkit::{
    Ended, at_rest_for, expect, memory::listen, run, run_parallel, run_paused,
};
use tokio::{sync::watch, task};
use tokio_util::sync::CancellationToken;

#[path = "shutdown/causes.rs"]
mod causes;
#[cfg(unix)]
#[path = "shutdown/process.rs"]
mod process;
#[path = "shutdown/service.rs"]
mod service;

use causes::*;
use service::{Mail::*, *};

/// In milliseconds, as all times here.
const GRACE: u64 = 10_000;

/// No `f64`.
const LAST_BUT_ONE: u64 = u64::MAX - 1;

#[test]
fn answers_before_the_confirmation_is_sent() {
    run_paused(async || {
        let shop = Shop::busy(A_DAY, |_| Sent(5_000));

        for number in 1..=260 {
            // It must be answered at once.
            shop.order(number).await;
        }
        later(1_000).await;
        shop.stop().await;

        let report = shop.end().await;
        shop.sent_all(&report);
    });
}

#[test]
fn confirms_each_order_once() {
    run_paused(async || {
        let shop = Shop::busy(GRACE, |number| match number % 3 {
            0 => Fails(10),
            _ => Sent(10),
        });

        for number in 1..=30 {
            shop.order(number * 7).await;
        }
        later(GRACE / 2).await;
        shop.stop().await;
        shop.end().await;

        let begun = shop.log.count();
        expect(begun == 30, "an order is not confirmed")
            .asked("a confirmation for each of 30 orders")
            .fact(format!("confirmations begun: {begun}"))
            .without_drawing()
            .or_fail();
    });
}

#[test]
fn serves_until_it_is_stopped() {
    run_paused(async || {
        // Before `stop`, a mail may take longer than `grace`.
        let shop = Shop::open(GRACE, |number| Sent(number * 20_000));

        for number in 1..=3 {
            shop.order(number).await;
            later(GRACE * 7).await;
        }
        shop.stop().await;

        let report = shop.end().await;
        shop.sent_all(&report);
    });
}

#[test]
fn sends_events_until_it_is_stopped() {
    run_paused(async || {
        let shop = Shop::open(GRACE, |_| Sent(8_000));
        let mut customer = shop.guest();
        customer.send("GET /events HTTP/1.1\r\nhost: shop\r\n\r\n").await;
        let answer = within(1_000, customer.until("event: open\n\n")).await;
        let head = answer.flatten().unwrap_or_default().to_ascii_lowercase();
        let streams = !head.is_empty() && !head.contains("content-length");
        expect(streams, "`GET /events` does not send the events")
            .asked("`GET /events` streams `events()`")
            .without_drawing()
            .or_fail();
        // It ends with its last chunk, or its customer gives up at last.
        let follower = task::spawn(async move {
            within(A_DAY, customer.until("\r\n0\r\n\r\n")).await;
        });
        later(GRACE * 60).await;
        let early = follower.is_finished();
        // A confirmation is no reason to go on with them.
        shop.order(1).await;
        shop.stop().await;
        later(SOON).await;
        let ended = follower.is_finished();
        let report = shop.end().await;
        let never = !follower.is_finished();

        expect(!early, "the events end before `stop`")
            .asked("`GET /events` streams `events()`, until `stop`")
            .or_fail();
        let late = report.after >= 8_000 + SOON;
        expect(ended && !late, "the events hold the end up")
            .asked("the response ends at `stop`, whatever else is under way")
            .fact(format!("returned {} ms after `stop`", report.after))
            .fact(format!("ended {SOON} ms after `stop`: {ended}"))
            .because([(never && report.after >= GRACE, ENDLESS)]);
    });
}

#[test]
fn takes_no_order_after_stop() {
    run_paused(async || {
        let shop = Shop::open(GRACE, |_| Sent(5_000));
        let mut known = shop.order(1).await;
        later(1_000).await;
        shop.stop().await;

        let mut again = None;
        let mut new = [None, None];
        for (index, status) in new.iter_mut().enumerate() {
            if let Some(mut customer) = shop.customer() {
                customer.send(&request(index as u64 + 2).concat()).await;
                *status = within(500, customer.status()).await.flatten();
            }
            if index == 0 {
                known.send(&request(4).concat()).await;
                again = within(500, known.status()).await.flatten();
            }
            // What looks for `stop` now and then has seen it.
            later(SOON).await;
        }
        let begun = shop.log.count();
        let report = shop.end().await;

        let statuses = [new[0], again, new[1]];
        let taken = statuses.into_iter().any(succeeds) || begun > 1;
        expect(!taken, "an order is taken after `stop`")
            .asked("no new order after `stop`, on any connection")
            .fact(format!(
                "on new connections: {}",
                new.map(described).join(", ")
            ))
            .fact(format!("on an open one: {}", described(again)))
            .because([(succeeds(new[1]), KEEPS_TAKING)]);
        shop.sent_all(&report);
    });
}

#[test]
fn finishes_requests_under_way() {
    run_paused(async || {
        // With no request under way, a confirmation is waited for.
        let other = Shop::busy(GRACE, |_| Sent(2_000));
        other.order(1).await;
        later(1_000).await;
        other.stop().await;
        let report = other.end().await;
        other.sent_all(&report);

        let shop = Shop::open(GRACE, |_| Sent(1_000));
        let mut slow = shop.guest();
        let [begun, rest] = request(1);
        slow.send(&begun).await;
        later(1_000).await;
        shop.stop().await;
        let early = within(8_000, slow.status()).await;
        let left = shop.has_ended();
        slow.send(&rest).await;
        let status = within(1_000, slow.status()).await.flatten();
        shop.took(1);
        let report = shop.end().await;

        expect(early.is_none(), "a request under way is cut off")
            .asked("a request that has begun may finish")
            .fact(format!("status: {}", described(early.flatten())))
            .because([(early.is_some(), REQUEST_CUT)]);
        expect(!left, "`serve` leaves a request behind")
            .asked("requests under way have `grace` to finish")
            .fact(format!("returned {} ms after `stop`", report.after))
            .because([(left, RACED)]);
        expect(status == Some(202), "a request under way is not answered")
            .asked("a request that has begun may finish")
            .fact(format!("status: {}", described(status)))
            .or_fail();
        let (sent, after) = (ended(&shop.log, Ended::Finished), report.after);
        expect(sent == [1], "an order taken in the drain is not confirmed")
            .asked("its confirmation has the rest of `grace` to finish")
            .fact(format!(
                "returned {after} ms after `stop`, grace: {GRACE} ms"
            ))
            .because([
                (after + 1_000 == GRACE, FROM_THE_START),
                (after < GRACE, DRAINED_TOO_SOON),
            ]);
        shop.sent_all(&report);

        // A request that outlasts the last confirmation.
        let shop = Shop::busy(GRACE, |_| Sent(2_000));
        let mut slow = shop.guest();
        let [begun, rest] = request(2);
        slow.send(&begun).await;
        shop.order(1).await;
        shop.stop().await;
        later(5_000).await;
        let left = shop.has_ended();
        slow.send(&rest).await;
        let status = within(1_000, slow.status()).await.flatten();
        expect(status == Some(202) && !left, "a request is left behind")
            .asked("requests under way have `grace` to finish")
            .fact(format!("status: {}", described(status)))
            .fact_if(left, "`serve` had returned")
            .without_drawing()
            .or_fail();
        shop.took(2);
        let report = shop.end().await;
        shop.sent_all(&report);
    });
}

#[test]
fn finishes_confirmations_under_way() {
    run_paused(async || {
        let shop = Shop::open(GRACE, |number| Sent(number * 1_500));
        for number in 1..=3 {
            shop.order(number).await;
        }
        later(1_000).await;
        shop.stop().await;

        let report = shop.end().await;

        shop.sent_all(&report);

        // Errors and panics among them are no reason to cut off the others.
        let shop = Shop::busy(GRACE, |number| match number % 4 {
            1 => Panics(number * 500),
            2 => Fails(number * 500),
            _ => Sent(number * 500),
        });
        for number in 1..=5 {
            shop.order(number).await;
        }
        shop.stop().await;
        let report = shop.end().await;
        let sent = ended(&shop.log, Ended::Finished);
        expect(sent == [3, 4], "some are not finished")
            .asked("confirmations under way have `grace` to finish")
            .fact(format!("sent: {sent:?}"))
            .fact(format!("returned {} ms after `stop`", report.after))
            .without_drawing()
            .or_fail();
    });
}

#[test]
fn ends_when_all_is_done() {
    run_paused(async || {
        for (grace, millis, idle) in [
            (GRACE, 0, false),
            (GRACE, 4_000, false),
            (GRACE, 4_000, true),
            (FOREVER, 4_000, true),
        ] {
            let shop = Shop::open(grace, move |_| Sent(millis));
            // One that has sent nothing yet, and one that has been answered.
            let mut kept = vec![shop.guest(), shop.order(1).await];
            if !idle {
                kept.clear();
            }
            later(1).await;
            shop.stop().await;

            let report = shop.end().await;

            let late = report.after > millis + SOON;
            expect(!late, "`serve` returns long after all is done")
                .asked("`serve` returns as soon as nothing is under way")
                .fact(format!("idle connections: {}", kept.len()))
                .fact(format!("confirmed after {millis} ms"))
                .fact(format!("returned {} ms after `stop`", report.after))
                .or_fail();
            shop.sent_all(&report);
        }

        // `stop` may be cancelled before the call.
        let (stop, (_door, listener)) = (CancellationToken::new(), listen());
        stop.cancel();
        let mailer = Mailer::new(async |_| Ok(()));
        let serving = serve(listener, mailer, stop, Duration::MAX);
        let report = within(GRACE, serving).await;
        expect(report == Some(vec![]), "`serve` does not return")
            .asked("`stop` may be cancelled before the call")
            .without_drawing()
            .or_fail();
    });
}

#[test]
fn ends_when_grace_is_over() {
    run_paused(async || {
        for (grace, rest_after) in [
            (GRACE * 7, None),
            (3_000, Some(A_DAY)),
            (3_000, Some(1_500)),
            (0, None),
        ] {
            let shop = Shop::open(grace, |_| Sent(A_DAY));
            later(700).await;
            shop.order(1).await;
            let mut slow = shop.guest();
            let [begun, rest] = request(2);
            if rest_after.is_some() {
                slow.send(&begun).await;
            }
            later(1_000).await;
            shop.stop().await;
            let unfinished = rest_after == Some(A_DAY);
            if unfinished {
                // Its customer gives up at last.
                task::spawn(within(A_DAY, slow.ends()));
            } else if let Some(millis) = rest_after {
                later(millis).await;
                slow.send(&rest).await;
                if succeeds(within(500, slow.status()).await.flatten()) {
                    shop.took(2);
                }
            }

            let report = shop.end().await;

            let after = report.after;
            expect(after >= grace, "`serve` returns before `grace` is over")
                .asked("what is under way has `grace` to finish")
                .fact(format!("grace: {grace} ms"))
                .fact(format!("returned {after} ms after `stop`"))
                .because([
                    (!report.sending.is_empty(), UNCOVERED),
                    (shop.is_cut_at_stop(), CANCEL_FIRST),
                    (after + 1_700 == grace, FROM_THE_START),
                ]);
            expect(after < grace + SOON, "`serve` returns after `grace`")
                .asked("`grace` counts from `stop`, for all of it")
                .fact(format!("grace: {grace} ms"))
                .fact(format!("returned {after} ms after `stop`"))
                .because([
                    (after + 2_000 >= A_DAY, NO_DEADLINE),
                    (unfinished && after == 2 * grace, EACH_ITS_OWN),
                ]);
            shop.returned_right(&report);
        }
    });
}

#[test]
fn returns_the_orders_that_are_not_confirmed() {
    run_paused(async || {
        let shop = Shop::open(GRACE, |number| match number {
            3 | 8 | 21 => Fails(500),
            5 | 22 => Panics(500),
            2 | 9 | u64::MAX | LAST_BUT_ONE => Sent(A_DAY),
            7 => Sent(GRACE - 1_000),
            // Sent or cut off, whatever comes first.
            4 => Sent(GRACE),
            _ => Sent(500),
        });
        // Long before `stop`.
        for number in 20..=23 {
            shop.order(number).await;
        }
        later(GRACE * 3).await;
        for number in (1..=9).chain([LAST_BUT_ONE, u64::MAX]) {
            shop.order(number).await;
        }
        shop.stop().await;

        let report = shop.end().await;

        shop.returned_right(&report);
    });
}

#[test]
fn confirms_nothing_after_the_end() {
    run_paused(async || {
        let shop = Shop::open(2_000, |number| match number {
            // Taken a millisecond after `stop`: sent at the last moment.
            4 => Sent(1_999),
            _ => Sent(A_DAY),
        });
        let mut slow = shop.guest();
        let [begun, rest] = request(4);
        slow.send(&begun).await;
        for number in 1..=3 {
            shop.order(number).await;
        }
        shop.stop().await;
        slow.send(&rest).await;
        if succeeds(within(1_000, slow.status()).await.flatten()) {
            shop.took(4);
        }

        let report = shop.end().await;
        shop.returned_right(&report);

        let before = shop.log.count();
        later(GRACE).await;
        let begun = shop.log.count() - before;
        expect(begun == 0, "a confirmation begins after the end")
            .asked("no confirmation is being sent after the return")
            .fact(format!("begun after it: {begun}"))
            .or_fail();
    });
}

#[test]
fn takes_no_order_after_the_end() {
    run_paused(async || {
        let shop = Shop::open(2_000, |_| Sent(500));
        let mut slow = shop.guest();
        let [begun, rest] = request(1);
        slow.send(&begun).await;
        later(1_000).await;
        shop.stop().await;
        later(4_000).await;
        if !shop.has_ended() {
            // That it should have is another test's matter.
            return;
        }

        // It may have been answered when the rest was cut off.
        let mut status = within(1, slow.status()).await;
        let late = status.is_none();
        if late {
            slow.send(&rest).await;
            status = within(1_000, slow.status()).await;
        }
        let status = status.flatten();

        let begun = shop.log.count();
        let taken = succeeds(status) || begun > 0;
        expect(!taken, "an order is taken after the end")
            .asked("no order is taken once `serve` has returned")
            .fact(format!("status: {}", described(status)))
            .fact(format!("confirmations begun: {begun}"))
            .because([(taken && late, LEFT_RUNNING)]);
    });
}

#[test]
fn services_know_nothing_of_each_other() {
    run_paused(async || {
        let one = Shop::open(2_000, |_| Sent(500));
        let other = Shop::open(GRACE, |_| Sent(A_DAY));
        other.order(11).await;
        one.order(1).await;
        later(1_000).await;
        one.stop().await;
        let first = one.end().await;

        let sending = other.log.open();
        let alone = first.after < SOON && first.unsent.is_empty();
        let shared =
            first.after >= SOON || first.unsent == [11] || sending == 0;
        expect(alone && sending == 1, "a service is not alone")
            .asked("services know nothing of each other")
            .fact(format!("one returned {} ms after `stop`", first.after))
            .fact(format!("it returned {:?}, wanted: []", first.unsent))
            .fact(format!("the other sends {sending}, wanted: 1"))
            .without_drawing()
            .because([(shared, SHARED)]);

        other.order(12).await;
        other.stop().await;
        let second = other.end().await;
        other.returned_right(&second);

        // A third one, after both.
        let third = Shop::open(GRACE, |_| Sent(500));
        third.order(21).await;
        third.stop().await;
        let report = third.end().await;
        third.sent_all(&report);
    });
}

#[test]
fn ends_in_good_order_on_several_threads() {
    run_parallel(async || {
        for hangs in [false, true] {
            let gate = watch::Sender::new(false);
            let grace = if hangs { 50 } else { A_DAY };
            let shop = Shop::gated(grace, gate.subscribe());
            let orders = (1..=130).map(|number| shop.order(number));
            let customers = join_all(orders).await;
            at_rest_for(Duration::from_millis(30)).await;
            if hangs {
                // Before `stop`, `grace` has no meaning.
                later(grace * 5).await;
            }
            shop.stop().await;
            if !hangs {
                at_rest_for(Duration::from_millis(30)).await;
                gate.send_replace(true);
            }

            let report = shop.end().await;
            drop(customers);

            if !hangs {
                shop.sent_all(&report);
            }
            shop.returned_right(&report);
        }
    });
}

#[test]
fn ends_its_process_after_sigterm() {
    #[cfg(unix)]
    process::be_the_shop_if_asked();
    run(async || {
        #[cfg(unix)]
        process::ends_in_good_order("ends_its_process_after_sigterm").await;
    });
}
