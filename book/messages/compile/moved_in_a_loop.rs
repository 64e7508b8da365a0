#[tokio::main]
async fn main() {
    let name = String::from("Ada");
    for _ in 0..2 {
        let task = tokio::spawn(async move { println!("hello, {name}") });
        task.await.unwrap();
    }
}
