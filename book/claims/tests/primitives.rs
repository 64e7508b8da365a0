//! The Rust side of the second table of "From asyncio to tokio": one test for each row, called like
//! the primitive. The Python side is `book/asyncio/primitives.py`.

use std::{
    future::pending,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::Duration,
};

use futures::FutureExt;
use tokio::{
    runtime::Handle,
    sync::{Notify, mpsc, oneshot, watch},
    task::yield_now,
    time::{sleep, timeout},
};

#[tokio::test(start_paused = true)]
async fn event() {
    // `notify_waiters` wakes those that wait, and is forgotten.
    let ready = Notify::new();
    ready.notify_waiters();
    assert!(
        timeout(Duration::from_hours(1), ready.notified())
            .await
            .is_err()
    );
    // `notify_one` keeps one permit for the next that comes.
    ready.notify_one();
    ready.notify_one();
    ready.notified().await;
    assert!(
        timeout(Duration::from_hours(1), ready.notified())
            .await
            .is_err()
    );
    // A value is remembered for everybody.
    let (set, mut is_set) = watch::channel(false);
    set.send_replace(true);
    for _ in 0..2 {
        assert!(
            *is_set
                .wait_for(|set| *set)
                .await
                .expect("its sender is there")
        );
    }
}

#[tokio::test(start_paused = true)]
async fn lock() {
    // tokio's may be held across an await, and the others wait for it.
    let log = Arc::new(tokio::sync::Mutex::new(Vec::new()));
    let work = async |name: &str| {
        let mut log = log.lock().await;
        log.push(format!("{name} begins"));
        sleep(Duration::from_millis(1)).await;
        log.push(format!("{name} ends"));
    };
    futures::join!(work("one"), work("two"));
    assert_eq!(
        *log.lock().await,
        ["one begins", "one ends", "two begins", "two ends"]
    );
    // Where nothing is awaited inside, the standard one serves.
    let count = Arc::new(Mutex::new(0));
    let add = {
        let count = Arc::clone(&count);
        async move { *count.lock().expect("nobody panics with it") += 1 }
    };
    tokio::spawn(add).await.expect("it only adds");
    assert_eq!(*count.lock().expect("nobody panics with it"), 1);
}

#[tokio::test]
async fn queue() {
    // There is one reader, and it hears that no more comes: the last sender is gone.
    let (items, mut reader) = mpsc::channel(2);
    let more = items.clone();
    tokio::spawn(async move {
        for item in 0..3 {
            items.send(item).await.expect("its reader is there");
        }
    });
    tokio::spawn(
        async move { more.send(3).await.expect("its reader is there") },
    );
    let mut read = Vec::new();
    while let Some(item) = reader.recv().await {
        read.push(item);
    }
    read.sort_unstable();
    assert_eq!(read, [0, 1, 2, 3]);
}

tokio::task_local! {
    static REQUEST: u32;
}

#[tokio::test]
async fn context() {
    let seen = REQUEST.scope(7, async {
        let inherited = tokio::spawn(async { REQUEST.try_with(|id| *id).ok() });
        let handed_on =
            tokio::spawn(REQUEST.scope(REQUEST.get(), async { REQUEST.get() }));
        (
            inherited.await.expect("no panic"),
            handed_on.await.expect("no panic"),
        )
    });
    // A spawned task inherits nothing.
    assert_eq!(seen.await, (None, 7));
}

#[tokio::test(start_paused = true)]
async fn first() {
    // The future that loses is dropped.
    let (alive, gone) = oneshot::channel::<()>();
    let slow = async move {
        let _alive = alive;
        pending::<()>().await;
    };
    tokio::select! {
        () = sleep(Duration::from_millis(1)) => {}
        () = slow => unreachable!("it never ends"),
    }
    assert!(
        gone.now_or_never().is_some_and(|sent| sent.is_err()),
        "its sender is dropped"
    );
}

#[tokio::test(start_paused = true)]
async fn shield() {
    // The handle is dropped, and the task goes on.
    let stored = Arc::new(AtomicBool::new(false));
    let task = tokio::spawn({
        let stored = Arc::clone(&stored);
        async move {
            sleep(Duration::from_millis(10)).await;
            stored.store(true, Ordering::SeqCst);
        }
    });
    assert!(timeout(Duration::from_millis(1), task).await.is_err());
    assert!(!stored.load(Ordering::SeqCst));
    sleep(Duration::from_millis(20)).await;
    yield_now().await;
    assert!(stored.load(Ordering::SeqCst));
}

#[tokio::test]
async fn from_a_thread() {
    // Another thread hands a future to the runtime, and waits for its result.
    let runtime = Handle::current();
    let (say, hear) = oneshot::channel();
    thread::spawn(move || {
        let answer = runtime.spawn(async { "user 7" });
        let answer = runtime.block_on(answer).expect("it does not panic");
        say.send(answer).expect("the test waits for it");
    });
    assert_eq!(hear.await, Ok("user 7"));
}
