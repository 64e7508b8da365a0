//! What `offload` is asked for: one behaviour a test.
//!
//! `render` is the tests' own, and each call of it is drawn on its image's
//! lane. On the runtime's thread it never waits for anybody, so that a wrong
//! answer fails instead of hanging.

use std::{
    any::Any,
    num::NonZeroUsize,
    panic::AssertUnwindSafe,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst},
    },
    thread,
    time::Duration,
};

use futures::FutureExt;
use offload::{Image, Thumbnail, ThumbnailError, make_thumbnails};
use testkit::{
    Call, Cause, Gate, InFlight, Membership, Rendezvous, RuntimeThread,
    Verdict, panics, probe,
};
use tokio::{
    sync::Semaphore,
    task,
    time::{sleep, timeout},
};

#[path = "offload/causes.rs"]
mod causes;

use causes::*;

/// As long as this means never: a render takes milliseconds here.
const NEVER: Duration = Duration::from_secs(2);

/// With what the rendering panics.
const END_OF_FILE: &str = "unexpected end of file";
const NO_MARKER: &str = "no such marker";

/// When all has been at rest for so long, what was going to start has started.
const QUIET: Duration = Duration::from_millis(100);

#[test]
fn gives_nothing_for_no_images() {
    testkit::run(async || {
        let studio = Studio::new();

        let thumbnails = match studio.call(&[], 2, |_| {}).await {
            Outcome::Done(thumbnails) => thumbnails,
            Outcome::Panicked(payload) => std::panic::resume_unwind(payload),
            Outcome::Hung => Verdict::new("an empty list never comes back")
                .asked("no results for no images, at once")
                .fact("images: 0, rendered: 0, and still something waits")
                .because(LIMIT_OF_NOTHING)
                .fail(),
        };

        if !thumbnails.is_empty() {
            Verdict::new("no images were given, and something came of it")
                .asked("no results for no images")
                .fact(format!("results: {}, wanted: 0", thumbnails.len()))
                .fail();
        }
    });
}

#[test]
fn renders_away_from_the_runtime() {
    testkit::run(async || {
        let studio = Studio::new();

        let mut thumbnails = studio.thumbnails(&to::<3>(), 2, |_| {}).await;

        studio.stays_off_the_runtime();
        // Their order is another test's concern.
        thumbnails.sort();
        Verdict::new("the thumbnails are not those of the images")
            .asked("one thumbnail for each of three images")
            .fail_unless_same(&to::<3>().map(small), &thumbnails);
    });
}

#[test]
fn lets_other_tasks_run_meanwhile() {
    testkit::run(async || {
        testkit::journal().declare(["heartbeat"]);
        let studio = Studio::new();
        let beat = Duration::from_millis(4);
        let beats = || [(); 3].map(|()| Rendezvous::default());
        let (done, stalled) = (beats(), Arc::new(AtomicBool::new(false)));
        let turns = Arc::new(AtomicUsize::new(0));
        let turns_by_then = Arc::new(AtomicUsize::new(0));

        let heart = task::spawn({
            let (studio, done) = (studio.clone(), done.clone());
            let turns = Arc::clone(&turns);
            async move {
                for done in &done {
                    studio.has_started(1).await;
                    for _ in 0..3 {
                        sleep(beat).await;
                        turns.fetch_add(1, SeqCst);
                        testkit::journal().mark("heartbeat", "beat");
                    }
                    done.signal();
                }
            }
        });
        // An image is done when the heart has beaten three times. On the
        // runtime's thread it takes as long as three beats do.
        let (calls, stops) = (AtomicUsize::new(0), Arc::clone(&stalled));
        let seen = Arc::clone(&turns_by_then);
        studio
            .thumbnails(&to::<3>(), 1, move |rendering| {
                let done = &done[calls.fetch_add(1, SeqCst) % 3];
                if rendering.on_the_runtime {
                    thread::sleep(3 * beat);
                } else if !stops.load(SeqCst) && !done.wait(NEVER) {
                    seen.store(turns.load(SeqCst), SeqCst);
                    stops.store(true, SeqCst);
                }
            })
            .await;
        let _ = timeout(NEVER, heart).await;

        studio.stays_off_the_runtime();
        if stalled.load(SeqCst) {
            let turns = turns_by_then.load(SeqCst);
            holds_the_runtime(turns).without_drawing().fail();
        }
        studio.has_rendered(3);
    });
}

