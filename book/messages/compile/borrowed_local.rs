#[tokio::main]
async fn main() {
    let name = String::from("Ada");
    let task = tokio::spawn(async { println!("hello, {name}") });
    task.await.unwrap();
}
