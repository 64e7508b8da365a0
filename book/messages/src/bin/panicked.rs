async fn reserve(pieces: u32) {
    assert!(pieces < 3, "no stock");
}

#[tokio::main]
async fn main() {
    let task = tokio::spawn(reserve(5));
    if let Err(error) = task.await {
        eprintln!("{error}");
    }
}
