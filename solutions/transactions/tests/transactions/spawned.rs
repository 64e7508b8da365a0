//! The calls in a task, on a runtime of several threads.

use sqlx::{AssertSqlSafe, SqlitePool, sqlite::SqlitePoolOptions};
use transactions::{
    Carrier, GIFT, Gift, Order, ShopError, place, store, with_session,
};

struct Parcels;

impl Carrier for Parcels {
    async fn postage(&self, _order: &Order) -> Result<u32, ShopError> {
        tokio::task::yield_now().await;
        Ok(495)
    }
}

fn order(number: u32) -> Order {
    let lines = vec![("nut".to_owned(), 2)];
    Order { number, lines, voucher: Some("SPRING".to_owned()) }
}

/// A shop in memory, which is as long there as its one connection.
async fn shop() -> SqlitePool {
    let options = SqlitePoolOptions::new().max_connections(1);
    let pool = options.connect("sqlite::memory:").await.expect("a database");
    let schema = format!(
        "CREATE TABLE stock (item TEXT PRIMARY KEY, pieces INTEGER NOT NULL);
         CREATE TABLE orders (number INTEGER PRIMARY KEY, postage INTEGER);
         CREATE TABLE vouchers (code TEXT PRIMARY KEY);
         INSERT INTO stock VALUES ('nut', 10), ('{GIFT}', 3);
         INSERT INTO vouchers VALUES ('SPRING');"
    );
    let schema = sqlx::raw_sql(AssertSqlSafe(schema));
    schema.execute(&pool).await.expect("its tables");
    pool
}

#[test]
fn an_order_can_be_placed_in_a_task() {
    testkit::run_parallel(async || {
        let pool = shop().await;
        let call = async move { place(&pool, &Parcels, &order(1)).await };
        let gift = tokio::spawn(call).await.expect("it returns");
        assert!(matches!(gift.expect("it is stored"), Gift::Packed));
    });
}

#[test]
fn work_may_borrow_in_a_task() {
    testkit::run_parallel(async || {
        let pool = shop().await;
        let call = tokio::spawn(async move {
            let order = order(2);
            with_session(&pool, async |db| store(db, &order, 495).await).await
        });
        call.await.expect("it returns").expect("it is stored");
    });
}
