//! Conditions that `cargo workbook verify --matrix` puts on the runs of right answers.
//!
//! A right answer may do more than the reference does: show its progress each 20 ms beside the work,
//! or take its time before its first call. Tests that go by quiet, and not by the clock, have to put
//! up with that, and whether they do is found out by imposing it. The command names the condition in
//! the environment of the test process; in a learner's run, and in a plain `cargo test`, there is
//! none.
//!
//! | `WORKBOOK_CONDITION` | what it does |
//! |---|---|
//! | `ticker` | a task on the run's runtime wakes each 20 ms, on its clock, for the first 100 s of it |
//! | `late` | 500 ms pass at the first call of a test to an [`Upstream`](crate::Upstream), a [`Gate`](crate::Gate), a [`CallLog`](crate::CallLog) or a [`WorkLog`](crate::WorkLog), before it is logged or counted |
//!
//! To the rest of the kit a late service is the same as code that took its time. The time is real: a
//! test on a paused clock may count that to the millisecond, and code that takes 500 ms longer on it
//! *is* late there. So in such a test, and in a `CallLog` in general, the thread is held, as by code
//! that computes. What is not made late: work on the runtime's own thread, where the hold itself
//! would be a mistake, and services that are none of this kit, such as mocks and databases.
//!
//! The ticks end for the sake of tests on a paused clock, on which a day is as long as never: such a
//! clock would have to stop four million times on its way there. A progress bar ends with the work.
//!
//! Tests on which a condition has been imposed are named in the file `WORKBOOK_CONDITION_LOG`, one a
//! line, so that the command can say what was not asked.

use std::{
    env,
    fs::OpenOptions,
    io::Write,
    sync::{
        Arc, Mutex, OnceLock, PoisonError,
        atomic::{AtomicBool, Ordering::SeqCst},
    },
    thread,
    time::Duration,
};

use tokio::{runtime::Runtime, time};

use crate::context::Run;

/// A condition of the whole process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Imposed {
    Ticker,
    Late,
}

const TICK: Duration = Duration::from_millis(20);

/// A test takes seconds; a paused clock may go on for days.
const TICKS: u32 = 5_000;

/// How late the first call of a test is.
const LATE: Duration = Duration::from_millis(500);

/// What has been imposed on one run.
#[derive(Default)]
pub(crate) struct Conditions {
    /// Whether the ticker runs.
    ticks: Arc<AtomicBool>,
    /// Whether the first call has come. What comes while it is late waits behind it.
    came: AtomicBool,
    /// Held by the one that is late: in the order in which they came, where waiting is asynchronous.
    late: tokio::sync::Mutex<()>,
    late_here: Mutex<()>,
}

impl Conditions {
    /// Begins what goes on beside the code under test.
    pub(crate) fn begin(&self, runtime: &Runtime, test: &str) {
        if imposed() == Some(Imposed::Ticker) {
            let ticks = Arc::clone(&self.ticks);
            ticks.store(true, SeqCst);
            runtime.spawn(async move {
                for _ in 0..TICKS {
                    time::sleep(TICK).await;
                }
                ticks.store(false, SeqCst);
            });
            log(test);
        }
    }

    /// How many tasks of the run's runtime are ours.
    pub(crate) fn tasks(&self) -> usize {
        usize::from(self.ticks.load(SeqCst))
    }

    /// Called by an asynchronous service, before it logs a call or holds it.
    pub(crate) async fn call(&self, run: &Run) {
        if imposed() != Some(Imposed::Late) || self.came.load(SeqCst) {
            return;
        }
        if run.is_paused() {
            return self.call_here(run);
        }
        let _late = self.late.lock().await;
        if !self.came.load(SeqCst) {
            time::sleep(LATE).await;
            self.came.store(true, SeqCst);
            log(&run.test);
        }
    }

    /// Called by a service that is called on the spot, before it logs a call.
    pub(crate) fn call_here(&self, run: &Run) {
        if imposed() != Some(Imposed::Late) || self.came.load(SeqCst) {
            return;
        }
        let _late = self.late_here.lock().unwrap_or_else(PoisonError::into_inner);
        if !self.came.load(SeqCst) {
            thread::sleep(LATE);
            self.came.store(true, SeqCst);
            log(&run.test);
        }
    }
}

fn imposed() -> Option<Imposed> {
    static IMPOSED: OnceLock<Option<Imposed>> = OnceLock::new();
    *IMPOSED.get_or_init(|| match env::var("WORKBOOK_CONDITION").ok()?.as_str() {
        "ticker" => Some(Imposed::Ticker),
        "late" => Some(Imposed::Late),
        _ => None,
    })
}

/// Names a test on which the condition has been imposed. One that cannot be named counts as one that
/// was not asked.
fn log(test: &str) {
    let Some(file) = env::var_os("WORKBOOK_CONDITION_LOG") else { return };
    let Ok(mut file) = OpenOptions::new().append(true).create(true).open(file) else { return };
    // In one piece: others write at the same time.
    let _ = file.write_all(format!("{test}\n").as_bytes());
}
