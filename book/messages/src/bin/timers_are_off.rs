use tokio::{
    runtime::Builder,
    time::{Duration, sleep},
};

fn main() {
    let runtime = Builder::new_current_thread().build().expect("a runtime");
    runtime.block_on(async { sleep(Duration::from_millis(1)).await });
}
