use tokio::runtime::Runtime;

#[tokio::main]
async fn main() {
    let runtime = Runtime::new().expect("a runtime");
    runtime.spawn(async { println!("hello") });
}
