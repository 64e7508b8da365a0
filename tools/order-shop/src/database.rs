//! The database of a shop, in a file that a test can lock.

use std::time::Duration;

use sqlx::{
    SqlitePool,
    pool::PoolConnection,
    sqlite::{Sqlite, SqliteConnectOptions, SqlitePoolOptions, SqliteSynchronous},
};
use tempfile::TempDir;
use tokio::time::{sleep, timeout};

/// What is in the way of an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lock {
    /// Another connection writes: no order can be written.
    Write,
    /// Another connection reads: orders can be written, and not be committed.
    Read,
}

/// A database with a table `orders`. Dropping it deletes the file.
pub struct Database {
    options: SqliteConnectOptions,
    /// Beside those of the service.
    own: SqlitePool,
    /// One that does not wait for locks.
    impatient: SqlitePool,
    _folder: TempDir,
}

impl Database {
    /// A new one, with what these statements make.
    ///
    /// # Panics
    ///
    /// Where there is no room for a file, or a statement is wrong.
    pub async fn create(statements: &'static str) -> Self {
        let folder = tempfile::tempdir().expect("tests need a folder");
        // A test outlives no power cut, so nothing waits for the disk.
        let options = SqliteConnectOptions::new()
            .filename(folder.path().join("shop.db"))
            .create_if_missing(true)
            .busy_timeout(Duration::from_secs(3))
            .synchronous(SqliteSynchronous::Off);
        let own = pool(1, options.clone());
        let impatient = pool(1, options.clone().busy_timeout(Duration::ZERO));
        let database = Self { options, own, impatient, _folder: folder };
        database.run(statements).await;
        database
    }

    /// Runs these statements.
    ///
    /// # Panics
    ///
    /// If one of them is wrong.
    pub async fn run(&self, statements: &'static str) {
        let done = sqlx::raw_sql(statements).execute(&self.own).await;
        done.expect("the statements of a test are right");
    }

    /// So many connections for the service under test, each made when it is needed.
    pub fn pool(&self, connections: u32) -> SqlitePool {
        pool(connections, self.options.clone())
    }

    /// Is in the way of orders until it is released.
    ///
    /// # Panics
    ///
    /// If something else has a lock.
    pub async fn lock(&self, lock: Lock) -> Locked {
        let mut held = self.own.acquire().await.expect("one is free");
        let statements = match lock {
            Lock::Write => ["BEGIN IMMEDIATE", "SELECT 1"],
            Lock::Read => ["BEGIN", "SELECT * FROM orders"],
        };
        for statement in statements {
            let done = sqlx::query(statement).fetch_all(&mut *held).await;
            done.expect("nothing else has a lock");
        }
        Locked(held)
    }

    /// Waits until some connection has written, or may write, and has not committed. A service that
    /// never comes to that is waited for no longer than a second.
    pub async fn written(&self) {
        let probe = async {
            let try_it = || sqlx::raw_sql("BEGIN IMMEDIATE; ROLLBACK").execute(&self.impatient);
            while try_it().await.is_ok() {
                sleep(Duration::from_millis(2)).await;
            }
        };
        let _ = timeout(Duration::from_secs(1), probe).await;
    }

    /// The numbers of the orders that are stored, in ascending order.
    ///
    /// # Panics
    ///
    /// Where there is no such table.
    pub async fn orders(&self) -> Vec<i64> {
        sqlx::query_scalar("SELECT number FROM orders ORDER BY number")
            .fetch_all(&self.own)
            .await
            .expect("the table can be read")
    }
}

fn pool(connections: u32, options: SqliteConnectOptions) -> SqlitePool {
    SqlitePoolOptions::new().max_connections(connections).connect_lazy_with(options)
}

/// A lock that is held.
pub struct Locked(PoolConnection<Sqlite>);

impl Locked {
    /// Lets orders pass again.
    ///
    /// # Panics
    ///
    /// If the database has gone.
    pub async fn release(mut self) {
        let done = sqlx::query("ROLLBACK").execute(&mut *self.0).await;
        done.expect("the transaction is open");
    }
}
