//! What the exercise gives you: types and functions that are ready to use.

use std::{convert::Infallible, io, sync::Arc};

use futures::{
    FutureExt, Stream, StreamExt,
    future::{BoxFuture, ready},
    stream,
};
use serde::Deserialize;
use tokio_util::sync::CancellationToken;

/// What a customer sends to `POST /orders`, as JSON.
#[derive(Debug, Clone, Deserialize)]
pub struct Order {
    /// No other order has it.
    pub number: u64,
}

/// Why a confirmation was not sent.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the mailer refused")]
pub struct MailError;

type SendMail =
    dyn Fn(u64) -> BoxFuture<'static, Result<(), MailError>> + Send + Sync;

/// Sends mail. Cheap to clone.
#[derive(Clone)]
pub struct Mailer(Arc<SendMail>);

impl Mailer {
    /// A mailer that sends with `send`.
    pub fn new<F>(send: impl Fn(u64) -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = Result<(), MailError>> + Send + 'static,
    {
        Self(Arc::new(move |number| send(number).boxed()))
    }

    /// Sends the confirmation of this order. It may take long, fail or panic.
    /// If the future is dropped before it is ready, the mail is cut off.
    pub async fn confirm(&self, number: u64) -> Result<(), MailError> {
        (self.0)(number).await
    }
}

/// What happens in the shop, for `GET /events`. It never ends by itself.
pub fn events()
-> impl Stream<Item = Result<&'static str, Infallible>> + Send + 'static {
    stream::once(ready(Ok("event: open\n\n"))).chain(stream::pending())
}

/// A token that Ctrl-C cancels, and on Unix SIGTERM, too. From then on, neither
/// signal ends the process on its own.
///
/// # Panics
///
/// Outside a runtime.
pub fn stop_at_signals() -> io::Result<CancellationToken> {
    let stop = CancellationToken::new();
    let signalled = signalled()?;
    let cancel = stop.clone();
    tokio::spawn(async move {
        signalled.await;
        cancel.cancel();
    });
    Ok(stop)
}

#[cfg(unix)]
fn signalled() -> io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}

#[cfg(windows)]
fn signalled() -> io::Result<impl Future<Output = ()>> {
    let mut ctrl_c = tokio::signal::windows::ctrl_c()?;
    Ok(async move {
        ctrl_c.recv().await;
    })
}
