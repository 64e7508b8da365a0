//! What `crunch` is asked for: one behaviour a test. On the runtime's thread the
//! tests' model never waits: a wrong answer fails and does not hang.

use std::{
    panic::panic_any,
    pin::pin,
    sync::{
        atomic::{AtomicUsize, Ordering::SeqCst},
        mpsc,
    },
    thread,
    time::Duration,
};

use futures::future::{join, join_all, select};
use testkit::{
    Gate, Heartbeat, Observed, Rendezvous, WorkLog, Working, at_rest_for,
    expect, expect_same, journal, poll,
};

#[path = "crunch/causes.rs"]
mod causes;
#[path = "crunch/service.rs"]
mod service;

use causes::*;
use service::*;

/// When all has been at rest for so long, what was going to begin has begun.
const QUIET: Duration = Duration::from_millis(100);

#[test]
fn other_tasks_go_on_meanwhile() {
    testkit::run(async || {
        let heart = Heartbeat::start();
        let beside = heart.clone();
        let model = move |working: &Working| beside.holds(working);
        let service = Service::new(1, WorkLog::new(), model);

        service.results(&of("A", 4)).await;
        heart.stop();

        service.stays_off_the_runtime(heart.beats_before_the_last());
        let beats = heart.beats();
        let headline = "the runtime stalls while documents are scored";
        expect(!heart.has_missed(), headline)
            .asked("other tasks go on while documents are being scored")
            .fact("documents scored on the runtime's thread: 0")
            .fact(format!("beats of another task until the end: {beats}"))
            .without_drawing()
            .because([(beats == 0, INSTALLED)]);
    });
}

#[test]
fn keeps_the_order_of_the_documents() {
    testkit::run(async || {
        // One of them twice, and done in another order.
        let names = ["A3", "A1", "A5", "A1", "A4"].map(str::to_owned);
        let done = ["A4", "A1", "A5", "A1", "A3"];
        let gate = Gate::in_turn(done);
        let model = move |working: &Working| {
            working.waits_at(&gate);
            // Drawn after the document that was done before.
            journal().step();
        };
        let service = Service::new(5, WorkLog::new(), model);

        let none = service.results(&[]).await;
        let results = service.results(&names).await;

        expect(none.is_empty(), "no documents, and results all the same")
            .or_fail();
        let headline = "the results are not in the order of the documents";
        expect_same(&scored(&names), &results, headline)
            .asked("result number n belongs to document number n")
            .because([(results == scored(&done), COMPLETION_ORDER)]);
    });
}

#[test]
fn uses_every_place() {
    testkit::run(async || {
        for places in [3, 40] {
            let service = all_places(places, &["A"]).await;
            service.stays_off_the_runtime(0);
            let most = service.work.most();
            let of_two_calls = match most {
                1 => all_places(2, &["A", "B"]).await.work.most(),
                _ => 0,
            };
            expect(most >= places, "places are idle while documents wait")
                .asked("a document in each place while documents wait")
                .fact(format!("places: {places}, in use at once: {most}"))
                .without_drawing()
                .because([
                    (of_two_calls == 2, ONE_CLOSURE),
                    (of_two_calls == 1, HELD_QUEUE),
                ]);
        }
    });
}

#[test]
fn gives_a_free_place_to_whichever_document_waits() {
    testkit::run(async || {
        let names = [of("A", 4), of("B", 3)].concat();
        let (long, short) = (names[..4].to_vec(), names[4..].to_vec());
        // A1 is done when the six others are.
        let gate = Gate::of(usize::MAX);
        let (stop, at_the_stop) = mpsc::channel();
        let held = gate.clone();
        let done = AtomicUsize::new(0);
        let model = move |working: &Working| {
            if working.name() == "A1" {
                working.waits_at(&held);
                let not_begun = working.log().not_begun(&names);
                let _ = stop.send((done.load(SeqCst), not_begun));
            } else if done.fetch_add(1, SeqCst) == 5 {
                held.open();
            }
        };
        let service = Service::new(3, WorkLog::new(), model);

        join(service.results(&long), service.results(&short)).await;

        service.stays_off_the_runtime(0);
        let (done, waiting) = at_the_stop.try_recv().unwrap_or_default();
        let (of_a, of_b): (Vec<_>, Vec<_>) =
            waiting.iter().partition(|name| name.starts_with('A'));
        expect(gate.was_reached(), "documents wait while places are idle")
            .asked("a free place for any document that waits, of any call")
            .fact(format!("done while A1 takes long: {done}, wanted: 6"))
            .fact(format!("not begun: {}", waiting.join(", ")))
            .without_drawing()
            .because([
                (waiting.len() == 6, HELD_QUEUE),
                (of_a.is_empty() && of_b.len() == 3, CALL_AFTER_CALL),
                (of_b.is_empty() && !of_a.is_empty(), ROUNDS),
            ]);
    });
}

