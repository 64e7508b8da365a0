//! GATE: calls wait inside until enough of them are there.

use std::{
    fmt,
    ops::ControlFlow,
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::sync::{oneshot, watch};

use crate::{
    context::Run,
    fair_clock::Limit,
    journal::Call,
    upstream::{Answer, Received},
};

/// Holds calls until `wanted` of them are inside at once, then lets everyone pass.
///
/// Code that never brings that many inside would wait for ever. When somebody is inside and the run
/// has been *quiet* for long enough, the gate gives up, lets everyone pass from then on, and
/// [`was_reached`](Gate::was_reached) is false. While nobody is inside it never gives up: code that
/// takes its time before the first call is not slower for it.
///
/// A gate made by [`Gate::in_turn`] also lets the calls out one at a time, in an order of the test's
/// choice, so that a test decides which answer comes first. The next turn comes when the answer of
/// the one before has been sent and the run is quiet again, so that the code under test has dealt
/// with it.
///
/// # What counts as quiet
///
/// Every runtime of the run has been parked without a break, and on Linux no thread of the run has
/// had anything to do. That is exact, except for code that wakes up now and then of its own accord,
/// such as a progress bar beside the work: it is never parked for long. So a run in which *nothing
/// has been journaled* for much longer counts as quiet too, if all of it has been parked again and
/// again meanwhile. Between two turns, where less depends on it, it is enough that the watchdog has
/// found all of it parked each time that it looked. A runtime that is merely short of processor time
/// is none of these.
///
/// # What a test may say
///
/// A gate that was reached proves that the calls were in flight together. One that gave up proves
/// nothing about the reason: a second call may have been about to come. After that a verdict may
/// give facts, and a cause only where the calls as they were logged prove it.
#[derive(Clone)]
pub struct Gate(Arc<Inner>);

struct Inner {
    wanted: usize,
    /// How long everything has to be at rest before the gate gives up.
    patience: Duration,
    /// Lanes in the order in which they may leave; empty where all may leave together.
    turns: Vec<String>,
    /// How long everything has to be at rest before the next turn.
    between_turns: Duration,
    state: Mutex<State>,
    /// Bumped whenever somebody inside may be able to leave.
    moved: watch::Sender<u64>,
    /// The same for threads that wait inside.
    moved_for_threads: Condvar,
}

#[derive(Default)]
struct State {
    inside: usize,
    most: usize,
    reached: bool,
    given_up: bool,
    /// Whether the call whose turn it is may leave.
    turn_open: bool,
    /// How many of `turns` have left.
    left: usize,
    /// How many of those have been answered.
    answered: usize,
    /// How many were inside when the gate gave up, and how many had left by then.
    short: Option<Short>,
    /// Calls that have come since the turns began and wait to be let in.
    arriving: usize,
    /// How often such calls have been let in.
    admissions: u64,
}

/// What was seen when a gate gave up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Short {
    /// Calls that were inside.
    pub inside: usize,
    /// Calls that had had their turn and been answered.
    pub answered: usize,
    /// Turns of this gate; 0 where it lets all out together.
    pub turns: usize,
}

impl fmt::Display for Short {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { inside, answered, turns } = self;
        match turns {
            0 => write!(f, "in flight: {inside}"),
            _ => write!(f, "in flight: {inside}, when {answered} of {turns} had been answered"),
        }
    }
}

/// How quiet a run is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Quiet {
    /// How long every runtime has been parked.
    pub(crate) parked: Duration,
    /// How long nothing has been journaled.
    pub(crate) unchanged: Duration,
    /// How long nothing has been journaled while every look found every runtime parked. What wakes up
    /// between two looks is not seen.
    pub(crate) still: Duration,
}

impl Quiet {
    /// Whether the run has been parked for `rest`, or nothing has happened in it for four times that,
    /// and at least a second and a half where the gate would give up. Where it would not, it is
    /// enough that nothing was seen to be awake for twice that.
    fn lasts(self, rest: Duration) -> bool {
        let gives_up = rest >= GIVING_UP;
        let unchanged = if gives_up { NEVER } else { rest * 4 };
        let still = !gives_up && self.still >= rest * 2;
        self.parked >= rest || self.unchanged >= unchanged || still
    }
}