#[test]
fn keeps_the_order_of_the_input() {
    testkit::run(async || {
        // Five images, one of them twice, finished in an order of their own.
        let images = [3, 1, 5, 1, 4];
        let finished = [4, 1, 5, 1, 3];
        let studio = Studio::new();
        let gate = Gate::in_turn(finished.map(lane));

        let thumbnails = studio
            .thumbnails(&images, 5, move |rendering| {
                rendering.waits_at(&gate);
                // What has its turn now is drawn after what had it before.
                testkit::journal().step();
            })
            .await;

        let verdict =
            Verdict::new("the thumbnails are not in the order of the images")
                .asked("result number n belongs to image number n");
        let verdict = if thumbnails == finished.map(small) {
            verdict.because(COMPLETION_ORDER)
        } else {
            verdict
        };
        verdict.fail_unless_same(&images.map(small), &thumbnails);
    });
}

#[test]
fn renders_as_many_at_once_as_allowed() {
    testkit::run(async || {
        let studio = Studio::new();
        let gate = Gate::of(3);
        let held = gate.clone();

        studio
            .thumbnails(&to::<6>(), 3, move |rendering| {
                rendering.waits_at(&held);
            })
            .await;

        if gate.was_reached() {
            return;
        }
        studio.stays_off_the_runtime();
        studio.has_rendered(6);
        let most = studio.in_flight.most();
        let verdict = if most == 1 {
            Verdict::new("the images were rendered one after another")
                .because(ONE_AT_A_TIME)
        } else {
            Verdict::new("fewer images were rendered at once than may be")
        };
        verdict
            .asked("three of six images being rendered at the same time")
            .fact(format!("rendered at once: {most}, wanted: 3"))
            .fail();
    });
}

#[test]
fn never_renders_more_than_allowed() {
    testkit::run(async || {
        let most = most_of_eight().await;

        if most <= 3 {
            return;
        }
        let verdict =
            Verdict::new("more images were rendered at once than may be")
                .asked("at most three of eight images at the same time")
                .fact(format!("rendered at once: {most}, allowed: 3"));
        if most < 8 {
            verdict.fail();
        }
        verdict.because(UNBOUNDED).fail();
    });
}

/// How many of eight images are rendered at once where three may be.
async fn most_of_eight() -> usize {
    let studio = Studio::new();
    // Opens for eight at once; with three it waits until no more come.
    let gate = Gate::impatient(8, QUIET);
    studio
        .thumbnails(&to::<8>(), 3, move |rendering| rendering.waits_at(&gate))
        .await;
    studio.in_flight.most()
}