#[test]
fn keeps_all_calls_together_to_the_places() {
    testkit::run(async || {
        let calls = ["A", "B", "C"].map(|call| of(call, 3));
        let gate = Gate::impatient(6, QUIET);
        // Then they end in turn, so that the drawing is always the same.
        let turns = Gate::keeping(2, calls.concat());
        let model = move |working: &Working| {
            working.waits_at(&gate);
            working.waits_at(&turns);
        };
        let service = Service::new(2, WorkLog::new(), model);

        join_all(calls.iter().map(|call| service.results(call))).await;

        let (work, most) = (&service.work, service.work.most());
        let (of_a_call, at_once) = (work.most_of_a_group(), work.most_groups());
        expect(most <= 2, "all calls together use more than the places")
            .asked("no more documents at once than places, in all calls")
            .fact(format!("places: 2, being scored at once: {most}"))
            .fact(format!("of one call: {of_a_call}, calls at once: {at_once}"))
            .because([
                (most == 9, UNBOUNDED),
                (most == 6 && of_a_call == 2, POOL_PER_CALL),
                (most == 6 && at_once == 2, CALLS_COUNTED),
            ]);
    });
}

#[test]
fn returns_a_panic_as_an_error_at_its_position() {
    testkit::run(async || {
        let names = of("A", 5);
        let gate = Gate::in_turn(["A3", "A4", "A1", "A2", "A5"]);
        let model = move |working: &Working| {
            working.waits_at(&gate);
            assert_ne!(working.name(), "A2", "no such word");
            if working.name() == "A4" {
                panic_any(4);
            }
        };
        let service = Service::new(5, WorkLog::new(), model);

        let outcome = service.outcome(&names).await;

        let panicked = matches!(outcome, Observed::Panicked(_))
            && service.work.begun() > 0;
        expect(!panicked, "a document's panic became the call's")
            .asked("five results, two of them errors")
            .without_drawing()
            .because([(panicked, TAKES_ALL)]);
        let mut wanted = scored(&names);
        wanted[1] = "not scored".to_owned();
        wanted[3] = "not scored".to_owned();
        let results = outcome.returned("score_all");
        expect_same(&wanted, &results, "a panic is not at its position")
            .asked("one result for each document, an error for each panic")
            .without_drawing()
            .or_fail();
    });
}

#[test]
fn a_panic_costs_no_place() {
    testkit::run(async || {
        let gate = Gate::of(3);
        let held = gate.clone();
        let model = move |working: &Working| {
            assert!(!working.is_of("P"), "no such word");
            working.waits_at(&held);
        };
        let service = Service::new(3, WorkLog::new(), model);

        // Many more than there are places.
        let panics = service.outcome(&of("P", 20)).await;
        let panicked = service.work.begun();
        let returned = matches!(panics, Observed::Returned(_));
        if returned {
            let _ = service.outcome(&of("A", 5)).await;
        }

        // What a panic does to the call is another test's concern.
        let fine = gate.was_reached()
            || matches!(panics, Observed::Panicked(_))
            || all_places(3, &["A"]).await.work.most() < 3;
        expect(fine, "after panics, places are missing")
            .asked("the place of a document that panics is free again")
            .fact(format!("places: 3, documents that panicked: {panicked}"))
            .fact_if(returned, format!("in use then: {}", gate.most_inside()))
            .without_drawing()
            .because([(!fine, LOST_PLACE)]);
    });
}

#[test]
fn a_document_keeps_its_place_when_its_call_is_dropped() {
    testkit::run(async || {
        journal().declare(["call A"]);
        let most = most_of_two_calls(WorkLog::new(), true).await;

        // Of what does not keep the bound without a drop, nothing can be said.
        let fine =
            most <= 2 || most_of_two_calls(WorkLog::undrawn(), false).await > 2;
        expect(fine, "more documents are scored at once than may be")
            .asked("a place is free when its document is done, not before")
            .fact(format!("places: 2, being scored at once: {most}"))
            .because([(!fine, LET_GO)]);
    });
}

