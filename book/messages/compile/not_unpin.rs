use futures::{StreamExt, stream};

#[tokio::main]
async fn main() {
    let mut numbers = stream::unfold(0, |at| async move { Some((at, at + 1)) });
    println!("{:?}", numbers.next().await);
}
