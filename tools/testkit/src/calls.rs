//! A log of the calls that a fake service was asked for, and what can be read from it.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::{self, Display},
    iter,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::task;

use crate::{
    context::{Run, journal},
    journal::{Call, Journal},
    probe::Stopwatch,
    wait::pause,
};

/// Every call of a fake service, from its beginning to its end. Cheap to clone; drawn as it grows.
///
/// ```
/// use testkit::CallLog;
///
/// testkit::run_paused(async || {
///     let log = CallLog::new();
///     let call = async |id: u32, millis| {
///         let call = log.begin(format!("id {id}"));
///         call.takes(millis).await;
///         call.finish();
///     };
///     futures::join!(call(1, 10), call(2, 30));
///     call(3, 10).await;
///
///     assert_eq!(log.names(), ["id 1", "id 2", "id 3"]);
///     assert_eq!(log.most(), 2);
///     assert_eq!(log.in_flight(20), 1);
///     let idle = log.first_idle(2, 3).unwrap();
///     assert_eq!((idle.at, idle.in_flight, idle.left), (10, 1, 1));
/// });
/// ```
#[derive(Clone)]
pub struct CallLog(Arc<Inner>);

struct Inner {
    watch: Stopwatch,
    drawn: Option<Journal>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// Whether something happened on a thread that is none of the run's. A paused clock does not wait
    /// for such a thread, so nothing can be said of what happened when.
    elsewhere: bool,
    /// Whether a call began in a task. A test's body is none.
    in_a_task: bool,
    calls: Vec<CallRecord>,
    now: usize,
    most: usize,
}

/// A call, as it was seen. Times are whole milliseconds since the log was made.
#[derive(Clone, Debug)]
pub struct CallRecord {
    /// What was asked for.
    pub name: String,
    /// When it began.
    pub began: u64,
    /// When it should have ended, where the service knows that: a call that ends later was not
    /// polled in time.
    pub due: Option<u64>,
    /// When it ended; `None` while it is under way.
    pub ended: Option<u64>,
    /// How it ended.
    pub end: Ended,
    /// When its result was handed on by the code under test.
    pub handed: Option<u64>,
}

/// How a call ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// With an answer.
    Finished,
    /// With an error of the service.
    Failed,
    /// Its future was dropped first.
    CutOff,
    /// Not yet.
    Open,
}

impl Ended {
    /// Whether the service has answered, well or badly.
    pub fn is_over(self) -> bool {
        matches!(self, Self::Finished | Self::Failed)
    }
}

/// A moment at which more calls could have been in flight.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Idle {
    /// When, in milliseconds.
    pub at: u64,
    /// How many were in flight.
    pub in_flight: usize,
    /// How many were still to come.
    pub left: usize,
}

impl fmt::Display for Idle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { at, in_flight, left } = self;
        write!(f, "at {at} ms: in flight {in_flight}, still to be sent {left}")
    }
}

/// A result that was handed on later than it was there.
#[derive(Clone, Debug)]
pub struct Late {
    /// Whose result it is.
    pub name: String,
    /// When it was there.
    pub there: u64,
    /// When it was handed on.
    pub handed: u64,
}

impl fmt::Display for Late {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, there, handed } = self;
        write!(f, "{name}: there at {there} ms, handed over at {handed} ms")
    }
}

/// A call that nothing polled when its time was up.
#[derive(Clone, Debug)]
pub struct Overdue {
    /// What was asked for.
    pub name: String,
    /// When its time was up.
    pub due: u64,
    /// When it ended; `None` while it is under way.
    pub ended: Option<u64>,
}

impl fmt::Display for Overdue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, due, ended } = self;
        match ended {
            Some(ended) => write!(f, "{name}: there at {due} ms, polled at {ended} ms"),
            None => write!(f, "{name}: there at {due} ms, not polled since"),
        }
    }
}

/// A call that is under way. Dropped before it is finished or failed, it was cut off.
#[must_use = "a call ends when its guard is dropped"]
pub struct CallGuard {
    log: CallLog,
    index: usize,
    call: Option<Call>,
    end: Ended,
}

