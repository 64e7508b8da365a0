use std::future;

#[tokio::main]
async fn main() {
    let task = tokio::spawn(future::pending::<()>());
    task.abort();
    if let Err(error) = task.await {
        eprintln!("{error}");
    }
}