/// Rests as long as this decide that nothing more comes.
const GIVING_UP: Duration = Duration::from_millis(150);

/// How long everything must have been parked before the code under test counts as having dealt with
/// an answer.
const BETWEEN_TURNS: Duration = Duration::from_millis(25);

/// The same where what follows on an answer decides what is drawn.
const BETWEEN_SLOW_TURNS: Duration = Duration::from_millis(100);

/// How long everything must have been parked before nothing more can be expected to come. Bytes on
/// loopback take microseconds, and a runnable thread on a loaded machine waits for its turn some
/// tens of milliseconds.
const AT_REST: Duration = Duration::from_millis(400);

/// How long a thread waits inside before it counts as waiting for ever. A gate cannot see that
/// everything is at rest while the code under test holds the runtime's thread, because that one is
/// then not parked.
const NEVER: Duration = Duration::from_millis(1500);

/// Lets go of a place inside, also when the call is cancelled while it waits.
struct Inside<'a>(&'a Gate);

impl Gate {
    /// A gate that opens when `wanted` calls are inside at once.
    ///
    /// # Panics
    ///
    /// Outside a run.
    pub fn of(wanted: usize) -> Self {
        Self::new(wanted, AT_REST, Vec::new(), BETWEEN_TURNS)
    }

    /// A gate that opens when as many calls as `lanes` names are inside, and then lets them out one
    /// at a time: the call on the first lane, when that has been answered the one on the second, and so
    /// on. A lane may be named twice. Calls on lanes that are not named pass freely.
    ///
    /// # Panics
    ///
    /// Outside a run.
    pub fn in_turn<I: IntoIterator<Item = S>, S: Into<String>>(lanes: I) -> Self {
        let turns: Vec<String> = lanes.into_iter().map(Into::into).collect();
        Self::new(turns.len(), AT_REST, turns, BETWEEN_TURNS)
    }

    /// A gate that keeps `wanted` calls inside: each call leaves in the order of `lanes`, and none
    /// before `wanted` are inside, or all that are left of them. It gives up when fewer come.
    ///
    /// # Panics
    ///
    /// Outside a run.
    pub fn keeping<I: IntoIterator<Item = S>, S: Into<String>>(wanted: usize, lanes: I) -> Self {
        let turns: Vec<String> = lanes.into_iter().map(Into::into).collect();
        Self::new(wanted.min(turns.len()), AT_REST, turns, BETWEEN_TURNS)
    }

    /// As [`Gate::in_turn`], with four times the rest between turns. For a verdict that counts or
    /// draws what the code under test does on each answer: on a busy machine it may come to that
    /// late. Use few lanes: right answers wait too.
    ///
    /// # Panics
    ///
    /// Outside a run.
    pub fn slowly_in_turn<I: IntoIterator<Item = S>, S: Into<String>>(lanes: I) -> Self {
        let turns: Vec<String> = lanes.into_iter().map(Into::into).collect();
        Self::new(turns.len(), AT_REST, turns, BETWEEN_SLOW_TURNS)
    }

    /// As [`Gate::of`], but gives up sooner. For a gate that right answers do not open: each run
    /// waits for it, and giving up too soon can only let a wrong one pass.
    ///
    /// # Panics
    ///
    /// Outside a run.
    pub fn impatient(wanted: usize, patience: Duration) -> Self {
        Self::new(wanted, patience, Vec::new(), BETWEEN_TURNS)
    }

    /// The answers of `plan`, each held back until this gate lets its request pass: for
    /// [`Upstream::start`](crate::Upstream::start). Where only some are held:
    /// [`Answer::held_by`].
    pub fn holding<P>(
        &self,
        plan: P,
    ) -> impl Fn(&Received) -> Answer + Send + Sync + 'static + use<P>
    where
        P: Fn(&Received) -> Answer + Send + Sync + 'static,
    {
        let gate = self.clone();
        move |request| plan(request).held_by(&gate)
    }

