//! The inner result as a statement.

use tokio::task::JoinError;

pub struct Refused;

pub async fn wrong(
    call: impl Future<Output = Result<(), Refused>> + Send + 'static,
) -> Result<(), JoinError> {
    tokio::spawn(call).await?;
    Ok(())
}

pub async fn right(
    call: impl Future<Output = Result<(), Refused>> + Send + 'static,
) -> Result<Result<(), Refused>, JoinError> {
    let inner = tokio::spawn(call).await?;
    Ok(inner)
}
