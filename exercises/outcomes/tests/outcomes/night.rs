//! A night of backups: how each try ends, and what was seen of a call.

use std::{
    future::pending,
    iter::zip,
    panic::panic_any,
    time::{Duration, Instant},
};

use outcomes::{
    Backup, BackupError, Failure, Failures, Outcome, Snapshot, Snapshots,
    all_or_each, back_up_all,
};
use testkit::{
    CallGuard, CallLog, CallRecord, Ended, Journal, at_rest, expect, journal,
    observe,
};
use tokio::{sync::oneshot, task};

pub use self::Ends::*;
use super::causes::*;

/// How a try ends.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Ends {
    Done,
    Busy,
    Refused(&'static str),
    Panics(&'static str),
    /// With a panic that carries no text.
    Mute,
    /// Somebody aborts its task.
    Aborted,
}

/// Instead of milliseconds, on the paused clock: longer than any limit.
pub const DAYS: u64 = u64::MAX;

/// Instead of milliseconds, on the real clock: until all else is at rest.
pub const AT_REST: u64 = u64::MAX - 1;

/// What is tried so often is refused: more than anyone would choose.
pub const TOO_OFTEN: usize = 300;

/// What a call returns.
pub type Returned = Result<Snapshots, Failures>;

/// A database: how many milliseconds its tries take, and how they end.
#[derive(Clone)]
pub struct Database {
    pub id: u64,
    pub tries: [(u64, Ends); 2],
}

/// The databases of a call, and the tries that were seen.
#[derive(Clone)]
pub struct Night {
    pub plan: Vec<Database>,
    pub log: CallLog,
    pub drawn: Option<Journal>,
}

impl Night {
    /// Backups of these databases: their ids, how many milliseconds each takes,
    /// and how it ends.
    pub fn of(plan: &[(u64, u64, Ends)]) -> Self {
        let drawn = journal();
        drawn.declare(["the call"]);
        let database = |&(id, millis, ends)| {
            let tries = [(millis, ends); 2];
            Database { id, tries }
        };
        let plan = plan.iter().map(database).collect();
        Self { plan, log: CallLog::new(), drawn: Some(drawn) }
    }

    /// So many databases with ids of any size, 0 too. Tries take any of these
    /// times and end in any way, but no second one ends as busy.
    pub fn of_any_kind(count: u64, times: &[u64]) -> Self {
        let long = &*"no space left, ".repeat(117).leak();
        // The factor is odd, so that no id occurs twice.
        let ids = (0..count).map(|nth| nth.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        let plan = ids.map(|id| {
            let mut left = usize::try_from(id >> 36).unwrap_or_default();
            let mut any = |all: usize| (left % all, left /= all).0;
            let tries = [0, 1].map(|from| {
                let it = ["", "the database is busy", long][any(3)];
                let ends = [Busy, Done, Refused(it), Panics(it), Mute, Aborted];
                (times[any(times.len())], ends[from + any(6 - from)])
            });
            Database { id, tries }
        });
        Self { plan: plan.collect(), ..Self::of(&[]).undrawn() }
    }

    /// The same, with another second try of a database.
    pub fn again(mut self, id: u64, millis: u64, ends: Ends) -> Self {
        for database in self.plan.iter_mut().filter(|one| one.id == id) {
            database.tries[1] = (millis, ends);
        }
        self
    }

    /// The same, not drawn.
    pub fn undrawn(self) -> Self {
        Self { log: CallLog::undrawn(), drawn: None, ..self }
    }

    /// Calls the code under test.
    pub async fn call(&self) -> Returned {
        let ids: Vec<u64> = self.plan.iter().map(|one| one.id).collect();
        let night = self.clone();
        let drawn = self.drawn.as_ref().map(|it| it.call("the call"));
        let call = back_up_all(move |id| night.start(id), &ids);
        let observed = observe(call).await;
        if let Some(call) = drawn {
            call.finished();
            journal().step();
        }
        let message = observed.panic_message().unwrap_or("none".to_owned());
        let its_own = |it: &Database| matches!(it.last(), Panics(text) if text == message);
        let passed_on = observed.panicked_with::<Ends>()
            || message.contains("JoinError::Panic")
            || self.plan.iter().any(its_own);
        let of_an_abort = message.contains("reason is not a panic");
        expect(!passed_on && !of_an_abort, "the call panicked")
            .asked("an outcome for each backup, however its task ends")
            .fact_if(of_an_abort, "`into_panic` was called for a cancellation")
            .without_drawing()
            .because([(passed_on, PASSED_ON), (of_an_abort, ALWAYS_A_PANIC)]);
        observed.returned("back_up_all")
    }

    /// Spawns a try of a database.
    fn start(&self, id: u64) -> Backup {
        let (lane, drawn) = (format!("db {id}"), self.drawn.clone());
        let before = self.log.named(&lane);
        let found = self.plan.iter().find(|one| one.id == id);
        let tries = found.filter(|_| before < TOO_OFTEN).map(|it| it.tries);
        let (millis, ends) = tries
            .map_or((0, Refused("that is enough")), |it| it[before.min(1)]);
        let call = self.log.begin(&lane);
        let (tell, told) = oneshot::channel();
        let task = task::spawn(async move {
            match millis {
                DAYS => takes_days(&call).await,
                AT_REST => at_rest().await,
                _ => call.takes(millis).await,
            }
            match ends {
                // The call is cut off.
                Aborted => {
                    told.await.as_ref().map(task::AbortHandle::abort).ok();
                    pending::<()>().await;
                }
                Done => call.finish(),
                _ => call.fail(),
            }
            // What ends later is drawn later.
            drawn.inspect(Journal::step);
            match ends {
                Refused(text) => Err(BackupError::Refused(text.to_owned())),
                Busy => Err(BackupError::Busy),
                // A panic with a literal carries a `&str`, one with arguments a
                // `String`, and others whatever they like.
                Panics(text) if text.len() % 2 == 0 => panic_any(text),
                Panics(text) => panic_any(text.to_owned()),
                Mute => panic_any(ends),
                Done | Aborted => Ok(snapshot(id, before + 1)),
            }
        });
        tell.send(task.abort_handle()).ok();
        task
    }

    /// What is wrong with a call that has returned this. The gravest is told,
    /// since on several threads chance decides about the others.
    pub fn fault(&self, returned: &Returned) -> Option<&'static str> {
        let wanted = self.plan.iter().map(|one| (one.id, one.outcome()));
        let calls = self.log.calls();
        let as_asked = |it: &Database| it.tried(&calls).len() == it.asked();
        let is_cut = |it: &Database| it.tried(&calls).iter().any(is_cut_off);
        let faults = [
            (self.plan.iter().any(is_cut), "backups were aborted"),
            (*returned != all_or_each(wanted), "outcomes are not as they were"),
            (!self.plan.iter().all(as_asked), "a number of tries is wrong"),
            (self.log.open() > 0, "it returned before all backups were over"),
        ];
        faults.iter().find(|it| it.0).map(|it| it.1)
    }
}

impl Database {
    /// How each of its tries among these ends, and what was seen of it.
    pub fn tried(&self, calls: &[CallRecord]) -> Vec<(Ends, CallRecord)> {
        let lane = format!("db {}", self.id);
        let calls = calls.iter().filter(|call| call.name == lane).cloned();
        let ends = (0..).map(|nth: usize| self.tries[nth.min(1)].1);
        zip(ends, calls).collect()
    }

    pub fn first(&self) -> Ends {
        self.tries[0].1
    }

    /// How many tries are asked for.
    pub fn asked(&self) -> usize {
        if self.first() == Busy { 2 } else { 1 }
    }

    /// How the last of them ends.
    pub fn last(&self) -> Ends {
        self.tries[self.asked() - 1].1
    }

    /// What is to be reported of it.
    pub fn outcome(&self) -> Outcome {
        Err(match self.last() {
            Done => return Ok(snapshot(self.id, self.asked())),
            Busy => Failure::Failed(BackupError::Busy),
            Refused(text) => {
                Failure::Failed(BackupError::Refused(text.to_owned()))
            }
            Panics(text) => Failure::Panicked(text.to_owned()),
            Mute => Failure::Panicked("a panic without a message".to_owned()),
            Aborted => Failure::Cancelled,
        })
    }
}

/// Whether the code under test has aborted this try.
pub fn is_cut_off((ends, call): &(Ends, CallRecord)) -> bool {
    call.end == Ended::CutOff && *ends != Aborted
}

/// Days; less where code wakes up so often that they would take long.
async fn takes_days(call: &CallGuard) {
    let (began, mut minutes) = (Instant::now(), 1);
    while minutes < 4000 && began.elapsed() < Duration::from_millis(200) {
        call.takes(minutes * 60_000).await;
        minutes *= 2;
    }
}

/// Of large ids, some have equal ones, which are empty too.
fn snapshot(id: u64, tries: usize) -> Snapshot {
    let is_empty = id > 1 << 32 && id % 4 == 1;
    let text = format!("db {id}, try {tries}");
    Snapshot(if is_empty { String::new() } else { text })
}
