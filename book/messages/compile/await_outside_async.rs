async fn price(of: u32) -> u32 {
    of * 100
}

#[tokio::main]
async fn main() {
    let prices: Vec<u32> = (1..4).map(|of| price(of).await).collect();
    println!("{prices:?}");
}
