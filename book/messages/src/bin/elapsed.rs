use std::{future, time::Duration};

#[tokio::main]
async fn main() {
    let limit = Duration::from_millis(1);
    let never = future::pending::<()>();
    if let Err(error) = tokio::time::timeout(limit, never).await {
        eprintln!("{error}");
    }
}
