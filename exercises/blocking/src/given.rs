//! What the exercise gives you: types and functions that are ready to use.

use std::{error::Error, io, time::Duration};

use reqwest::{Client, RequestBuilder, Response};
use tokio::task::JoinError;
use ureq::Agent;

/// A scale at a counter. Its driver is synchronous, and there is no other.
pub trait Scale: Send + 'static {
    /// Holds its thread until the parcel rests, then returns its grams.
    fn weigh(&mut self) -> io::Result<u32>;
}

/// What the courier replies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reply {
    /// The postage, in cents.
    Price(u32),
    /// No price yet: ask again when so much time has passed.
    Later(Duration),
}

/// Why there is no price to return.
#[derive(Debug, thiserror::Error)]
pub enum QuoteError {
    #[error("the scale failed")]
    Scale(#[from] io::Error),
    /// The courier replied with a status that is neither 200 nor 202.
    #[error("the courier replied {0}")]
    Status(u16),
    /// The reply was 200, but no price.
    #[error("the reply is not a price")]
    NoPrice,
    /// There was no reply, or it broke off.
    #[error("the courier did not reply")]
    NoReply(#[source] Box<dyn Error + Send + Sync>),
    /// What worked on another thread or in another task ended without a result.
    /// Only needed if you use one.
    #[error("the work ended without a result")]
    Task(#[source] Box<dyn Error + Send + Sync>),
}

/// The courier's service, and two clients for it. Its clones share them.
#[derive(Debug, Clone)]
pub struct Courier {
    url: String,
    agent: Agent,
    client: Client,
}

impl Courier {
    /// The service at `url`, which is reached without a proxy.
    ///
    /// # Panics
    ///
    /// Where the system has nothing left for another client.
    pub fn new(url: &str) -> Self {
        let agent = Agent::config_builder()
            .http_status_as_error(false)
            .proxy(None)
            .build();
        let client = Client::builder().no_proxy().build();
        Self {
            url: url.to_owned(),
            agent: agent.into(),
            client: client.expect("no TLS, so nothing is needed"),
        }
    }

    /// Asks for the postage of `grams` with `ureq`, a synchronous client: it
    /// returns when the reply is there.
    pub fn ask(&self, grams: u32) -> Result<Reply, QuoteError> {
        let mut response = self.agent.get(self.url_for(grams)).call()?;
        let status = response.status().as_u16();
        let pause = response.headers().get("retry-after");
        let pause = seconds(pause.and_then(|value| value.to_str().ok()));
        reply(status, pause, &response.body_mut().read_to_string()?)
    }

    /// The same question for `reqwest`, an asynchronous client: `send` it, and
    /// [`read`] the response.
    pub fn request(&self, grams: u32) -> RequestBuilder {
        self.client.get(self.url_for(grams))
    }

    fn url_for(&self, grams: u32) -> String {
        format!("{}/postage/{grams}", self.url)
    }
}

/// Reads the response to a [`request`](Courier::request).
pub async fn read(response: Response) -> Result<Reply, QuoteError> {
    let status = response.status().as_u16();
    let pause = response.headers().get("retry-after");
    let pause = seconds(pause.and_then(|value| value.to_str().ok()));
    reply(status, pause, &response.text().await?)
}

fn reply(
    status: u16,
    pause: Duration,
    body: &str,
) -> Result<Reply, QuoteError> {
    match status {
        200 => body.parse().map(Reply::Price).map_err(|_| QuoteError::NoPrice),
        202 => Ok(Reply::Later(pause)),
        status => Err(QuoteError::Status(status)),
    }
}

/// What `Retry-After` asks for; nothing, where it is missing.
fn seconds(header: Option<&str>) -> Duration {
    let seconds = header.and_then(|value| value.parse().ok());
    Duration::from_secs(seconds.unwrap_or_default())
}

impl From<ureq::Error> for QuoteError {
    fn from(error: ureq::Error) -> Self {
        Self::NoReply(error.into())
    }
}

impl From<reqwest::Error> for QuoteError {
    fn from(error: reqwest::Error) -> Self {
        Self::NoReply(error.into())
    }
}

impl From<JoinError> for QuoteError {
    fn from(error: JoinError) -> Self {
        Self::Task(error.into())
    }
}
