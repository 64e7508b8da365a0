use futures::{StreamExt, stream};

async fn fetch(id: &u64) -> u64 {
    *id
}

#[tokio::main]
async fn main() {
    let task = tokio::spawn(async {
        let ids = [1, 2, 3];
        let requests = stream::iter(&ids).map(|id| fetch(id)).buffered(10);
        requests.collect::<Vec<u64>>().await
    });
    println!("{:?}", task.await);
}
