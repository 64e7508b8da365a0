//! What `offload` is asked for: one behaviour a test. On the runtime's thread
//! the tests' `render` never waits: a wrong answer fails and does not hang.

use std::{
    panic::panic_any,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::SeqCst},
        mpsc,
    },
    time::Duration,
};

use futures::future::join;
use testkit::{
    Gate, Heartbeat, Observed, Rendezvous, WorkLog, Working, at_rest_for,
    expect, expect_same, journal, observe, poll, probe, run, run_parallel,
    run_with_blocking_threads,
};
use tokio::{sync::Notify, task};

#[path = "offload/causes.rs"]
mod causes;
#[path = "offload/studio.rs"]
mod studio;

use causes::*;
use studio::*;

/// When all has been at rest for so long, what was going to start has started.
const QUIET: Duration = Duration::from_millis(100);

#[test]
fn gives_nothing_for_no_images() {
    run(async || {
        let studio = Studio::new(2, WorkLog::new(), |_| {});

        let outcome = studio.outcome(&[]).await;

        expect(outcome.came_back(), "the call for an empty list never returns")
            .because([(true, LIMIT_OF_NOTHING)]);
        assert!(outcome.returned("make_thumbnails").is_empty());
    });
}

#[test]
fn lets_other_tasks_run_meanwhile() {
    run(async || {
        let heart = Heartbeat::start();
        let beside = heart.clone();
        let render = move |working: &Working| beside.holds(working);
        let studio = Studio::new(1, WorkLog::new(), render);

        studio.results(&of("image ", 3)).await;
        heart.stop();

        studio.stays_off_the_runtime();
        let beats = heart.beats();
        let headline = "the runtime stalls while images are rendered";
        expect(!heart.has_missed(), headline)
            .asked("other tasks go on while images are being rendered")
            .fact(format!("beats of another task until the end: {beats}"))
            .without_drawing()
            .because([(beats == 0, SCOPED)]);
    });
}

#[test]
fn keeps_the_order_of_the_images() {
    run(async || {
        // One of them twice, and done in another order.
        let names = [3, 1, 5, 1, 4].map(|n| format!("image {n}"));
        let done = [4, 1, 5, 1, 3].map(|n| format!("image {n}"));
        let gate = Gate::in_turn(done.clone());
        let render = move |working: &Working| working.waits_at(&gate);
        let studio = Studio::new(5, WorkLog::new(), render);

        let results = studio.results(&names).await;

        let headline = "the thumbnails are not in the order of the images";
        expect_same(&rendered(&names), &results, headline)
            .without_drawing()
            .because([(results == rendered(&done), COMPLETION_ORDER)]);
    });
}

#[test]
fn uses_every_slot() {
    run(async || {
        for more in [9, 11] {
            let studio = all_slots(cores() + more).await;

            studio.stays_off_the_runtime();
            let most = studio.work.most();
            let threads = studio.threads_of_rayon.load(SeqCst);
            let in_rayon = (1..cores() + more).contains(&threads);
            let capped = most == cores() && !in_rayon;
            expect(most >= cores() + more, "slots are idle while images wait")
                .asked("an image in each slot while images wait")
                .fact(format!("slots: {more} more than there are cores"))
                .fact_if(capped, "in use at once: as many as there are cores")
                .without_drawing()
                .because([
                    (in_rayon, RAYON_GLOBAL),
                    (most == 1, ONE_AT_A_TIME),
                ]);
        }
    });
}

#[test]
fn starts_the_next_as_soon_as_one_is_done() {
    run(async || {
        let (names, others) = (of("image ", 7), of("other ", 3));
        let all = [names.clone(), others.clone()].concat();
        // Image 2 is done when the nine others are.
        let gate = Gate::of(usize::MAX);
        let (stop, at_the_stop) = mpsc::channel();
        let (held, done) = (gate.clone(), AtomicUsize::new(0));
        let render = move |working: &Working| {
            if working.name() == "image 2" {
                working.waits_at(&held);
                let _ = stop.send(working.log().not_begun(&all));
            } else if done.fetch_add(1, SeqCst) == 8 {
                held.open();
            }
        };
        let studio = Studio::new(3, WorkLog::new(), render);

        join(studio.results(&names), studio.results(&others)).await;

        studio.stays_off_the_runtime();
        let waiting = at_the_stop.try_recv().unwrap_or_default();
        let left = waiting.join(", ");
        let fine = gate.was_reached() || !uses_every_slot_of_many().await;
        expect(fine, "images wait while slots are idle")
            .asked("whichever image is done, the next one starts at once")
            .fact(format!("slots: 3, in use: 1, not started: {left}"))
            .without_drawing()
            .because([
                (waiting == names[3..], ROUNDS),
                (waiting == names[4..], WINDOW),
                (waiting == others, CALL_AFTER_CALL),
            ]);
    });
}

