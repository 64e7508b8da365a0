//! What `lazy` is asked for: one behaviour a test.
//!
//! The shop is in memory. It notes every future that is made, whether anything
//! polls it, and how it ends. The clock is paused: when everything waits, it
//! jumps to the next timer. One test takes real threads and the real clock.

use std::{
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use lazy::{CallError, CloseError, Order, Shop, close};
use testkit::{Call, Cause, Journal, Verdict, at_rest_for, journal};
use tokio::{
    task,
    time::{Instant, sleep, timeout},
};

#[path = "lazy/causes.rs"]
mod causes;
use causes::*;

const STORE: &str = "store";
const RECEIPT: &str = "receipt";
const AUDIT: &str = "audit";

#[test]
fn stores_the_order_before_anything_else() {
    testkit::run_paused(async || {
        let seen = drawn(&Plan::default(), &order()).await;

        let stored = seen.all(STORE).find(|call| call.end == End::Finished);
        let verdict = Verdict::new("the order is not stored first")
            .asked("`store`, and the other calls when it has succeeded");
        let Some(stored) = stored else {
            fail_missing(verdict, &seen, &[STORE.to_owned()]);
        };
        let early: Vec<_> = seen
            .calls
            .iter()
            .filter(|call| call.lane != STORE && call.polled < stored.over)
            .map(|call| call.lane.clone())
            .collect();
        if early.is_empty() {
            return;
        }
        verdict
            .fact(format!("begun before it ended: {}", listed(&early)))
            .because(ALL_AT_ONCE)
            .fail();
    });
}

#[test]
fn sends_the_receipt() {
    testkit::run_paused(async || {
        let seen = drawn(&Plan::default(), &order()).await;

        let verdict = Verdict::new("the receipt is not sent")
            .asked("`send_receipt` with the order and its address");
        ran(verdict, &seen, &[RECEIPT.to_owned()]);
    });
}

#[test]
fn refreshes_the_page_of_each_product() {
    testkit::run_paused(async || {
        let seen = drawn(&Plan::default(), &order()).await;

        let verdict = Verdict::new("not every page is refreshed")
            .asked("`refresh` for each product");
        ran(verdict, &seen, &["page lamp", "page rope", "page saw"]);
    });
}

#[test]
fn writes_the_audit_log() {
    testkit::run_paused(async || {
        let seen = drawn(&Plan::default(), &order()).await;

        let verdict = Verdict::new("the audit log has no entry")
            .asked("`audit` with the order");
        ran(verdict, &seen, &[AUDIT.to_owned()]);
    });
}

#[test]
fn closes_an_order_without_an_address() {
    testkit::run_paused(async || {
        // What is made with an address is the measure: no call that is always
        // missing is asked for here.
        let with = closed(&Plan::default(), &order()).await;
        some_were_made(&with);
        let order = Order { email: None, ..order() };
        let seen = drawn(&Plan::default(), &order).await;

        let sent = |call: &&Noted| {
            call.lane.starts_with(RECEIPT) && call.polled != NEVER
        };
        let receipts = seen.calls.iter().filter(sent).count();
        let verdict = Verdict::new("no address, and other calls are missing")
            .asked("all calls but the receipt, where there is no address")
            .fact(format!("receipts: {receipts}, wanted: 0"));
        let missing = missing(&with, &seen, &[RECEIPT]);
        if !missing.is_empty() {
            let verdict = verdict.fact(format!(
                "made with an address, and not without: {}",
                listed(&missing)
            ));
            if seen.calls.iter().all(|call| !missing.contains(&call.lane)) {
                verdict.because(NO_ADDRESS).fail();
            }
            verdict.fail();
        }
        if receipts > 0 {
            Verdict::new("a receipt is sent where there is no address")
                .asked("all calls but the receipt, where there is no address")
                .fact(format!("receipts: {receipts}, wanted: 0"))
                .fail();
        }
    });
}

#[test]
fn closes_an_order_without_products() {
    testkit::run_paused(async || {
        some_were_made(&closed(&Plan::default(), &order()).await);
        for email in [Some(EMAIL.to_owned()), None] {
            let order = Order { email, ..order() };
            as_with_products(&Plan::default(), &order).await;
            let failing = Plan::default().failing(&[RECEIPT, AUDIT]);
            as_with_products(&failing, &order).await;
        }
    });
}

#[test]
fn makes_each_call_once() {
    testkit::run_paused(async || {
        // Equal entries stand beside each other, and apart.
        let order = Order {
            products: named_products(&["rope", "rope", "lamp", "rope"]),
            ..order()
        };
        let plain = Plan::default();
        let mut plans = vec![plain.clone(), plain.failing(&places(&order))];
        for slow in [STORE, RECEIPT, "page rope", "page lamp", AUDIT] {
            plans.push(plain.slow(slow, HOUR));
        }
        // Each without failures first: what is seen with them is their doing.
        for ending in endings() {
            plans.push(ending.clone());
            plans.push(ending.failing(&places(&order)));
        }
        some_were_made(&closed(&plain, &order).await);
        for plan in &plans {
            let seen = closed(plan, &order).await;
            let wrong = |seen: &Seen| !made_again(seen, &order).is_empty();
            if wrong(&seen) {
                let seen = shown(plan, &order, seen, &wrong).await;
                too_many(plan, &seen, &made_again(&seen, &order));
            }
        }
        let rope = "page rope";
        let wanted = entries(&order, rope);
        let seen = closed(&plain, &order).await;
        // That no page is refreshed is another test's affair.
        let wrong = |seen: &Seen| ![0, wanted].contains(&seen.began(rope));
        if wrong(&seen) {
            let apart = Order {
                products: named_products(&["rope", "lamp", "saw", "nail"]),
                ..order.clone()
            };
            let others = closed(&plain, &apart).await;
            let has_one = |lane: &&String| others.began(lane) == 1;
            let of_others = places(&apart)[1..5].iter().filter(has_one).count();
            let seen = shown(&plain, &order, seen, &wrong).await;
            too_few(&seen, rope, wanted, of_others);
        }
    });
}

#[test]
fn makes_no_other_call_when_the_order_is_not_stored() {
    testkit::run_paused(async || {
        let plan = Plan::default().failing(&[STORE]);
        // So that a second attempt is seen as that, and not as another error.
        let plan = plan.failures(Failures::Alike);
        let seen = drawn(&plan, &order()).await;

        let others: Vec<_> = seen
            .calls
            .iter()
            .filter(|call| call.lane != STORE && call.polled != NEVER)
            .collect();
        let names: Vec<_> = others.iter().map(|it| it.lane.clone()).collect();
        let stored = seen.began(STORE);
        let told = |headline: &str| {
            Verdict::new(headline)
                .asked("`Err(NotStored(..))` with its error, and no other call")
                .fact(format!("returned: {}", told(&seen.result)))
                .fact(format!("calls of store: {stored}, wanted: 1"))
                .fact(format!("other calls: {}, wanted: none", listed(&names)))
        };
        if stored == 0 {
            told("`store` is not called").fail();
        }
        if seen.result != Err(CloseError::NotStored(error(STORE))) {
            let verdict = told("a failure of `store` is not passed on");
            if seen.ended(STORE) > 0 && seen.result.is_ok() {
                verdict.because(STORE_UNREAD).fail();
            }
            verdict.fail();
        }
        if !others.is_empty() {
            let verdict = told("the order is not stored, and others are told");
            let over = seen.all(STORE).map(|call| call.over).min();
            if others.iter().all(|call| Some(call.polled) < over) {
                verdict.because(ALL_AT_ONCE).fail();
            }
            verdict.fail();
        }
        if stored > 1 {
            let verdict = told("`store` failed, and is called again");
            let mut calls: Vec<_> = seen.all(STORE).collect();
            calls.sort_by_key(|call| call.polled);
            if calls.is_sorted_by(|one, next| one.over < next.polled) {
                verdict.because(TRIES_AGAIN).fail();
            }
            verdict.fail();
        }
    });
}

#[test]
fn one_that_fails_stops_none_of_the_others() {
    testkit::run_paused(async || {
        let order = order();
        for failing in places(&order) {
            stops_none(&Plan::default().failing(&[failing]), &order).await;
        }
        let (many, plan) = many();
        stops_none(&plan.failing(&places(&many)), &many).await;
    });
}

#[test]
fn returns_every_error_in_its_place() {
    testkit::run_paused(async || {
        let order = order();
        let all = places(&order);
        some_were_made(&closed(&Plan::default(), &order).await);
        for failing in [&all[..], &all[1..4], &all[4..], &[]] {
            has_its_errors(&Plan::default().failing(failing), &order).await;
        }
        for plan in endings() {
            has_its_errors(&plan.failing(&all), &order).await;
        }
        let nobody = Order { email: None, ..order.clone() };
        has_its_errors(&Plan::default().failing(&all), &nobody).await;
        // A name that stands twice: both calls fail, each with words of its
        // own; or one of them alone.
        let twice = Order {
            products: named_products(&["rope", "lamp", "rope"]),
            ..order.clone()
        };
        has_its_errors(&Plan::default().failing(&all), &twice).await;
        let first = Plan::default().failing(&["page rope"]);
        has_its_errors(&first.failures(Failures::FirstOfAName), &twice).await;
        // Two errors that read the same.
        let alike = Order {
            products: named_products(&["lamp", "rope", "rope"]),
            ..order
        };
        let same = Plan::default().failing(&all).failures(Failures::Alike);
        has_its_errors(&same, &alike).await;
        let (many, plan) = many();
        has_its_errors(&plan.failing(&places(&many)), &many).await;
    });
}

#[test]
fn returns_when_every_call_has_ended() {
    testkit::run_paused(async || {
        let (order, plain) = (order(), Plan::default());
        let seen = closed(&plain, &order).await;
        some_were_made(&seen);
        if left_behind(&seen).is_some() {
            let seen = drawn(&plain, &order).await;
            if let Some(verdict) = left_behind(&seen) {
                verdict.fail();
            }
        }
        let all = places(&order);
        for slow in [STORE.to_owned()].iter().chain(&all) {
            is_waited_for(&plain, &order, slow).await;
        }
        for slow in &all {
            let others: Vec<_> = all.iter().filter(|it| *it != slow).collect();
            is_waited_for(&plain.failing(&others), &order, slow).await;
        }
    });
}

#[test]
fn returns_when_every_call_has_ended_on_several_threads() {
    testkit::run_parallel(async || {
        let seen = closed(&Plan::quick(), &order()).await;
        some_were_made(&seen);
        if let Some(verdict) = left_behind(&seen) {
            verdict.without_drawing().fail();
        }
    });
}

// What was seen, judged.

/// Fails unless a call on each of these lanes ran to its end. How many there
/// are is another test's affair.
fn ran(verdict: Verdict, seen: &Seen, lanes: &[impl AsRef<str>]) {
    let lanes = lanes.iter().map(|it| it.as_ref().to_owned());
    let wrong: Vec<_> = lanes.filter(|lane| seen.ended(lane) == 0).collect();
    if !wrong.is_empty() {
        fail_missing(verdict, seen, &wrong);
    }
}

/// Fails where none of the calls was made that follow `store`: then there is
/// nothing that a test of them could see, and it is not to pass.
fn some_were_made(seen: &Seen) {
    let others = seen.calls.iter().filter(|call| call.lane != STORE);
    if others.clone().any(|call| call.polled != NEVER) {
        return;
    }
    let futures = others.count();
    let verdict = Verdict::new("no call was made")
        .asked("the calls that follow `store`: what is asked here is of them")
        .fact(format!("futures made besides store: {futures}, polled: 0"))
        .without_drawing();
    if futures > 0 {
        verdict.because(NEVER_POLLED).fail();
    }
    verdict.fail();
}

/// Fails where this order is closed in another way when it has no products.
/// What becomes of it with them is the measure: this is about the difference.
async fn as_with_products(plan: &Plan, order: &Order) {
    let with = closed(plan, order).await;
    let none = Order { products: Vec::new(), ..order.clone() };
    let without = closed(plan, &none).await;
    let told = |headline: &str| {
        let address = order.email.as_deref().unwrap_or("none");
        Verdict::new(headline)
            .asked("all calls but `refresh`, where there are no products")
            .fact(format!("address: {address}"))
    };
    let pages = ["page lamp", "page rope", "page saw"];
    let missing = missing(&with, &without, &pages);
    if !missing.is_empty() {
        let seen = drawn(plan, &none).await;
        let verdict =
            told("no products, and other calls are missing").fact(format!(
                "made with products, and not without: {}",
                listed(&missing)
            ));
        if missing.iter().any(|lane| seen.of(lane) > 0) {
            verdict.fail();
        }
        verdict
            .why(
                "What is left out is more than the pages: these were not even \
                 called. Where there are no products, only the pages may be.",
            )
            .fail();
    }
    let wanted = |seen: &Seen, order| of_the_calls(seen, &places(order));
    let was_right = with.result == wanted(&with, order);
    // Whoever comes back too early does not know the errors yet: that is
    // another test's affair.
    let at_ease = left_behind(&without).is_none();
    let wanted = wanted(&without, &none);
    if was_right && at_ease && without.result != wanted {
        drawn(plan, &none).await;
        let same_set = sorted(list(&without.result)) == sorted(list(&wanted));
        told(if same_set {
            "no products, and the errors are not in their places"
        } else {
            "no products, and the errors are not those of the calls"
        })
        .fact(format!("returned: {}", self::told(&without.result)))
        .fact(format!("wanted:   {}", self::told(&wanted)))
        .fact("with products, they are")
        .fail();
    }
}

/// The lanes on which more calls were begun than the order has entries.
fn made_again(seen: &Seen, order: &Order) -> Vec<String> {
    let mut lanes: Vec<_> = seen.calls.iter().map(|it| &it.lane).collect();
    lanes.sort();
    lanes.dedup();
    let again = |lane: &&&String| seen.began(lane) > entries(order, lane);
    lanes.iter().filter(again).copied().cloned().collect()
}

/// How many calls on this lane the order asks for.
fn entries(order: &Order, lane: &str) -> usize {
    let stored = usize::from(lane == STORE);
    stored + places(order).iter().filter(|it| *it == lane).count()
}

/// Ends the test: on these lanes are more calls than were asked for. Plans are
/// tried from the plainest on, so that it is this one's doing.
fn too_many(plan: &Plan, seen: &Seen, lanes: &[String]) -> ! {
    let told = |headline: &str| {
        let verdict = Verdict::new(headline)
            .asked("each call once, whatever comes of it");
        match &plan.slow {
            Some((slow, _)) => {
                verdict.fact(format!("this one takes an hour: {slow}"))
            }
            None => verdict,
        }
    };
    let cut =
        |lane: &String| seen.all(lane).filter(|it| it.end == End::Cut).count();
    if lanes.iter().all(|lane| cut(lane) > 0) {
        let mut verdict = told("a call is dropped, and begun anew");
        for lane in lanes {
            verdict = verdict.fact(format!(
                "{lane}: begun {} times, dropped before its end {} times",
                seen.began(lane),
                cut(lane)
            ));
        }
        verdict.because(BEGUN_ANEW).fail();
    }
    let failed = |lane: &String| seen.all(lane).any(|it| it.error.is_some());
    if lanes.iter().all(failed) {
        told("a call that failed is made again")
            .fact("every call but store failed")
            .fact(format!("made again: {}", listed(lanes)))
            .because(TRIES_AGAIN)
            .fail();
    }
    told("there are more calls than were asked for")
        .fact(format!("more than once for each entry: {}", listed(lanes)))
        .fail();
}

/// Ends the test: on this lane are fewer calls than the order has entries. Of
/// four products with different names, so many have their call.
fn too_few(seen: &Seen, lane: &str, wanted: usize, of_others: usize) -> ! {
    let (made, began) = (seen.of(lane), seen.began(lane));
    let verdict = Verdict::new("not one call for each entry")
        .asked("one for each of the products: rope, rope, lamp, rope")
        .fact(format!("{lane}: made {made}, polled {began}, wanted {wanted}"))
        .fact(format!("of four with different names: {of_others}, wanted 4"));
    if began < wanted && of_others == 4 {
        verdict.because(KEPT_BY_NAME).fail();
    }
    verdict.fail();
}

/// Fails unless all calls run that run where none fails.
async fn stops_none(plan: &Plan, order: &Order) {
    let none: [&str; 0] = [];
    let whole = closed(&plan.failing(&none), order).await;
    some_were_made(&whole);
    let seen = closed(plan, order).await;
    let wrong = |seen: &Seen| !missing(&whole, seen, &[]).is_empty();
    if !wrong(&seen) {
        return;
    }
    let seen = shown(plan, order, seen, &wrong).await;
    let missing = missing(&whole, &seen, &[]);
    let verdict = Verdict::new("a failure stops other calls")
        .asked("all calls made and ended, whichever of them fails")
        .fact(match &plan.failing[..] {
            [one] => format!("this one failed: {one}"),
            many => format!("{} calls were to fail", many.len()),
        })
        .fact(format!("without the failure they run: {}", listed(&missing)));
    let failed = seen.calls.iter().filter(|call| call.error.is_some());
    let failed = failed.map(|call| call.over).min();
    let cut = |lane: &String| {
        let mut calls = seen.all(lane);
        calls.any(|it| it.end == End::Cut && Some(it.over) > failed)
    };
    if missing.iter().all(cut) {
        verdict.because(TRIED_TOGETHER).fail();
    }
    if missing.iter().all(|lane| seen.began(lane) == 0) {
        verdict.because(FIRST_FAILURE).fail();
    }
    verdict.fail();
}

/// Fails unless the errors of `order` come back.
async fn has_its_errors(plan: &Plan, order: &Order) {
    let places = places(order);
    let seen = closed(plan, order).await;
    // With one call for two entries, or two for one, nobody can tell whose
    // error it is. That each has one is another test's affair.
    let other_number = |lane: &String| {
        let began = seen.began(lane);
        began > 0 && began != entries(order, lane)
    };
    if places.iter().any(other_number) {
        return;
    }
    let wrong = |seen: &Seen| seen.result != of_the_calls(seen, &places);
    if wrong(&seen) {
        let habits = habits(plan, order, &seen).await;
        let seen = shown(plan, order, seen, &wrong).await;
        wrong_errors(&seen, &places, &habits);
    }
}

/// What else is found out about a function that gives wrong errors.
struct Habits {
    /// Of several errors the first in the order comes back, whichever that is,
    /// and no other.
    first_only: bool,
    /// Those that are lost come back where no other call fails.
    alone: bool,
    /// Not even then does an error come back.
    never: bool,
}

async fn habits(plan: &Plan, order: &Order, seen: &Seen) -> Habits {
    let all = places(order);
    let mut habits = Habits { first_only: true, alone: false, never: false };
    for failing in [&all[..], &all[1..], &all[2..]] {
        let seen = closed(&plan.failing(failing), order).await;
        let first = failing.first().map(|lane| error(lane));
        habits.first_only &= list(&seen.result).iter().eq(&first);
    }
    let lost: Vec<_> = lost(seen).map(|call| call.lane.clone()).collect();
    if !lost.is_empty() {
        let seen = closed(&plan.failing(&lost), order).await;
        habits.alone = seen.result == of_the_calls(&seen, &all);
        habits.never = seen.result.is_ok()
            && lost
                .iter()
                .all(|lane| seen.all(lane).any(|it| it.error.is_some()));
    }
    habits
}

/// The calls whose errors did not come back.
fn lost(seen: &Seen) -> impl Iterator<Item = &Noted> {
    let got = list(&seen.result);
    let is_lost = |error: &CallError| !got.contains(error);
    let calls = seen.calls.iter();
    calls.filter(move |call| call.error.as_ref().is_some_and(is_lost))
}

/// The order in which calls that begin together end: the last first, the first
/// first, and neither.
fn endings() -> [Plan; 3] {
    let plan = Plan::default();
    [
        plan.clone(),
        plan.ending(&[RECEIPT, "page lamp", "page rope", "page saw", AUDIT]),
        plan.ending(&["page saw", "page lamp", AUDIT, "page rope", RECEIPT]),
    ]
}

/// Ends the test: calls on these lanes did not run, or more than once.
fn fail_missing(mut verdict: Verdict, seen: &Seen, lanes: &[String]) -> ! {
    for lane in lanes {
        let (made, ended) = (seen.of(lane), seen.ended(lane));
        let polled = seen.began(lane);
        verdict = verdict.fact(format!(
            "{lane}: made {made}, polled {polled}, ended {ended}, wanted 1"
        ));
    }
    for call in &seen.calls {
        if !known(&call.lane) {
            verdict = verdict.fact(format!("not asked for: {}", call.lane));
        }
    }
    let all = |is: fn(End) -> bool| {
        let mut calls = lanes.iter().map(|lane| {
            seen.of(lane) > 0 && seen.all(lane).all(|call| is(call.end))
        });
        calls.all(|it| it)
    };
    let strange = seen.calls.iter().any(|call| !known(&call.lane));
    if !strange && lanes.iter().all(|lane| seen.of(lane) == 0) {
        verdict
            .why(
                "No future was made: a line that calls it, if there is one, \
                 did not run. What stands in an `async` block that nobody \
                 polls, or in a closure that nobody calls, never does.",
            )
            .read_on("lazy", "A future does nothing by itself")
            .fail();
    }
    if all(|end| end == End::Unpolled) {
        verdict.because(NEVER_POLLED).fail();
    }
    if all(|end| end == End::Cut) {
        verdict.because(POLLED_ONCE).fail();
    }
    verdict.fail();
}

/// The verdict on calls that were under way when the function came back.
fn left_behind(seen: &Seen) -> Option<Verdict> {
    let late: Vec<&Noted> = seen
        .calls
        .iter()
        .filter(|call| call.over > seen.back && call.polled != NEVER)
        .collect();
    if late.is_empty() {
        return None;
    }
    let lanes: Vec<_> = late.iter().map(|call| call.lane.clone()).collect();
    let verdict = Verdict::new("close has returned, and calls are under way")
        .asked("every call has ended when you return")
        .fact(format!("not ended by then: {}, wanted: none", listed(&lanes)));
    Some(if late.iter().all(|call| call.in_a_task) {
        verdict.because(LEFT_ALONE)
    } else {
        verdict
    })
}

/// Fails unless a call that takes an hour is waited for as one is that takes a
/// little longer than the others.
async fn is_waited_for(plan: &Plan, order: &Order, slow: &str) {
    let quick = closed(&plan.slow(slow, A_LITTLE), order).await;
    let plan = plan.slow(slow, HOUR);
    let late = closed(&plan, order).await;
    if cut_short(&late, slow, &quick) || left_behind(&late).is_some() {
        let heard = is_heard(order, slow).await;
        let late = drawn(&plan, order).await;
        not_waited_for(&plan, &late, slow, &quick, heard);
    }
}

/// Whether the error of this call comes back where no call is slow.
async fn is_heard(order: &Order, lane: &str) -> bool {
    let seen = closed(&Plan::default().failing(&[lane]), order).await;
    match &seen.result {
        Ok(()) => false,
        Err(CloseError::NotStored(told)) => *told == error(lane),
        Err(CloseError::Incomplete(told)) => told.contains(&error(lane)),
    }
}

/// Whether this call, which ended when it was `quick`, was begun and dropped.
fn cut_short(seen: &Seen, slow: &str, quick: &Seen) -> bool {
    quick.ended(slow) > 0
        && seen.ended(slow) == 0
        && seen.all(slow).any(|call| call.end == End::Cut)
}

/// Fails if this call, which took an hour, was dropped or left behind.
fn not_waited_for(
    plan: &Plan,
    seen: &Seen,
    slow: &str,
    quick: &Seen,
    heard: bool,
) {
    let mut verdict = Verdict::new("a slow call is not waited for")
        .asked("every call has ended when you return, however long it takes")
        .fact(format!("this one takes an hour: {slow}"));
    let mut late = seen
        .calls
        .iter()
        .filter(|call| call.over > seen.back && call.polled != NEVER);
    let left = late.clone().count() > 0;
    if !left && !cut_short(seen, slow, quick) {
        return;
    }
    if !plan.failing.is_empty() {
        verdict = verdict.fact("every other call failed");
    }
    verdict = verdict.fact(if left {
        "you have returned, and it is under way"
    } else {
        "it was begun, and dropped before it was ready"
    });
    let ours = late.all(|call| call.lane == slow && call.in_a_task);
    if !ours {
        verdict.fail();
    }
    // Without failures it has been tried before, and passed.
    if !plan.failing.is_empty() {
        verdict
            .why(
                "Where the others succeed it is waited for, and where they \
                 fail it is not. What went wrong elsewhere ends none of the \
                 waiting.",
            )
            .fail();
    }
    if !left {
        verdict.because(GIVEN_UP).fail();
    }
    let others = seen.calls.iter().filter(|call| call.lane != slow);
    let at_once = others.filter_map(|call| call.over_at).max();
    if at_once == Some(seen.back_at) && quick.ended(slow) > 0 && heard {
        verdict.because(IF_FINISHED).fail();
    }
    verdict.because(LEFT_ALONE).fail();
}

/// What ought to come back, by the calls that did end: those that are missing
/// are another test's affair. Which of two calls with one name stands for which
/// entry nobody can tell, so their errors may change places.
fn of_the_calls(seen: &Seen, places: &[String]) -> Result<(), CloseError> {
    let got = list(&seen.result);
    let place = |error: &CallError| {
        got.iter().position(|it| it == error).unwrap_or(got.len())
    };
    let mut wanted = Vec::new();
    for (at, lane) in places.iter().enumerate() {
        let before = places[..at].iter().filter(|it| *it == lane).count();
        let errors = seen.all(lane).filter_map(|call| call.error.clone());
        let mut errors: Vec<_> = errors.collect();
        errors.sort_by_key(place);
        wanted.extend(errors.get(before).cloned());
    }
    if wanted.is_empty() { Ok(()) } else { Err(CloseError::Incomplete(wanted)) }
}

/// Ends the test: the errors that came back are not those of the calls.
fn wrong_errors(seen: &Seen, places: &[String], habits: &Habits) -> ! {
    let result = of_the_calls(seen, places);
    let (got, wanted) = (list(&seen.result), list(&result));
    let told = |headline: &str| {
        Verdict::new(headline)
            .asked("every error: receipt, refreshes as in `products`, audit")
            .fact(format!("returned: {}", told(&seen.result)))
            .fact(format!("wanted:   {}", told(&result)))
    };
    if got != wanted && sorted(got) == sorted(wanted) {
        let verdict = told("the errors are not in their places");
        let mut ended: Vec<_> = seen.calls.iter().collect();
        ended.sort_by_key(|call| call.over);
        let ended = ended.iter().filter_map(|call| call.error.as_ref());
        if ended.eq(got) {
            verdict.fact("in that order the calls ended").fail();
        }
        verdict.fail();
    }
    let given = |error: &CallError| {
        seen.calls.iter().any(|it| it.error.as_ref() == Some(error))
    };
    // Not where one call's error comes back in the place of another's.
    let reworded = |(got, wanted): (&CallError, &CallError)| {
        got == wanted || got.0.contains(&wanted.0) && !given(got)
    };
    if got.len() == wanted.len()
        && got != wanted
        && got.iter().zip(wanted).all(reworded)
    {
        told("the errors are not passed on as they are")
            .asked("the error of each call that failed, as it came")
            .fact("each is there, with other words around its own")
            .fail();
    }
    let lost: Vec<_> = lost(seen).collect();
    let verdict = told("the errors are not those of the calls");
    if lost.is_empty() {
        let mut once = wanted.to_vec();
        once.dedup();
        if got == once {
            verdict.because(TOLD_ONCE).fail();
        }
        verdict.fail();
    }
    let lanes: Vec<_> = lost.iter().map(|call| call.lane.clone()).collect();
    let verdict = verdict.fact(format!("lost: {}", listed(&lanes)));
    if let Some(cause) = why_lost(seen, wanted, &lost, habits) {
        verdict.because(cause).fail();
    }
    if habits.alone {
        verdict.fact("where no other call fails, they come back").fail();
    }
    verdict.fail();
}

fn sorted(errors: &[CallError]) -> Vec<&str> {
    let mut words: Vec<_> = errors.iter().map(|it| it.0.as_str()).collect();
    words.sort_unstable();
    words
}

/// What is known of how these calls lost their errors.
fn why_lost(
    seen: &Seen,
    wanted: &[CallError],
    lost: &[&Noted],
    habits: &Habits,
) -> Option<Cause> {
    // What came back are the other errors, and nothing in the place of these.
    let left_out = list(&seen.result).len() + lost.len() == wanted.len();
    let in_tasks = lost.iter().all(|call| call.in_a_task);
    let awaited = lost.iter().all(|call| !call.in_a_task);
    let before = lost.iter().all(|call| call.over < seen.back);
    let after = lost.iter().all(|call| call.over > seen.back);
    [
        (in_tasks && after, LEFT_ALONE),
        (habits.first_only, ONLY_THE_FIRST),
        (in_tasks && before && habits.never, INNER_UNREAD),
        (awaited && left_out && habits.never, JOINED_UNREAD),
    ]
    .into_iter()
    .find_map(|(holds, cause)| holds.then_some(cause))
}

/// The lanes on which a call ended in `whole` and none did in `seen`.
fn missing(whole: &Seen, seen: &Seen, but: &[&str]) -> Vec<String> {
    let ended = |call: &&Noted| call.end == End::Finished;
    let lanes = whole.calls.iter().filter(ended).map(|call| &call.lane);
    lanes
        .filter(|lane| !but.contains(&lane.as_str()))
        .filter(|lane| seen.ended(lane) == 0)
        .cloned()
        .collect()
}

fn list(result: &Result<(), CloseError>) -> &[CallError] {
    match result {
        Err(CloseError::Incomplete(errors)) => errors,
        _ => &[],
    }
}

fn told(result: &Result<(), CloseError>) -> String {
    match result {
        Ok(()) => "Ok".to_owned(),
        Err(CloseError::NotStored(error)) => format!("NotStored({error})"),
        Err(CloseError::Incomplete(errors)) => {
            let errors: Vec<_> = errors.iter().map(|it| it.0.clone()).collect();
            format!("Incomplete({})", listed(&errors))
        }
    }
}

/// The names, or the first of them where they are many.
fn listed(names: &[String]) -> String {
    const SHOWN: usize = 8;
    match names.len() {
        0 => "none".to_owned(),
        1..=SHOWN => names.join(", "),
        many => {
            let rest = many - SHOWN;
            format!("{} and {rest} more", names[..SHOWN].join(", "))
        }
    }
}

// The order, and the shop that notes what is asked of it.

/// The order that is closed: with an address and three products.
fn order() -> Order {
    Order {
        id: ID,
        email: Some(EMAIL.to_owned()),
        products: named_products(&["lamp", "rope", "saw"]),
    }
}

/// An order with more products than anybody would count on, and a plan in which
/// its calls end one after the other.
fn many() -> (Order, Plan) {
    let names = (1..=MANY).map(|number| format!("p{number:03}"));
    let order = Order { products: names.collect(), ..order() };
    let plan = Plan::default().ending(&places(&order));
    (order, plan)
}

const MANY: usize = 200;

fn named_products(names: &[&str]) -> Vec<String> {
    names.iter().copied().map(str::to_owned).collect()
}

const ID: u32 = 7;
const EMAIL: &str = "ada@example.org";

/// The lanes of the calls that are made together, in the order of their errors.
fn places(order: &Order) -> Vec<String> {
    let pages = order.products.iter().map(|product| format!("page {product}"));
    let receipt = order.email.iter().map(|_| RECEIPT.to_owned());
    receipt.chain(pages).chain([AUDIT.to_owned()]).collect()
}

/// The error of the first call on this lane, if it fails.
fn error(lane: &str) -> CallError {
    CallError(format!("{lane} failed"))
}

fn known(lane: &str) -> bool {
    [STORE, RECEIPT, AUDIT].contains(&lane)
        || ["page lamp", "page rope", "page saw"].contains(&lane)
}

/// What became of an order.
struct Seen {
    result: Result<(), CloseError>,
    calls: Vec<Noted>,
    /// When the function came back, in the order of all that happened,
    back: usize,
    /// and by the clock.
    back_at: Instant,
}

impl Seen {
    fn all(&self, lane: &str) -> impl Iterator<Item = &Noted> {
        self.calls.iter().filter(move |call| call.lane == lane)
    }

    /// How many futures were made.
    fn of(&self, lane: &str) -> usize {
        self.all(lane).count()
    }

    /// How many of them were polled, and so are calls.
    fn began(&self, lane: &str) -> usize {
        self.all(lane).filter(|it| it.polled != NEVER).count()
    }

    /// How many of them were run to their end.
    fn ended(&self, lane: &str) -> usize {
        self.all(lane).filter(|call| call.end == End::Finished).count()
    }
}

/// Closes an order, and waits until nothing goes on any more.
async fn closed(plan: &Plan, order: &Order) -> Seen {
    watched(Notes::new(plan.clone(), None), order).await
}

/// The same, drawn: once in a test, for what is shown.
async fn drawn(plan: &Plan, order: &Order) -> Seen {
    let journal = journal();
    journal.declare(["close", STORE]);
    journal.declare(places(order));
    watched(Notes::new(plan.clone(), Some(journal)), order).await
}

/// This run, or one that goes wrong like it and is drawn: there is none where
/// chance has a hand in it, or calls are more than a drawing has room for.
async fn shown(
    plan: &Plan,
    order: &Order,
    seen: Seen,
    wrong: &dyn Fn(&Seen) -> bool,
) -> Seen {
    if order.products.len() == MANY {
        return seen;
    }
    let again = drawn(plan, order).await;
    if wrong(&again) { again } else { seen }
}

async fn watched(notes: Notes, order: &Order) -> Seen {
    let close_lane = notes.journal.as_ref().map(|it| it.call("close"));
    let result = if notes.plan.quick {
        Ok(close(&notes, order).await)
    } else {
        timeout(HOUR * 1000, close(&notes, order)).await
    };
    // At once: whatever awaits lets other tasks run, and end.
    let (back, back_at) = (notes.tick(), Instant::now());
    let Ok(result) = result else {
        does_not_return(&notes, order);
    };
    if let Some(call) = close_lane {
        call.finished();
    }
    if notes.plan.quick {
        at_rest_for(Duration::from_millis(40)).await;
    } else {
        sleep(HOUR * 10).await;
    }
    let calls = notes.lock().calls.clone();
    Seen { result, calls, back, back_at }
}

/// Ends the test: everything waits, and nothing is left to wait for.
fn does_not_return(notes: &Notes, order: &Order) -> ! {
    let calls = notes.lock().calls.clone();
    let begun = calls.iter().filter(|call| call.polled != NEVER).count();
    let ended = calls.iter().filter(|call| call.end == End::Finished).count();
    let verdict = Verdict::new("`close` does not return")
        .asked("to return when every call has ended")
        .fact(format!("products: {}", order.products.len()))
        .fact(format!("calls begun: {begun}, ended: {ended}"))
        .fact(format!("failing: {}", listed(&notes.plan.failing)));
    if ended < begun {
        verdict.fail();
    }
    if order.products.is_empty() {
        verdict.because(LIMIT_OF_NONE).fail();
    }
    verdict
        .why(
            "Every call that was begun has ended, and `close` waits for \
             something else: room \
             in a channel that nobody reads yet, perhaps, or a permit that \
             nobody gives back.",
        )
        .fail();
}

const NEVER: usize = usize::MAX;

/// What a slow call takes.
const HOUR: Duration = Duration::from_hours(1);

/// More than any other call takes, and not much.
const A_LITTLE: Duration = Duration::from_millis(100);

/// A future that was made.
#[derive(Clone, Debug)]
struct Noted {
    lane: String,
    /// When it was first polled, in the order of all that happened.
    polled: usize,
    /// When it ended or was dropped; `NEVER` while it is under way.
    over: usize,
    /// The same, by the clock.
    over_at: Option<Instant>,
    end: End,
    error: Option<CallError>,
    in_a_task: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    /// It is still there.
    Open,
    /// It ran to its end.
    Finished,
    /// It was dropped in the middle.
    Cut,
    /// It was dropped before anything polled it.
    Unpolled,
}

/// How the calls of a shop take their time, and which of them fail.
#[derive(Clone, Default)]
struct Plan {
    failing: Vec<String>,
    failures: Failures,
    /// The lane of the calls that take so long.
    slow: Option<(String, Duration)>,
    /// The lanes whose calls end first, second and so on where they begin
    /// together.
    ending: Vec<String>,
    /// No timers, for the real clock.
    quick: bool,
}

#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Failures {
    /// The second and third call of a name have words of their own.
    #[default]
    Each,
    /// All calls of a name fail with the same words.
    Alike,
    /// Only the first call of a name fails.
    FirstOfAName,
}

