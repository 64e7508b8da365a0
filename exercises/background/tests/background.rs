//! What `background` is asked for: one behaviour a test. The shop serves on
//! loopback, and its database is a file that the test can lock.

use std::{pin::pin, time::Duration};

use futures::future::join_all;
use order_shop::Lock;
use testkit::{
    Answer, Gate, at_rest, at_rest_for, expect, expect_same, journal, run,
    run_parallel,
    wait::{is_over, until},
};
use tokio::{task, time::sleep};

#[path = "background/causes.rs"]
mod causes;
#[path = "background/service.rs"]
mod service;

use causes::*;
use service::*;

/// How long nothing happens when all that could has.
const A_MOMENT: Duration = Duration::from_millis(80);

/// Longer than anything takes that is going to happen.
const NEVER: Duration = Duration::from_millis(1200);

/// A mailer's gate, which the test opens. SQLite has threads of its own, and may
/// be slow when all else is at rest.
fn patient_gate() -> Gate {
    Gate::impatient(usize::MAX, NEVER * 2)
}

#[test]
fn stores_the_order_and_gives_its_number() {
    run(async || {
        let shop = Shop::open(sends).await;

        let first = shop.placed("tea", 2).await;
        // One that is refused has no number.
        let _ = shop.order("gold", 1).await;
        let numbers = [first, shop.placed("tea", 2).await];

        until(async || shop.db.orders().await.len() == 2).await;
        let stored = shop.db.orders().await;
        let same = stored.len() == 2 && stored[0] == first;
        expect(stored == numbers, "the number is not that of the order")
            .asked("the number of the order that is stored")
            .fact(format!("stored: {stored:?}, answered: {numbers:?}"))
            .without_drawing()
            .because([(same, OWN_NUMBER)]);
    });
}

#[test]
fn answers_503_when_nothing_is_stored() {
    run(async || {
        let shop = Shop::open(sends).await;

        // Refused when it is written, and when it is committed.
        let answers = [shop.order("tea", 0), shop.order("gold", 1)];
        let answers = join_all(answers).await.into_iter().map(described);
        let answers: Vec<_> = answers.collect();

        let stored = shop.db.orders().await.len();
        expect_same(&["503"; 2], &answers, "an order that is not stored")
            .asked("503 for an order that is not stored")
            .fact(format!("stored: {stored} of 2"))
            .without_drawing()
            .because([(answers[1] == "201", COMMIT_UNREAD)]);
    });
}

#[test]
fn answers_before_the_confirmation_is_sent() {
    run(async || {
        let gate = patient_gate();
        let shop = Shop::open(gate.holding(sends)).await;

        for earlier in 0..2 {
            let lane = format!("customer {}", earlier + 1);
            meanwhile(&shop, &gate, earlier, &lane, A_MOMENT).await;
        }

        gate.open();
        shop.mailer.nothing_in_flight().await;
    });
}

#[test]
fn answers_however_many_wait_for_the_mailer() {
    run(async || {
        let gate = patient_gate();
        let shop = Shop::open(gate.holding(sends)).await;

        for earlier in 0..40 {
            let lane = "customers";
            meanwhile(&shop, &gate, earlier, lane, Duration::ZERO).await;
        }

        gate.open();
    });
}

/// An order after so many, while the mailer answers nobody. Fails if its
/// customer waits for that.
///
/// Whether the mail or the answer is seen first is chance: it is drawn so that
/// the mail comes first, where there is `rest` enough.
async fn meanwhile(
    shop: &Shop,
    gate: &Gate,
    earlier: usize,
    lane: &str,
    rest: Duration,
) {
    let customer = journal().call(lane);
    let mut order = pin!(shop.placed("tea", 1));
    let answered = is_over(order.as_mut(), sleep(NEVER)).await;
    let stored = !answered && shop.db.orders().await.len() > earlier;
    if !answered {
        gate.open();
        order.await;
    } else if !rest.is_zero() {
        at_rest_for(rest).await;
    }
    customer.finished();
    expect(answered, "an order is not answered while the mailer is busy")
        .asked("the answer comes before the confirmation is sent")
        .fact_if(stored, "it was stored, but answered after a mail was sent")
        .drawn_if(lane != "customers")
        .because([(stored, AWAITED)]);
}

