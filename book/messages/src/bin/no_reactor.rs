use futures::executor::block_on;
use tokio::time::{Duration, sleep};

fn main() {
    block_on(async { sleep(Duration::from_millis(1)).await });
}