impl Plan {
    fn quick() -> Self {
        Self { quick: true, ..Self::default() }
    }

    fn failing(&self, lanes: &[impl AsRef<str>]) -> Self {
        Self {
            failing: lanes.iter().map(|it| it.as_ref().to_owned()).collect(),
            ..self.clone()
        }
    }

    fn failures(&self, failures: Failures) -> Self {
        Self { failures, ..self.clone() }
    }

    fn slow(&self, lane: &str, takes: Duration) -> Self {
        Self { slow: Some((lane.to_owned(), takes)), ..self.clone() }
    }

    fn ending(&self, lanes: &[impl AsRef<str>]) -> Self {
        Self {
            ending: lanes.iter().map(|it| it.as_ref().to_owned()).collect(),
            ..self.clone()
        }
    }

    /// The last take the least time, so that calls together end in another
    /// order than they began, if the plan does not say which.
    fn takes(&self, lane: &str) -> Duration {
        if let Some((slow, takes)) = &self.slow
            && slow == lane
        {
            return *takes;
        }
        let last_first =
            [AUDIT, "page saw", "page rope", "page lamp", RECEIPT, STORE];
        let place = if self.ending.is_empty() {
            last_first.iter().position(|it| *it == lane)
        } else {
            self.ending.iter().position(|it| it == lane)
        };
        let tens = u64::try_from(place.unwrap_or(0)).unwrap_or(0) + 1;
        Duration::from_millis(10 * tens)
    }