#[test]
fn starts_the_next_as_soon_as_one_is_done() {
    testkit::run(async || {
        let studio = Studio::new();
        // Image 2 is a large one: it is done when the six others are.
        let gate = Gate::of(usize::MAX);
        let done = Arc::new(AtomicUsize::new(0));
        let at_the_stop = Arc::new(Mutex::new((0, Vec::new())));
        let (held, others) = (gate.clone(), Arc::clone(&done));
        let (stop, counts) = (Arc::clone(&at_the_stop), studio.clone());

        studio
            .thumbnails(&to::<7>(), 3, move |rendering| {
                if rendering.image == 2 {
                    rendering.waits_at(&held);
                    *lock(&stop) = (others.load(SeqCst), counts.waiting(7));
                } else if others.fetch_add(1, SeqCst) == 5 {
                    held.open();
                }
            })
            .await;

        if gate.was_reached() {
            return;
        }
        studio.stays_off_the_runtime();
        studio.has_rendered(7);
        let (done, waiting) = lock(&at_the_stop).clone();
        let verdict = Verdict::new("images waited while slots were free")
            .asked("whichever image is done, the next one starts at once")
            .fact("slots: 3, taken: 1, by image 2, which is a large one")
            .fact(format!("others done meanwhile: {done}, wanted: 6"))
            .fact(format!("waiting: image {}", waiting.join(", ")))
            // The rest of the run shows only what came after the stop.
            .without_drawing();
        let waiting: Vec<_> = waiting.iter().map(String::as_str).collect();
        // How many were together here is a matter of chance: most end at once.
        let most = most_of_eight().await;
        let verdict = match (most, done, &waiting[..]) {
            (1, 1, ["3", ..]) => verdict.because(ONE_AT_A_TIME),
            (3, 2, ["4", "5", "6", "7"]) => verdict.because(ROUNDS),
            (3, 3, ["5", "6", "7"]) => verdict.because(WINDOW),
            _ => verdict,
        };
        verdict.fail();
    });
}

#[test]
fn an_image_that_waits_holds_no_thread() {
    // Four threads for blocking work: three for images, one for others.
    testkit::run_with_blocking_threads(4, async || {
        let images: Vec<usize> = (1..=300).collect();
        let studio = Studio::new();
        let gate = Gate::of(usize::MAX);
        let before = probe::threads();

        // Another request wants a thread of the pool for a moment. The images
        // are not done until it has had one.
        let other = task::spawn({
            let (studio, gate) = (studio.clone(), gate.clone());
            async move {
                studio.has_started(1).await;
                let in_time = studio.in_flight.now() > 0;
                let threads = probe::threads();
                let _ = task::spawn_blocking(|| {}).await;
                gate.open();
                (in_time, threads)
            }
        });
        let held = gate.clone();
        studio
            .thumbnails(&images, 3, move |rendering| rendering.waits_at(&held))
            .await;

        studio.stays_off_the_runtime();
        studio.has_rendered(300);
        let Ok(Ok((in_time, during))) = timeout(NEVER, other).await else {
            return;
        };
        if !in_time {
            holds_the_runtime(0).without_drawing().fail();
        }
        let verdict = Verdict::new("something that only waits holds threads")
            .asked("an image that waits for its turn holds no thread")
            .fact("images: 300, of which three may be rendered at once")
            .without_drawing();
        if !gate.was_reached() {
            let most = studio.in_flight.most();
            let facts = format!(
                "threads in the blocking pool: 4 in this test, rendering: \
                 {most}, free: 0"
            );
            if most > 3 {
                Verdict::new("the images take the whole pool")
                    .asked("three images at once, and a thread for others")
                    .fact(facts)
                    .without_drawing()
                    .because(FILLS_THE_POOL)
                    .fail();
            }
            verdict.fact(facts).because(WAITS_INSIDE).fail();
        }
        // Threads of the code's own are counted where the system tells.
        if during.zip(before).is_some_and(|(now, then)| now >= then + 290) {
            verdict
                .fact("threads that were started: one for each image")
                .fail();
        }
    });
}

