async fn price(of: u32) -> u32 {
    of * 100
}

#[tokio::main]
async fn main() {
    let total: u32 = price(2);
    println!("{total}");
}
