use std::{sync::Mutex, time::Duration};

static COUNT: Mutex<u32> = Mutex::new(0);

#[tokio::main]
async fn main() {
    let task = tokio::spawn(async {
        let mut count = COUNT.lock().unwrap();
        tokio::time::sleep(Duration::from_millis(1)).await;
        *count += 1;
    });
    task.await.unwrap();
}
