//! What `lazy` is asked for: one behaviour a test. The clock is paused: when
//! everything waits, it jumps to the next timer.

use std::time::Duration;

use futures::{future::join_all, join};
use lazy::{Order, close};
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
        let job = Job::of(usual()).drawn_if(true).run().await;

        job.runs(&["store"], "the order is not stored");
        let early = job.early();
        expect(early.is_empty(), "the order is not stored first")
            .asked("`store` first, the other calls once it has succeeded")
            .fact(format!("begun before it ended: {}", listed(&early)))
            .because([(true, ALL_AT_ONCE)]);
    });
}

#[test]
fn makes_no_other_call_when_the_order_is_not_stored() {
    run_paused(async || {
        let sound = Job::of(usual()).run().await;
        sound.runs(&["store"], "the order is not stored");
        let job = Job::of(usual()).failing(&["store".to_owned()]);
        let job = job.drawn_if(true).run().await;

        let wanted = ["NotStored: store failed"];
        expect_same(&wanted, &job.returned, "a failed `store` is not returned")
            .asked("`NotStored` with the error of `store`")
            .because([(job.returned == ["Ok"], STORE_UNREAD)]);
        let others: Vec<_> = job.log.calls.names().split_off(1);
        expect(
            others.is_empty(),
            "the order is not stored, and calls are made",
        )
        .asked("no other call if `store` fails")
        .fact(format!("other calls: {}", listed(&others)))
        .because([(job.early() == others, ALL_AT_ONCE)]);
    });
}

