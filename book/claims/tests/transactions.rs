//! What the page on transactions says of sqlx and SQLite, beyond what its exercise shows.

use std::{pin::pin, time::Duration};

use futures::future::{Either, select};
use sqlx::{
    SqlitePool,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions},
};
use tokio::time::{sleep, timeout};

const IMMEDIATE: &str = "BEGIN IMMEDIATE";

/// A pool of one connection, on a database that has one table.
async fn pool(options: &SqliteConnectOptions) -> SqlitePool {
    let pool = SqlitePoolOptions::new().max_connections(1);
    let pool = pool
        .connect_with(options.clone())
        .await
        .expect("a database");
    let table = "CREATE TABLE IF NOT EXISTS stock (item TEXT PRIMARY KEY)";
    sqlx::query(table).execute(&pool).await.expect("a table");
    pool
}

#[tokio::test]
async fn after_insert_or_rollback_sqlx_refuses_the_next_session() {
    let pool = pool(&"sqlite::memory:".parse().expect("it is one")).await;
    let mut session = pool.begin_with(IMMEDIATE).await.expect("it is free");
    for expected in [true, false] {
        let nut = "INSERT OR ROLLBACK INTO stock VALUES ('nut')";
        let done = sqlx::query(nut).execute(&mut *session).await;
        assert_eq!(done.is_ok(), expected);
    }
    drop(session);
    let next = pool.begin_with(IMMEDIATE).await;
    assert!(matches!(next, Err(sqlx::Error::InvalidSavePointStatement)));
}

#[tokio::test]
async fn a_drop_while_begin_waits_keeps_the_connection() {
    let folder = tempfile::tempdir().expect("a folder");
    let options = SqliteConnectOptions::new()
        .filename(folder.path().join("shop.db"))
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .busy_timeout(Duration::from_mins(1));
    let (ours, others) = (pool(&options).await, pool(&options).await);
    let writer = others.begin_with(IMMEDIATE).await.expect("it is free");

    let waiting = Box::pin(ours.begin_with(IMMEDIATE));
    let a_while = pin!(sleep(Duration::from_millis(300)));
    let Either::Right(((), waiting)) = select(waiting, a_while).await else {
        panic!("it waits for the other writer")
    };
    drop(waiting);
    let begun = Box::pin(ours.begin_with(IMMEDIATE));
    let blocked = timeout(Duration::from_millis(300), begun).await;
    assert!(blocked.is_err(), "the only connection is in use");

    writer.rollback().await.expect("it is open");
    let next = timeout(Duration::from_secs(10), ours.begin_with(IMMEDIATE));
    next.await.expect("it is back").expect("it is clean");
}
