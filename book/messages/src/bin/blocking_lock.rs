use tokio::sync::Mutex;

#[tokio::main]
async fn main() {
    let stock = Mutex::new(3);
    *stock.blocking_lock() -= 1;
}
