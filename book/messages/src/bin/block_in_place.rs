#[tokio::main(flavor = "current_thread")]
async fn main() {
    let sum: u64 = tokio::task::block_in_place(|| (1..=1_000).sum());
    println!("{sum}");
}
