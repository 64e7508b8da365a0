//! The futures that a fake service hands out, from the moment in which they are made.

use std::{collections::BTreeMap, fmt};

use crate::{
    calls::{CallGuard, CallLog, Ended},
    context::journal,
    shared_list::SharedList,
};

/// A [`CallLog`] that also knows the futures that nothing has polled. Cheap to clone.
///
/// ```
/// use testkit::FutureLog;
///
/// testkit::run_paused(async || {
///     let log = FutureLog::drawn_if(true);
///     let make = |name: &str| log.make(name.to_owned(), |call| async move { call.finish() });
///     let _audit = make("audit");
///     make("receipt").await;
///
///     let tally = log.tally(["audit", "receipt"]);
///     assert_eq!(tally["audit"].to_string(), "made 1, polled 0, ended 0, wanted 1");
///     assert_eq!(tally["receipt"].to_string(), "made 1, polled 1, ended 1, wanted 1");
/// });
/// ```
#[derive(Clone)]
pub struct FutureLog {
    /// Its calls, each of which begins when its future is first polled.
    pub calls: CallLog,
    made: SharedList<String>,
}

/// What was seen of the futures of a name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// How many were asked for.
    pub wanted: usize,
    /// How many were made.
    pub made: usize,
    /// How many of these were polled.
    pub polled: usize,
    /// How many were polled and dropped before their end.
    pub cut_off: usize,
    /// How many ran to their end, with an answer or an error.
    pub ended: usize,
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { wanted, made, polled, cut_off, ended } = self;
        write!(f, "made {made}, polled {polled}")?;
        if *cut_off > 0 {
            write!(f, ", cut off {cut_off}")?;
        }
        write!(f, ", ended {ended}, wanted {wanted}")
    }
}

impl FutureLog {
    /// A log that is drawn or not. Where it is, a future that is dropped before anything polls it
    /// gets a mark.
    ///
    /// # Panics
    ///
    /// Outside a run, if it is drawn.
    pub fn drawn_if(drawn: bool) -> Self {
        Self { calls: CallLog::drawn_if(drawn), made: SharedList::default() }
    }

    /// Whether it is drawn.
    pub fn is_drawn(&self) -> bool {
        self.calls.is_drawn()
    }

    /// Makes a future. Polled, it begins a call of this name, which `run` brings to its end.
    pub fn make<F: Future, R: FnOnce(CallGuard) -> F>(
        &self,
        name: String,
        run: R,
    ) -> impl Future<Output = F::Output> + use<F, R> {
        let mut made = Made { log: self.clone(), name, polled: false };
        made.log.made.push(made.name.clone());
        async move {
            made.polled = true;
            run(made.log.calls.begin(&made.name)).await
        }
    }

    /// What was seen of each name, where so many were `wanted` as it occurs there.
    pub fn tally<S: AsRef<str>>(
        &self,
        wanted: impl IntoIterator<Item = S>,
    ) -> BTreeMap<String, Tally> {
        let mut tally = BTreeMap::<String, Tally>::new();
        for name in wanted {
            tally.entry(name.as_ref().to_owned()).or_default().wanted += 1;
        }
        for name in self.made.to_vec() {
            tally.entry(name).or_default().made += 1;
        }
        for call in self.calls.calls() {
            let of_name = tally.entry(call.name).or_default();
            of_name.polled += 1;
            of_name.cut_off += usize::from(call.end == Ended::CutOff);
            of_name.ended += usize::from(call.end.is_over());
        }
        tally
    }
}

/// A future that was made.
struct Made {
    log: FutureLog,
    name: String,
    polled: bool,
}

impl Drop for Made {
    fn drop(&mut self) {
        if self.log.is_drawn() && !self.polled {
            journal().mark(&self.name, "dropped, never polled");
        }
    }
}