#[test]
fn returns_a_panic_as_an_error_in_its_place() {
    testkit::run(async || {
        let studio = Studio::new();

        // They end one after another, and image 4 panics before image 2.
        let finished = [3, 4, 1, 2, 5];
        let gate = Gate::in_turn(finished.map(lane));

        let outcome = studio
            .call(&to::<5>(), 5, move |rendering| {
                rendering.waits_at(&gate);
                match rendering.image {
                    2 => panic!("{END_OF_FILE}"),
                    4 => panic!("{NO_MARKER}: {}", rendering.image),
                    _ => {}
                }
            })
            .await;

        let verdict = Verdict::new("a panic is not in its place")
            .asked("one result for each image, panics with their message")
            .without_drawing();
        let thumbnails = match outcome {
            Outcome::Done(thumbnails) => thumbnails,
            Outcome::Hung => Verdict::new("after a panic nothing came back")
                .asked("one result for each image, panics with their message")
                .fail(),
            // No image has panicked yet: the code did.
            Outcome::Panicked(payload) if studio.in_flight.ever() == 0 => {
                std::panic::resume_unwind(payload)
            }
            Outcome::Panicked(payload) => {
                studio.stays_off_the_runtime();
                let text = message(&*payload);
                if !text.contains(END_OF_FILE) && !text.contains(NO_MARKER) {
                    std::panic::resume_unwind(payload);
                }
                Verdict::new("the panic of an image became that of the call")
                    .asked("five results, two of them errors")
                    .fact("images that panicked: 2, results: none")
                    .because(TAKES_ALL)
                    .without_drawing()
                    .fail()
            }
        };
        let wanted = [
            "thumbnail of image 1",
            "panic: unexpected end of file",
            "thumbnail of image 3",
            "panic: no such marker: 4",
            "thumbnail of image 5",
        ];
        let verdict = match cause_of(&thumbnails, &wanted, finished) {
            Some(cause) => verdict.because(cause),
            None => verdict,
        };
        verdict.fail_unless_same(&wanted, &thumbnails);
    });
}

/// Why `got` is not as `wanted`, whose second and fourth are panics. The images
/// were `finished` in this order.
fn cause_of(
    got: &[String],
    wanted: &[&str; 5],
    finished: [usize; 5],
) -> Option<Cause> {
    let [one, two, three, four, five] = *wanted;
    let by_the_end = finished.map(|image| wanted[image - 1]);
    // What is in the places of the two panics.
    let panics = match got {
        [_, second, _, fourth, _] => [second, fourth].map(String::as_str),
        _ => Default::default(),
    };
    let shown = |(got, wanted): (&str, &str)| {
        let message = wanted.trim_start_matches("panic: ");
        got.starts_with("panic: task ") && got.contains(message)
    };
    if got == [one, three, five] {
        Some(PANICS_LEFT_OUT)
    } else if got == by_the_end {
        Some(COMPLETION_ORDER)
    } else if got == [one, four, three, two, five] {
        Some(PANICS_IN_ORDER)
    } else if panics == ["a blank thumbnail"; 2] {
        Some(BLANK)
    } else if panics.into_iter().zip([two, four]).all(shown) {
        Some(JOIN_ERROR_SHOWN)
    } else {
        None
    }
}

#[test]
fn a_panic_costs_no_slot() {
    testkit::run(async || {
        let studio = Studio::new();

        // With two slots, two panics could take both.
        let outcome = studio
            .call(&to::<6>(), 2, |rendering| {
                assert!(rendering.image > 2, "{END_OF_FILE}");
            })
            .await;

        let started = studio.in_flight.ever();
        if started == 6 && !matches!(outcome, Outcome::Hung) {
            return;
        }
        if let Outcome::Panicked(payload) = outcome {
            if started == 0 {
                std::panic::resume_unwind(payload);
            }
            // What a panic does to the results is another test's concern.
            return;
        }
        let verdict = Verdict::new("images were left behind after a panic")
            .asked("the slot of an image that panics goes to the next one")
            .fact("slots: 2, images that panic: 2")
            .fact(format!("images started: {started}, wanted: 6"))
            .without_drawing();
        if started == 2 && matches!(outcome, Outcome::Hung) {
            verdict.because(SLOT_BY_HAND).fail();
        }
        verdict.fail();
    });
}

