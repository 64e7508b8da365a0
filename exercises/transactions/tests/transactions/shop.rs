//! The shop: its database in a file, its pool, its carrier, and the connections
//! of other programs.

use std::{
    fmt::Debug,
    pin::pin,
    sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst},
    time::Duration,
};

use futures::future::{BoxFuture, Either, FutureExt as _, select};
use sqlx::{
    AssertSqlSafe, Sqlite, SqliteConnection, SqlitePool,
    pool::PoolConnection,
    sqlite::{SqliteConnectOptions, SqlitePoolOptions, SqliteSynchronous},
};
use tempfile::TempDir;
use testkit::{Cause, at_rest_for, expect, journal, observe};
use tokio::task::yield_now;
use transactions::{Carrier, Order, ShopError, place};

use super::{causes::NO_TRANSACTION, session::fault};

/// What another program sees before anything has been done.
pub const UNTOUCHED: &str =
    "no order; nut 10, bolt 10, calendar 3; voucher of Ada";

pub const WHOLE: &str =
    "order 7 (postage 490); nut 8, bolt 7, calendar 2; no voucher";

const SCHEMA: &str = "
    PRAGMA journal_mode = WAL;
    CREATE TABLE stock (item TEXT PRIMARY KEY, pieces INTEGER NOT NULL);
    CREATE TABLE orders (number INTEGER PRIMARY KEY, postage INTEGER NOT NULL);
    CREATE TABLE vouchers (code TEXT PRIMARY KEY, owner TEXT);
    CREATE TABLE invoices (
        number INTEGER REFERENCES orders DEFERRABLE INITIALLY DEFERRED
    );
    CREATE TRIGGER undone BEFORE INSERT ON invoices WHEN new.number = 0
        BEGIN SELECT RAISE(ROLLBACK, 'undone'); END;
    INSERT INTO stock VALUES ('nut', 10), ('bolt', 10), ('calendar', 3);
    INSERT INTO vouchers VALUES ('SPRING', 'Ada');
";

const SEEN: &str = "
    SELECT coalesce((SELECT group_concat(
            'order ' || number || ' (postage ' || postage || ')', ', ')
            FROM orders), 'no order')
        || '; ' || (SELECT group_concat(item || ' ' || pieces, ', ') FROM stock)
        || '; ' || coalesce((SELECT group_concat(
            'voucher of ' || ifnull(owner, 'nobody')) FROM vouchers),
            'no voucher')
";

/// Long enough for SQLite's threads, which a runtime at rest does not see.
pub const A_WHILE: Duration = Duration::from_millis(300);

pub struct Shop {
    pub pool: SqlitePool,
    of_others: SqlitePool,
    // Dropped last.
    _folder: TempDir,
}

impl Shop {
    /// A pool of so many connections, all of them open.
    pub async fn open(connections: u32) -> Self {
        Self::with(connections, Duration::from_millis(50)).await
    }

    /// A pool of one connection, in which everything is waited for longer.
    pub async fn patient() -> Self {
        Self::with(1, Duration::from_secs(3)).await
    }

    async fn with(connections: u32, busy_timeout: Duration) -> Self {
        let folder = tempfile::tempdir().expect("tests need a folder");
        // Nothing cuts the power in a test, so nothing waits for the disk.
        let options = SqliteConnectOptions::new()
            .filename(folder.path().join("shop.db"))
            .create_if_missing(true)
            .synchronous(SqliteSynchronous::Off);
        let of_others = SqlitePool::connect_lazy_with(
            options.clone().busy_timeout(Duration::ZERO),
        );
        let mut other = of_others.acquire().await.expect("a database");
        run(&mut other, SCHEMA).await.expect("it is empty");
        let pool = SqlitePoolOptions::new()
            .min_connections(connections)
            .max_connections(connections)
            // A free connection is there at once.
            .test_before_acquire(false)
            // Shorter than the watchdog's limit.
            .acquire_timeout(busy_timeout.max(Duration::from_secs(1)));
        let options = options.busy_timeout(busy_timeout);
        // On a busy machine, opening may take longer than that.
        loop {
            let open = pool.clone().connect_with(options.clone()).await;
            if let Ok(pool) = open {
                return Self { pool, of_others, _folder: folder };
            }
        }
    }

    pub async fn connection(&self) -> PoolConnection<Sqlite> {
        let acquired = match self.pool.acquire().await {
            Err(_) => self.pool.acquire().await, // The machine is busy.
            acquired => acquired,
        };
        acquired.expect("connections come back to the pool")
    }