impl Default for CallLog {
    fn default() -> Self {
        Self::new()
    }
}

impl CallLog {
    /// A log whose calls are drawn, each on the lane of its name.
    ///
    /// # Panics
    ///
    /// Outside a run.
    pub fn new() -> Self {
        Self::of(Some(journal()))
    }

    /// A log that is not drawn: for calls by the hundred.
    pub fn undrawn() -> Self {
        Self::of(None)
    }

    /// A log that is drawn or not: where the same is asked of a few calls and of hundreds.
    ///
    /// # Panics
    ///
    /// Outside a run, if it is drawn.
    pub fn drawn_if(drawn: bool) -> Self {
        if drawn { Self::new() } else { Self::undrawn() }
    }

    /// Whether it is drawn.
    pub fn is_drawn(&self) -> bool {
        self.0.drawn.is_some()
    }

    fn of(drawn: Option<Journal>) -> Self {
        let (watch, state) = (Stopwatch::start(), Mutex::default());
        Self(Arc::new(Inner { watch, drawn, state }))
    }

    /// Notes that a call begins.
    pub fn begin(&self, name: impl Display) -> CallGuard {
        let name = name.to_string();
        if let Some(run) = Run::find() {
            run.is_called_here();
        }
        let call = self.0.drawn.as_ref().map(|journal| journal.call(&name));
        let mut state = self.lock();
        state.note_thread();
        state.in_a_task |= task::try_id().is_some();
        state.now += 1;
        state.most = state.most.max(state.now);
        let began = self.now();
        state.calls.push(CallRecord {
            name,
            began,
            due: None,
            ended: None,
            end: Ended::Open,
            handed: None,
        });
        let index = state.calls.len() - 1;
        CallGuard { log: self.clone(), index, call, end: Ended::CutOff }
    }

    /// Notes that the code under test hands on the result of the call of this name: of the earliest
    /// that has not been.
    pub fn hand_over(&self, name: impl Display) {
        let (name, now) = (name.to_string(), self.now());
        let mut state = self.lock();
        state.note_thread();
        let mut calls = state.calls.iter_mut();
        if let Some(call) = calls.find(|call| call.name == name && call.handed.is_none()) {
            call.handed = Some(now);
        }
    }

    /// Notes where the code under test takes what it works on: to be called by a list that it is given.
    pub fn touch(&self) {
        self.lock().note_thread();
    }

    /// Whether nothing can be said of what happened when: some of it happened on a thread that is
    /// none of the run's, for which a paused clock does not wait.
    pub fn is_untimed(&self) -> bool {
        self.lock().elsewhere
    }

    /// Milliseconds since the log was made.
    pub fn now(&self) -> u64 {
        self.0.watch.millis()
    }

    /// Every call until now, in the order in which they began.
    pub fn calls(&self) -> Vec<CallRecord> {
        self.lock().calls.clone()
    }

    /// What was asked for, in the order in which the calls began.
    pub fn names(&self) -> Vec<String> {
        self.lock().calls.iter().map(|call| call.name.clone()).collect()
    }

    /// How many calls have begun.
    pub fn count(&self) -> usize {
        self.lock().calls.len()
    }

    /// How many are in flight now.
    pub fn open(&self) -> usize {
        self.lock().now
    }

    /// The largest number that were ever in flight at once, in the order of events.
    pub fn most(&self) -> usize {
        self.lock().most
    }

    /// How many were in flight when all that happened at this moment had happened.
    pub fn in_flight(&self, at: u64) -> usize {
        self.lock().in_flight(at)
    }

    /// The first moment at which fewer than `limit` calls were in flight although not all of `total`
    /// had begun. Moments after the last call that ended do not count.
    pub fn first_idle(&self, limit: usize, total: usize) -> Option<Idle> {
        let state = self.timed()?;
        state.moments().into_iter().find_map(|at| {
            let begun = state.calls.iter().filter(|call| call.began <= at).count();
            let left = total.saturating_sub(begun);
            let in_flight = state.in_flight(at);
            (in_flight < limit && left > 0).then_some(Idle { at, in_flight, left })
        })
    }

