//! The Rust side of the table "From asyncio to tokio": one test for each row, called like the
//! pattern. The Python side is `book/asyncio/from_asyncio.py`.
//!
//! A row whose pattern has an exercise repeats in short what that exercise's tests prove.

use std::{
    cell::RefCell,
    fs,
    future::pending,
    path::Path,
    rc::Rc,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
        mpsc,
    },
    thread,
};

use futures::{FutureExt, StreamExt, TryStreamExt, future, stream};
use tokio::{
    runtime::{self, LocalOptions, Runtime},
    sync::{
        Notify, broadcast,
        broadcast::error::RecvError,
        mpsc::{UnboundedSender, unbounded_channel},
        oneshot,
    },
    task::{self, JoinSet},
    time::{Duration, Instant, sleep, timeout, timeout_at},
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

/// What was done, in its order.
type Log = Arc<Mutex<Vec<&'static str>>>;

fn note(log: &Log, what: &'static str) {
    log.lock().expect("nobody panics with the log").push(what);
}

fn noted(log: &Log) -> Vec<&'static str> {
    log.lock().expect("nobody panics with the log").clone()
}

/// Notes when it is dropped.
struct Guard(Log, &'static str);

impl Drop for Guard {
    fn drop(&mut self) {
        note(&self.0, self.1);
    }
}

fn several_threads() -> Runtime {
    runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .expect("a runtime needs a few file descriptors")
}

/// Lets every other task run as far as it can.
async fn others_run() {
    for _ in 0..10 {
        task::yield_now().await;
    }
}

#[test]
fn fetch() {
    let log = Log::default();
    let call = {
        let log = log.clone();
        async move { note(&log, "asked") }
    };
    assert!(noted(&log).is_empty(), "a call runs nothing");
    // No loop is there until a runtime is built.
    assert!(runtime::Handle::try_current().is_err());
    several_threads().block_on(call);
    assert_eq!(noted(&log), ["asked"]);
}

#[tokio::test]
async fn lazy() {
    let log = Log::default();
    // Bound to a name, it is used as far as rustc can see: no warning, and nothing has run.
    let call = async { note(&log, "asked") };
    drop(call);
    assert!(noted(&log).is_empty());
}

#[test]
fn blocking() {
    // One of two worker threads is blocked, and a task on the other goes on.
    let runtime = several_threads();
    let (free, freed) = mpsc::channel::<()>();
    let (blocked, is_blocked) = mpsc::channel();
    let stuck = runtime.spawn(async move {
        blocked.send(()).expect("the test waits for it");
        freed.recv().expect("the test lets it go");
    });
    is_blocked.recv().expect("the task has begun");
    let (beat, beats) = mpsc::channel();
    runtime.spawn(async move { beat.send(()) });
    beats.recv().expect("the other thread runs it");
    assert!(!stuck.is_finished());
    free.send(()).expect("the task is there");
    runtime.block_on(stuck).expect("it does not panic");
}

#[tokio::test]
async fn offload() {
    let (begun, has_begun) = oneshot::channel();
    let (go_on, may_go_on) = mpsc::channel::<()>();
    let done = Arc::new(AtomicBool::new(false));
    let work = {
        let done = done.clone();
        move || {
            begun.send(()).expect("the test waits for it");
            may_go_on.recv().expect("the test lets it go");
            done.store(true, Ordering::Release);
        }
    };
    let awaiting = tokio::spawn(async { task::spawn_blocking(work).await });
    has_begun.await.expect("the work has begun");
    awaiting.abort();
    assert!(
        awaiting
            .await
            .expect_err("nobody waits any more")
            .is_cancelled()
    );
    assert!(!done.load(Ordering::Acquire));
    go_on.send(()).expect("the work goes on all the same");
    while !done.load(Ordering::Acquire) {
        task::yield_now().await;
    }
}

#[tokio::test]
async fn crunch() {
    // What goes over is moved: the same memory, on another thread.
    let items = vec![7_u8; 1000];
    let (before, here) = (items.as_ptr().addr(), thread::current().id());
    let (done, result) = oneshot::channel();
    rayon::spawn(move || {
        let seen = (items.as_ptr().addr(), thread::current().id());
        done.send(seen).expect("the test waits for it");
    });
    let (there, thread) = result.await.expect("the work ends");
    assert_eq!(there, before);
    assert_ne!(thread, here);
}

#[tokio::test]
async fn gather() {
    let log = Log::default();
    let slow = async {
        sleep(Duration::from_millis(1)).await;
        note(&log, "slow");
        Ok(1)
    };
    let failing = async {
        note(&log, "failed");
        Err("no user 2")
    };
    let calls = [slow.boxed(), failing.boxed(), future::ready(Ok(3)).boxed()];
    assert_eq!(
        future::join_all(calls).await,
        [Ok(1), Err("no user 2"), Ok(3)]
    );
    assert_eq!(noted(&log), ["failed", "slow"]);
}

#[tokio::test]
async fn taskgroup() {
    let log = Log::default();
    let mut set = JoinSet::new();
    let guard = Guard(log.clone(), "dropped");
    set.spawn(async move {
        let _guard = guard;
        pending::<Result<(), &str>>().await
    });
    set.spawn(async { Err("failed") });
    let first = set.join_next().await.expect("two tasks").expect("no panic");
    assert_eq!(first, Err("failed"));
    others_run().await;
    assert!(noted(&log).is_empty(), "the other one is not stopped");
    drop(set);
    assert!(noted(&log).is_empty(), "dropping the set does not wait");
    others_run().await;
    assert_eq!(noted(&log), ["dropped"], "and has asked for the end");
}

#[test]
fn outcomes() {
    #[derive(Debug, PartialEq)]
    enum Failure {
        Disk,
        Index,
    }
    let outcomes = vec![Ok(1), Err(Failure::Disk), Err(Failure::Index)];
    let told: Vec<_> = outcomes
        .into_iter()
        // Without one of these arms, this does not compile.
        .map(|outcome| match outcome {
            Ok(_) => "ok",
            Err(Failure::Disk) => "disk",
            Err(Failure::Index) => "index",
        })
        .collect();
    assert_eq!(told, ["ok", "disk", "index"]);
}

#[tokio::test]
async fn limits() {
    let (made, running, most) = (
        AtomicUsize::new(0),
        AtomicUsize::new(0),
        AtomicUsize::new(0),
    );
    let calls = stream::iter(0..100).map(|_| {
        made.fetch_add(1, Ordering::Relaxed);
        async {
            most.fetch_max(
                running.fetch_add(1, Ordering::Relaxed) + 1,
                Ordering::Relaxed,
            );
            others_run().await;
            running.fetch_sub(1, Ordering::Relaxed);
        }
    });
    let mut calls = calls.buffer_unordered(10);
    assert!(calls.next().now_or_never().is_none());
    assert_eq!(
        made.load(Ordering::Relaxed),
        10,
        "the other ninety do not exist yet"
    );
    calls.collect::<Vec<_>>().await;
    assert_eq!(most.load(Ordering::Relaxed), 10);
}

#[tokio::test(start_paused = true)]
async fn timeouts() {
    let log = Log::default();
    let began = Instant::now();
    let work = async {
        let _guard = Guard(log.clone(), "destructor");
        pending::<()>().await;
        note(&log, "past the await");
    };
    assert!(timeout(Duration::from_millis(5), work).await.is_err());
    assert_eq!(noted(&log), ["destructor"]);
    assert_eq!(began.elapsed(), Duration::from_millis(5));
}

#[tokio::test(start_paused = true)]
async fn deadlines() {
    let log = Log::default();
    let mut outside = Vec::new();
    let steps = async {
        let _inside = Guard(log.clone(), "what the future owns");
        outside.push("page 1");
        pending::<()>().await;
    };
    let deadline = Instant::now() + Duration::from_millis(5);
    assert!(timeout_at(deadline, steps).await.is_err());
    assert_eq!(noted(&log), ["what the future owns"]);
    assert_eq!(outside, ["page 1"]);
}

struct Held(UnboundedSender<&'static str>);

impl Drop for Held {
    fn drop(&mut self) {
        // Nothing can be awaited here. The cleaner has gone only when the runtime has.
        self.0.send("seat 1").ok();
    }
}

#[tokio::test]
async fn cleanup() {
    let log = Log::default();
    let (hand_over, mut cleaner) = unbounded_channel();
    let cleaning = tokio::spawn({
        let log = log.clone();
        async move {
            while let Some(seat) = cleaner.recv().await {
                task::yield_now().await;
                note(&log, seat);
            }
        }
    });
    let work = async {
        let _held = Held(hand_over);
        pending::<()>().await;
    };
    assert!(timeout(Duration::ZERO, work).await.is_err());
    assert!(noted(&log).is_empty());
    cleaning
        .await
        .expect("the cleaner ends with its last sender");
    assert_eq!(noted(&log), ["seat 1"]);
}

#[tokio::test]
async fn pagination() {
    let log = Log::default();
    let guard = Guard(log.clone(), "closed");
    let pages = stream::try_unfold((0, guard), |(page, guard)| async move {
        note(&guard.0, "page");
        let items = stream::iter([Ok::<_, ()>(2 * page), Ok(2 * page + 1)]);
        Ok(Some((items, (page + 1, guard))))
    });
    let mut items = pages.try_flatten().boxed();
    while let Some(item) = items.try_next().await.expect("no page fails") {
        if item == 2 {
            break;
        }
    }
    assert_eq!(noted(&log), ["page", "page"]);
    drop(items);
    assert_eq!(noted(&log), ["page", "page", "closed"]);
}

#[tokio::test]
async fn streams() {
    let log = Log::default();
    let calls = || {
        stream::iter([1, 2]).map(|n| {
            let log = log.clone();
            async move {
                note(&log, "begun");
                task::yield_now().await;
                note(&log, "done");
                n
            }
        })
    };
    let kept: Vec<_> = calls()
        .then(|call| call)
        .filter(|n| future::ready(*n > 1))
        .collect()
        .await;
    assert_eq!(kept, [2]);
    assert_eq!(noted(&log), ["begun", "done", "begun", "done"]);
    log.lock().expect("nobody panics with the log").clear();
    let both: Vec<_> = calls().buffered(2).collect().await;
    assert_eq!(both, [1, 2]);
    assert_eq!(noted(&log), ["begun", "begun", "done", "done"]);
}

#[tokio::test]
async fn detached() {
    let (done, is_done) = oneshot::channel();
    drop(tokio::spawn(async move {
        task::yield_now().await;
        done.send("confirmation").expect("the test waits for it");
    }));
    assert_eq!(
        is_done.await,
        Ok("confirmation"),
        "it lives though nobody holds it"
    );

    let tracker = TaskTracker::new();
    tracker.spawn(async {});
    tracker.close();
    tracker.wait().await;
}

#[test]
fn background() {
    several_threads().block_on(async {
        let (begin, has_begun) = mpsc::channel();
        let task = tokio::spawn(async move { begin.send(()) });
        // No await between: this thread never gave it a turn.
        has_begun.recv().expect("another thread runs it");
        task.await
            .expect("no panic")
            .expect("the receiver is there");
    });
}

#[test]
fn shutdown() {
    let log = Log::default();
    let runtime = several_threads();
    let begun = Arc::new(Notify::new());
    let task = {
        let (log, begun) = (log.clone(), begun.clone());
        async move {
            let _guard = Guard(log.clone(), "dropped");
            begun.notify_one();
            pending::<()>().await;
            note(&log, "sent");
        }
    };
    runtime.block_on(async {
        tokio::spawn(task);
        begun.notified().await;
    });
    drop(runtime);
    assert_eq!(noted(&log), ["dropped"]);

    // A drain: told to come to an end, and waited for.
    several_threads().block_on(async {
        let (token, tracker) = (CancellationToken::new(), TaskTracker::new());
        let (told, log) = (token.clone(), log.clone());
        tracker.spawn(async move {
            told.cancelled().await;
            note(&log, "sent");
        });
        token.cancel();
        tracker.close();
        timeout(Duration::from_mins(1), tracker.wait())
            .await
            .expect("it ends at once");
    });
    assert_eq!(noted(&log), ["dropped", "sent"]);
}

#[tokio::test]
async fn chat() {
    let (room, mut member) = broadcast::channel(2);
    for message in ["one", "two", "three"] {
        room.send(message)
            .expect("the sender is not told that there is no room");
    }
    assert_eq!(member.recv().await, Err(RecvError::Lagged(1)));
    assert_eq!(member.recv().await, Ok("two"));
}

#[test]
fn sharing_without_a_lock() {
    let runtime = runtime::Builder::new_current_thread()
        .build_local(LocalOptions::default())
        .expect("a runtime needs a few file descriptors");
    runtime.block_on(async {
        let seen = Rc::new(RefCell::new(Vec::new()));
        let tasks = [1, 2].map(|n| {
            let seen = seen.clone();
            task::spawn_local(async move { seen.borrow_mut().push(n) })
        });
        for task in tasks {
            task.await.expect("no panic");
        }
        assert_eq!(*seen.borrow(), [1, 2]);
    });
}

/// Rows without an exercise's tests behind them would be mere words, and a row whose claim about
/// one side is missing half of them.
#[test]
fn every_row_has_a_claim_on_both_sides() {
    let book = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."));
    let read = |file: &str| {
        fs::read_to_string(book.join(file))
            .unwrap_or_else(|error| panic!("{file}: {error}"))
    };
    let (page, python) =
        (read("src/from-asyncio.md"), read("asyncio/from_asyncio.py"));
    let rust = read("claims/tests/from_asyncio.rs");
    let rows: Vec<&str> = page.lines().filter_map(pattern).collect();
    assert!(rows.len() >= 19, "the table has {} rows", rows.len());
    for row in rows {
        assert!(
            python.contains(&format!("def {row}():")),
            "{row} has no claim in Python"
        );
        // What is claimed of sqlx is proven by that exercise's tests: nothing else compiles it.
        let proven =
            row == "transactions" || rust.contains(&format!("fn {row}() {{"));
        assert!(proven, "{row} has no claim in Rust");
    }
}

/// The pattern of a row: the first word of its first cell, linked or not.
fn pattern(line: &str) -> Option<&str> {
    let first = line.strip_prefix("| ")?.trim_start_matches(['*', '[']);
    let end = first.find(|c: char| !c.is_ascii_lowercase())?;
    (end > 0).then(|| &first[..end])
}
