use tokio::runtime::Runtime;

fn price() -> u32 {
    let runtime = Runtime::new().expect("a runtime");
    let price = runtime.block_on(async { 100 });
    runtime.shutdown_background();
    price
}

#[tokio::main]
async fn main() {
    println!("{}", price());
}