    /// Whether calls began only in groups of one size: several at a moment, and each group when the
    /// one before it was over. The last one may be smaller.
    ///
    /// ```
    /// use testkit::{CallLog, Course::Succeeds};
    ///
    /// testkit::run_paused(async || {
    ///     let asked = async |sizes: &[u32]| {
    ///         let log = CallLog::undrawn();
    ///         for size in sizes {
    ///             let call = |n| log.play(format!("call {n}"), Succeeds(10), ());
    ///             futures::future::join_all((0..*size).map(call)).await;
    ///         }
    ///         log.in_batches()
    ///     };
    ///     assert!(asked(&[3, 3, 2]).await);
    ///     assert!(!asked(&[3, 1, 2]).await, "two were added one by one");
    /// });
    /// ```
    pub fn in_batches(&self) -> bool {
        let state = self.lock();
        let mut sizes: BTreeMap<u64, usize> = BTreeMap::new();
        for call in &state.calls {
            *sizes.entry(call.began).or_default() += 1;
        }
        let one_after_another = sizes.keys().all(|&at| {
            let earlier = state.calls.iter().filter(|call| call.began < at);
            earlier.clone().all(|call| call.ended.is_some_and(|ended| ended <= at))
        });
        let sizes: Vec<usize> = sizes.into_values().collect();
        let of_one_size = sizes
            .split_last()
            .is_some_and(|(last, full)| full.iter().all(|size| *size == full[0] && last <= size));
        one_after_another && of_one_size && sizes.len() > 1 && state.most > 1
    }

    /// Whether each call began when the one before it was over.
    pub fn one_by_one(&self) -> bool {
        let state = self.lock();
        state.most == 1 && state.calls.len() > 1
    }

    /// Whether a call began later than one with a greater number in its name: "id 3" after "id 4".
    pub fn overtaken(&self) -> bool {
        !self.lock().calls.iter().map(CallRecord::number).is_sorted()
    }

    /// Whether a call ended later than it was due, or has not ended though it is: in between, nothing
    /// polled it.
    pub fn is_overdue(&self) -> bool {
        !self.overdue().is_empty()
    }

    /// The calls that ended later than they were due, or have not ended though they are, in the order
    /// in which they began.
    pub fn overdue(&self) -> Vec<Overdue> {
        let now = self.now();
        let overdue = |call: &CallRecord| {
            let due = call.due.filter(|&due| call.ended.unwrap_or(now) > due)?;
            Some(Overdue { name: call.name.clone(), due, ended: call.ended })
        };
        let all = |state: MutexGuard<'_, State>| state.calls.iter().filter_map(overdue).collect();
        self.timed().map(all).unwrap_or_default()
    }

