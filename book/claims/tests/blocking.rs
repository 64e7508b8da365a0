//! What the page on blocking says of a thread that is held, and how it is found.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    thread,
    time::Duration,
};

use tokio::{
    runtime::{Builder, Handle, Runtime},
    task,
    time::{Instant, sleep},
};

const BEAT: Duration = Duration::from_millis(10);
const STALL: Duration = Duration::from_millis(50);

/// Reports each stall of the thread that it runs on, for ever.
async fn log_stalls(report: impl Fn(Duration)) {
    loop {
        let due = Instant::now() + BEAT;
        sleep(BEAT).await;
        let late = due.elapsed();
        if late > BEAT {
            report(late);
        }
    }
}

#[tokio::test]
async fn a_heartbeat_finds_a_stall() {
    let most = Arc::new(AtomicU64::new(0));
    let seen = Arc::clone(&most);
    let heart = tokio::spawn(log_stalls(move |late| {
        let millis = u64::try_from(late.as_millis()).unwrap_or(u64::MAX);
        seen.fetch_max(millis, Ordering::SeqCst);
    }));
    task::yield_now().await;

    thread::sleep(STALL);
    sleep(BEAT).await;

    heart.abort();
    // Its beat was due after 10 ms of the 50.
    assert!(most.load(Ordering::SeqCst) >= 30, "{most:?} ms");
}

#[test]
fn a_blocked_worker_counts_as_busy() {
    let runtime = Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build();
    let runtime = runtime.expect("a runtime");
    let busy = || runtime.metrics().worker_total_busy_duration(0);

    let blocked = runtime.spawn(async { thread::sleep(STALL) });
    runtime.block_on(blocked).expect("no panic");
    // It is counted when the worker comes to rest.
    while busy() < STALL {
        thread::sleep(Duration::from_millis(1));
    }
}

#[test]
fn block_on_is_allowed_on_the_blocking_pool_and_on_a_thread_with_a_handle() {
    let runtime = Runtime::new().expect("a runtime");

    let sums = runtime.block_on(async {
        let handle = Handle::current();
        let wait = || async {
            sleep(Duration::from_millis(1)).await;
            1
        };
        let pool =
            task::spawn_blocking(move || Handle::current().block_on(wait()));
        let own = thread::spawn(move || handle.block_on(wait()));
        let own = task::spawn_blocking(move || own.join());
        pool.await.expect("no panic")
            + own.await.expect("no panic").expect("no panic")
    });

    assert_eq!(sums, 2);
}

#[tokio::test]
async fn a_runtime_may_be_ended_in_async_code_without_waiting() {
    Runtime::new().expect("a runtime").shutdown_background();

    let other = Runtime::new().expect("a runtime");
    let dropped = catch_unwind(AssertUnwindSafe(|| drop(other)));
    assert!(dropped.is_err());
}

#[tokio::test]
async fn a_future_of_tokio_needs_a_runtime_on_its_thread() {
    let polled = thread::spawn(|| futures::executor::block_on(sleep(BEAT)));
    let joined = task::spawn_blocking(move || polled.join()).await;
    let panic = joined.expect("no panic here").expect_err("one there");
    let message = panic.downcast_ref::<&str>().copied().map(str::to_owned);
    let message = message.or_else(|| panic.downcast_ref::<String>().cloned());
    let wanted = "there is no reactor running, must be called from the context of a Tokio 1.x runtime";
    assert_eq!(message.as_deref(), Some(wanted));
}
