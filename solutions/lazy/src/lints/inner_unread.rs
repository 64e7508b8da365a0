//! The outer result of a handle read, and the inner one not.

pub struct Refused;

pub async fn wrong(
    call: impl Future<Output = Result<(), Refused>> + Send + 'static,
) -> bool {
    tokio::spawn(call).await.is_err()
}

pub async fn right(
    call: impl Future<Output = Result<(), Refused>> + Send + 'static,
) -> bool {
    !matches!(tokio::spawn(call).await, Ok(Ok(())))
}
