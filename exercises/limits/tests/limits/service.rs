//! A service of documents in memory, a job for it, and what was seen of it.

use std::{num::NonZeroUsize, pin::pin, sync::Arc, thread, time::Duration};

use futures::FutureExt;
use limits::{Answer, Body, Client, FetchError, fetch_all};
use testkit::{
    CallLog, Ended, Held, Idle, SharedList, clock_was_nudged, expect, observe,
    unmatched,
};
use tokio::{sync::Semaphore, time::timeout};

use super::causes::*;

/// How long a response takes, in milliseconds, and how it fails.
pub struct Takes {
    pub head: u64,
    pub body: u64,
    pub fails: Option<FetchError>,
}

pub fn head(millis: u64) -> Takes {
    Takes { head: millis, body: 0, fails: None }
}

impl Takes {
    pub fn body(self, millis: u64) -> Self {
        Self { body: millis, ..self }
    }

    pub fn failing(self, with: FetchError) -> Self {
        Self { fails: Some(with), ..self }
    }

    fn answer(self, id: u64) -> Answer {
        // Whatever a document may hold, nothing included.
        let text = match id % 4 {
            0 => String::new(),
            1 => format!("  document {id}\r\n"),
            _ => format!("Größe {id} \u{fffd}"),
        };
        self.fails.map_or(Ok(text), Err)
    }
}

/// What each id takes.
pub type Plan = fn(u64) -> Takes;

/// An id and its answer.
pub type Pair = (u64, Answer);

/// A call of `fetch_all`, its client, and what was seen of both.
#[derive(Clone)]
pub struct Job {
    pub ids: Vec<u64>,
    pub limit: usize,
    plan: Plan,
    pub requests: CallLog,
    pub heads: CallLog,
    pub bodies: CallLog,
    pub handed: SharedList<Pair>,
}

impl Client for Job {
    async fn get(&self, id: u64) -> Result<Body, FetchError> {
        let takes = (self.plan)(id);
        let request = self.requests.begin(format!("id {id}"));
        let head = self.heads.begin("head");
        head.takes(takes.head).await;
        head.finish();
        if let Some(FetchError::Status(status)) = takes.fails {
            request.fail();
            return Err(FetchError::Status(status));
        }
        let bodies = self.bodies.clone();
        // All of this begins with the first poll.
        let body = async move {
            let body = bodies.begin(format!("body {id}"));
            body.takes(takes.body).await;
            body.finish();
            match takes.fails {
                Some(_) => request.fail(),
                None => request.finish(),
            }
            takes.answer(id)
        };
        Ok(body.boxed())
    }
}

impl Job {
    /// Fetches `ids`, each of which takes what `plan` says. Nothing is drawn.
    pub fn of(
        ids: impl IntoIterator<Item = u64>,
        limit: usize,
        plan: Plan,
    ) -> Self {
        let (ids, handed) = (ids.into_iter().collect(), SharedList::default());
        let [requests, heads, bodies] = [(); 3].map(|()| CallLog::undrawn());
        Self { ids, limit, plan, requests, heads, bodies, handed }
    }

    /// The same, with each request drawn.
    pub fn drawn_if(self, drawn: bool) -> Self {
        Self { requests: CallLog::drawn_if(drawn), ..self }
    }

    /// The call itself, not yet polled.
    pub fn call(&self) -> impl Future<Output = ()> + use<> {
        let (job, log) = (self.clone(), self.requests.clone());
        let each = move |id, answer| {
            job.requests.hand_over(format!("id {id}"));
            job.handed.push((id, answer));
        };
        let ids = self.ids.clone().into_iter().inspect(move |_| log.touch());
        fetch_all(self.clone(), at_most(self.limit), ids, each)
    }