#[test]
fn never_renders_more_than_there_are_slots() {
    run(async || {
        let gate = Gate::of(8);
        let render = move |working: &Working| working.waits_at(&gate);
        let studio = Studio::new(3, WorkLog::new(), render);

        let (a, b) = (of("A", 4), of("B", 4));
        join(studio.results(&a), studio.results(&b)).await;

        let work = &studio.work;
        let (most, of_a_call) = (work.most(), work.most_of_a_group());
        expect(most <= 3, "more images are rendered at once than may be")
            .asked("at most as many as there are slots, in all calls together")
            .fact(format!("slots: 3, at once: {most}, of a call: {of_a_call}"))
            .without_drawing()
            .because([
                (most == 8, UNBOUNDED),
                (most == 6 && of_a_call == 3, OWN_LIMIT),
            ]);
    });
}

#[test]
fn an_image_that_waits_holds_no_thread() {
    // Four threads for blocking work: three for images, one for others.
    run_with_blocking_threads(4, async || {
        let (gate, begun) = (Gate::of(usize::MAX), Arc::new(Notify::new()));
        let (held, begins) = (gate.clone(), Arc::clone(&begun));
        let render = move |working: &Working| {
            begins.notify_one();
            working.waits_at(&held);
        };
        let studio = Studio::new(3, WorkLog::new(), render);
        let before = probe::threads();
        // Images are done when another request has had a thread of the pool.
        let opens = gate.clone();
        let other = task::spawn(async move {
            begun.notified().await;
            let seen = (!opens.has_given_up(), probe::threads());
            let _ = task::spawn_blocking(|| {}).await;
            opens.open();
            seen
        });

        let results = studio.results(&of("image ", 900)).await;

        studio.stays_off_the_runtime();
        expect(results.len() == 900, "not every image was rendered").or_fail();
        let (in_time, during) = other.await.unwrap_or_default();
        let most = studio.work.most();
        let taken = in_time && !gate.was_reached();
        // Threads of the code's own are counted where the system tells.
        let own =
            during.zip(before).is_some_and(|(now, then)| now >= then + 890);
        // A rayon pool that is small may be held by another test's images.
        let in_rayon = studio.threads_of_rayon.load(SeqCst) > 0;
        let fine = in_rayon || in_time && !taken && !own;
        expect(fine, "more threads are held than needed")
            .asked("an image that waits for a slot holds no thread")
            .fact(format!("images: 900, slots: 3, rendered at once: {most}"))
            .fact_if(taken, "threads in the blocking pool: 4, free: 0")
            .fact_if(in_time && own, "threads started: one for each image")
            .without_drawing()
            .because([
                (!in_time, SCOPED),
                (taken && most > 3, FILLS_THE_POOL),
                (taken, WAITS_INSIDE),
            ]);
    });
}

#[test]
fn returns_a_panic_as_an_error_at_its_position() {
    run(async || {
        let mut names = of("image ", 6);
        names[0].clear(); // An image of no bytes is one, too.
        let done = [2, 3, 0, 1, 4, 5];
        let gate = Gate::in_turn(done.map(|position| names[position].clone()));
        let render = move |working: &Working| {
            working.waits_at(&gate);
            match working.name() {
                "image 2" => panic_any("unexpected end of file"),
                "image 4" => panic!("no such marker:\n{}", working.name()),
                "image 6" => panic_any(6),
                _ => {}
            }
        };
        let studio = Studio::new(6, WorkLog::new(), render);

        let outcome = studio.outcome(&names).await;

        let panic = outcome.panic_message().unwrap_or_default();
        let passed_on = panic.contains("image 4") || panic.contains("end of");
        expect(!passed_on, "an image's panic became the call's")
            .without_drawing()
            .because([(passed_on, TAKES_ALL)]);
        let results = outcome.returned("make_thumbnails");
        let begun = studio.work.begun();
        expect(begun == 6, "not each image is rendered once")
            .fact(format!("images: 6, rendered: {begun}"))
            .without_drawing()
            .or_fail();
        let mut wanted = rendered(&names);
        wanted[1] = "panic: unexpected end of file".into();
        wanted[3] = "panic: no such marker:, image 4".into();
        wanted[5] = "panic: a panic without a message".into();
        let in_order = |order: &[usize]| {
            results.iter().eq(order.iter().map(|&it| &wanted[it]))
        };
        let last = results.get(5).map(String::as_str);
        expect_same(&wanted, &results, "a panic is misreported")
            .asked("a result for each image, panics with their message")
            .without_drawing()
            .because([
                (in_order(&[0, 2, 4]), PANICS_LEFT_OUT),
                (in_order(&done), COMPLETION_ORDER),
                (in_order(&[0, 3, 2, 1, 4, 5]), PANICS_IN_ORDER),
                (last == Some(BLANK_THUMBNAIL), BLANK),
                (last == Some(JOIN_ERROR), JOIN_ERROR_SHOWN),
            ]);
    });
}

