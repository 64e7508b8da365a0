use tokio::task::JoinHandle;

fn greet(name: &str) -> JoinHandle<()> {
    tokio::spawn(async move { println!("hello, {name}") })
}

#[tokio::main]
async fn main() {
    greet("Ada").await.unwrap();
}
