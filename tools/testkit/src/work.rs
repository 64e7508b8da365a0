//! Synchronous work, as it was seen: on which thread, and how much of it at once.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    thread,
    time::Duration,
};

use crate::{
    context::{Membership, journal},
    gate::Gate,
    journal::Call,
    probe::{Rendezvous, RuntimeThread},
};

/// A log of synchronous work that the code under test has done somewhere: on the runtime's thread,
/// in the blocking pool, on threads of its own. Cheap to clone; drawn as it grows, each piece on the
/// lane of its name.
///
/// Pieces whose names differ in their number only make a group: `A1` and `A2` are of group `A`.
///
/// ```
/// use testkit::WorkLog;
///
/// testkit::run(async || {
///     let log = WorkLog::new();
///     let both = ["A1", "A2"].map(|name| {
///         let log = log.clone();
///         tokio::task::spawn_blocking(move || drop(log.begin(name)))
///     });
///     futures::future::join_all(both).await;
///     drop(log.begin("B1"));
///
///     assert_eq!((log.begun(), log.on_the_runtime()), (3, 1));
///     assert!(log.most() <= 2);
/// });
/// ```
#[derive(Clone)]
pub struct WorkLog {
    drawn: bool,
    run: Membership,
    runtime: RuntimeThread,
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    begun: Vec<String>,
    on_the_runtime: usize,
    under_way: usize,
    /// How many of each group are under way, where any are.
    by_group: BTreeMap<String, usize>,
    most: usize,
    most_of_a_group: usize,
    most_groups: usize,
    /// Whether a sign was waited for in vain.
    stuck: bool,
}

/// A piece of work that is under way. It ends when this is dropped; while panicking, it has failed.
#[must_use = "the work ends when this is dropped"]
pub struct Working {
    name: String,
    on_the_runtime: bool,
    call: Option<Call>,
    log: WorkLog,
}

/// Work that is held for so long is held for ever. Below the watchdog's limit.
const NEVER: Duration = Duration::from_secs(2);

impl Default for WorkLog {
    fn default() -> Self {
        Self::new()
    }
}

impl WorkLog {
    /// A log whose work is drawn, made on the runtime's thread.
    ///
    /// # Panics
    ///
    /// Outside a run.
    pub fn new() -> Self {
        let (run, runtime) = (Membership::of_this_thread(), RuntimeThread::here());
        Self { drawn: true, run, runtime, state: Arc::default() }
    }

    /// A log that is not drawn.
    ///
    /// # Panics
    ///
    /// Outside a run.
    pub fn undrawn() -> Self {
        Self { drawn: false, ..Self::new() }
    }

    /// Notes that a piece of work begins, on this thread.
    pub fn begin(&self, name: &str) -> Working {
        self.run.join();
        let on_the_runtime = self.runtime.is_here();
        if !on_the_runtime {
            self.run.is_called_here();
        }
        let call = self.drawn.then(|| journal().call(name));
        let mut state = self.lock();
        state.begun.push(name.to_owned());
        state.on_the_runtime += usize::from(on_the_runtime);
        state.under_way += 1;
        let of_the_group = state.by_group.entry(group(name).to_owned()).or_default();
        *of_the_group += 1;
        let of_the_group = *of_the_group;
        state.most = state.most.max(state.under_way);
        state.most_of_a_group = state.most_of_a_group.max(of_the_group);
        state.most_groups = state.most_groups.max(state.by_group.len());
        Working { name: name.to_owned(), on_the_runtime, call, log: self.clone() }
    }

    /// How many pieces have been begun.
    pub fn begun(&self) -> usize {
        self.lock().begun.len()
    }

    /// Those of `names` that have not been begun.
    pub fn not_begun(&self, names: &[String]) -> Vec<String> {
        let state = self.lock();
        names.iter().filter(|name| !state.begun.contains(name)).cloned().collect()
    }

    /// How many were begun on the thread on which this log was made.
    pub fn on_the_runtime(&self) -> usize {
        self.lock().on_the_runtime
    }

    /// The largest number that were ever under way at once.
    pub fn most(&self) -> usize {
        self.lock().most
    }

    /// The same within one group.
    pub fn most_of_a_group(&self) -> usize {
        self.lock().most_of_a_group
    }

    /// The largest number of groups that were ever under way at once.
    pub fn most_groups(&self) -> usize {
        self.lock().most_groups
    }

    /// Whether a piece of work has waited in vain for its sign.
    pub fn has_waited_in_vain(&self) -> bool {
        self.lock().stuck
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Working {
    /// What the work is called.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether it is of the group of this name.
    pub fn is_of(&self, name: &str) -> bool {
        group(&self.name) == name
    }

    /// Whether it holds the runtime's thread.
    pub fn is_on_the_runtime(&self) -> bool {
        self.on_the_runtime
    }

    /// The log that it belongs to.
    pub fn log(&self) -> &WorkLog {
        &self.log
    }

    /// Holds this thread until the gate lets it go; not the runtime's, where nothing could open the
    /// gate. Work that is not drawn passes.
    pub fn waits_at(&self, gate: &Gate) {
        if let Some(call) = &self.call
            && !self.on_the_runtime
        {
            gate.pass_blocking(call);
        }
    }

    /// Holds this thread until the sign is given; not the runtime's, from which it has to come. What
    /// has waited in vain waits no more, and nor does the rest of this log.
    pub fn waits_for(&self, sign: &Rendezvous) {
        if !self.on_the_runtime && !self.log.lock().stuck {
            let given = sign.wait(NEVER);
            self.log.lock().stuck |= !given;
        }
    }
}

impl Drop for Working {
    fn drop(&mut self) {
        match self.call.take() {
            Some(call) if self.on_the_runtime => call.blocked(),
            Some(call) if thread::panicking() => call.failed(),
            Some(call) => call.finished(),
            None => {}
        }
        let mut state = self.log.lock();
        state.under_way -= 1;
        let group = group(&self.name);
        if let Some(under_way) = state.by_group.get_mut(group) {
            *under_way -= 1;
            if *under_way == 0 {
                state.by_group.remove(group);
            }
        }
    }
}

fn group(name: &str) -> &str {
    name.trim_end_matches(|last: char| last.is_ascii_digit())
}