/// How many documents are scored at once by two calls on two places, the first
/// of which may be dropped while its documents are being scored.
async fn most_of_two_calls(work: WorkLog, dropped: bool) -> usize {
    let sign = Rendezvous::default();
    let held = sign.clone();
    let model = move |working: &Working| working.waits_for(&held);
    let service = Service::new(2, work, model);
    let (a, b) = (of("A", 2), of("B", 2));
    let drawn = dropped.then(|| journal().call("call A"));
    let mut first = Box::pin(service.call(&a));
    waits_or_ends(&mut first).await;
    drop(drawn);
    let _kept = (!dropped).then_some(first);
    waits_or_ends(pin!(service.call(&b))).await;
    sign.signal();
    at_rest_for(QUIET).await;
    service.work.most()
}

#[test]
fn a_dropped_call_begins_nothing_more() {
    testkit::run(async || {
        let sign = Rendezvous::default();
        let held = sign.clone();
        let model = move |working: &Working| working.waits_for(&held);
        let service = Service::new(1, WorkLog::new(), model);

        let names = of("A", 4);
        let mut call = Box::pin(service.call(&names));
        waits_or_ends(&mut call).await;
        // The first one has the place, even if it begins late.
        let before = service.work.begun().max(1);
        let held_before = service.work.has_waited_in_vain();
        drop(call);
        journal().step();
        let held = service.work.has_waited_in_vain() && !held_before;
        expect(!held, "dropping a call waits for its documents")
            .asked("other tasks go on while documents are being scored")
            .because([(held, JOINED_IN_DROP)]);
        // When all have learnt of the drop, A1 is done, and the next may come.
        at_rest_for(QUIET / 2).await;
        sign.signal();
        at_rest_for(QUIET).await;

        let after = service.work.begun().saturating_sub(before);
        expect(after == 0, "a call was dropped, and goes on")
            .asked("after a drop, no document of the call is begun")
            .fact(format!("begun before that: {before}, after it: {after}"))
            .because([(true, RUNS_ON)]);
    });
}

#[test]
fn a_dropped_call_costs_no_place() {
    testkit::run(async || {
        let gate = Gate::of(3);
        let (sign, held) = (Rendezvous::default(), gate.clone());
        let signalled = sign.clone();
        let model = move |working: &Working| match working {
            dropped if dropped.is_of("D") => dropped.waits_for(&signalled),
            last if last.is_of("A") => last.waits_at(&held),
            _ => {}
        };
        let service = Service::new(3, WorkLog::new(), model);

        // Three documents are being scored then, and five wait.
        waits_or_ends(Box::pin(service.call(&of("D", 8)))).await;
        sign.signal();
        at_rest_for(QUIET).await;
        // At each of its awaits.
        for polls in 1..10 {
            poll::cut_after(polls, service.call(&of("E", 4))).await;
        }
        let _ = service.outcome(&of("A", 5)).await;

        let fine =
            gate.was_reached() || all_places(3, &["A"]).await.work.most() < 3;
        expect(fine, "after calls were dropped, places are missing")
            .asked("the places of a dropped call become free again")
            .fact(format!("places: 3, in use at once: {}", gate.most_inside()))
            .without_drawing()
            .because([(!fine, GIVEN_BACK_LATE)]);
    });
}

#[test]
fn serves_many_calls_on_several_threads() {
    testkit::run_parallel(async || {
        let model = |_: &Working| thread::sleep(Duration::from_micros(700));
        let service = Service::new(4, WorkLog::undrawn(), model);
        let calls = [of("A", 437), of("B", 0), of("C", 112), of("D", 124)];

        let tasks = calls.clone().map(|call| {
            let service = service.clone();
            tokio::spawn(async move { service.results(&call).await })
        });

        for (call, task) in calls.iter().zip(tasks) {
            let Ok(results) = task.await else { continue };
            expect(results == scored(call), "a call has the wrong results")
                .asked("a score for each document of each call, in order")
                .or_fail();
        }
        let fine = service.work.most() <= 4;
        expect(fine, "more documents are scored at once than may be")
            .asked("at most 4 documents at once, on four threads")
            // How many, and for which reason, chance decides here.
            .or_fail();
    });
}

/// Polls a call until it has ended, or everything has come to rest.
async fn waits_or_ends(call: impl Future + Unpin) {
    select(call, pin!(at_rest_for(QUIET))).await;
}
