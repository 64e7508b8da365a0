//! What one run shares with everything that watches it, and which threads belong to it.

use std::{
    cell::RefCell,
    collections::BTreeSet,
    ops::{Bound, ControlFlow},
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
    sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, atomic::AtomicBool},
    thread,
    time::Duration,
};

use timeline::{Clock, Timeline};
use tokio::{
    runtime::{Handle, Runtime},
    sync::oneshot,
    time,
};

use crate::{
    conditions::Conditions,
    fair_clock::FairClock,
    gate::Quiet,
    journal::Journal,
    lull::Lull,
    note::Note,
    refusal::Refusal,
    rest::Rest,
    threads::{self, Threads},
    verdict::Verdict,
};

/// Is told how quiet the run is, until it has heard enough.
type AtRest = Box<dyn FnMut(Quiet) -> ControlFlow<()> + Send>;

/// What one run shares with everything that watches it.
pub(crate) struct Run {
    pub(crate) test: String,
    pub(crate) journal: Journal,
    pub(crate) rest: Rest,
    pub(crate) fair_clock: FairClock,
    conditions: Conditions,
    threads: Threads,
    panics: Mutex<Vec<Note>>,
    /// The longest time that one of its threads has been kept waiting for a processor.
    kept_waiting: Mutex<Duration>,
    /// What the system did not give.
    refusals: Mutex<Vec<Refusal>>,
    /// The timeline at the moment that decided about the test.
    frozen: OnceLock<Timeline>,
    at_rest: Mutex<Vec<AtRest>>,
    if_it_hangs: Mutex<Option<Verdict>>,
    if_it_holds_the_thread: Mutex<Option<Verdict>>,
    /// Whether the paused clock has been moved on by hand: the runtime then looks busy.
    pub(crate) nudged: AtomicBool,
    /// Whether that was ever so.
    pub(crate) ever_nudged: AtomicBool,
    lull: Mutex<Lull>,
    /// When the fake services of this run will answer, on its clock.
    deadlines: Mutex<BTreeSet<time::Instant>>,
    /// The first verdict, also where whatever unwound with it was caught or ignored.
    verdict: Mutex<Option<Verdict>>,
}

/// Less time than this decides nothing: the shortest rest after which a gate gives up is longer.
const SHORT: Duration = Duration::from_millis(150);

thread_local! {
    static CURRENT: RefCell<Option<Arc<Run>>> = const { RefCell::new(None) };
}

impl Run {
    pub(crate) fn new(test: String, clock: Clock) -> Arc<Self> {
        threads::began();
        Arc::new(Self {
            test,
            journal: Journal::new(clock),
            rest: Rest::new(),
            fair_clock: FairClock::new(),
            conditions: Conditions::default(),
            threads: Threads::default(),
            panics: Mutex::default(),
            kept_waiting: Mutex::default(),
            refusals: Mutex::default(),
            frozen: OnceLock::new(),
            at_rest: Mutex::default(),
            if_it_hangs: Mutex::default(),
            if_it_holds_the_thread: Mutex::default(),
            nudged: AtomicBool::new(false),
            ever_nudged: AtomicBool::new(false),
            lull: Mutex::default(),
            deadlines: Mutex::default(),
            verdict: Mutex::default(),
        })
    }

    /// The run that this thread belongs to.
    pub(crate) fn current() -> Arc<Self> {
        Self::find().expect("testkit's probes work inside `testkit::run` and its kin")
    }

    pub(crate) fn find() -> Option<Arc<Self>> {
        // While a thread is torn down its locals are gone; a late panic is then nobody's.
        CURRENT.try_with(|current| current.borrow().clone()).ok().flatten()
    }

    /// Whether its clock is paused.
    pub(crate) fn is_paused(&self) -> bool {
        self.journal.paused_runtime().is_some()
    }

    /// Makes this thread one of the run's.
    pub(crate) fn adopt(self: &Arc<Self>) {
        self.threads.add_this();
        CURRENT.set(Some(Arc::clone(self)));
    }

    /// Begins what goes on beside the code under test: see [`conditions`](crate::conditions).
    pub(crate) fn begin_conditions(&self, runtime: &Runtime) {
        self.conditions.begin(runtime, &self.test);
    }

    /// How many tasks of `runtime` are not of the code under test.
    pub(crate) fn own_tasks(&self, runtime: &Handle) -> usize {
        let own = self.journal.runtime().is_some_and(|(own, _)| own.id() == runtime.id());
        if own { self.conditions.tasks() } else { 0 }
    }

    /// Called by an asynchronous service before it logs a call: see [`Conditions::call`].
    pub(crate) async fn is_called(&self) {
        self.conditions.call(self).await;
    }

    /// Called by a service that is called on the spot: see [`Conditions::call_here`].
    pub(crate) fn is_called_here(&self) {
        self.conditions.call_here(self);
    }

    /// Whether the moment that decides about the test is over.
    pub(crate) fn is_decided(&self) -> bool {
        self.frozen.get().is_some()
    }

    /// Keeps the timeline as it is now; the first call counts.
    pub(crate) fn freeze(&self) {
        // An error means that it has been kept already.
        let _ = self.frozen.set(self.journal.timeline());
    }

    /// What happened, up to the moment that decided about the test.
    pub(crate) fn timeline(&self) -> Timeline {
        self.frozen.get().cloned().unwrap_or_else(|| self.journal.timeline())
    }

    /// Tells `listener` now and then how quiet this run is, until it breaks off.
    pub(crate) fn on_rest(&self, listener: impl FnMut(Quiet) -> ControlFlow<()> + Send + 'static) {
        lock(&self.at_rest).push(Box::new(listener));
    }

