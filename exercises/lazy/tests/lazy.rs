//! What `lazy` is asked for: one behaviour a test. The clock is paused: when
//! everything waits, it jumps to the next timer.

use std::{sync::Arc, time::Duration};

use futures::{future::join_all, join};
use lazy::Order;
use testkit::{
    Observed, expect, expect_same, listed, observe, run_parallel, run_paused,
};
use tokio::time::timeout;

#[path = "lazy/causes.rs"]
mod causes;
#[path = "lazy/shop.rs"]
mod shop;

use causes::*;
use shop::*;

#[test]
fn stores_the_order_before_anything_else() {
    run_paused(async || {
        for slow in ["", "store"] {
            let job = Job::of(usual()).slow(slow).drawn_if(slow.is_empty());
            let job = job.run().await;

            job.runs(&["store"], "the order is not stored");
            let early = job.early();
            expect(early.is_empty(), "the order is not stored first")
                .asked("`store` first, the other calls once it has succeeded")
                .fact(format!("begun before it ended: {}", listed(&early)))
                .drawn_if(slow.is_empty())
                .because([(true, ALL_AT_ONCE)]);
        }
    });
}

#[test]
fn makes_no_other_call_when_the_order_is_not_stored() {
    run_paused(async || {
        let sound = Job::of(usual()).run().await;
        sound.runs(&["store"], "the order is not stored");
        for job in all_kinds() {
            let job = job.failing(&["store".to_owned()]).run().await;

            let wanted = format!("NotStored: {}", job.errors_of(&["store"])[0]);
            expect_same(&[wanted], &job.returned, "the error is not returned")
                .asked("`NotStored` with the error of `store`")
                .drawn_if(job.log.is_drawn())
                .because([(job.returned == ["Ok"], STORE_UNREAD)]);
            let others: Vec<_> = job.log.calls.names().split_off(1);
            expect(others.is_empty(), "calls are made without a stored order")
                .asked("no other call if `store` fails")
                .fact(format!("other calls: {}", listed(&others)))
                .drawn_if(job.log.is_drawn())
                .because([(job.early() == others, ALL_AT_ONCE)]);
        }
    });
}

#[test]
fn sends_the_receipt() {
    run_paused(async || {
        for email in ["ada@example.org", "", " Größe@Example.ORG"] {
            let order = order(Some(email), &["lamp"]);
            let job = Job::of(order).drawn_if(email.is_ascii()).run().await;

            job.runs(&["receipt"], "the receipt is not sent");
        }
    });
}

#[test]
fn closes_an_order_without_an_address() {
    run_paused(async || {
        let order = Order { email: None, ..usual() };
        other_calls_run(order, "no address, and calls are missing").await;
    });
}

#[test]
fn refreshes_the_page_of_each_product() {
    run_paused(async || {
        for (order, drawn) in [(usual(), true), (long(1234), false)] {
            let job = Job::of(order).drawn_if(drawn).run().await;

            let pages = &job.names[1..job.names.len() - 1];
            job.runs(pages, "not every page is refreshed");
        }
    });
}

#[test]
fn closes_an_order_without_products() {
    run_paused(async || {
        for email in [Some("ada@example.org"), None] {
            let headline = "no products, and calls are missing";
            other_calls_run(order(email, &[]), headline).await;
        }
    });
}

/// Fails unless an order that lacks something has the calls that remain.
async fn other_calls_run(order: Order, headline: &str) {
    let mut names = Job::of(usual()).names_that_run().await;
    let job = Job::of(order).drawn_if(true).run().await;
    names.retain(|name| job.names.contains(name));
    job.runs(&names, headline);
}

#[test]
fn writes_the_audit_log() {
    run_paused(async || {
        for id in [1 << 31, 0, u32::MAX] {
            let mut job = Job::of(usual()).drawn_if(id == 1 << 31);
            Arc::make_mut(&mut job.order).id = id;

            job.run().await.runs(&["audit"], "the audit log has no entry");
        }
    });
}

#[test]
fn makes_each_call_once() {
    run_paused(async || {
        for slow in ["audit", "page rope", "page lamp", "receipt"] {
            Job::of(usual()).slow(slow).drawn_if(slow == "audit").run().await;
        }
        // No stretch of this list has each name once.
        let list = ["saw", "rope", "rope", "lamp", "lamp", "saw", "saw"];
        let job = || Job::of(order(Some("ada@example.org"), &list));
        let names = job().names_that_run().await;
        job().run().await.runs(&names, "an entry has no call");
        job().failing(&names).run().await;
    });
}

#[test]
fn one_that_fails_stops_none_of_the_others() {
    run_paused(async || {
        let headline = "a failure stops other calls";
        let names = Job::of(usual()).names_that_run().await;
        for failing in &names {
            let job = Job::of(usual()).failing(std::slice::from_ref(failing));
            let job = job.going(2).drawn_if(failing == &names[0]).run().await;
            job.runs(&names, headline);
        }
        // Most of a long list.
        let names = Job::of(long(537)).names_that_run().await;
        let job = Job::of(long(537)).failing(&names[names.len() / 5..]);
        job.run().await.runs(&names, headline);
    });
}