#[test]
fn nothing_comes_before_the_order_is_stored() {
    run(async || {
        let shop = Shop::open(sends).await;
        for lock in [Lock::Write, Lock::Read] {
            let locked = shop.db.lock(lock).await;
            let before = shop.confirmed().len();
            let mut customer = task::spawn(shop.order("tea", 1));
            shop.db.written().await;
            let answer = is_over(&mut customer, at_rest_for(A_MOMENT)).await;
            let mail = shop.confirmed().len() > before;
            locked.release().await;
            until(async || shop.confirmed().len() > before).await;

            expect(!answer && !mail, "something comes before it is stored")
                .asked("an answer, and a mail, when the order is committed")
                .fact("another connection had the database locked")
                .fact_if(answer, "the customer was answered")
                .fact_if(mail, "the mailer was asked")
                .without_drawing()
                .because([(mail, BEFORE_COMMIT), (answer, ANSWERED_TOO_SOON)]);
        }
    });
}

#[test]
fn confirms_each_order_once() {
    run(async || {
        let shop = Shop::open(sends).await;

        // Orders may be alike, and some are not stored.
        join_all((0..30).map(|n| shop.placed("tea", n % 2 + 1))).await;
        for (product, pieces) in [("nuts", 2), ("tea", 0), ("gold", 1)] {
            let _ = shop.order(product, pieces).await;
        }

        shop.finish().await;
    });
}

#[test]
fn reports_each_confirmation_that_fails() {
    run(async || {
        // Some are sent, also after one that was not.
        let shop = Shop::open(|it| match it.number() % 3 {
            0 => Answer::status(503),
            1 => sends(it).breaking_after(0),
            _ => sends(it),
        })
        .await;
        let mut answers = Vec::new();
        for _ in 0..7 {
            answers.push(described(shop.order("tea", 1).await));
        }
        until(async || shop.db.orders().await.len() == 7).await;
        let stored = shop.db.orders().await;

        let told = answers.iter().any(|status| status != "201");
        expect(!told, "the customer gets the mailer's error")
            .asked("201 for an order that is stored")
            .fact(format!("orders stored: {} of 7", stored.len()))
            .without_drawing()
            .because([(stored.len() == 7, MAIL_ERROR_ANSWERED)]);
        shop.finish().await;
        let wanted = stored.iter().filter_map(|number| match number % 3 {
            0 => Some(format!("order {number}: the mailer answered 503")),
            1 => Some(format!("order {number}: the mailer did not answer")),
            _ => None,
        });
        let wanted: Vec<_> = wanted.collect();
        until(async || shop.reports.len() >= wanted.len()).await;
        let mut got = shop.reports.to_vec();
        got.sort();
        expect_same(&wanted, &got, "a failure is not in the log")
            .asked("one report for each confirmation that failed")
            .without_drawing()
            .because([(got.is_empty(), ERROR_UNREAD)]);
    });
}

#[test]
fn a_customer_who_goes_away_costs_nothing() {
    run(async || {
        for lock in [Lock::Read, Lock::Write] {
            let (shop, _) = goes_away(lock, false).await;

            let (stored, confirmed) =
                (shop.db.orders().await, shop.confirmed());
            let fine = stored.len() == 1 && confirmed == stored;
            expect(fine, "a customer went away, and an order is cut off")
                .asked("an order that has arrived is stored and confirmed")
                .fact(format!("orders stored: {}", stored.len()))
                .fact(format!("confirmed: {}", confirmed.len()))
                .without_drawing()
                .because([
                    (stored.len() > confirmed.len(), CUT_IN_HALF),
                    (stored.is_empty(), CUT_OFF),
                ]);
        }
    });
}