    /// The error of the call with this number on its lane, if it fails.
    fn error(&self, lane: &str, number: usize) -> Option<CallError> {
        if !self.failing.iter().any(|it| it == lane) {
            return None;
        }
        match self.failures {
            Failures::FirstOfAName if number > 1 => None,
            Failures::Each if number > 1 => {
                Some(CallError(format!("{lane} failed (call {number})")))
            }
            _ => Some(error(lane)),
        }
    }
}

/// The shop.
#[derive(Clone)]
struct Notes {
    plan: Arc<Plan>,
    journal: Option<Journal>,
    inner: Arc<Mutex<Inner>>,
}

#[derive(Default)]
struct Inner {
    calls: Vec<Noted>,
    /// How many events there have been.
    ticks: usize,
}

impl Notes {
    fn new(plan: Plan, journal: Option<Journal>) -> Self {
        Self { plan: Arc::new(plan), journal, inner: Arc::default() }
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn tick(&self) -> usize {
        self.lock().tick()
    }

    /// A future for a call, which notes what becomes of it.
    fn call(&self, lane: String) -> Answer {
        let mut made = {
            let mut inner = self.lock();
            inner.calls.push(Noted {
                lane: lane.clone(),
                polled: NEVER,
                over: NEVER,
                over_at: None,
                end: End::Open,
                error: None,
                in_a_task: false,
            });
            Made {
                place: inner.calls.len() - 1,
                number: 0,
                notes: self.clone(),
                call: None,
                lane,
            }
        };
        Box::pin(async move {
            made.polled();
            made.takes_its_time().await;
            made.finished()
        })
    }
}

type Done = Result<(), CallError>;
type Answer = Pin<Box<dyn Future<Output = Done> + Send>>;

impl Inner {
    fn tick(&mut self) -> usize {
        self.ticks += 1;
        self.ticks
    }
}

/// A future that was made. Dropped, it notes in which state.
struct Made {
    notes: Notes,
    place: usize,
    /// The first call on its lane is number 1.
    number: usize,
    lane: String,
    call: Option<Call>,
}

impl Made {
    fn polled(&mut self) {
        self.call = self.notes.journal.as_ref().map(|it| it.call(&self.lane));
        let mut inner = self.notes.lock();
        let tick = inner.tick();
        let before = |it: &&Noted| it.lane == self.lane && it.polled != NEVER;
        self.number = inner.calls.iter().filter(before).count() + 1;
        let noted = &mut inner.calls[self.place];
        noted.polled = tick;
        noted.in_a_task = task::try_id().is_some();
    }