#[test]
fn returns_when_every_call_has_ended() {
    run_paused(async || {
        let headline = "a slow call is not waited for";
        let mut names = Job::of(usual()).names_that_run().await;
        names.insert(0, "store".to_owned());
        for slow in names.iter().rev() {
            for failing in [&[][..], &names[1..]] {
                let job = Job::of(usual()).slow(slow).failing(failing);
                let drawn = failing.is_empty() && names.last() == Some(slow);
                let job = job.drawn_if(drawn).run().await;
                job.has_ended();
                job.runs(&names, headline);
            }
        }
    });
}

#[test]
fn returns_when_every_call_has_ended_on_several_threads() {
    run_parallel(async || {
        Job::of(usual()).names_that_run().await;
        let jobs = (0..8).map(|_| Job::of(usual()).run());
        join_all(jobs).await.iter().for_each(Job::has_ended);
    });
}

#[test]
fn returns_every_error_in_its_place() {
    run_paused(async || {
        let long = (0..4).map(|way| Job::of(long(337)).going(way));
        for (n, job) in all_kinds().chain(long).enumerate() {
            let sound = Job::of((*job.order).clone()).going(n % 4);
            let mut failing = sound.names_that_run().await;
            let place = |name: &_| job.names.iter().position(|it| it == name);
            let bit =
                |name: &_| place(name).map(|it| (n / 4 * 11) >> (it % 6 + 1));
            failing.retain(|name| bit(name).is_some_and(|it| it % 2 == 0));
            returns_errors(job.failing(&failing), &failing).await;
        }
        // One of two calls for equal entries.
        let job = || Job::of(order(None, &["lamp", "rope", "rope"]));
        let rope = ["page rope".to_owned()];
        if job().names_that_run().await.contains(&rope[0]) {
            let job = job().failing(&["page rope #1".to_owned()]);
            returns_errors(job, &rope).await;
        }
    });
}

/// Fails unless the errors of these calls come back, in this order.
async fn returns_errors(job: Job, failing: &[String]) {
    let job = job.run().await;
    job.has_ended();
    job.runs(failing, "a call that fails is missing");
    let (wanted, got) = (job.errors_of(failing), &job.returned);
    let mut lost = failing.to_vec();
    lost.retain(|name| !got.contains(&job.errors_of(&[name])[0]));
    let alone = Job::of((*job.order).clone()).failing(&lost).run().await;
    let unread = !lost.is_empty() && alone.returned == ["Ok"];
    let mut once = wanted.clone();
    once.dedup();
    let first = once.len() > 1 && *got == wanted[..1];
    let mut calls = job.log.calls.calls();
    calls.retain(|call| failing.contains(&call.name));
    calls.sort_by_key(|call| call.ended);
    let names: Vec<_> = calls.into_iter().map(|call| call.name).collect();
    expect_same(&wanted, got, "the errors are not those of the calls")
        .asked("the receipt's, the pages' as in `products`, the audit's")
        .drawn_if(job.log.is_drawn())
        .because([
            (unread, JOINED_UNREAD),
            (first, ONLY_THE_FIRST),
            (once != wanted && *got == once, TOLD_ONCE),
            (*got == job.errors_of(&names), COMPLETION_ORDER),
        ]);
}

#[test]
fn is_not_ok_if_a_call_panics() {
    run_paused(async || {
        let mut names = Job::of(usual()).names_that_run().await;
        names.push("store".to_owned());
        for name in &names {
            let job = Job::of(usual()).panicking(name);
            let ok = match observe(job.closing()).await {
                // It may take everything down: the caller sees that.
                Observed::Panicked(_) => false,
                other => other.returned("close").is_ok(),
            };
            job.settle().await;
            let begun = job.log.calls.named(name) > 0;
            expect(!begun || !ok, "a call panicked, and `close` returned `Ok`")
                .asked("`Ok` if all calls succeeded")
                .fact(format!("this one panicked: {name}"))
                .because([(true, PANIC_UNREAD)]);
        }
    });
}

#[test]
fn calls_of_close_know_nothing_of_each_other() {
    run_paused(async || {
        let headline = "an order was closed before, and calls are missing";
        let first = Job::of(usual());
        let mut names = first.clone().names_that_run().await;
        names.push("store".to_owned());
        for failing in [&[][..], &names[..names.len() - 1], &names] {
            first.again().failing(failing).run().await;
            first.again().run().await.runs(&names, headline);
        }
        let alone = first.again().run().await.returned_at < LONG;
        for slow in &names {
            let all = (0..300).map(|_| Job::of(usual())).chain([first.again()]);
            let crowd: Vec<_> = all.map(|job| job.slow(slow)).collect();
            let crowd = crowd.iter().map(Job::closing);
            let others = [first.again(), Job::of(usual())].map(Job::run);
            for other in join!(join_all(crowd), join_all(others)).1 {
                expect(other.returned_at < LONG, "an order waits for another")
                    .asked("orders closed at once, or one after another")
                    .because([(alone, SHARED_LOCK)]);
                other.runs(&names, "others are closed, and calls are missing");
            }
        }
        // Dropped at each moment at which something happens, or panicking.
        for millis in (5..200).step_by(10) {
            let panicking = if millis % 20 == 5 { "audit" } else { "" };
            let job = first.again().panicking(panicking);
            let limit = Duration::from_millis(millis);
            let _ = timeout(limit, observe(job.closing())).await;
            job.settle().await;
            job.asks_once();
        }
        first.again().run().await.runs(&names, headline);
    });
}