#[test]
fn starts_nothing_more_once_it_is_dropped() {
    testkit::run(async || {
        let the_call = "the future";
        testkit::journal().declare([the_call]);
        let studio = Studio {
            // Which image comes first is not asked.
            drawn_by_start: true,
            ..Studio::new()
        };
        let gate = Gate::of(usize::MAX);

        let waited_for = testkit::journal().call(the_call);
        let images = to::<4>();
        let held = gate.clone();
        let mut call = Box::pin(studio.call(&images, 1, move |rendering| {
            rendering.waits_at(&held);
        }));
        let outcome = tokio::select! {
            biased;
            outcome = &mut call => Some(outcome),
            () = studio.has_started(1) => None,
        };
        if let Some(outcome) = outcome {
            waited_for.finished();
            studio.done(outcome);
            studio.stays_off_the_runtime();
            studio.has_rendered(4);
            holds_the_runtime(0).fail();
        }
        let had_given_up = gate.has_given_up();
        // Cancelled, while the first image is being rendered.
        drop(call);
        drop(waited_for);
        testkit::journal().step();
        if gate.has_given_up() && !had_given_up {
            Verdict::new("dropping the future waited for the rendering")
                .asked("a drop that returns at once: others need its thread")
                .because(JOINED_IN_DROP)
                .fail();
        }
        // Whoever learns of the drop learns of it. Then the first image ends,
        // and what comes next comes.
        testkit::at_rest_for(QUIET / 2).await;
        gate.open();
        testkit::at_rest_for(QUIET).await;

        let started = studio.in_flight.ever();
        // If all were started at once there was nothing left to start.
        if started == 1 || studio.in_flight.most() > 1 {
            return;
        }
        Verdict::new("images were started after the future had been dropped")
            .asked("an image that has not started by then never does")
            .fact(format!("started afterwards: {}, wanted: 0", started - 1))
            .because(DETACHED)
            .fail();
    });
}

#[test]
fn renders_two_hundred() {
    testkit::run_parallel(async || {
        let images: Vec<usize> = (1..=200).collect();
        let studio = Studio::new();

        // Each takes 0 to 3 ms, so that some overtake others.
        let thumbnails = studio
            .thumbnails(&images, 16, |rendering| {
                let millis = rendering.image * 7 % 4;
                thread::sleep(Duration::from_millis(millis as u64));
            })
            .await;

        let wanted: Vec<_> = images.into_iter().map(small).collect();
        if thumbnails == wanted {
            return;
        }
        let verdict =
            Verdict::new("two hundred images do not give their thumbnails")
                .asked("two hundred results in the order of the images")
                .fact(format!("results: {}, wanted: 200", thumbnails.len()))
                .without_drawing();
        let mut sorted = thumbnails;
        sorted.sort();
        let mut all = wanted;
        all.sort();
        if sorted == all {
            verdict
                .fact("all thumbnails are there, not all at their places")
                .fail();
        }
        verdict.fail();
    });
}

/// What became of a call of `make_thumbnails`.
enum Outcome {
    Done(Vec<String>),
    Panicked(Box<dyn Any + Send>),
    Hung,
}

/// Where the images of one test are rendered, and what was seen there.
#[derive(Clone)]
struct Studio {
    in_flight: InFlight,
    /// One permit for each image that has started.
    started: Arc<Semaphore>,
    names: Arc<Mutex<Vec<usize>>>,
    /// Whether the first image was started only when everything had come to
    /// rest without it.
    late: Arc<AtomicBool>,
    /// Whether lanes are named after the order of the starts, not the images.
    drawn_by_start: bool,
    runtime: RuntimeThread,
    on_the_runtime: Arc<AtomicUsize>,
    in_a_task: Arc<AtomicBool>,
    run: Membership,
}

/// One image being rendered.
struct Rendering {
    image: usize,
    /// Set if the first image finds that its gate has given up.
    late: Option<Arc<AtomicBool>>,
    on_the_runtime: bool,
    call: Option<Call>,
}

