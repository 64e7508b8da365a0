//! A thread, a runtime and a watchdog for each test.
//!
//! `tokio::time::timeout` cannot end a test whose code blocks the runtime's thread, because it is
//! never polled again. So the body runs on a thread of its own while the test's thread waits for it
//! with a limit. A hang becomes an ordinary failing test that shows what was under way.

use std::{
    future::Future,
    io,
    panic::{self, AssertUnwindSafe},
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
        mpsc::{self, RecvTimeoutError},
    },
    thread,
    time::{Duration, Instant},
};

use timeline::{Clock, outcome::Failure};
use tokio::runtime::{self, Runtime};

use crate::{
    context::Run,
    ending,
    nudge::Nudge,
    open_files, outcome, panics,
    refusal::{self, Refusal},
    verdict::Verdict,
};

// The limits below are lengths on the run's fair clock.

/// When nothing has been journaled for so long, a test counts as hanging. Passing takes milliseconds.
const WATCHDOG: Duration = Duration::from_secs(4);

/// The same, once a test of this process has hung: the rest need not cost four seconds each. It is
/// clearly longer than what gates and other instruments take for never, which is two seconds at most:
/// a test that they tell something has a verdict of its own.
const WATCHDOG_AFTER_A_HANG: Duration = Duration::from_secs(3);

/// No test runs longer, whatever happens in it. Right answers that are slow to be judged, because
/// something ticks beside the work, take up to three seconds.
const AT_MOST: Duration = Duration::from_secs(6);

/// However little of the processor a run gets, it ends after this time on the real clock.
const AT_MOST_IN_ALL: Duration = Duration::from_secs(20);

/// So much more time changes nothing.
const LITTLE: Duration = Duration::from_millis(100);

/// How often the watchdog tells the gates how long everything has been at rest.
const TICK: Duration = Duration::from_millis(4);

/// Threads of the runtime of [`run_parallel`]: enough that tasks really run side by side.
const WORKERS: usize = 4;

static SOMETHING_HUNG: AtomicBool = AtomicBool::new(false);

/// Runs a test's body on a current-thread runtime with a real clock: for real sockets.
///
/// The body is an async closure, so that it need not be `Send`: a solution is free to hold an `Rc`
/// across an await.
///
/// # Panics
///
/// Ends the calling test, as a panic does, when the body fails, panics or hangs. What is to be
/// said has been printed by then.
pub fn run<B: AsyncFnOnce() + Send + 'static>(body: B) {
    report(Flavour::CurrentThread, test_name::<B>(), boxed(body));
}

/// Runs a test's body on a current-thread runtime whose clock is paused: when every task waits, the
/// clock jumps to the next timer, so that a minute's timeout takes no time and elapses to the
/// millisecond.
///
/// Never use it with a real socket: bytes under way do not stop the clock.
///
/// # Panics
///
/// As [`run()`].
pub fn run_paused<B: AsyncFnOnce() + Send + 'static>(body: B) {
    report(Flavour::Paused, test_name::<B>(), boxed(body));
}

/// Runs a test's body beside a multi-thread runtime of four workers, real clock: where order,
/// sharing or clean-up is asked, some mistakes show only here.
///
/// # Panics
///
/// As [`run()`].
pub fn run_parallel<B: AsyncFnOnce() + Send + 'static>(body: B) {
    report(Flavour::Parallel, test_name::<B>(), boxed(body));
}

/// Runs a test's body as [`run()`] does, on a runtime whose blocking pool has `threads` threads
/// instead of 512: work that waits inside the pool then visibly keeps others out of it.
///
/// # Panics
///
/// As [`run()`].
pub fn run_with_blocking_threads<B: AsyncFnOnce() + Send + 'static>(threads: usize, body: B) {
    report(Flavour::SmallPool(threads), test_name::<B>(), boxed(body));
}

/// Says what it means if the test waits for ever from here on, instead of the general explanation.
/// The drawing of what was under way is added. It is not used for code that holds the thread or
/// goes round for ever: that has another cause.
///
/// # Panics
///
/// Outside a run.
pub fn if_it_hangs(verdict: Verdict) {
    Run::current().expect_of_a_hang(verdict);
}

/// Says what it means if code never gives the runtime's thread back from here on, instead of the
/// general explanation. The counterpart of [`if_it_hangs`]; may be called from any thread of the run.
///
/// # Panics
///
/// Outside a run.
pub fn if_it_holds_the_thread(verdict: Verdict) {
    Run::current().expect_of_a_held_thread(verdict);
}

/// Runs `body` as [`run()`] does and gives back its failure instead of failing: for tests of tests.
pub fn failure_of<B: AsyncFnOnce() + Send + 'static>(body: B) -> Option<Failure> {
    execute(
        Flavour::CurrentThread,
        &Run::new("a test of a test".to_owned(), Clock::Real),
        boxed(body),
    )
}

/// As [`failure_of`], under a paused clock.
pub fn failure_of_paused<B: AsyncFnOnce() + Send + 'static>(body: B) -> Option<Failure> {
    execute(Flavour::Paused, &Run::new("a test of a test".to_owned(), Clock::Virtual), boxed(body))
}

