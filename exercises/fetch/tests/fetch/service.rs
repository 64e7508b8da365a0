//! The service of products, and what every call of `fetch_product` must keep to.

use fetch::{FetchError, Product, fetch_product};
use percent_encoding::percent_decode_str;
use reqwest::{Client, ClientBuilder, Url};
use serde_json::{Value, json};
use testkit::{Answer, Observed, Received, Upstream, expect, observe, panics};

use super::causes::*;

/// What became of a call: `None` where it never returned.
pub type Outcome = Option<Result<Product, FetchError>>;

pub const BOLT: &str = r#""Bolt" (AB7) for 240 cents"#;

/// The path of the base: two segments, of which one has an escape.
pub const PATH: &str = "/v1/shop%201";

/// With more than we need, as services do.
pub fn bolt() -> Value {
    json!({ "code": "AB7", "name": "Bolt", "cents": 240, "stock": 3 })
}

/// A client and the service that it asks.
pub struct Till {
    pub client: Client,
    pub upstream: Upstream,
    /// Whether the service sends a product, as it should.
    sound: bool,
}

impl Till {
    /// The service answers with a product, as `plan` says.
    pub fn of<P>(plan: P) -> Self
    where
        P: Fn(&Received) -> Answer + Send + Sync + 'static,
    {
        let upstream = Upstream::start(plan);
        let client = client(Client::builder().user_agent("till 1"));
        Self { client, upstream, sound: true }
    }

    /// The service answers whatever it is asked for with `answer`.
    pub fn answering(answer: Answer) -> Self {
        Self::of(move |_| answer.clone())
    }

    /// The same, where `answer` is an error, or broken.
    pub fn broken(answer: Answer) -> Self {
        Self { sound: false, ..Self::answering(answer) }
    }

    /// Calls the code under test.
    pub async fn call(&self, code: &str) -> Outcome {
        call(&self.client, &self.upstream.url(), code, self.sound).await
    }

    /// The same, and looks at what holds for every call.
    pub async fn fetch(&self, code: &str) -> Outcome {
        let before = self.upstream.requests().len();
        let outcome = self.call(code).await;
        let sent = self.upstream.requests().split_off(before);
        expect(!sent.is_empty(), "no request was sent")
            .asked("one GET in each call, and its result")
            .fact(format!("code: `{code}`"))
            .fact(format!("returned: {}", described(&outcome)))
            .without_drawing()
            .because([(matches!(outcome, Some(Ok(_))), REMEMBERED)]);
        let methods: Vec<_> = sent.iter().map(|it| &*it.method).collect();
        asked_once(&methods.join(", "), self.sound).await;
        outcome
    }
}

/// Fails unless `sent` is one GET.
pub async fn asked_once(sent: &str, sound: bool) {
    let again = sent.contains(',');
    let when_well = if again { when_all_is_well().await.1 } else { 0 };
    expect(sent == "GET", "the service was not asked exactly once")
        .asked("one GET in each call, whatever comes back")
        .fact(format!("sent: {sent}"))
        .fact_if(!sound, "what came was an error, or no product, or nothing")
        .without_drawing()
        .because([
            (when_well > 1, ASKS_TWICE),
            (when_well == 1 && !sound, TRIES_AGAIN),
        ]);
}

/// Whether a product is returned, and how many requests are sent for it.
async fn when_all_is_well() -> (bool, usize) {
    let upstream = Upstream::start(|_| Answer::json(&bolt()));
    let (client, base) =
        (client(Client::builder()), address(&upstream.url(), ""));
    let observed = observe(fetch_product(&client, &base, "AB7")).await;
    let sent = upstream.requests().len();
    (matches!(observed, Observed::Returned(Ok(_))), sent)
}

