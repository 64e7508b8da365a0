fn price(of: u32) -> u32 {
    of * 100
}

#[tokio::main]
async fn main() {
    let total = price(2).await;
    println!("{total}");
}