    /// On real threads the audit ends when nothing else moves: whoever does not
    /// wait for it is early.
    async fn takes_its_time(&self) {
        if !self.notes.plan.quick {
            return sleep(self.notes.plan.takes(&self.lane)).await;
        }
        if self.lane == AUDIT {
            at_rest_for(Duration::from_millis(20)).await;
        }
        task::yield_now().await;
    }

    fn finished(mut self) -> Result<(), CallError> {
        let error = self.notes.plan.error(&self.lane, self.number);
        let mut inner = self.notes.lock();
        let noted = &mut inner.calls[self.place];
        noted.end = End::Finished;
        noted.error.clone_from(&error);
        drop(inner);
        if error.is_some()
            && let Some(journal) = &self.notes.journal
        {
            journal.mark(&self.lane, "failed");
        }
        if let Some(call) = self.call.take() {
            call.finished();
        }
        error.map_or(Ok(()), Err)
    }
}

impl Drop for Made {
    fn drop(&mut self) {
        let mut inner = self.notes.lock();
        let tick = inner.tick();
        let noted = &mut inner.calls[self.place];
        noted.over = tick;
        noted.over_at = Some(Instant::now());
        if noted.end == End::Open {
            let unpolled = noted.polled == NEVER;
            noted.end = if unpolled { End::Unpolled } else { End::Cut };
            if unpolled && let Some(journal) = &self.notes.journal {
                journal.mark(&self.lane, "dropped, never polled");
            }
        }
    }
}

impl Shop for Notes {
    fn store(&self, order: u32) -> impl Future<Output = Done> + Send {
        self.call(named(STORE, order == ID, &order.to_string()))
    }

    fn send_receipt(
        &self,
        order: u32,
        email: &str,
    ) -> impl Future<Output = Done> + Send {
        let right = (order, email) == (ID, EMAIL);
        self.call(named(RECEIPT, right, &format!("{order} {email}")))
    }

    fn refresh(&self, product: &str) -> impl Future<Output = Done> + Send {
        self.call(format!("page {product}"))
    }

    fn audit(&self, order: u32) -> impl Future<Output = Done> + Send {
        self.call(named(AUDIT, order == ID, &order.to_string()))
    }
}

/// The lane of a call: one with other arguments than asked has its own.
fn named(lane: &str, right: bool, arguments: &str) -> String {
    if right { lane.to_owned() } else { format!("{lane} of {arguments}") }
}
