//! Jobs that are watched, and what was seen of a call.

use std::{future::poll_fn, panic::panic_any, thread, time::Duration};

use futures::{FutureExt, future::BoxFuture};
use taskgroup::{GroupError, run_all};
use testkit::{
    Call, CallLog, Ended, InFlight, Journal, Rendezvous, SharedList,
    clock_was_nudged, expect, journal, observe, poll::await_for,
    probe::comes_true,
};
use tokio::{task::JoinError, time::sleep};
use tokio_util::sync::CancellationToken;

use super::causes::PASSED_ON;

/// How a job ends. It panics with 0 as a `&str`, 1 as a `String`, or a number.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum End {
    Gives(u32),
    Fails(&'static str),
    Panics(u32),
}

use End::{Fails, Gives, Panics};

/// How long a job takes, in milliseconds, and how it ends.
pub type Plan = (u64, End);

pub type Job = BoxFuture<'static, Result<u32, &'static str>>;

/// Jobs, and what was seen of them.
#[derive(Clone)]
pub struct Jobs {
    pub plans: Vec<Plan>,
    pub log: CallLog,
    journal: Journal,
    /// When something was drawn.
    moments: SharedList<u64>,
    /// Those whose futures have not been dropped.
    pub there: InFlight,
    /// The position of the one whose destructor takes its time.
    slow: Option<usize>,
    /// Those that are not stopped meanwhile come to their ends.
    pub go_on: CancellationToken,
    returned: Rendezvous,
}

/// A call of `run_all`, when it returned.
pub struct Seen {
    /// What it returned, in words.
    pub outcome: String,
    /// When, in milliseconds.
    pub after: u64,
    /// Jobs that had not been dropped.
    pub left: usize,
    /// Jobs that had come to their own end.
    pub over: usize,
}

impl Jobs {
    pub fn of(plans: impl IntoIterator<Item = Plan>) -> Self {
        let (plans, log) = (plans.into_iter().collect(), CallLog::undrawn());
        let (moments, there, slow, go_on, returned) = Default::default();
        let journal = journal();
        Self { plans, log, journal, moments, there, slow, go_on, returned }
    }

    /// Each takes so many milliseconds. They give 1, 2, 3 and so on.
    pub fn giving(millis: &[u64]) -> Self {
        Self::of(millis.iter().copied().zip((1..).map(Gives)))
    }

    /// This job at `position`, and others that take so long, or twice.
    pub fn with(others: u32, position: usize, plan: Plan, millis: u64) -> Self {
        let other = |n| (millis * u64::from(2 - n % 2), Gives(n));
        let mut plans: Vec<Plan> = (1..=others).map(other).collect();
        plans.insert(position, plan);
        Self::of(plans)
    }

    /// Up to thirty jobs: another list for each number from 1 to 30. They end one
    /// at a time, the last with a failure, as a few, some or all before it do.
    pub fn any(number: u32) -> Self {
        let (count, seldom) = (1 + number * 7 % 30, 1 + number % 4 * 10);
        let turn = |n| n * number % 31;
        let last = (1..=count).map(turn).max();
        let end = |n| match turn(n) {
            turn if turn % seldom > 0 && Some(turn) != last => Gives(n),
            turn if turn % 2 == 0 => Fails("no car"),
            _ => Panics(n % 3),
        };
        Self::of((1..=count).map(|n| (10 * u64::from(turn(n)), end(n))))
    }

    pub fn drawn_if(self, drawn: bool) -> Self {
        Self { log: CallLog::drawn_if(drawn), ..self }
    }

    /// The destructor of the job at this position takes its time: as a rule
    /// until the call has returned.
    pub fn dropped_slowly(self, position: usize) -> Self {
        Self { slow: Some(position), ..self }
    }

    /// Runs them all, and looks at the moment when the call returns.
    pub async fn run(&self) -> Seen {
        let call = self.draw_call();
        let outcome = called(self.all()).await;
        let (left, after) = (self.there.now(), self.log.now());
        self.returned.signal();
        if let Some(call) = call {
            call.finished();
        }
        journal().step();
        Seen { outcome, after, left, over: self.over() }
    }

    /// Drops the call a while after it has been polled so often. False if it
    /// returned before.
    pub async fn run_for(&self, polls: usize) -> bool {
        let call = self.draw_call();
        let mut running = Box::pin(run_all(self.all()));
        let returned = await_for(polls, &mut running).await.is_some();
        sleep(Duration::from_millis(10)).await;
        drop((running, call));
        journal().step();
        !returned
    }

    fn draw_call(&self) -> Option<Call> {
        let drawn = self.log.is_drawn();
        journal().declare(drawn.then_some("run_all"));
        drawn.then(|| journal().call("run_all"))
    }