    fn new(wanted: usize, patience: Duration, turns: Vec<String>, between_turns: Duration) -> Self {
        let gate = Self(Arc::new(Inner {
            wanted,
            patience,
            turns,
            between_turns,
            state: Mutex::default(),
            moved: watch::Sender::new(0),
            moved_for_threads: Condvar::new(),
        }));
        let watched = gate.clone();
        Run::current().on_rest(move |quiet| {
            watched.quiet_for(quiet);
            ControlFlow::Continue(())
        });
        gate
    }

    /// Waits until what happened before this call came has been seen. Once the turns have begun, a
    /// call that comes may follow on the departure of another, and the server may hear of the
    /// departure later than of the arrival; the drawing would depend on chance.
    pub(crate) async fn arrive(&self) {
        let mut moved = self.0.moved.subscribe();
        let admissions = {
            let mut state = self.lock();
            if !self.has_turns() || !state.reached || state.given_up {
                return;
            }
            state.arriving += 1;
            state.admissions
        };
        while self.lock().admissions == admissions {
            // The sender lives as long as the gate.
            let _ = moved.changed().await;
        }
    }

    /// Waits inside until the gate opens, and in turn where there are turns.
    ///
    /// Cancel safe: a call that is dropped here leaves the gate.
    pub async fn pass(&self, call: &Call) {
        if !self.0.turns.is_empty() && !self.0.turns.iter().any(|lane| lane == call.lane()) {
            return;
        }
        if let Some(run) = Run::find() {
            run.is_called().await;
        }
        let mut moved = self.0.moved.subscribe();
        let inside = self.enter();
        while !self.may_leave(call.lane()) {
            // The sender lives as long as the gate.
            let _ = moved.changed().await;
        }
        drop(inside);
    }

    /// As [`pass`](Gate::pass), for synchronous code: holds this thread. A turn counts as answered
    /// when the call leaves.
    ///
    /// Never call it on a runtime's thread, where it would hold every other task as well; see
    /// [`RuntimeThread`](crate::RuntimeThread). When nothing has moved for a second and a half, the
    /// gate gives up.
    pub fn pass_blocking(&self, call: &Call) {
        if !self.0.turns.is_empty() && !self.0.turns.iter().any(|lane| lane == call.lane()) {
            return;
        }
        let inside = self.enter();
        let limit = Limit::of(NEVER);
        let mut state = self.lock();
        while !self.takes_its_turn(&mut state, call.lane()) {
            let Some(left) = limit.left() else {
                state.given_up = true;
                self.wake();
                break;
            };
            (state, _) = self
                .0
                .moved_for_threads
                .wait_timeout(state, left)
                .unwrap_or_else(PoisonError::into_inner);
        }
        if self.has_turns() {
            state.answered += 1;
        }
        drop(state);
        drop(inside);
    }

    /// Opens the gate for all calls, however many are inside, unless it has given up. A gate
    /// [of `usize::MAX`](Gate::of) opens in no other way.
    pub fn open(&self) {
        let mut state = self.lock();
        state.reached |= !state.given_up;
        drop(state);
        self.wake();
    }

    /// Tells a gate with turns that the call whose turn it was has been answered. An
    /// [`Upstream`](crate::Upstream) does so when the last byte has been handed over.
    pub fn answered(&self) {
        self.lock().answered += 1;
    }

    /// Whether this gate lets calls out one at a time.
    pub(crate) fn has_turns(&self) -> bool {
        !self.0.turns.is_empty()
    }

    /// Whether as many calls as wanted were inside at once.
    pub fn was_reached(&self) -> bool {
        self.lock().reached
    }

    /// Whether the gate has given up waiting, and lets everyone pass.
    pub fn has_given_up(&self) -> bool {
        self.lock().given_up
    }

    /// The largest number of calls that were inside at once.
    pub fn most_inside(&self) -> usize {
        self.lock().most
    }

    /// What was seen when the gate gave up; `None` where it has not.
    pub fn short(&self) -> Option<Short> {
        self.lock().short
    }

