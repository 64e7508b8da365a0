use std::pin::pin;

async fn save() {}

#[tokio::main]
async fn main() {
    let mut saving = pin!(save());
    for _ in 0..2 {
        saving.as_mut().await;
    }
}
