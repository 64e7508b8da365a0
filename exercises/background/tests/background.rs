//! What `background` is asked for: one behaviour a test. The shop serves on
//! loopback, and its database is a file that the test can lock.

use std::{pin::pin, time::Duration};

use futures::future::join_all;
use testkit::{
    Answer, Gate, at_rest, at_rest_for, expect, expect_same, journal, run,
    run_parallel, same_in_any_order,
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

        until(async || shop.stored().await.len() == 2).await;
        let stored = shop.stored().await;
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
        let answers = join_all(answers).await.into_iter().map(|answer| {
            let status = answer.map(|answer| answer.status().as_u16());
            status.map_or("none".to_owned(), |status| status.to_string())
        });
        let answers: Vec<_> = answers.collect();

        let stored = shop.stored().await.len();
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
    let stored = !answered && shop.stored().await.len() > earlier;
    if !answered {
        gate.open();
        order.await;
    } else if !rest.is_zero() {
        at_rest_for(rest).await;
    }
    customer.finished();
    expect(answered, "an order is not answered while the mailer is busy")
        .asked("the answer comes before the confirmation is sent")
        .fact_if(stored, "it was stored, and answered after a mail was sent")
        .drawn_if(lane != "customers")
        .because([(stored, AWAITED)]);
}

#[test]
fn answers_when_the_order_is_stored() {
    run(async || {
        let shop = Shop::open(sends).await;
        for lock in [Lock::Write, Lock::Read] {
            let locked = shop.lock(lock).await;
            let mut customer = task::spawn(shop.order("tea", 1));
            shop.written().await;
            let early = is_over(&mut customer, at_rest_for(A_MOMENT)).await;
            locked.let_go().await;

            expect(!early, "the answer comes before the order is stored")
                .asked("the answer when the order has been committed")
                .fact("answered while another one had the database locked")
                .without_drawing()
                .because([(early, ANSWERED_TOO_SOON)]);
            let _ = customer.await;
        }
    });
}

#[test]
fn confirms_each_order_once() {
    run(async || {
        let shop = Shop::open(sends).await;
        // Orders may be alike.
        let orders = (0..30).map(|n| shop.placed("tea", n % 2 + 1));
        let numbers = join_all(orders).await;

        let shop = shop.finish().await;

        let confirmed = shop.confirmed();
        let same = same_in_any_order(numbers, confirmed.clone());
        expect(same, "an order is not confirmed")
            .asked("one confirmation for each of 30 orders")
            .fact(format!("confirmed: {}", confirmed.len()))
            .without_drawing()
            .or_fail();
    });
}

#[test]
fn confirms_nothing_that_is_not_stored() {
    run(async || {
        let shop = Shop::open(sends).await;

        for (product, pieces) in [("nuts", 2), ("tea", 0), ("gold", 1)] {
            let _ = shop.order(product, pieces).await;
        }

        shop.finish().await;
    });
}

#[test]
fn confirms_nothing_before_it_is_stored() {
    run(async || {
        let shop = Shop::open(sends).await;
        for lock in [Lock::Write, Lock::Read] {
            let locked = shop.lock(lock).await;
            let before = shop.confirmed().len();
            let customer = task::spawn(shop.order("tea", 1));
            shop.written().await;
            let mail = pin!(shop.mailer.more_than(before));
            let early = is_over(mail, at_rest_for(A_MOMENT)).await;
            locked.let_go().await;
            let _ = customer.await;
            until(async || shop.confirmed().len() > before).await;

            expect(!early, "the confirmation comes before the order is stored")
                .asked("a confirmation when the order has been committed")
                .fact("the mailer was asked while the database was locked")
                .without_drawing()
                .because([(early, BEFORE_COMMIT)]);
        }
    });
}

