use futures::future::join_all;

#[tokio::main]
async fn main() {
    let sums = join_all([async { 1 + 1 }, async { 2 + 2 }]).await;
    println!("{sums:?}");
}