    /// Tells all listeners.
    pub(crate) fn tell_rest(&self) {
        let quiet = lock(&self.lull).look(&self.rest, &self.threads, &self.journal);
        lock(&self.at_rest).retain_mut(|listener| listener(quiet).is_continue());
    }

    /// Whether everything was parked now and then since something was journaled.
    pub(crate) fn was_parked(&self) -> bool {
        lock(&self.lull).was_parked()
    }

    /// Whether the machine was too busy for the watchdog to see how quiet this run is.
    pub(crate) fn was_starved(&self) -> bool {
        lock(&self.lull).was_starved()
    }

    /// Whether a thread that was held for long has been given back since something was journaled.
    pub(crate) fn was_given_back(&self) -> bool {
        lock(&self.lull).was_given_back()
    }

    /// Keeps what a hang of this test means; see [`if_it_hangs`](crate::if_it_hangs).
    pub(crate) fn expect_of_a_hang(&self, verdict: Verdict) {
        *lock(&self.if_it_hangs) = Some(verdict);
    }

    /// What the test has said of a hang.
    pub(crate) fn expected_of_a_hang(&self) -> Option<Verdict> {
        lock(&self.if_it_hangs).take()
    }

    /// Keeps what a held thread means; see
    /// [`if_it_holds_the_thread`](crate::if_it_holds_the_thread).
    pub(crate) fn expect_of_a_held_thread(&self, verdict: Verdict) {
        *lock(&self.if_it_holds_the_thread) = Some(verdict);
    }

    /// What the test has said of a held thread.
    pub(crate) fn expected_of_a_held_thread(&self) -> Option<Verdict> {
        lock(&self.if_it_holds_the_thread).take()
    }

    /// Notes that something will happen at `deadline`, on the run's clock.
    pub(crate) fn expect_at(&self, deadline: time::Instant) {
        lock(&self.deadlines).insert(deadline);
    }

    /// The first of these moments after `now`.
    pub(crate) fn next_after(&self, now: time::Instant) -> Option<time::Instant> {
        let deadlines = lock(&self.deadlines);
        deadlines.range((Bound::Excluded(now), Bound::Unbounded)).next().copied()
    }

    /// Keeps a verdict before it unwinds; the first counts.
    pub(crate) fn keep_verdict(&self, verdict: &Verdict) {
        lock(&self.verdict).get_or_insert_with(|| verdict.clone());
    }

    /// The verdict that was given, wherever that was.
    pub(crate) fn kept_verdict(&self) -> Option<Verdict> {
        lock(&self.verdict).take()
    }

    /// Notes a panic on one of the run's threads.
    pub(crate) fn note_panic(&self, note: Note) {
        lock(&self.panics).push(note);
    }

    /// How long one of its threads has been kept waiting for a processor by other programs, as far as
    /// that is known: asked while the threads are there.
    pub(crate) fn kept_waiting(&self) -> Duration {
        let now = self.threads.kept_waiting_by_others();
        let mut most = lock(&self.kept_waiting);
        *most = now.max(*most);
        *most
    }

    /// Whether it had to do without a good part of its time, so that it may have come too late to
    /// something that the code is not to blame for.
    pub(crate) fn was_short_of_time(&self) -> bool {
        let missed = self.fair_clock.missed().max(self.kept_waiting());
        missed >= SHORT && missed * 4 >= self.fair_clock.lasted()
    }

    /// Notes what the system did not give. Once is enough.
    pub(crate) fn note_refusal(&self, refusal: Refusal) {
        let mut refusals = lock(&self.refusals);
        if !refusals.contains(&refusal) {
            refusals.push(refusal);
        }
    }

    /// What the system has not given until now.
    pub(crate) fn refusals(&self) -> Vec<Refusal> {
        lock(&self.refusals).clone()
    }

    /// The panics until now, in their order.
    pub(crate) fn panics(&self) -> Vec<Note> {
        lock(&self.panics).clone()
    }
}

/// The run that a thread belongs to, for threads that the code under test starts on its own.
///
/// The runtime's threads belong to the run from their start, those of its blocking pool too. A
/// thread of `std` or of rayon does not: its panics would go to the terminal, and [`journal`] would
/// not find its journal there.
///
/// [`journal`]: crate::journal()
#[derive(Clone)]
pub struct Membership(Arc<Run>);

impl Membership {
    /// The run that this thread belongs to.
    ///
    /// # Panics
    ///
    /// Outside a run.
    pub fn of_this_thread() -> Self {
        Self(Run::current())
    }

    /// Makes this thread one of the run's.
    pub fn join(&self) {
        self.0.adopt();
    }

    /// See [`Run::is_called_here`].
    pub(crate) fn is_called_here(&self) {
        self.0.is_called_here();
    }
}

/// Runs `body` on a thread that belongs to the run, and to no runtime. A panic goes on in the caller.
///
/// # Panics
///
/// Outside a run.
pub async fn on_a_thread<T: Send + 'static>(body: impl FnOnce() -> T + Send + 'static) -> T {
    let membership = Membership::of_this_thread();
    let (ended, end) = oneshot::channel();
    thread::spawn(move || {
        membership.join();
        // An error means that nobody waits for it any more.
        let _ = ended.send(catch_unwind(AssertUnwindSafe(body)));
    });
    match end.await.expect("the thread sends before it ends") {
        Ok(value) => value,
        Err(panic) => resume_unwind(panic),
    }
}

/// The journal of the run that this thread belongs to.
///
/// # Panics
///
/// Outside [`run()`](crate::run()) and its kin there is no journal.
pub fn journal() -> Journal {
    Run::current().journal.clone()
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