#[test]
fn the_customer_does_not_hear_of_the_mailer() {
    run(async || {
        let shop = Shop::open(|_| Answer::status(500)).await;

        let answer = shop.order("tea", 1).await.expect("loopback");

        let status = answer.status().as_u16();
        let stored = shop.stored().await.len();
        expect(status == 201, "the customer is told of the mailer's error")
            .asked("201 for an order that is stored")
            .fact(format!("status: {status}, orders stored: {stored}"))
            .because([(stored == 1, MAIL_ERROR_ANSWERED)]);
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
        let mut wanted = Vec::new();
        for _ in 0..7 {
            // Whatever it is answered, it may be stored.
            let _ = shop.order("tea", 1).await;
        }
        let shop = shop.finish().await;
        for number in shop.stored().await {
            match number % 3 {
                0 => wanted
                    .push(format!("order {number}: the mailer answered 503")),
                1 => wanted
                    .push(format!("order {number}: the mailer did not answer")),
                _ => {}
            }
        }
        until(async || shop.reports.len() >= wanted.len()).await;

        let mut got = shop.reports.to_vec();
        got.sort();
        wanted.sort();
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
            let shop = Shop::open(sends).await;
            let locked = shop.lock(lock).await;
            goes_away(&shop).await;
            locked.let_go().await;
            until(async || shop.stored().await.len() == 1).await;
            until(async || shop.confirmed().len() == 1).await;

            let (stored, confirmed) = (shop.stored().await, shop.confirmed());
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
        let shop = Shop::open(sends).await;
        let locked = shop.lock(Lock::Read).await;
        goes_away(&shop).await;

        let finish = shop.service.finish();
        let early = is_over(finish, at_rest_for(A_MOMENT)).await;
        locked.let_go().await;
        until(async || shop.stored().await.len() == 1).await;
        until(async || shop.confirmed().len() == 1).await;

        let (stored, confirmed) = (shop.stored().await, shop.confirmed());
        // That an order is cut off is another test's matter.
        let fine = !early || stored.is_empty() || confirmed.is_empty();
        expect(fine, "`finish` leaves an order behind")
            .asked("`finish` waits until each order is stored")
            .fact("it returned while an order was being stored")
            .without_drawing()
            .because([(early, STORE_NOT_COUNTED)]);
    });
}

#[test]
fn services_do_not_wait_for_each_other() {
    run(async || {
        let (one, other) = (Shop::open(sends).await, Shop::open(sends).await);
        let locked = one.lock(Lock::Write).await;
        let busy = task::spawn(one.order("tea", 1));
        until(async || one.handlers.now() == 1).await;
        at_rest_for(A_MOMENT).await;

        let mut customer = task::spawn(other.order("tea", 1));
        let answered = is_over(&mut customer, sleep(NEVER)).await;
        let mut finish = pin!(other.service.finish());
        let finished = is_over(finish.as_mut(), sleep(NEVER)).await;
        locked.let_go().await;
        let _ = busy.await;
        // What is never over is another test's matter.
        let later = !finished && is_over(finish, sleep(NEVER)).await;

        expect(answered && !later, "a service waits for another one")
            .asked("orders, and `finish`, that know of no other service")
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

/// Whether `future` is over before `rest`.
async fn is_over(future: impl Future, rest: impl Future) -> bool {
    tokio::select! {
        _ = future => true,
        _ = rest => false,
    }
}

/// Waits until it is so, or for half a second, where that means never.
async fn until(is_so: impl AsyncFn() -> bool) {
    for _ in 0..100 {
        if is_so().await {
            return;
        }
        sleep(Duration::from_millis(5)).await;
    }
}

/// An order arrives, and its customer goes away while it cannot be stored.
async fn goes_away(shop: &Shop) {
    let customer = task::spawn(shop.order("tea", 2));
    until(async || shop.handlers.now() == 1).await;
    // SQLite has come to the lock, on a thread of its own.
    shop.written().await;
    at_rest_for(A_MOMENT * 3).await;
    customer.abort();
    // hyper sees that the connection is closed, and drops the handler.
    is_over(shop.handlers.none(), at_rest()).await;
}
