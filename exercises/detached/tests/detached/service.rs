//! A service with jobs in the background, and what was seen of them.

use std::{
    num::NonZeroU16,
    panic::panic_any,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use detached::{Background, Closed, Failure, MailError};
use futures::future::join_all;
use testkit::{
    CallLog, Ended, SharedList, expect, journal, observe, unmatched,
};
use tokio::time::{sleep, timeout};

use super::causes::*;

/// Longer than any job takes; on the paused clock it costs nothing.
pub const AN_HOUR: Duration = Duration::from_hours(1);

/// How a job ends.
#[derive(Clone, Copy, Debug)]
pub enum End {
    Well,
    Fails(u16),
    /// With a payload that is no string.
    Panics,
}

use End::{Fails, Panics, Well};

/// A job: its order, how long it takes in milliseconds, and how it ends.
pub type Job = (u64, u64, End);

/// A service, its jobs, and its log.
#[derive(Clone)]
pub struct Shop {
    pub jobs: Arc<Background>,
    pub log: CallLog,
    /// What has been reported until now.
    pub reports: SharedList<String>,
    pub taken: SharedList<u64>,
    closed: Arc<AtomicBool>,
}

impl Shop {
    /// One whose jobs are drawn.
    pub fn with(places: u16) -> Self {
        Self::of(places, CallLog::new())
    }

    /// One with so many jobs that they are not.
    pub fn busy(places: u16) -> Self {
        Self::of(places, CallLog::undrawn())
    }

    fn of(places: u16, log: CallLog) -> Self {
        let reports = SharedList::default();
        let book = reports.clone();
        let report = Arc::new(move |order, failure| {
            book.push(described(order, &failure));
        });
        let places = NonZeroU16::new(places).expect("no test has 0 places");
        let jobs = Arc::new(Background::new(places, report));
        let (taken, closed) = Default::default();
        Self { jobs, log, reports, taken, closed }
    }

    /// The job itself, not yet polled.
    pub fn job(
        &self,
        (order, millis, end): Job,
    ) -> impl Future<Output = Result<(), MailError>> + Send + use<> {
        let log = self.log.clone();
        async move {
            let call = log.begin(format!("order {order}"));
            call.takes(millis).await;
            match end {
                Well => call.finish(),
                Fails(_) | Panics => call.fail(),
            }
            match end {
                Well => Ok(()),
                Fails(status) => Err(MailError::Status(status)),
                Panics => panic_any(order),
            }
        }
    }

    /// Starts it, and fails the test if `start` does not come back.
    pub async fn start(&self, job: Job) -> Result<(), Closed> {
        let started = observe(self.jobs.start(job.0, self.job(job))).await;
        let taken = started.returned("start");
        let open = !self.closed.load(Ordering::SeqCst);
        expect(!open || taken.is_ok(), "a job is refused by an open service")
            .asked("`start` waits for a place; `Closed` is for after `close`")
            .or_fail();
        if taken.is_ok() {
            self.taken.push(job.0);
        }
        taken
    }

    /// As many callers as there are jobs, all at once.
    pub async fn start_all(&self, jobs: impl IntoIterator<Item = Job>) {
        join_all(jobs.into_iter().map(|job| self.start(job))).await;
    }

    /// The same, and callers that still wait after `millis` go away.
    pub async fn start_for(
        &self,
        millis: u64,
        jobs: impl IntoIterator<Item = Job>,
    ) {
        let callers = self.start_all(jobs);
        let _ = timeout(Duration::from_millis(millis), callers).await;
    }

    /// When the jobs began that are running.
    pub fn still_running(&self) -> Vec<u64> {
        let calls = self.log.calls().into_iter();
        calls.filter(|it| it.end == Ended::Open).map(|it| it.began).collect()
    }

    /// Closes it.
    pub async fn closing(&self) {
        self.closed.store(true, Ordering::SeqCst);
        self.jobs.close().await;
    }

    /// Closes it, and fails the test if `close` does not come back.
    pub async fn close(&self) {
        let call = journal().call("close");
        let closed = observe(self.closing()).await;
        call.finished();
        let idle = self.log.open() == 0 && self.finished() >= self.taken.len();
        expect(closed.came_back(), "`close` has not returned")
            .asked("`close` returns when the jobs that were taken are over")
            .fact(format!("jobs that are running: {}", self.log.open()))
            .because([(idle, NEVER_CLOSED)]);
        closed.returned("close");
    }

    pub fn finished(&self) -> usize {
        self.log.ended(Ended::Finished) + self.log.ended(Ended::Failed)
    }

    /// Those of `jobs` that are over.
    pub fn over_of(&self, jobs: &[Job]) -> Vec<Job> {
        let calls = self.log.calls();
        let over = |job: &&Job| {
            let name = format!("order {}", job.0);
            calls.iter().any(|it| it.name == name && it.ended.is_some())
        };
        jobs.iter().filter(over).copied().collect()
    }

    /// Fails if a job ran twice, or something was reported that was not so.
    pub fn looked_at(&self, jobs: &[Job]) {
        let names = jobs.iter().map(|(order, ..)| format!("order {order}"));
        let (_, again) = unmatched(names.collect(), self.log.names());
        expect(again.is_empty(), "a job was run again")
            .asked("each job is run once")
            .facts(again)
            .or_fail();
        let (_, others) = unmatched(failures(jobs), self.reports.to_vec());
        expect(others.is_empty(), "a report is wrong, or comes twice")
            .asked("one report for each failure, and none besides")
            .facts(others)
            .or_fail();
    }
}

/// The reports that these jobs are worth.
pub fn failures(jobs: &[Job]) -> Vec<String> {
    let failure = |&(order, _, end): &Job| match end {
        Well => None,
        Fails(status) => Some(Failure::Failed(MailError::Status(status)))
            .map(|failure| described(order, &failure)),
        Panics => Some(described(order, &Failure::Panicked)),
    };
    jobs.iter().filter_map(failure).collect()
}

fn described(order: u64, failure: &Failure) -> String {
    format!("order {order}: {failure}")
}

pub async fn pass(millis: u64) {
    sleep(Duration::from_millis(millis)).await;
}