/// As [`failure_of`], on several threads.
pub fn failure_of_parallel<B: AsyncFnOnce() + Send + 'static>(body: B) -> Option<Failure> {
    execute(Flavour::Parallel, &Run::new("a test of a test".to_owned(), Clock::Real), boxed(body))
}

#[derive(Clone, Copy)]
enum Flavour {
    CurrentThread,
    Paused,
    Parallel,
    /// Current thread, with so many threads for blocking work.
    SmallPool(usize),
}

/// A test's body, whatever its type. Everything from here on is compiled once, in this crate, and
/// not again for each test at each edit of a learner.
type Body = Box<dyn FnOnce() -> Pin<Box<dyn Future<Output = ()>>> + Send>;

fn boxed<B: AsyncFnOnce() + Send + 'static>(body: B) -> Body {
    Box::new(move || Box::pin(async move { body().await }))
}

fn report(flavour: Flavour, test: String, body: Body) {
    let clock = match flavour {
        Flavour::Paused => Clock::Virtual,
        Flavour::CurrentThread | Flavour::Parallel | Flavour::SmallPool(_) => Clock::Real,
    };
    let run = Run::new(test, clock);
    outcome::started(&run);
    let failure = execute(flavour, &run, body);
    outcome::ended(&run, failure.as_ref());
    if let Some(failure) = failure {
        // libtest captures what the test's thread prints and shows it below the test's name.
        println!("\n{}", failure.text);
        if let Some(doubt) = ending::doubt(&failure, &run.test) {
            println!("{doubt}");
        }
        panic::resume_unwind(Box::new("the verdict is printed above"));
    }
}

/// `keeps_the_order` for the body of `fn keeps_the_order`: a closure's type is named after the
/// function it stands in. The thread's name would do but for `--test-threads=1`, where it is "main".
fn test_name<B>() -> String {
    let path = std::any::type_name::<B>();
    let function = path.split("::{{closure}}").next().unwrap_or(path);
    function.rsplit("::").next().unwrap_or(function).to_owned()
}

fn execute(flavour: Flavour, run: &Arc<Run>, body: Body) -> Option<Failure> {
    panics::listen();
    open_files::raise_limit();
    let (ended, end) = mpsc::channel();
    let on_thread = Arc::clone(run);
    let spawned = thread::Builder::new().name(run.test.clone()).spawn(move || {
        on_thread.adopt();
        // tokio panics where it gets no thread for a worker.
        let built = panic::catch_unwind(AssertUnwindSafe(|| {
            refusal::provided(build(flavour, &on_thread), "there is no runtime for this test")
        }));
        let result = built.and_then(|runtime| {
            on_thread.journal.use_clock_of(runtime.handle());
            on_thread.begin_conditions(&runtime);
            let apart = matches!(flavour, Flavour::Parallel);
            let body = on_thread.rest.watch_body(apart, body());
            let result = panic::catch_unwind(AssertUnwindSafe(|| runtime.block_on(body)));
            on_thread.freeze();
            if result.is_err() {
                // While its threads are there.
                on_thread.kept_waiting();
            }
            // Not a plain drop, which waits for blocking work however long it takes.
            runtime.shutdown_background();
            result
        });
        // The test's thread may have stopped listening after a hang.
        let _ = ended.send(result);
    });
    if let Err(error) = spawned {
        return Some(Refusal::of(&error).into_failure(run));
    }

    let failure = match wait(&end, run) {
        Ok(Ok(())) => ending::swallowed(run),
        Ok(Err(payload)) => Some(ending::unwound(payload, run)),
        Err(gave_up) => {
            SOMETHING_HUNG.store(true, Ordering::SeqCst);
            Some(ending::hang(run, gave_up))
        }
    };
    failure.map(|failure| ending::weighed(failure, run))
}

fn build(flavour: Flavour, run: &Arc<Run>) -> io::Result<Runtime> {
    let (mut builder, threads) = match flavour {
        Flavour::CurrentThread | Flavour::Paused | Flavour::SmallPool(_) => {
            (runtime::Builder::new_current_thread(), 1)
        }
        Flavour::Parallel => (runtime::Builder::new_multi_thread(), WORKERS),
    };
    builder.enable_all();
    match flavour {
        Flavour::CurrentThread => {}
        Flavour::Paused => {
            builder.start_paused(true);
        }
        Flavour::Parallel => {
            builder.worker_threads(WORKERS);
        }
        Flavour::SmallPool(threads) => {
            builder.max_blocking_threads(threads);
        }
    }
    run.rest.watch(&mut builder, threads);
    let adopting = Arc::clone(run);
    builder.on_thread_start(move || adopting.adopt());
    builder.build()
}