    /// That of another program, which does not wait for locks.
    pub async fn other(&self) -> PoolConnection<Sqlite> {
        self.of_others.acquire().await.expect("there are enough")
    }

    pub async fn seen(&self) -> String {
        let seen = sqlx::query_scalar(SEEN).fetch_one(&self.of_others);
        seen.await.expect("reading waits for no writer")
    }

    /// What it sees when each connection has come back to the pool: a rollback
    /// is over by then.
    pub async fn seen_when_idle(&self) -> String {
        let mut all = Vec::new();
        for _ in 0..self.pool.options().get_max_connections() {
            all.push(self.connection().await);
        }
        self.seen().await
    }

    pub async fn other_does(&self, sql: &str) -> bool {
        run(&mut *self.other().await, sql).await.is_ok()
    }

    pub async fn place(&self, carrier: &Post, order: &Order) -> Outcome {
        let result = observe(place(&self.pool, carrier, order)).await;
        let result = result.returned("place");
        let asked = carrier.asked.load(SeqCst);
        expect(asked == 1, "the carrier is not asked exactly once")
            .asked("the carrier asked once for the postage")
            .fact(format!("requests to the carrier: {asked}, wanted: 1"))
            .without_drawing()
            .or_fail();
        Outcome::new(&result, self.seen_when_idle().await)
    }
}

/// Boxed, so that it is compiled once.
pub fn run<'a>(
    db: &'a mut SqliteConnection,
    sql: &str,
) -> BoxFuture<'a, Result<(), ShopError>> {
    let sql = sqlx::raw_sql(AssertSqlSafe(sql.to_owned()));
    async { Ok(sql.execute(db).await.map(drop)?) }.boxed()
}

pub struct Outcome {
    pub returned: String,
    pub seen: String,
    facts: Vec<String>,
}

impl Outcome {
    pub fn new(returned: impl Debug, seen: String) -> Self {
        Self { returned: format!("{returned:?}"), seen, facts: Vec::new() }
    }

    pub fn is_ok(&self) -> bool {
        self.returned.starts_with("Ok")
    }

    pub fn says(&self, words: &str) -> bool {
        self.returned.contains(words)
    }

    pub fn fact(mut self, fact: impl Into<String>) -> Self {
        self.facts.push(fact.into());
        self
    }

    /// Fails with these causes, and then with the fault of the session by
    /// itself, unless all is `fine`.
    pub async fn judge<const N: usize>(
        self,
        fine: bool,
        headline: &str,
        asked: &str,
        causes: [(bool, Cause); N],
    ) {
        if fine {
            return;
        }
        let seen = causes.into_iter().find_map(|(seen, it)| seen.then_some(it));
        let cause = if seen.is_some() { seen } else { fault().await };
        let verdict = expect(false, headline)
            .asked(asked)
            .fact(format!("returned: {}", self.returned))
            .fact(format!("in the database: {}", self.seen))
            .facts(self.facts)
            .without_drawing();
        verdict.because([(cause.is_some(), cause.unwrap_or(NO_TRANSACTION))]);
    }
}

pub fn order(voucher: Option<&str>) -> Order {
    let lines = [("nut", 1), ("bolt", 3), ("nut", 1)]
        .map(|(item, pieces)| (item.to_owned(), pieces));
    let voucher = voucher.map(str::to_owned);
    Order { number: 7, lines: lines.to_vec(), voucher }
}

#[derive(Default)]
pub struct Post {
    pub asked: AtomicUsize,
    /// Thinks until another customer has had a connection of this pool.
    pub watched: Option<SqlitePool>,
    pub kept_waiting: AtomicBool,
}

impl Carrier for Post {
    async fn postage(&self, order: &Order) -> Result<u32, ShopError> {
        self.asked.fetch_add(1, SeqCst);
        if let Some(pool) = &self.watched {
            let thinking = journal().call("carrier");
            // What goes on beside it has begun by now.
            yield_now().await;
            let customer = journal().call("another customer");
            let quiet = pin!(at_rest_for(A_WHILE));
            match select(pin!(pool.acquire()), quiet).await {
                Either::Left(_) => customer.finished(),
                Either::Right(_) => {
                    self.kept_waiting.store(true, SeqCst);
                    customer.waited();
                }
            }
            thinking.finished();
        }
        yield_now().await;
        if order.lines.is_empty() { Err(ShopError::NoCarrier) } else { Ok(490) }
    }
}
