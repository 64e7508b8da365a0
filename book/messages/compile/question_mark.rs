#[tokio::main]
async fn main() {
    let task = tokio::spawn(async {
        let text = tokio::fs::read_to_string("order.txt").await?;
        println!("{text}");
    });
    task.await.unwrap();
}