/// Calls the code under test, and explains panics that newcomers meet.
pub async fn call(by: &Client, url: &str, code: &str, sound: bool) -> Outcome {
    let base = address(url, "");
    let observed = observe(fetch_product(by, &base, code)).await;
    if let Some(message) = observed.panic_message() {
        let blocks = message.contains("start a runtime from within a runtime")
            || message.contains("can call blocking only when running on");
        let seen = panics::seen().pop().unwrap_or_default();
        let place = seen.split(": ").next().unwrap_or_default();
        expect(!blocks, "the code tried to block the runtime's thread")
            .asked("a function that is awaited, and awaits in turn")
            .fact(format!("tokio refused {place}"))
            .without_drawing()
            .because([(true, BLOCKING)]);
        let over_it = !sound && when_all_is_well().await.0;
        expect(!over_it, "the code panicked where an error belongs")
            .asked("an `Err` for whatever comes, or does not come")
            .fact(format!("it panicked {place}"))
            .fact("when a product comes, it does not panic")
            .without_drawing()
            .because([(true, UNWRAPPED)]);
    }
    observed.came_back().then(|| observed.returned("fetch_product"))
}

/// The base of a service, and what is added to it.
fn address(url: &str, added: &str) -> Url {
    format!("{url}{PATH}{added}").parse().expect("an address")
}

/// A client that uses no proxy of the machine.
pub fn client(client: ClientBuilder) -> Client {
    client.no_proxy().build().expect("no TLS, so nothing is needed")
}

/// What became of a call, in words that are the same on every machine.
pub fn described(outcome: &Outcome) -> String {
    let Some(result) = outcome else { return "nothing, and waits".into() };
    match result {
        Ok(Product { code, name, cents }) if name.len() > 50 => {
            format!("{} bytes of name ({code}) for {cents}", name.len())
        }
        Ok(Product { code, name, cents }) => {
            format!("{name:?} ({code}) for {cents} cents")
        }
        Err(FetchError::Status(it)) => format!("`Status({})`", it.as_u16()),
        Err(error) => format!("`Err`: {error}"),
    }
}

/// A line of facts, marked where it is not as it should be.
pub fn row(what: &str, returned: &str, fine: bool) -> String {
    let mark = if fine { "" } else { "   ✗" };
    format!("{what:24} {returned}{mark}")
}

/// A code, and what was asked for: path and query, as they were sent.
pub struct Sent {
    pub code: &'static str,
    pub target: String,
    spliced: String,
}

impl Sent {
    /// What the last request asked for.
    pub fn last(till: &Till, code: &'static str) -> Self {
        let requests = till.upstream.requests();
        let target = requests.last().map(Received::target).unwrap_or_default();
        // What is asked for when the code is put in as it is.
        let service = till.upstream.url();
        let mut url = address(&service, &format!("/products/{code}"));
        url.set_fragment(None);
        let spliced = url.as_str()[service.len()..].to_owned();
        Self { code, target, spliced }
    }

    /// Whether the path of the base is missing, or its last segment.
    pub fn is_joined(&self) -> bool {
        !self.target.contains("/shop")
    }

    /// Whether the service reads the code from the path, as one segment.
    pub fn arrived(&self) -> bool {
        read_as(&self.target).as_deref() == Some(self.code)
    }

    /// Whether it went in as it is.
    pub fn is_unescaped(&self) -> bool {
        self.target == self.spliced
    }

    /// Whether it arrived, and would not have without an escape.
    pub fn is_escaped(&self) -> bool {
        self.arrived() && self.target != self.spliced
    }

    /// Whether the service reads an escape instead of the code.
    pub fn is_escaped_twice(&self) -> bool {
        let read = decoded(self.target.rsplit('/').next().unwrap_or_default());
        read != self.code && decoded(&read) == self.code
    }

    /// Whether a `+` in place of a space is all that is wrong.
    pub fn has_plus_for_space(&self) -> bool {
        let spaces = self.target.replace('+', "%20");
        read_as(&spaces).as_deref() == Some(self.code)
    }
}

fn read_as(target: &str) -> Option<String> {
    let code = target.strip_prefix(PATH)?.strip_prefix("/products/")?;
    (!code.contains(['/', '?'])).then(|| decoded(code))
}

fn decoded(escaped: &str) -> String {
    percent_decode_str(escaped).decode_utf8_lossy().into_owned()
}
