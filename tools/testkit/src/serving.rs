//! A service that runs beside its test until it returns.

use std::{panic::resume_unwind, sync::OnceLock};

use tokio::{sync::watch, task};

use crate::{
    calls::{CallLog, Ended},
    observe::observe,
};

/// A service under test, in a task of its own: when it returned, what, and which calls were under
/// way at that moment.
///
/// ```
/// use testkit::{CallLog, Serving, wait::later};
///
/// testkit::run_paused(async || {
///     let log = CallLog::new();
///     let serving = Serving::start(&log, async {
///         later(50).await;
///         "done"
///     });
///     later(20).await;
///     serving.note_stop();
///
///     let returned = serving.end().await.expect("it returns");
///     assert_eq!((returned.output, returned.after), ("done", 30));
///     assert!(returned.open.is_empty());
/// });
/// ```
pub struct Serving<T> {
    log: CallLog,
    stopped: OnceLock<u64>,
    /// Without a sender when the service has panicked.
    returned: watch::Receiver<Option<Returned<T>>>,
}

/// What a service returned, and what was seen at that moment.
#[derive(Clone, Debug)]
pub struct Returned<T> {
    /// What it returned.
    pub output: T,
    /// When, in milliseconds since it was told to stop; since its start if it has not been.
    pub after: u64,
    /// The calls that were under way: the numbers at the end of their names, in ascending order.
    pub open: Vec<u64>,
}

impl<T: Clone + Send + Sync + 'static> Serving<T> {
    /// Starts it. `log` has the calls that it makes, and its clock is that of `after`.
    ///
    /// # Panics
    ///
    /// Outside a runtime.
    pub fn start(log: &CallLog, service: impl Future<Output = T> + Send + 'static) -> Self {
        let calls = log.clone();
        let (tell, returned) = watch::channel(None);
        task::spawn(async move {
            let output = service.await;
            // In the same poll: on one thread nothing has ended since.
            let (after, open) = (calls.now(), calls.numbers(Ended::Open));
            tell.send_replace(Some(Returned { output, after, open }));
        });
        Self { log: log.clone(), stopped: OnceLock::new(), returned }
    }

    /// Notes that it is told to stop now. The first time counts.
    pub fn note_stop(&self) {
        // An error means that it has been told before.
        let _ = self.stopped.set(self.log.now());
    }

    /// When it was told to stop, on the clock of its log.
    pub fn stopped(&self) -> Option<u64> {
        self.stopped.get().copied()
    }

    /// Whether one of its calls was cut off at the moment at which it was told to stop. Only a paused
    /// clock is exact enough.
    pub fn cuts_at_stop(&self) -> bool {
        let cut = self.log.calls().into_iter().filter(|call| call.end == Ended::CutOff);
        self.stopped().is_some_and(|at| cut.map(|call| call.ended).any(|end| end == Some(at)))
    }

    /// What it has returned by now. If it has panicked, so does this, with what the run tells of it.
    pub fn returned(&self) -> Option<Returned<T>> {
        let mut returned = self.returned.borrow().clone();
        if returned.is_none() && self.returned.has_changed().is_err() {
            resume_unwind(Box::new("the service has panicked"));
        }
        if let Some(returned) = &mut returned {
            returned.after -= self.stopped().unwrap_or_default().min(returned.after);
        }
        returned
    }

    /// Waits for what it returns; `None` if everything has come to rest before it does.
    ///
    /// # Panics
    ///
    /// If the service has, as [`returned`](Self::returned).
    pub async fn end(&self) -> Option<Returned<T>> {
        let mut returned = self.returned.clone();
        let came = observe(returned.wait_for(Option::is_some)).await.came_back();
        if came { self.returned() } else { None }
    }
}
