//! What `shutdown` is asked for: one behaviour a test. The shop is in memory
//! and the clock is paused, so every moment is exact. Only the last two tests
//! have real threads, or a real process with a real signal.

use std::time::Duration;

use futures::{FutureExt, future::join_all};
use shutdown::{Mailer, serve, stop_at_signals};
use testkit::{
    Course::*,
    Ended, at_rest_for, expect,
    memory::listen,
    orders::{described, is_taken, order},
    process::{self, Process, say},
    run, run_parallel, run_paused,
    wait::{later, within},
};
use tokio::{
    sync::watch,
    task::{self, JoinHandle},
    time::sleep,
};
use tokio_util::sync::CancellationToken;

#[path = "shutdown/causes.rs"]
mod causes;
#[path = "shutdown/service.rs"]
mod service;

use causes::*;
use service::*;

/// In milliseconds, as all times here.
const GRACE: u64 = 10_000;

/// No `f64`.
const LAST_BUT_ONE: u64 = u64::MAX - 1;

#[test]
fn answers_before_the_confirmation_is_sent() {
    run_paused(async || {
        let shop = Shop::busy(A_DAY, |_| Succeeds(5_000));

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
fn serves_until_it_is_stopped() {
    run_paused(async || {
        // Before `stop`, a mail may take longer than `grace`.
        let shop = Shop::open(GRACE, |number| Succeeds(number * 20_000));

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
        const FOLLOWERS: usize = 130;
        let shop = Shop::open(GRACE, |_| Succeeds(8_000));
        let mut followers = Vec::new();
        for _ in 0..FOLLOWERS {
            let mut customer = shop.guest();
            customer.send("GET /events HTTP/1.1\r\nhost: shop\r\n\r\n").await;
            let answer = within(1_000, customer.until("event: open\n\n")).await;
            let head = answer.flatten().unwrap_or_default();
            let whole = head.to_ascii_lowercase().contains("content-length");
            expect(!head.is_empty() && !whole, "it does not send the events")
                .asked("`GET /events` streams `events()`")
                .without_drawing()
                .or_fail();
            // Until the last chunk, or until its customer gives up at last.
            followers.push(task::spawn(async move {
                within(A_DAY, customer.until("\r\n0\r\n\r\n")).await;
            }));
        }
        let ended = || {
            let followers = followers.iter();
            followers.filter(|it| JoinHandle::is_finished(it)).count()
        };
        later(GRACE * 60).await;
        let early = ended();
        // A confirmation is no reason to go on with them.
        shop.order(1).await;
        shop.stop().await;
        later(SOON).await;
        let at_stop = ended();
        let report = shop.end().await;

        expect(early == 0, "the events end before `stop`")
            .asked("`GET /events` streams `events()`, until `stop`")
            .or_fail();
        let late = report.after >= 8_000 + SOON;
        expect(at_stop == FOLLOWERS && !late, "the events hold up the end")
            .asked("the response ends at `stop`, whatever else is under way")
            .fact(format!("ended {SOON} ms after `stop`: {at_stop}"))
            .fact(format!("returned {} ms after `stop`", report.after))
            .because([(ended() == 0 && report.after >= GRACE, ENDLESS)]);
    });
}

#[test]
fn takes_no_order_after_stop() {
    run_paused(async || {
        let shop = Shop::open(GRACE, |_| Succeeds(5_000));
        let mut known = shop.order(1).await;
        later(1_000).await;
        shop.stop().await;

        let (mut again, mut new) = (None, [None; 2]);
        for (number, status) in (2..).zip(&mut new) {
            *status = shop.orders.status(number).await;
            if number == 2 {
                known.send(&order(4).concat()).await;
                again = known.status_within(500).await;
            }
            // What looks for `stop` now and then has seen it.
            later(SOON).await;
        }
        let begun = shop.log.count();
        let report = shop.end().await;

        let statuses = [new[0], again, new[1]];
        let taken = statuses.into_iter().any(is_taken) || begun > 1;
        expect(!taken, "an order is taken after `stop`")
            .asked("no new order after `stop`, on any connection")
            .fact(format!("on new ones: {}", new.map(described).join(", ")))
            .fact(format!("on an open one: {}", described(again)))
            .because([(is_taken(new[1]), KEEPS_TAKING)]);
        shop.sent_all(&report);
    });
}

#[test]
fn finishes_requests_under_way() {
    run_paused(async || {
        let shop = Shop::open(GRACE, |number| Succeeds(number * 1_000));
        let mut slow = shop.half(1).await;
        // Its confirmation is over long before the slow request is.
        shop.order(2).await;
        later(1_000).await;
        shop.stop().await;
        let early = within(8_000, slow.customer.status()).await;
        let left = shop.serving.returned().is_some();
        let status = slow.rest().await;
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
        let (sent, after) = (shop.log.numbers(Ended::Finished), report.after);
        expect(sent == [1, 2], "an order is not confirmed in the drain")
            .asked("each confirmation has the rest of `grace` to finish")
            .fact(format!("sent: {sent:?}, wanted: [1, 2]"))
            .fact(format!("returned {after} ms after `stop`"))
            .because([
                (shop.serving.cuts_at_stop(), CANCEL_FIRST),
                (after + 1_000 == GRACE, FROM_THE_START),
                (sent == [2] && after < GRACE, DRAINED_TOO_SOON),
            ]);
        shop.sent_all(&report);
    });
}

#[test]
fn finishes_confirmations_under_way() {
    run_paused(async || {
        let shop = Shop::open(GRACE, |number| Succeeds(number * 1_500));
        for number in 1..=3 {
            shop.order(number).await;
        }
        later(1_000).await;
        shop.stop().await;
        let report = shop.end().await;
        shop.sent_all(&report);

        // Errors and panics among them are no reason to cut off the others.
        let shop = Shop::busy(GRACE, |number| match number {
            1 | 5 => Panics(number * 500),
            2 => Fails(1_000),
            _ => Succeeds(number * 500),
        });
        for number in 1..=5 {
            shop.order(number).await;
        }
        shop.stop().await;
        let report = shop.end().await;
        let sent = shop.log.numbers(Ended::Finished);
        expect(sent == [3, 4], "some confirmations are not finished")
            .asked("confirmations under way have `grace` to finish")
            .fact(format!("sent: {sent:?}, wanted: [3, 4]"))
            .fact(format!("returned {} ms after `stop`", report.after))
            .without_drawing()
            .or_fail();
    });
}

#[test]
fn ends_when_all_is_done() {
    run_paused(async || {
        // Order 1 is confirmed at once, and order 4 after four seconds.
        for (grace, number, millis, idle) in [
            (GRACE, 1, 0, 0),
            (GRACE, 4, 4_000, 0),
            (GRACE, 4, 4_000, 2),
            (FOREVER, 4, 4_000, 2),
        ] {
            let shop = Shop::open(grace, |number| Succeeds(number / 4 * 4_000));
            // One that has sent nothing yet, and one that has been answered.
            let mut connections = vec![shop.guest(), shop.order(number).await];
            connections.truncate(idle);
            later(1).await;
            shop.stop().await;

            let report = shop.end().await;

            let late = report.after > millis + SOON;
            expect(!late, "`serve` returns long after all is done")
                .asked("`serve` returns as soon as nothing is under way")
                .fact(format!("idle connections: {idle}"))
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
            let shop = Shop::open(grace, |_| Succeeds(A_DAY));
            later(700).await;
            shop.order(1).await;
            let slow = shop.half(2).await;
            let slow = rest_after.map(|millis| (millis, slow));
            later(1_000).await;
            shop.stop().await;
            match slow {
                None => {}
                // Its customer gives up at last.
                Some((A_DAY, slow)) => {
                    task::spawn(within(A_DAY, slow.customer.ends()));
                }
                Some((millis, mut slow)) => {
                    later(millis).await;
                    slow.rest().await;
                }
            }

            let report = shop.end().await;

            let after = report.after;
            expect(after >= grace, "`serve` returns before `grace` is over")
                .asked("what is under way has `grace` to finish")
                .fact(format!(
                    "returned {after} ms after `stop`, grace: {grace}"
                ))
                .because([
                    (grace > 0 && shop.serving.cuts_at_stop(), CANCEL_FIRST),
                    (after + 1_700 == grace, FROM_THE_START),
                ]);
            let again = rest_after == Some(A_DAY) && after == 2 * grace;
            expect(after < grace + SOON, "`serve` returns after `grace`")
                .asked("`grace` counts from `stop`, once for everything")
                .fact(format!(
                    "returned {after} ms after `stop`, grace: {grace}"
                ))
                .because([
                    (after + 2_000 >= A_DAY, NO_DEADLINE),
                    (again, EACH_ITS_OWN),
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
            2 | 9 | u64::MAX | LAST_BUT_ONE => Succeeds(A_DAY),
            7 => Succeeds(GRACE - 1_000),
            // Sent or cut off, whatever comes first. The other is taken a
            // millisecond after `stop`.
            4 => Succeeds(GRACE),
            10 => Succeeds(GRACE - 1),
            _ => Succeeds(500),
        });
        // Long before `stop`.
        for number in 20..=23 {
            shop.order(number).await;
        }
        later(GRACE * 3).await;
        let mut slow = shop.half(10).await;
        for number in (1..=9).chain([LAST_BUT_ONE, u64::MAX]) {
            shop.order(number).await;
        }
        shop.stop().await;
        slow.rest().await;

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
        let shop = Shop::open(2_000, |_| Succeeds(500));
        let mut slow = shop.half(1).await;
        later(1_000).await;
        shop.stop().await;
        later(4_000).await;
        if shop.serving.returned().is_none() {
            // That it should have is another test's matter.
            return;
        }

        // It may have been answered when the rest was cut off.
        let early = within(1, slow.customer.status()).await;
        let late = early.is_none();
        let status = if late { slow.rest().await } else { early.flatten() };

        let begun = shop.log.count();
        let taken = is_taken(status) || begun > 0;
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
        let one = Shop::open(2_000, |_| Succeeds(500));
        let other = Shop::open(GRACE, |_| Succeeds(A_DAY));
        other.order(11).await;
        one.order(1).await;
        later(1_000).await;
        one.stop().await;
        let Report { output: unsent, after, .. } = one.end().await;

        let (late, sending) = (after >= SOON, other.log.open());
        let shared = late || unsent == [11] || sending == 0;
        expect(!late && unsent.is_empty() && sending == 1, "shops interfere")
            .asked("services know nothing of each other")
            .fact(format!("one returned {after} ms after `stop`"))
            .fact(format!("it returned {unsent:?}, wanted: []"))
            .fact(format!("the other sends {sending}, wanted: 1"))
            .without_drawing()
            .because([(shared, SHARED)]);
        other.order(12).await;
        other.stop().await;
        let report = other.end().await;
        other.returned_right(&report);

        // A third one, after both.
        let third = Shop::open(GRACE, |_| Succeeds(500));
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
    process::be_child(async || {
        let stop = stop_at_signals().expect("signals can be listened to");
        let stopped = stop.clone();
        let mailer = Mailer::new(move |number| {
            let stopped = stopped.clone();
            async move {
                say(format!("begun {number}"));
                stopped.cancelled().await;
                sleep(Duration::from_millis(50)).await;
                say(format!("sent {number}"));
                Ok(())
            }
        });
        let grace = Duration::from_secs(3);
        serve(process::listen().await, mailer, stop, grace).await
    });
    run(async || {
        // An answer that is not written says so itself.
        let (mailer, stop) =
            (Mailer::new(async |_| Ok(())), CancellationToken::default());
        let _ = serve(listen().1, mailer, stop, Duration::ZERO).now_or_never();
        if cfg!(windows) {
            return;
        }
        let name = "ends_its_process_after_sigterm";
        let mut process = Process::start(module_path!(), name);
        let mut customer = process.connect().await.expect("it listens");
        customer.send(&order(7).concat()).await;
        let status = customer.status_within(1_500).await;
        let begun = process.says().await.is_some_and(|line| line == "begun 7");
        expect(status == Some(202) && begun, "the process takes no order")
            .asked("202 at once, and a confirmation that begins")
            .fact(format!("status: {}", described(status)))
            .or_fail();

        process.terminate().await;
        let sent = process.says().await.is_some_and(|line| line == "sent 7");
        let returned = process.says().await;
        let ended = process.ended().await;

        expect(sent, "the process ends, and a confirmation is lost")
            .asked("after SIGTERM, confirmations have `grace` to finish")
            .because([(ended.is_some(), CONFIRMATION_LOST)]);
        expect(ended.is_some(), "the process does not end")
            .asked("the process ends when `serve` has returned")
            .fact(format!("`serve` has returned: {}", returned.is_some()))
            .because([(returned.is_some(), BLOCKING_THREAD)]);
        let clean = ended.is_some_and(|ended| ended.success());
        let returned = returned.unwrap_or_default();
        expect(clean && returned == "returned []", "it does not end well")
            .asked("exit code 0, and no order without a confirmation")
            .fact(format!("it said: {returned}"))
            .because([(returned == "returned [7]", SENT_REPORTED)]);
    });
}