    /// The results that were handed on later than they were there, in the order of their calls.
    pub fn late(&self) -> Vec<Late> {
        let late = |state: MutexGuard<'_, State>| {
            state.calls.iter().filter_map(CallRecord::late).collect()
        };
        self.timed().map(late).unwrap_or_default()
    }

    /// Whether each late result waited for one of an earlier call, which came when it was handed on.
    pub fn waits_for_earlier(&self) -> bool {
        let calls = &self.lock().calls;
        calls.iter().enumerate().all(|(index, call)| {
            let came = |at| calls[..index].iter().any(|it| it.ended == Some(at));
            call.late().is_none_or(|late| came(late.handed))
        })
    }

    /// Whether each late result was handed on together with one that had just come.
    pub fn handed_in_groups(&self) -> bool {
        let calls = &self.lock().calls;
        let just_come = |at| calls.iter().any(|it| it.ended == at && it.handed == at);
        let mut late = calls.iter().filter_map(CallRecord::late);
        late.all(|late| just_come(Some(late.handed)))
    }

    /// Whether no result was handed on before the last call began.
    pub fn handed_at_the_end(&self) -> bool {
        let calls = &self.lock().calls;
        let last = calls.iter().map(|call| call.began).max();
        calls.iter().filter_map(|call| call.handed).all(|at| Some(at) >= last)
    }

    /// How many calls ended so.
    pub fn ended(&self, end: Ended) -> usize {
        self.lock().calls.iter().filter(|call| call.end == end).count()
    }

    /// How each call ended whose name begins so, in the order in which they began.
    pub fn ends(&self, name: &str) -> Vec<Ended> {
        let state = self.lock();
        let calls = state.calls.iter().filter(|call| call.name.starts_with(name));
        calls.map(|call| call.end).collect()
    }

    /// Whether a call began in a spawned task. The body of a run is none, but for that of
    /// [`run_parallel`](crate::run_parallel).
    pub fn began_in_a_task(&self) -> bool {
        self.lock().in_a_task
    }

    /// Whether a call was cut off, and another one began after it.
    pub fn went_on_after_a_cut(&self) -> bool {
        let calls = &self.lock().calls;
        calls.iter().rev().skip(1).any(|call| call.end == Ended::CutOff)
    }

    /// How many calls of this name began.
    pub fn named(&self, name: &str) -> usize {
        self.lock().calls.iter().filter(|call| call.name == name).count()
    }

    /// The numbers at the end of the names of the calls that ended so, in ascending order.
    pub fn numbers(&self, end: Ended) -> Vec<u64> {
        let state = self.lock();
        let calls = state.calls.iter().filter(|call| call.end == end);
        let mut numbers: Vec<u64> = calls.filter_map(CallRecord::number).collect();
        numbers.sort_unstable();
        numbers
    }

    /// The names of which more than one call began.
    pub fn repeated(&self) -> BTreeSet<String> {
        let mut names = BTreeSet::new();
        let names = self.names().into_iter().filter(|name| !names.insert(name.clone()));
        names.collect()
    }

    /// The log, where something can be said of what happened when.
    fn timed(&self) -> Option<MutexGuard<'_, State>> {
        let state = self.lock();
        (!state.elsewhere).then_some(state)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Called on each thread on which something happens.
    fn note_thread(&mut self) {
        self.elsewhere |= Run::find().is_none();
    }

    fn in_flight(&self, at: u64) -> usize {
        let over = |call: &CallRecord| call.ended.is_some_and(|ended| ended <= at);
        self.calls.iter().filter(|call| call.began <= at && !over(call)).count()
    }

    /// When the log was made, and when calls began and ended.
    fn moments(&self) -> BTreeSet<u64> {
        let ends = self.calls.iter().filter_map(|call| call.ended);
        // From the very beginning: a slot may be free before the first call.
        let begins = self.calls.iter().map(|call| call.began);
        iter::once(0).chain(begins).chain(ends).collect()
    }
}

impl CallRecord {
    /// The number at the end of its name: 3 of "id 3".
    fn number(&self) -> Option<u64> {
        self.name.rsplit(' ').next()?.parse().ok()
    }

    fn late(&self) -> Option<Late> {
        let (there, handed) = (self.ended?, self.handed?);
        (handed > there).then(|| Late { name: self.name.clone(), there, handed })
    }
}

impl CallGuard {
    /// Lets `millis` pass, and notes when that should be over: a call that nobody polls then is
    /// overdue.
    pub async fn takes(&self, millis: u64) {
        let due = {
            let mut state = self.log.lock();
            let call = &mut state.calls[self.index];
            let due = call.due.unwrap_or(call.began) + millis;
            call.due = Some(due);
            due
        };
        // No timer where there is nothing to wait for.
        if self.log.now() < due {
            pause(Duration::from_millis(millis)).await;
        }
    }

    /// The call is over, with an answer.
    pub fn finish(mut self) {
        self.end = Ended::Finished;
    }

    /// The call is over, with an error.
    pub fn fail(mut self) {
        self.end = Ended::Failed;
    }
}

impl Drop for CallGuard {
    fn drop(&mut self) {
        let now = self.log.now();
        let mut state = self.log.lock();
        state.now -= 1;
        let call = &mut state.calls[self.index];
        (call.ended, call.end) = (Some(now), self.end);
        drop(state);
        match (self.call.take(), self.end) {
            (Some(call), Ended::Finished) => call.finished(),
            (Some(call), Ended::Failed) => call.failed(),
            // Dropped, it is drawn as cut off.
            _ => {}
        }
    }
}