impl Studio {
    fn new() -> Self {
        Self {
            in_flight: InFlight::default(),
            started: Arc::new(Semaphore::new(0)),
            names: Arc::default(),
            late: Arc::default(),
            drawn_by_start: false,
            runtime: RuntimeThread::here(),
            on_the_runtime: Arc::default(),
            in_a_task: Arc::default(),
            run: Membership::of_this_thread(),
        }
    }

    /// Calls `make_thumbnails`; `work` is what rendering an image takes.
    async fn call<W>(&self, images: &[usize], limit: usize, work: W) -> Outcome
    where
        W: Fn(&Rendering) + Send + Sync + 'static,
    {
        let images = images.iter().map(|&n| Image(lane(n).into())).collect();
        let limit = NonZeroUsize::new(limit).unwrap_or(NonZeroUsize::MIN);
        let (studio, work) = (self.clone(), Arc::new(work));
        let render = move |image: &Image| studio.render(image, &*work);
        let call = make_thumbnails(render, images, limit);
        let outcome =
            match timeout(NEVER, AssertUnwindSafe(call).catch_unwind()).await {
                Ok(Ok(results)) => {
                    Outcome::Done(results.iter().map(told).collect())
                }
                Ok(Err(payload)) => Outcome::Panicked(payload),
                Err(_) => Outcome::Hung,
            };
        refuses_block_in_place();
        outcome
    }

    /// The thumbnails in words, where a panic or a hang is not expected.
    async fn thumbnails<W>(
        &self,
        images: &[usize],
        limit: usize,
        work: W,
    ) -> Vec<String>
    where
        W: Fn(&Rendering) + Send + Sync + 'static,
    {
        let outcome = self.call(images, limit, work).await;
        self.done(outcome)
    }

    /// The thumbnails, where neither a panic nor a hang is expected.
    fn done(&self, outcome: Outcome) -> Vec<String> {
        match outcome {
            Outcome::Done(thumbnails) => thumbnails,
            Outcome::Panicked(payload) => std::panic::resume_unwind(payload),
            Outcome::Hung => Verdict::new("the thumbnails never came")
                .fact(format!("images started: {}", self.in_flight.ever()))
                .fail(),
        }
    }

    fn render(&self, image: &Image, work: &dyn Fn(&Rendering)) -> Thumbnail {
        self.run.join();
        let name = String::from_utf8_lossy(&image.0).into_owned();
        let on_the_runtime = self.runtime.is_here();
        if on_the_runtime {
            self.on_the_runtime.fetch_add(1, SeqCst);
            self.in_a_task.store(task::try_id().is_some(), SeqCst);
        }
        let image = name.trim_start_matches("image ").parse().unwrap_or(0);
        let mut names = lock(&self.names);
        names.push(image);
        let lane = if self.drawn_by_start {
            format!("rendering {}", names.len())
        } else {
            name.clone()
        };
        let call = Some(testkit::journal().call(&lane));
        let is_first = names.len() == 1;
        drop(names);
        let rendering = Rendering {
            image,
            late: is_first.then(|| Arc::clone(&self.late)),
            on_the_runtime,
            call,
        };
        let _inside = self.in_flight.enter();
        self.started.add_permits(1);
        work(&rendering);
        Thumbnail(format!("thumbnail of {name}").into())
    }

    /// Waits until `images` more have started.
    async fn has_started(&self, images: u32) {
        if let Ok(permits) = self.started.acquire_many(images).await {
            permits.forget();
        }
    }

    /// Fails if an image was rendered on the runtime's thread.
    fn stays_off_the_runtime(&self) {
        let here = self.on_the_runtime.load(SeqCst);
        if here == 0 {
            return;
        }
        let verdict =
            Verdict::new("images were rendered on the runtime's thread")
                .asked("`render` runs on a thread that is not the runtime's")
                .fact(format!(
                    "rendered there: {here} of {}",
                    self.in_flight.ever()
                ));
        let cause = if self.in_a_task.load(SeqCst) { SPAWNED } else { INLINE };
        verdict.because(cause).fail();
    }

