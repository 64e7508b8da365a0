//! The counter of the shop: its scale, and what comes of a quote.

use std::{
    io,
    sync::{
        Arc, Mutex, TryLockError,
        atomic::{AtomicUsize, Ordering::SeqCst},
    },
    thread,
    time::Duration,
};

use blocking::{Courier, QuoteError, Scale, quote};
use futures::future::join_all;
use testkit::{
    Cause, Heart, Membership, Observed, Verdict, expect,
    mock::{self, Mock, MockServer, Request, ResponseTemplate, matchers},
    observe,
    probe::comes_true,
};

use super::causes::*;

/// What has not come so soon does not come by itself.
const SOON: Duration = Duration::from_millis(700);

/// The scale of the tests, which weighs as a test says.
pub struct TestScale(Box<dyn FnMut() -> io::Result<u32> + Send>);

impl Scale for TestScale {
    fn weigh(&mut self) -> io::Result<u32> {
        (self.0)()
    }
}

/// Where parcels are weighed.
#[derive(Clone)]
pub struct Counter {
    scale: Arc<Mutex<TestScale>>,
    weighings: Arc<AtomicUsize>,
}

impl Counter {
    pub fn new(
        mut weigh: impl FnMut() -> io::Result<u32> + Send + 'static,
    ) -> Self {
        let weighings = Arc::<AtomicUsize>::default();
        let count = Arc::clone(&weighings);
        let counted = move || {
            count.fetch_add(1, SeqCst);
            weigh()
        };
        let scale = Arc::new(Mutex::new(TestScale(Box::new(counted))));
        Self { scale, weighings }
    }

    /// Quotes one parcel, and describes what came of it.
    pub async fn quoted(&self, courier: &MockServer) -> String {
        self.quoted_at(&courier.uri()).await
    }

    pub async fn quoted_at(&self, url: &str) -> String {
        let quote = quote(Courier::new(url), self.scale());
        let result = returned(observe(quote).await);
        let weighings = self.weighings.load(SeqCst);
        expect(weighings == 1, "the parcel was not weighed exactly once")
            .asked("one weighing for each quote")
            .fact(format!("weighings: {weighings}, wanted: 1"))
            .because([(weighings > 1, WEIGHED_AGAIN)]);
        described(&result)
    }

    /// Quotes so many parcels at once; describes what came of them, sorted.
    pub async fn quotes(&self, n: usize, courier: &MockServer) -> Vec<String> {
        let courier = Courier::new(&courier.uri());
        let one = |_| quote(courier.clone(), self.scale());
        let results = returned(observe(join_all((0..n).map(one))).await);
        let mut results: Vec<_> = results.iter().map(described).collect();
        results.sort();
        results
    }

    pub fn scale(&self) -> Arc<Mutex<TestScale>> {
        Arc::clone(&self.scale)
    }

    /// For two quotes at once: says what it means if all stands still while the
    /// scale is locked, and only one of their parcels has been weighed.
    pub fn expect_locked_out(&self) {
        let (counter, run) = (self.clone(), Membership::of_this_thread());
        thread::spawn(move || {
            run.join();
            let begun = counter.weighs(1);
            if !begun || counter.weighs(2) || counter.is_let_go() {
                return;
            }
            let verdict = Verdict::new("two quotes at once never return")
                .fact("parcels weighed: 1, wanted: 2; the scale: locked")
                .because(LOCKED_OUT);
            testkit::if_it_holds_the_thread(verdict);
        });
    }

    /// Whether the scale is free, or is about to be.
    pub fn is_let_go(&self) -> bool {
        let locked = || self.scale.try_lock();
        comes_true(SOON, || !matches!(locked(), Err(TryLockError::WouldBlock)))
    }

    /// Whether so many parcels are weighed, or soon.
    pub fn weighs(&self, parcels: usize) -> bool {
        comes_true(SOON, || self.weighings.load(SeqCst) >= parcels)
    }
}

/// Fails if the heart stopped: for `inline` or `waits`, if the future under test
/// was in a poll, and what went on was on this thread or not.
pub async fn beats_on(
    heart: &Heart,
    during: &str,
    [inline, waits]: [Cause; 2],
) {
    let Some(stopped) = heart.was_stopped().await else { return };
    let here = stopped.on_its_thread;
    expect(false, format!("the runtime stalls while {during}"))
        .asked(format!("other tasks run while {during}"))
        .fact("beats of another task meanwhile: 0, wanted: 3")
        .fact_if(here, "that happened on the runtime's thread")
        .because([
            (!stopped.in_a_poll, SPAWNED),
            (here, inline),
            (true, waits),
        ]);
}

/// What came back. A panic of tokio's own is told in its words.
fn returned<T>(observed: Observed<T>) -> T {
    let message = observed.panic_message().unwrap_or_default();
    let begins = |words| message.starts_with(words);
    let causes = [
        (begins("Cannot start a runtime from within a runtime"), BLOCK_ON),
        (begins("there is no reactor running"), NO_REACTOR),
        (begins("Cannot drop a runtime in a context where"), OWN_RUNTIME),
    ];
    let one = causes.iter().any(|(seen, _)| *seen);
    let panicked = expect(!one, "tokio has panicked").without_drawing();
    panicked.fact(&message).because(causes);
    observed.returned("quote")
}

/// A courier that replies as `reply` says, which may hold its thread.
pub async fn replying(
    reply: impl Fn(&Request) -> ResponseTemplate + Send + Sync + 'static,
) -> MockServer {
    let courier = mock::start().await;
    Mock::given(matchers::any()).respond_with(reply).mount(&courier).await;
    courier
}

pub fn path(grams: u32) -> String {
    format!("/postage/{grams}")
}

/// The weight that a question names.
pub fn grams(question: &Request) -> u32 {
    let path = question.url.path().rsplit('/').next();
    path.and_then(|grams| grams.parse().ok()).unwrap_or(0)
}

pub fn price(cents: u32) -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_string(cents.to_string())
}

pub fn later(seconds: u64) -> ResponseTemplate {
    let seconds = seconds.to_string();
    ResponseTemplate::new(202).insert_header("retry-after", seconds)
}

/// A result in words that are the same on every machine.
fn described(result: &Result<u32, QuoteError>) -> String {
    match result {
        Ok(cents) => format!("{cents} cents"),
        Err(QuoteError::Status(status)) => format!("error {status}"),
        Err(error) => format!("error: {error}"),
    }
}
