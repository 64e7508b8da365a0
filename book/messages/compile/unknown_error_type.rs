#[tokio::main]
async fn main() {
    let read = async {
        let text = tokio::fs::read_to_string("order.txt").await?;
        Ok(text.len())
    };
    println!("{:?}", read.await);
}