    /// Those of the images from 1 to `last` that have not started.
    fn waiting(&self, last: usize) -> Vec<String> {
        let started = lock(&self.names);
        let waiting = (1..=last).filter(|image| !started.contains(image));
        waiting.map(|image| image.to_string()).collect()
    }

    /// Fails unless `images` were rendered, the first of them without delay:
    /// what else was seen says nothing then.
    fn has_rendered(&self, images: usize) {
        if self.late.load(SeqCst) {
            Verdict::new("no image was started, though every slot was free")
                .asked("an image starts as soon as there is a slot for it")
                .fact("images started when all had come to rest: 0, wanted: 1")
                .without_drawing()
                .fail();
        }
        let rendered = self.in_flight.ever();
        if rendered < images {
            Verdict::new("not every image was rendered")
                .fact(format!("rendered: {rendered}, wanted: {images}"))
                .fail();
        }
    }
}

impl Rendering {
    /// Waits until the gate opens; not on the runtime's thread, where nobody
    /// could open it.
    fn waits_at(&self, gate: &Gate) {
        if let Some(call) = &self.call
            && !self.on_the_runtime
        {
            if let Some(late) = &self.late {
                late.store(gate.has_given_up(), SeqCst);
            }
            gate.pass_blocking(call);
        }
    }
}

impl Drop for Rendering {
    /// Ends the call's span, also in a panic.
    fn drop(&mut self) {
        match self.call.take() {
            Some(call) if self.on_the_runtime => call.blocked(),
            Some(call) => call.finished(),
            None => {}
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn refuses_block_in_place() {
    const REFUSED: &str = "can call blocking only when running on the \
                           multi-threaded runtime";
    if panics::seen().iter().any(|panic| panic.contains(REFUSED)) {
        Verdict::new("`block_in_place` panicked on a runtime of one thread")
            .asked("thumbnails on every kind of runtime")
            .fact(format!("the panic: {REFUSED}"))
            .because(IN_PLACE)
            .without_drawing()
            .fail();
    }
}

/// For work that is done elsewhere, and awaited by blocking: meanwhile another
/// task had so many turns.
fn holds_the_runtime(turns: usize) -> Verdict {
    let verdict =
        Verdict::new("the runtime stood still while images were rendered")
            .asked("other tasks go on while images are rendered")
            .fact("images rendered on the runtime's thread: 0")
            .fact(format!(
                "turns of another task while the first was rendered: {turns}"
            ));
    if turns == 0 { verdict.because(SCOPED) } else { verdict }
}

/// The images from 1 to `N`.
fn to<const N: usize>() -> [usize; N] {
    std::array::from_fn(|place| place + 1)
}

fn lane(image: usize) -> String {
    format!("image {image}")
}

fn small(image: usize) -> String {
    format!("thumbnail of image {image}")
}

fn message(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    let owned = || panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(owned).unwrap_or_default()
}

/// A result in a few words that are the same on every machine.
fn told(result: &Result<Thumbnail, ThumbnailError>) -> String {
    match result {
        Ok(blank) if blank.0.is_empty() => "a blank thumbnail".to_owned(),
        Ok(small) => String::from_utf8_lossy(&small.0).into_owned(),
        Err(ThumbnailError::Panicked(message)) => {
            format!("panic: {}", without_the_number(message))
        }
        Err(ThumbnailError::NotRendered) => "not rendered".to_owned(),
    }
}

/// A `JoinError` shows the number of its task, which says nothing.
fn without_the_number(message: &str) -> String {
    match message.strip_prefix("task ") {
        Some(rest) => {
            let rest = rest.trim_start_matches(|it: char| it.is_numeric());
            format!("task …{rest}")
        }
        None => message.to_owned(),
    }
}
