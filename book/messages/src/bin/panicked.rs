#[tokio::main]
async fn main() {
    let task = tokio::spawn(async { panic!("no stock") });
    if let Err(error) = task.await {
        eprintln!("{error}");
    }
}
