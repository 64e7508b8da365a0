use tokio::sync::mpsc;

#[tokio::main]
async fn main() {
    let (sender, receiver) = mpsc::channel(1);
    drop(receiver);
    if let Err(error) = sender.send("hello").await {
        eprintln!("{error}");
    }
}