#[test]
fn a_panic_costs_no_slot() {
    run(async || {
        let (reached, outcome) = reaches_the_last(true).await;

        let panic = outcome.panic_message().unwrap_or_default();
        if panic.contains("is broken") {
            return; // Another test's concern, as is what leaves slots idle.
        }
        let fine = reached
            || !uses_every_slot_of_many().await
            || !reaches_the_last(false).await.0;
        expect(fine, "after panics, an image is not started")
            .asked("the slot of an image that panics is free again")
            .fact("slots: 2, kept for long: 1, images that panic then: 29")
            .without_drawing()
            .because([(!outcome.came_back(), SLOT_BY_HAND)]);
        outcome.returned("make_thumbnails");
    });
}

/// Whether the last of 31 images starts while the first one is held, and those
/// in between may panic.
async fn reaches_the_last(panics: bool) -> (bool, Observed<Vec<String>>) {
    let gate = Gate::of(usize::MAX);
    let held = gate.clone();
    let render = move |working: &Working| match working.name() {
        "image 1" => working.waits_at(&held),
        "image 31" => held.open(),
        name => assert!(!panics, "{name} is broken"),
    };
    let studio = Studio::new(2, WorkLog::new(), render);
    let outcome = studio.outcome(&of("image ", 31)).await;
    (gate.was_reached(), outcome)
}

#[test]
fn starts_nothing_more_once_it_is_dropped() {
    run(async || {
        let it = Dropped::call().await;

        expect(!it.is_held, "dropping a call waits for its images")
            .because([(true, JOINED_IN_DROP)]);
        // The first one has the slot, even if it is started late.
        let after = it.studio.work.begun().saturating_sub(it.started.max(1));
        expect(after == 0, "a call was dropped, and goes on")
            .asked("an image that has no slot yet never starts")
            .fact(format!("slots: 1, started after that: {after}"))
            .without_drawing()
            .because([(true, DETACHED)]);
    });
}

#[test]
fn an_image_keeps_its_slot_when_its_call_is_dropped() {
    run(async || {
        let it = Dropped::call().await;

        // What took no slot is another test's concern, and so is a slow drop.
        let fine = it.free != [0, 1] || it.is_held;
        expect(fine, "a slot is free before its image is done")
            .asked("an image that is being rendered keeps its slot to the end")
            .because([(true, LET_GO)]);
    });
}

#[test]
fn a_dropped_call_costs_no_slot() {
    run(async || {
        let studio = Dropped::call().await.studio;
        // At each of its awaits.
        for polls in 1..10 {
            poll::cut_after(polls, studio.call(&of("image ", 4))).await;
        }

        let slot = observe(studio.slots.acquire()).await;
        expect(slot.came_back(), "after calls were dropped, a slot is missing")
            .asked("the slots of a dropped call become free again")
            .without_drawing()
            .because([(true, GIVEN_BACK_LATE)]);
    });
}

/// A call of four images with one slot, dropped while the first was rendered.
struct Dropped {
    studio: Studio,
    /// Images that were started before it was dropped.
    started: usize,
    /// Whether the drop took as long as the image.
    is_held: bool,
    /// Slots that were free before it and after it.
    free: [usize; 2],
}

impl Dropped {
    /// Makes such a call and drops it; then the image is done.
    async fn call() -> Self {
        journal().declare(["the call"]);
        let sign = Rendezvous::default();
        let held = sign.clone();
        let render = move |working: &Working| working.waits_for(&held);
        let studio = Studio::new(1, WorkLog::new(), render);
        let (work, slots) = (&studio.work, &studio.slots);

        let names = of("image ", 4);
        let drawn = journal().call("the call");
        let mut call = Box::pin(studio.outcome(&names));
        tokio::select! {
            outcome = &mut call => drop(outcome.returned("make_thumbnails")),
            () = at_rest_for(QUIET) => {}
        }
        let (started, before) = (work.begun(), slots.available_permits());
        let held_before = work.has_waited_in_vain();
        drop(call);
        drop(drawn);
        journal().step();
        let is_held = work.has_waited_in_vain() && !held_before;
        // When all have learnt of the drop, image 1 is done.
        at_rest_for(QUIET / 2).await;
        let free = [before, slots.available_permits()];
        sign.signal();
        at_rest_for(QUIET).await;
        Self { studio, started, is_held, free }
    }
}

#[test]
fn serves_two_calls_on_several_threads() {
    run_parallel(async || {
        // At first, there is time for one more than may be there.
        let render = |working: &Working| {
            let work = working.log();
            if work.begun() <= 17 {
                probe::comes_true(QUIET, || work.most() > 16);
            }
        };
        let studio = Studio::new(16, WorkLog::undrawn(), render);
        let calls = [of("A", 217), of("B", 131)];

        let tasks = calls.clone().map(|call| tokio::spawn(studio.call(&call)));

        for (call, task) in calls.iter().zip(tasks) {
            let joined = observe(task).await.returned("make_thumbnails");
            let fine = joined.is_ok_and(|results| results == rendered(call));
            expect(fine, "a call has the wrong results").or_fail();
        }
        let fine = studio.work.most() <= 16;
        expect(fine, "more images are rendered at once than may be").or_fail();
    });
}