/// Waits for the body's end, unless the watchdog gives up before.
fn wait(end: &mpsc::Receiver<thread::Result<()>>, run: &Run) -> Result<thread::Result<()>, GaveUp> {
    let mut watchdog = Watchdog::new();
    let files_are_scarce = open_files::are_scarce();
    let mut nudge = None;
    loop {
        let received = end.recv_timeout(TICK);
        run.fair_clock.look();
        match received {
            Ok(result) => return Ok(result),
            Err(RecvTimeoutError::Disconnected) => return Err(GaveUp::InTime),
            Err(RecvTimeoutError::Timeout) => {
                if let Some(gave_up) = watchdog.gives_up(run) {
                    return Err(gave_up);
                }
                run.tell_rest();
                nudge = nudge.or_else(|| Nudge::of(run));
                if let Some(nudge) = &mut nudge {
                    nudge.look(run);
                }
                // Code may keep it to itself that it was refused one.
                if files_are_scarce && let Some(error) = open_files::refusal() {
                    run.note_refusal(Refusal::of(&error));
                }
            }
        }
    }
}

/// When a run was given up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum GaveUp {
    /// It has had the time in which every test ends.
    InTime,
    /// It has not, and the machine does not give it that.
    TooSoon,
}

/// Gives up a run in which nothing happens any more.
struct Watchdog {
    limit: Duration,
    /// Time on top of each limit, because other programs kept a thread of the run waiting.
    granted: Duration,
    /// When something was journaled last, and the time on the fair clock when that was seen.
    changed: Option<(Instant, Duration)>,
}

impl Watchdog {
    fn new() -> Self {
        let something_hung = SOMETHING_HUNG.load(Ordering::SeqCst);
        Self::with(if something_hung { WATCHDOG_AFTER_A_HANG } else { WATCHDOG })
    }

    fn with(limit: Duration) -> Self {
        Self { limit, granted: Duration::ZERO, changed: None }
    }

    fn gives_up(&mut self, run: &Run) -> Option<GaveUp> {
        self.gives_up_after(run, run.fair_clock.lasted())
    }

    /// Whether it does, when the run has lasted so long.
    fn gives_up_after(&mut self, run: &Run, lasted: Duration) -> Option<GaveUp> {
        if self.limit_is_over(run, || run.kept_waiting()) {
            Some(GaveUp::InTime)
        } else {
            (lasted >= AT_MOST_IN_ALL).then_some(GaveUp::TooSoon)
        }
    }

    /// Whether it is, when a thread of the run has been kept waiting for so long, which is asked last:
    /// it takes files to read.
    fn limit_is_over(&mut self, run: &Run, kept_waiting: impl Fn() -> Duration) -> bool {
        let (now, changed) = (run.fair_clock.elapsed(), run.journal.changed());
        let since = match self.changed {
            Some((known, since)) if known == changed => since,
            _ => now,
        };
        self.changed = Some((changed, since));
        let quiet = now.saturating_sub(since);
        if quiet < self.limit + self.granted && now < AT_MOST + self.granted {
            return false;
        }
        let before = std::mem::replace(&mut self.granted, kept_waiting());
        self.granted <= before + LITTLE
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Rendezvous;

    #[test]
    fn after_a_hang_a_test_still_has_a_verdict_of_its_own() {
        SOMETHING_HUNG.store(true, Ordering::SeqCst);
        let failure = failure_of(async || {
            // As long as an instrument of this crate takes for never, on the runtime's thread.
            Rendezvous::default().wait(Duration::from_secs(2));
            Verdict::new("the sign has not come").fail();
        });

        assert_eq!(failure.expect("a verdict").headline, "the sign has not come");
    }

    #[test]
    fn a_run_that_never_has_its_time_is_given_up_too_soon() {
        let run = Run::new("a test".to_owned(), Clock::Real);
        let mut watchdog = Watchdog::with(WATCHDOG);
        run.fair_clock.look();
        assert_eq!(watchdog.gives_up_after(&run, Duration::ZERO), None);
        assert_eq!(watchdog.gives_up_after(&run, AT_MOST_IN_ALL), Some(GaveUp::TooSoon));
    }

    #[test]
    fn the_watchdog_counts_the_time_that_the_run_had() {
        let run = Run::new("a test".to_owned(), Clock::Real);
        let mut watchdog = Watchdog::with(WATCHDOG);
        let mut is_over = |kept_waiting| watchdog.limit_is_over(&run, || kept_waiting);
        let mut now = Instant::now() + 2 * WATCHDOG;
        let mut pass = |time: Duration| {
            for _ in 0..time.as_millis() {
                now += Duration::from_millis(1);
                run.fair_clock.look_at(now);
            }
        };
        assert!(!is_over(Duration::ZERO));
        pass(Duration::from_millis(1));
        assert!(!is_over(Duration::ZERO), "one look, however late");

        pass(WATCHDOG);
        let kept_waiting = Duration::from_millis(1500);
        assert!(!is_over(kept_waiting), "a thread was kept waiting");
        pass(Duration::from_secs(1));
        assert!(!is_over(kept_waiting));
        pass(Duration::from_secs(1));
        assert!(is_over(kept_waiting), "it has had that time");
    }
}
