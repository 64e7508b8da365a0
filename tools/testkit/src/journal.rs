//! What happened, as it happened: one [`Journal`] for each run, shared by everything that watches.

use std::{
    sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError},
    time::Instant,
};

use timeline::{Clock, How, Recording, SpanId, Timeline};
use tokio::{runtime::Handle, time};

/// Collects what happens during one run; cheap to clone, usable from every thread.
#[derive(Clone)]
pub struct Journal(Arc<Inner>);

struct Inner {
    recording: Mutex<Recording>,
    clock: Clock,
    /// The zero of the real clock: the first event, so that recordings of several runs can be drawn
    /// on one scale whatever it took to start them.
    began: OnceLock<Instant>,
    /// When something was journaled last, on the real clock.
    changed: Mutex<Instant>,
    /// The zero of the virtual clock, with the runtime that it belongs to.
    virtual_began: OnceLock<(Handle, time::Instant)>,
}

impl Journal {
    pub(crate) fn new(clock: Clock) -> Self {
        Self(Arc::new(Inner {
            recording: Mutex::new(Recording::new(clock)),
            clock,
            began: OnceLock::new(),
            changed: Mutex::new(Instant::now()),
            virtual_began: OnceLock::new(),
        }))
    }

    /// Ties a virtual journal to the clock of `runtime`, which a thread outside it cannot see.
    pub(crate) fn use_clock_of(&self, runtime: &Handle) {
        let _inside = runtime.enter();
        let _ = self.0.virtual_began.set((runtime.clone(), time::Instant::now()));
    }

    /// The runtime of the run, and when on its clock that began.
    pub(crate) fn runtime(&self) -> Option<(&Handle, time::Instant)> {
        let (runtime, began) = self.0.virtual_began.get()?;
        Some((runtime, *began))
    }

    /// The runtime whose paused clock this journal goes by.
    pub(crate) fn paused_runtime(&self) -> Option<&Handle> {
        let (runtime, _) = self.0.virtual_began.get()?;
        matches!(self.0.clock, Clock::Virtual).then_some(runtime)
    }

    /// Fixes the places of lanes in the drawing. Others follow, in natural order of their names.
    pub fn declare<I: IntoIterator<Item = S>, S: AsRef<str>>(&self, lanes: I) {
        let mut recording = self.lock();
        for lane in lanes {
            recording.declare(lane.as_ref());
        }
    }

    /// Opens a span on `lane`. It counts as cancelled unless [`Call::finished`] is reached: that is
    /// how a test sees a future that was dropped in the middle.
    pub fn call(&self, lane: &str) -> Call {
        let micros = self.micros();
        let span = self.change().start(lane, micros);
        Call { journal: self.clone(), lane: lane.to_owned(), span, ended: false }
    }

    /// Notes that something happened on `lane` at this moment.
    pub fn mark(&self, lane: &str, label: &str) {
        let micros = self.micros();
        self.change().mark(lane, label, micros);
    }

    /// A barrier: what is journaled from here on is drawn after what was journaled before. Without
    /// one, starts that no end separates count as simultaneous, and so do ends.
    pub fn step(&self) {
        self.change().step();
    }

    /// What has happened until now; spans that are still under way are open.
    pub fn timeline(&self) -> Timeline {
        self.lock().timeline()
    }

    /// Microseconds on the run's clock: since the first event, or, where the clock is virtual, since
    /// the run began.
    fn micros(&self) -> u64 {
        let elapsed = match (self.0.clock, self.0.virtual_began.get()) {
            (Clock::Virtual, Some((runtime, began))) => {
                let _inside = runtime.enter();
                began.elapsed()
            }
            _ => self.0.began.get_or_init(Instant::now).elapsed(),
        };
        u64::try_from(elapsed.as_micros()).unwrap_or(u64::MAX)
    }

    /// When something was journaled last, on the real clock.
    pub(crate) fn changed(&self) -> Instant {
        *self.0.changed.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The recording, to note something in it.
    fn change(&self) -> MutexGuard<'_, Recording> {
        *self.0.changed.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
        self.lock()
    }

    fn lock(&self) -> MutexGuard<'_, Recording> {
        // A panic while journaling is the code under test's; what was recorded is still true.
        self.0.recording.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One span of the timeline, from its creation to [`finished`](Call::finished) or to its drop.
///
/// Held across an await, it is the detector DROP: a future dropped at that await drops the call,
/// and the drawing shows it as cancelled.
pub struct Call {
    journal: Journal,
    lane: String,
    span: SpanId,
    ended: bool,
}

impl Call {
    /// The lane that the call is drawn on.
    pub fn lane(&self) -> &str {
        &self.lane
    }

    /// Ends the span as finished.
    pub fn finished(mut self) {
        self.end(How::Finished);
    }

    /// Ends the span as finished with a failure.
    pub fn failed(mut self) {
        self.end(How::Failed);
    }

    /// Ends the span as time during which the thread was held by synchronous code.
    pub fn blocked(mut self) {
        self.end(How::Blocked);
    }

    /// Ends the span as time spent waiting for a turn.
    pub fn waited(mut self) {
        self.end(How::Waiting);
    }

    fn end(&mut self, how: How) {
        if !std::mem::replace(&mut self.ended, true) {
            let micros = self.journal.micros();
            self.journal.change().end(self.span, how, micros);
        }
    }
}

impl Drop for Call {
    fn drop(&mut self) {
        self.end(How::Cancelled);
    }
}
