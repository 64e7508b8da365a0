//! A service of documents in memory, a job for it, and what was seen of it.

use std::{
    num::NonZeroUsize,
    ops::Deref,
    pin::pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use futures::FutureExt;
use limits::{Answer, Body, Client, FetchError, fetch_all};
use testkit::{CallLog, Ended, Idle, Observed, expect, observe, unmatched};

use super::causes::*;

/// How long a response takes, in milliseconds, and how it fails.
#[derive(Clone)]
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

/// A client of the service. It notes every request, head and body.
#[derive(Clone)]
pub struct Catalogue {
    plan: Arc<dyn Fn(u64) -> Takes + Send + Sync>,
    pub requests: CallLog,
    pub heads: CallLog,
    pub bodies: CallLog,
}

impl Catalogue {
    /// One of which nothing is drawn.
    pub fn new(plan: impl Fn(u64) -> Takes + Send + Sync + 'static) -> Self {
        let undrawn = CallLog::undrawn;
        let (requests, heads, bodies) = (undrawn(), undrawn(), undrawn());
        Self { plan: Arc::new(plan), requests, heads, bodies }
    }
}

impl Client for Catalogue {
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

/// An id and its answer.
pub type Pair = (u64, Answer);

/// A call of `fetch_all`, and what was seen of it.
pub struct Job {
    pub ids: Vec<u64>,
    pub limit: usize,
    pub catalogue: Catalogue,
    handed: Arc<Mutex<Vec<Pair>>>,
}

/// What its client notes is the job's.
impl Deref for Job {
    type Target = Catalogue;

    fn deref(&self) -> &Catalogue {
        &self.catalogue
    }
}

impl Job {
    /// Fetches `ids`, each of which takes what `plan` says.
    pub fn of(
        ids: impl IntoIterator<Item = u64>,
        limit: usize,
        plan: impl Fn(u64) -> Takes + Send + Sync + 'static,
    ) -> Self {
        let (ids, catalogue) =
            (ids.into_iter().collect(), Catalogue::new(plan));
        Self { ids, limit, catalogue, handed: Arc::default() }
    }

    /// The same, with each request drawn.
    pub fn drawn_if(mut self, drawn: bool) -> Self {
        if drawn {
            self.catalogue.requests = CallLog::new();
        }
        self
    }

    /// The call itself, not yet polled.
    pub fn call(&self) -> impl Future<Output = ()> + use<> {
        let (note, log) = (Arc::clone(&self.handed), self.requests.clone());
        let each = move |id, answer| {
            log.hand_over(format!("id {id}"));
            lock(&note).push((id, answer));
        };
        let (limit, log) = (at_most(self.limit), self.requests.clone());
        let ids = self.ids.clone().into_iter().inspect(move |_| log.touch());
        fetch_all(self.catalogue.clone(), limit, ids, each)
    }

    /// Runs it to its end, and looks at what every call must keep to.
    pub async fn run(self) -> Self {
        let mut call = pin!(self.call());
        let observed = observe(call.as_mut()).await;
        let (log, handed) = (&self.requests, self.handed().len());
        let over = log.count() - log.open();
        let left = log.count() < self.ids.len();
        let never = matches!(observed, Observed::Never);
        expect(!never, "`fetch_all` does not return")
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
        let asked = log.calls().into_iter().map(|call| call.name).collect();
        let (_, again) = unmatched(names, asked);
        expect(again.is_empty(), "an id was asked for again")
            .asked("one request for each time that an id is in the list")
            .fact(format!("too often: {}", again.join(", ")))
            .without_drawing()
            .because([(true, ASKED_AGAIN)]);
        self
    }

    pub fn handed(&self) -> Vec<Pair> {
        lock(&self.handed).clone()
    }

    /// When the last result was handed over, and nothing more happened.
    pub fn last(&self) -> u64 {
        let calls = self.requests.calls().into_iter();
        calls.filter_map(|call| call.handed).max().unwrap_or_default()
    }

    /// Whether a head or a body ended later than it could have, or has not.
    pub fn is_overdue(&self) -> bool {
        let logs = [&self.heads, &self.bodies];
        logs.iter().any(|log| log.is_overdue())
    }

    /// Whether every result has been handed over as it was.
    pub fn is_complete(&self) -> bool {
        let (missing, others) = self.compared();
        missing.is_empty() && others.is_empty()
    }

    /// The first moment at which a slot was free though ids were left. Of a job
    /// that came back too soon nothing can be said.
    pub fn idle(&self) -> Option<Idle> {
        let idle = self.requests.first_idle(self.limit, self.ids.len());
        idle.filter(|_| self.is_complete())
    }

    /// Results that should have been handed over and were not, and the others.
    pub fn compared(&self) -> (Vec<Pair>, Vec<Pair>) {
        let wanted = |&id: &u64| (id, (self.plan)(id).answer(id));
        unmatched(self.ids.iter().map(wanted).collect(), self.handed())
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
    NonZeroUsize::new(limit).expect("no test has a limit of 0")
}

pub fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