    /// Runs it to its end, and looks at what every call must keep to.
    pub async fn run(self) -> Self {
        let mut call = pin!(self.call());
        let observed = observe(call.as_mut()).await;
        let (log, handed) = (&self.requests, self.handed.len());
        let over = log.count() - log.open();
        let left = log.count() < self.ids.len();
        expect(observed.came_back(), "`fetch_all` does not return")
            .asked("it returns when every result has been handed over")
            .fact(format!("handed over: {handed} of {}", self.ids.len()))
            .fact(format!("in flight: {}, over: {over}", log.open()))
            .because([
                (handed == self.ids.len(), STILL_WAITS),
                (log.open() > 0 && self.is_overdue(), LOCKED_OUT),
                (handed == 0 && left && over > self.limit, NOTHING_READS),
                (left && log.ended(Ended::Failed) >= self.limit, LOST_SLOT),
            ]);
        observed.returned("fetch_all");
        let names = self.ids.iter().map(|id| format!("id {id}")).collect();
        let (_, again) = unmatched(names, log.names());
        expect(again.is_empty(), "an id was asked for again")
            .asked("one request for each time that an id is in the list")
            .fact(format!("too often: {}", again.join(", ")))
            .without_drawing()
            .because([(true, ASKED_AGAIN)]);
        self
    }

    /// Whether a head or a body ended later than it could have, or has not.
    pub fn is_overdue(&self) -> bool {
        self.heads.is_overdue() || self.bodies.is_overdue()
    }

    /// Whether every result has been handed over as it was.
    pub fn is_complete(&self) -> bool {
        let (missing, others) = self.compared();
        missing.is_empty() && others.is_empty()
    }

    /// Whether nothing is known of when: a paused clock waits for no thread.
    pub fn is_untimed(&self) -> bool {
        self.requests.is_untimed() || clock_was_nudged()
    }

    /// The first moment at which a slot was free though ids were left. Of a job
    /// that came back too soon nothing can be said.
    pub fn idle(&self) -> Option<Idle> {
        let idle = self.requests.first_idle(self.limit, self.ids.len());
        idle.filter(|_| self.is_complete() && !self.is_untimed())
    }

    /// Results that should have been handed over and were not, and the others.
    pub fn compared(&self) -> (Vec<Pair>, Vec<Pair>) {
        let wanted = |&id: &u64| (id, (self.plan)(id).answer(id));
        unmatched(self.ids.iter().map(wanted).collect(), self.handed.to_vec())
    }
}

/// A pair in words.
pub fn told((id, answer): &Pair) -> String {
    match answer {
        Ok(text) => format!("id {id}, {text:?}"),
        Err(error) => format!("id {id}, {error}"),
    }
}

pub fn at_most(limit: usize) -> NonZeroUsize {
    limit.try_into().expect("no test has a limit of 0")
}

/// Fetches the ids up to `last`, of which ten times the limit may be held.
/// `slow` is called before each result counts as handed over.
pub async fn fetch_list(
    last: u64,
    limit: usize,
    plan: Plan,
    slow: impl Fn(&Held) + Send + 'static,
) -> Arc<Held> {
    let client = Job::of([], limit, plan);
    let held = Held::at_most(10 * limit, &client.requests);
    let note = Arc::clone(&held);
    let each = move |_, _| {
        slow(&note);
        note.hand_over();
    };
    let job = fetch_all(client, at_most(limit), held.list(1..=last), each);
    observe(job).await.returned("fetch_all");
    held
}

/// A client whose responses take turns: each result that is handed over lets one
/// more of them come. Closed when one has waited in vain.
#[derive(Clone)]
pub struct Patient(pub Arc<Semaphore>);

impl Client for Patient {
    async fn get(&self, id: u64) -> Result<Body, FetchError> {
        // Right answers hand it over in microseconds.
        match timeout(Duration::from_millis(500), self.0.acquire()).await {
            Ok(Ok(turn)) => turn.forget(),
            Ok(Err(_)) => {} // One is late already.
            Err(_) => self.0.close(),
        }
        Ok(async move { Ok(format!("document {id}")) }.boxed())
    }
}

impl Drop for Patient {
    /// A clone is dropped when its task is all but over: what was given back
    /// before is taken by then, and the result is not there yet.
    fn drop(&mut self) {
        thread::sleep(Duration::from_millis(1));
    }
}
