//! A task that nobody waits for.

use tokio::task::JoinError;

pub struct Refused;

pub async fn wrong(
    stored: impl Future<Output = ()>,
    call: impl Future<Output = Result<(), Refused>> + Send + 'static,
) {
    stored.await;
    tokio::spawn(call);
}

pub async fn right(
    stored: impl Future<Output = ()>,
    call: impl Future<Output = Result<(), Refused>> + Send + 'static,
) -> Result<Result<(), Refused>, JoinError> {
    stored.await;
    tokio::spawn(call).await
}
