use futures::stream;

#[tokio::main]
async fn main() {
    let mut numbers = stream::iter([1, 2, 3]);
    while let Some(number) = numbers.next().await {
        println!("{number}");
    }
}