#[test]
fn finish_waits_for_confirmations() {
    run(async || {
        let gate = patient_gate();
        let shop = Shop::open(gate.holding(sends)).await;
        let customers = (0..3).map(|_| shop.order("tea", 1));
        let customers = customers.map(task::spawn).collect::<Vec<_>>();
        until(async || shop.mailer.in_flight() == 3).await;
        at_rest_for(A_MOMENT).await;

        let early = is_over(shop.service.finish(), at_rest()).await;
        let sending = shop.mailer.in_flight();
        gate.open();
        join_all(customers).await;

        expect(!early, "`finish` leaves confirmations behind")
            .asked("`finish` waits until each confirmation is sent")
            .fact(format!("being sent when it returned: {sending}"))
            .without_drawing()
            .because([(sending > 0, NOT_AWAITED)]);
        shop.finish().await;
    });
}

#[test]
fn finish_waits_for_orders_of_those_who_went_away() {
    run(async || {
        let (shop, early) = goes_away(Lock::Read, true).await;

        let (stored, confirmed) = (shop.db.orders().await, shop.confirmed());
        // That an order is cut off is another test's matter.
        let fine = !early || stored.is_empty() || confirmed.is_empty();
        expect(fine, "`finish` leaves an order behind")
            .asked("`finish` waits until each order is stored")
            .fact("it returned while an order was being stored")
            .without_drawing()
            .because([(early, STORE_NOT_COUNTED)]);
    });
}

/// An order arrives, and its customer goes away while it cannot be stored. Gives
/// the shop when it can be no longer, and whether `finish` returned before that.
async fn goes_away(lock: Lock, finish: bool) -> (Shop, bool) {
    let shop = Shop::open(sends).await;
    let locked = shop.db.lock(lock).await;
    let customer = task::spawn(shop.order("tea", 2));
    until(async || shop.front.handlers.now() == 1).await;
    // SQLite has come to the lock, on a thread of its own.
    shop.db.written().await;
    at_rest_for(A_MOMENT * 3).await;
    customer.abort();
    // hyper sees that the connection is closed, and drops the handler.
    is_over(shop.front.handlers.none(), at_rest()).await;
    let early =
        finish && is_over(shop.service.finish(), at_rest_for(A_MOMENT)).await;
    locked.release().await;
    until(async || shop.db.orders().await.len() == 1).await;
    until(async || shop.confirmed().len() == 1).await;
    (shop, early)
}

#[test]
fn services_do_not_wait_for_each_other() {
    run(async || {
        let (one, other) = (Shop::open(sends).await, Shop::open(sends).await);
        let locked = one.db.lock(Lock::Write).await;
        let busy = task::spawn(one.order("tea", 1));
        until(async || one.front.handlers.now() == 1).await;
        at_rest_for(A_MOMENT).await;

        let mut customer = task::spawn(other.order("tea", 1));
        let answered = is_over(&mut customer, sleep(NEVER)).await;
        let mut finish = pin!(other.service.finish());
        let finished = is_over(finish.as_mut(), sleep(NEVER)).await;
        locked.release().await;
        let _ = busy.await;
        // What is never over is another test's matter.
        let later = !finished && is_over(finish, sleep(NEVER)).await;

        expect(answered && !later, "a service waits for another one")
            .asked("neither an order nor `finish` waits for another service")
            .fact_if(!answered, "an order waited for the other's database")
            .fact_if(later, "`finish` waited for the other's order")
            .without_drawing()
            .because([(later, SHARED)]);
    });
}

#[test]
fn confirms_each_order_on_several_threads() {
    run_parallel(async || {
        let shop = Shop::open(sends).await;
        join_all((0..25).map(|_| shop.placed("nuts", 3))).await;

        shop.finish().await;
    });
}