    /// Called by the watchdog with how quiet the run is.
    pub(crate) fn quiet_for(&self, quiet: Quiet) {
        let mut state = self.lock();
        if quiet.lasts(self.0.between_turns) && state.arriving > 0 {
            state.arriving = 0;
            state.admissions += 1;
        } else if quiet.lasts(self.0.between_turns) && self.next_turn_is_due(&state, quiet) {
            state.turn_open = true;
        } else if quiet.lasts(self.patience(&state)) && !state.given_up && state.inside > 0 {
            state.given_up = true;
            let (inside, answered) = (state.inside, state.answered);
            state.short = Some(Short { inside, answered, turns: self.0.turns.len() });
        } else {
            return;
        }
        drop(state);
        self.wake();
    }

    /// A call whose turn it is has been woken. On a machine that is short of processor time its
    /// thread may not have run since, though it counts as parked.
    fn patience(&self, state: &State) -> Duration {
        if state.turn_open { self.0.patience.max(NEVER) } else { self.0.patience }
    }

    fn next_turn_is_due(&self, state: &State, quiet: Quiet) -> bool {
        let still_to_leave = self.0.turns.len() - state.left;
        let enough = state.inside >= still_to_leave.min(self.0.wanted);
        // Where some that have a turn to come are not inside, they may be on their way: what was
        // dropped is asked for again. They are waited for a little longer, but not by a gate that
        // keeps a number inside: that is what it is there to see.
        let keeps = self.0.wanted < self.0.turns.len();
        state.reached
            && still_to_leave > 0
            && state.left == state.answered
            && !state.turn_open
            && (enough || !keeps && quiet.lasts(AT_REST / 2))
    }

    fn enter(&self) -> Inside<'_> {
        let mut state = self.lock();
        state.inside += 1;
        state.most = state.most.max(state.inside);
        if state.inside >= self.0.wanted && !state.reached {
            state.reached = true;
            drop(state);
            self.wake();
        }
        Inside(self)
    }

    /// Whether the call on `lane` may leave now; takes the turn if it is this call's.
    fn may_leave(&self, lane: &str) -> bool {
        self.takes_its_turn(&mut self.lock(), lane)
    }

    fn takes_its_turn(&self, state: &mut State, lane: &str) -> bool {
        if state.given_up || (state.reached && state.left >= self.0.turns.len()) {
            return true;
        }
        let its_turn = state.turn_open && self.0.turns[state.left] == lane;
        if its_turn {
            state.turn_open = false;
            state.left += 1;
        }
        its_turn
    }

    fn wake(&self) {
        self.0.moved.send_modify(|count| *count += 1);
        self.0.moved_for_threads.notify_all();
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Waits until everything in the run has come to rest: nothing more can be expected to happen.
///
/// # Panics
///
/// Outside a run.
pub async fn at_rest() {
    at_rest_for(AT_REST).await;
}

/// Waits until everything in the run has been at rest for `quiet`: what was going to happen has
/// happened.
///
/// Nothing more is promised. Code that begins something later than `quiet` after its last step, by a
/// timer of the real clock or on a thread of its own, is not seen. Where that matters, let the test
/// run on a paused clock and pass more time than any answer would wait.
///
/// # Panics
///
/// Outside a run.
pub async fn at_rest_for(quiet: Duration) {
    until(move |now| now.lasts(quiet)).await;
}

/// As [`at_rest_for`], but code that wakes up now and then is not at rest, however long nothing is
/// journaled.
pub(crate) async fn parked_for(quiet: Duration) {
    until(move |now| now.parked >= quiet).await;
}

/// Waits until the run is as quiet as `enough` asks. It wakes this task once, then: one that looked
/// for itself would keep the run from being quiet.
async fn until(enough: impl Fn(Quiet) -> bool + Send + 'static) {
    let (tell, told) = oneshot::channel();
    let mut tell = Some(tell);
    Run::current().on_rest(move |quiet| match tell.take_if(|_| enough(quiet)) {
        Some(tell) => {
            // An error means that nobody waits for it any more.
            let _ = tell.send(());
            ControlFlow::Break(())
        }
        None => ControlFlow::Continue(()),
    });
    // The run keeps the sender until it is used.
    let _ = told.await;
}

impl Drop for Inside<'_> {
    fn drop(&mut self) {
        self.0.lock().inside -= 1;
    }
}
