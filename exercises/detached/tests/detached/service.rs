//! A service with jobs in the background, and what was seen of them.

use std::{
    num::NonZeroU16,
    sync::{Arc, OnceLock},
};

use detached::{Background, Closed, Failure, MailError};
use futures::future::join_all;
use testkit::{
    CallLog, Course, Ended, SharedList, expect, journal, observe, unmatched,
};

use super::causes::*;

/// A job: its order, how long it takes and how it ends.
pub type Job = (u64, Course);

/// A service, its jobs, and its log.
#[derive(Clone)]
pub struct Shop {
    pub jobs: Arc<Background>,
    pub log: CallLog,
    /// What has been reported until now.
    pub reports: SharedList<String>,
    pub taken: SharedList<u64>,
    closed: Arc<OnceLock<()>>,
}

impl Shop {
    /// A new one, whose jobs go into `log`.
    pub fn new(places: u16, log: CallLog) -> Self {
        let reports = SharedList::default();
        let book = reports.clone();
        let report = Arc::new(move |order, failure: Failure| {
            book.push(format!("order {order}: {failure}"));
        });
        let places = NonZeroU16::new(places).expect("no test has 0 places");
        let jobs = Arc::new(Background::new(places, report));
        let (taken, closed) = Default::default();
        Self { jobs, log, reports, taken, closed }
    }

    /// Starts it, and fails the test if `start` does not come back.
    pub async fn start(&self, (order, course): Job) -> Result<(), Closed> {
        let error = MailError::Status(503);
        let job = self.log.play(format!("order {order}"), course, error);
        let started = observe(self.jobs.start(order, job)).await;
        let taken = started.returned("start");
        let open = self.closed.get().is_none();
        expect(!open || taken.is_ok(), "a job is refused by an open service")
            .asked("`start` waits for a place; `Closed` is for after `close`")
            .or_fail();
        if taken.is_ok() {
            self.taken.push(order);
        }
        taken
    }

    /// As many callers as there are jobs, all at once.
    pub async fn start_all(&self, jobs: impl IntoIterator<Item = Job>) {
        join_all(jobs.into_iter().map(|job| self.start(job))).await;
    }

    /// Closes it.
    pub async fn closing(&self) {
        let _ = self.closed.set(());
        self.jobs.close().await;
    }

    /// Closes it, and fails the test if `close` does not come back.
    pub async fn close(&self) {
        let call = self.log.is_drawn().then(|| journal().call("close"));
        let closed = observe(self.closing()).await;
        if let Some(call) = call {
            call.finished();
        }
        let idle = self.log.open() == 0 && self.over() >= self.taken.len();
        expect(closed.came_back(), "`close` has not returned")
            .asked("`close` returns when the jobs that were taken are over")
            .fact(format!("jobs that are running: {}", self.log.open()))
            .because([(idle, NEVER_CLOSED)]);
        closed.returned("close");
    }

    /// How many jobs have come to their end.
    pub fn over(&self) -> usize {
        self.log.ended(Ended::Finished) + self.log.ended(Ended::Failed)
    }

    /// The reports that `jobs` are worth: those that have failed by now.
    pub fn failures(&self, jobs: &[Job]) -> Vec<String> {
        let failed = self.log.numbers(Ended::Failed);
        let failed = jobs.iter().filter(|job| failed.contains(&job.0));
        let report = |(order, course): &Job| match course {
            Course::Fails(_) => {
                format!("order {order}: the mailer answered 503")
            }
            _ => format!("order {order}: the job panicked"),
        };
        failed.map(report).collect()
    }

    /// Fails unless what failed by now is in the log, once, and nothing else.
    pub fn looked_at(&self, jobs: &[Job]) {
        let reports = self.reports.to_vec();
        let (missing, others) = unmatched(self.failures(jobs), reports);
        expect(missing.is_empty() && others.is_empty(), "a report is wrong")
            .asked("one report for each failure, and no others")
            .fact(format!("missing: {missing:?}, too many: {others:?}"))
            .or_fail();
    }
}