    /// Draws what happens at another moment than the last after it.
    fn step(&self) {
        let now = self.log.now();
        if self.log.is_drawn() && !self.moments.to_vec().contains(&now) {
            self.moments.push(now);
            self.journal.step();
        }
    }

    /// Waits until none is left. How many came to their own end by then?
    pub async fn over_at_last(&self) -> usize {
        // One that is never dropped does not end the test.
        let _ = observe(self.there.none()).await;
        self.over()
    }

    /// How many have come to their own end.
    pub fn over(&self) -> usize {
        self.log.ended(Ended::Finished) + self.log.ended(Ended::Failed)
    }

    /// Whether nothing can be said of what happened when: a paused clock does
    /// not wait for other threads.
    pub fn are_untimed(&self) -> bool {
        self.log.is_untimed() || clock_was_nudged()
    }

    /// Whether each began when the one before it had ended.
    pub fn in_sequence(&self) -> bool {
        self.log.one_by_one() && !self.are_untimed()
    }

    /// What a call returns that leaves out those that give nothing, in words.
    pub fn values(&self) -> String {
        let value = |(_, end): &Plan| match end {
            Gives(value) => Some(*value),
            Fails(_) | Panics(_) => None,
        };
        let values = self.plans.iter().filter_map(value);
        format!("{:?}", values.collect::<Vec<_>>())
    }

    fn all(&self) -> Vec<Job> {
        (0..self.plans.len()).map(|position| self.job(position)).collect()
    }

    fn job(&self, position: usize) -> Job {
        let (jobs, (millis, end)) = (self.clone(), self.plans[position]);
        let work = async move {
            let call = jobs.log.begin(format!("job {}", position + 1));
            let _ = jobs.go_on.run_until_cancelled(call.takes(millis)).await;
            jobs.step();
            match end {
                Gives(_) => call.finish(),
                Fails(_) | Panics(_) => call.fail(),
            }
            end.happens()
        };
        let slow = (self.slow == Some(position)).then(|| Slow(self.clone()));
        // In the order in which they are dropped. The job is there until then,
        // and not only until it has ended.
        let mut job = (work.boxed(), slow, self.there.enter());
        poll_fn(move |context| {
            let job = &mut job;
            job.0.poll_unpin(context)
        })
        .boxed()
    }
}

/// A destructor that takes its time.
struct Slow(Jobs);

impl Drop for Slow {
    fn drop(&mut self) {
        // What is not written yet panics, and is not waited for.
        if thread::panicking() {
            return;
        }
        // Longer than many a call waits that then gives up.
        let long = Duration::from_millis(150);
        self.0.returned.wait(long);
        let alone = || self.0.there.now() == 1;
        if self.0.log.ended(Ended::CutOff) > 0 && !comes_true(long, alone) {
            self.0.go_on.cancel();
            comes_true(long / 3, || self.0.over() > 1);
        }
    }
}

impl End {
    pub fn happens(self) -> Result<u32, &'static str> {
        match self {
            Gives(value) => Ok(value),
            Fails(error) => Err(error),
            Panics(0) => panic_any("0"),
            Panics(1) => panic_any("1".to_owned()),
            Panics(payload) => panic_any(payload),
        }
    }

    /// What a call returns because of it, in words.
    pub fn told(self) -> String {
        match self {
            Gives(value) => format!("[{value}]"),
            Fails(error) => format!("Failed, {error}"),
            Panics(payload) => format!("Panicked, {payload}"),
        }
    }
}

/// `Panicked` with the error of a task that was stopped, in words.
pub const STOPPED: &str = "Panicked, with the error of a task that was aborted";

/// `Panicked` with something that no job panicked with, in words.
pub const OTHER_PAYLOAD: &str = "Panicked, with something else";

/// Calls `run_all`. What it returns, in words.
pub async fn called(jobs: Vec<Job>) -> String {
    let observed = observe(run_all(jobs)).await;
    let passed_on = observed.panicked_with::<u32>();
    expect(!passed_on, "a job's panic is the panic of the call")
        .asked("the first failure returned, a panic as `Panicked`")
        .because([(passed_on, PASSED_ON)]);
    let payload = match observed.returned("run_all") {
        Ok(values) => return format!("{values:?}"),
        Err(GroupError::Failed(error)) => return Fails(error).told(),
        Err(GroupError::Panicked(payload)) => payload,
    };
    let number = payload.downcast_ref().copied();
    let text = (payload.downcast_ref() == Some(&"0")).then_some(0);
    let owned = (payload.downcast_ref() == Some(&"1".to_owned())).then_some(1);
    match (number.or(text).or(owned), payload.downcast_ref::<JoinError>()) {
        (Some(payload), _) => Panics(payload).told(),
        (_, Some(error)) if error.is_cancelled() => STOPPED.to_owned(),
        _ => OTHER_PAYLOAD.to_owned(),
    }
}