#[test]
fn sends_the_receipt() {
    run_paused(async || {
        for email in ["ada@example.org", "", "größe@example.org"] {
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
        let job = Job::of(usual()).drawn_if(true).run().await;

        job.runs(&["audit"], "the audit log has no entry");
    });
}

#[test]
fn makes_each_call_once() {
    run_paused(async || {
        for slow in ["audit", "page rope", "page lamp", "receipt"] {
            Job::of(usual()).slow(slow).drawn_if(slow == "audit").run().await;
        }
        // No stretch of this list has each name once.
        let list =
            ["rope", "rope", "rope", "lamp", "lamp", "saw", "saw", "rope"];
        let order = || order(Some("ada@example.org"), &list);
        let names = Job::of(order()).names_that_run().await;
        let job = Job::of(order()).run().await;
        job.runs(&names, "not every entry has its call");
        Job::of(order()).failing(&names).run().await;
    });
}

#[test]
fn one_that_fails_stops_none_of_the_others() {
    run_paused(async || {
        let headline = "a failure stops other calls";
        let names = Job::of(usual()).names_that_run().await;
        for failing in &names {
            let job = Job::of(usual()).failing(std::slice::from_ref(failing));
            let job = job.stride(1).drawn_if(failing == &names[0]).run().await;
            job.runs(&names, headline);
        }
        // Most of a long list.
        let names = Job::of(long(137)).names_that_run().await;
        let job = Job::of(long(137)).failing(&names[names.len() / 5..]);
        job.run().await.runs(&names, headline);
    });
}

#[test]
fn returns_when_every_call_has_ended() {
    run_paused(async || {
        let headline = "a slow call is not waited for";
        let names = Job::of(usual()).names_that_run().await;
        let is_awaited = async |job: Job| {
            let job = job.run().await;
            job.has_ended();
            job.runs(&names, headline);
        };
        for slow in names.iter().rev() {
            let job = || Job::of(usual()).slow(slow);
            is_awaited(job().drawn_if(names.last() == Some(slow))).await;
            let mut others = names.clone();
            others.retain(|name| name != slow);
            is_awaited(job().failing(&others)).await;
        }
        let job = Job::of(usual()).slow("store").run().await;
        job.runs(&["store"], headline);
        job.runs(&names, headline);
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

/// Whether the call at a place fails.
type Fails = fn(usize) -> bool;

#[test]
fn returns_every_error_in_its_place() {
    run_paused(async || {
        let cases: [(_, Fails); 10] = [
            (usual(), |_| true),
            (usual(), |place| place > 0),
            (usual(), |place| place == 1),
            (usual(), |_| false),
            (order(None, &["lamp", "saw"]), |_| true),
            (order(None, &["lamp", "rope", "rope"]), |_| true),
            (order(Some("é"), &["rope", "lamp", "rope"]), |_| true),
            (long(137), |place| place % 5 != 3),
            (order(Some("é"), &[]), |_| true),
            (order(Some("é"), &[]), |_| false),
        ];
        for (order, fails) in cases {
            let names = Job::of(order.clone()).names_that_run().await;
            let places = (0..names.len()).filter(|&place| fails(place));
            let failing: Vec<_> =
                places.map(|place| names[place].clone()).collect();
            for stride in [4, 10, 1] {
                let job = Job::of(order.clone()).stride(stride);
                returns_errors(job.failing(&failing), &failing).await;
            }
        }
        // One of two calls for equal entries.
        let twice = order(Some("é"), &["lamp", "rope", "rope"]);
        let mut rope = Job::of(twice.clone()).names_that_run().await;
        rope.retain(|name| name == "page rope");
        rope.truncate(1);
        let first = rope.iter().map(|name| format!("{name} #1"));
        let job = Job::of(twice).failing(&first.collect::<Vec<_>>());
        returns_errors(job, &rope).await;
    });
}

/// Fails unless the errors of these calls come back, in this order.
async fn returns_errors(job: Job, failing: &[String]) {
    let drawn =
        failing.len() == 5 && job.names.contains(&"page saw".to_owned());
    let job = job.drawn_if(drawn).run().await;
    job.has_ended();
    let (wanted, got) = (errors_of(failing), &job.returned);
    if *got == wanted {
        return;
    }
    let mut lost = failing.to_vec();
    lost.retain(|name| !got.contains(&format!("{name} failed")));
    let several = failing.len() > 1;
    let alone = Job::of((*job.order).clone()).failing(&lost).run().await;
    let unread = several && !lost.is_empty() && alone.returned == ["Ok"];
    let first = several && *got == wanted[..1];
    let mut once = wanted.clone();
    once.dedup();
    expect_same(&wanted, got, "the errors are not those of the calls")
        .asked("every error: the receipt's, the pages', the audit's")
        .drawn_if(drawn)
        .because([
            (unread, JOINED_UNREAD),
            (first, ONLY_THE_FIRST),
            (once != wanted && *got == once, TOLD_ONCE),
        ]);
}

#[test]
fn is_not_ok_if_a_call_panics() {
    run_paused(async || {
        for name in Job::of(usual()).names_that_run().await {
            let job = Job::of(usual()).panicking(&name);
            let ok = match observe(close(&job, &job.order)).await {
                // It may take everything down: the caller sees that.
                Observed::Panicked(_) => false,
                other => other.returned("close").is_ok(),
            };
            expect(!ok, "a call panicked, and `close` returned `Ok`")
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
        let names = first.clone().names_that_run().await;
        let alone = first.again().run().await;
        alone.runs(&names, headline);
        // A call of one order takes more than a day.
        let slow = Job::of(usual()).slow(&names[0]);
        let (_, other) = join!(slow.run(), Job::of(usual()).run());
        expect(other.returned_at < LONG, "an order waits for another one")
            .asked("orders closed at once, or one after another")
            .because([(alone.returned_at < LONG, SHARED_LOCK)]);
        // Dropped at each moment at which something happens.
        for millis in (5..200).step_by(10) {
            let job = first.again();
            let limit = Duration::from_millis(millis);
            let _ = timeout(limit, close(&job, &job.order)).await;
            job.settle().await;
            job.asks_once();
        }
        first.again().run().await.runs(&names, headline);
    });
}
