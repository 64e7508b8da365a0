#![deny(unused_must_use)]

async fn save(order: u32) {
    println!("saved {order}");
}

#[tokio::main]
async fn main() {
    save(1);
}
