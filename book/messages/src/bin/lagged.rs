use tokio::sync::broadcast;

#[tokio::main]
async fn main() {
    let (sender, mut receiver) = broadcast::channel(2);
    for number in 1..=3 {
        sender.send(number).expect("a receiver");
    }
    if let Err(error) = receiver.recv().await {
        eprintln!("{error}");
    }
}
