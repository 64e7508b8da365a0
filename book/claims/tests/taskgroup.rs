//! What the page on task groups says of `JoinSet`: what its `shutdown` waits for,
//! what outlives it, and how jobs are stopped that clean up with an `.await`.

use std::{
    future::pending,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::SeqCst},
        mpsc,
    },
    thread,
    time::Duration,
};

use tokio::{
    task::{self, JoinSet},
    time::{Instant, sleep, timeout},
};
use tokio_util::sync::CancellationToken;

/// Long enough for a task to begin, or to go on.
const MOMENT: Duration = Duration::from_millis(30);

/// How long a job may take to clean up.
const GRACE: Duration = Duration::from_secs(5);

/// The seats of a flight.
#[derive(Clone, Default)]
struct Seats {
    held: Arc<AtomicBool>,
}

impl Seats {
    async fn hold(&self) {
        self.held.store(true, SeqCst);
    }

    /// Takes a while, as requests do.
    async fn give_back(&self) {
        sleep(MOMENT).await;
        self.held.store(false, SeqCst);
    }

    async fn price(&self) -> u32 {
        pending().await
    }
}

/// Holds a seat until its price is there. Told to stop, it gives the seat back.
async fn price_flight(seats: Seats, stop: CancellationToken) -> Option<u32> {
    seats.hold().await;
    let price = stop.run_until_cancelled(seats.price()).await;
    if price.is_none() {
        seats.give_back().await;
    }
    price
}

/// Asks the jobs to stop and waits for their clean-up, but not for ever.
async fn stop<T: 'static>(group: &mut JoinSet<T>, stop: &CancellationToken) {
    stop.cancel();
    let cleaned_up = async { while group.join_next().await.is_some() {} };
    if timeout(GRACE, cleaned_up).await.is_err() {
        group.shutdown().await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_job_that_is_told_cleans_up_with_an_await() {
    let (seats, token) = (Seats::default(), CancellationToken::new());
    let mut group = JoinSet::new();
    group.spawn(price_flight(seats.clone(), token.clone()));
    sleep(MOMENT).await;
    assert!(seats.held.load(SeqCst));

    stop(&mut group, &token).await;

    assert!(!seats.held.load(SeqCst), "the seat is given back by now");
    assert!(group.is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_job_that_does_not_listen_is_aborted() {
    let mut group = JoinSet::new();
    group.spawn(pending::<()>());
    let began = Instant::now();

    stop(&mut group, &CancellationToken::new()).await;

    assert!(group.is_empty());
    assert_eq!(began.elapsed(), GRACE);
}

#[tokio::test(start_paused = true)]
async fn an_aborted_job_does_not() {
    let (seats, token) = (Seats::default(), CancellationToken::new());
    let mut group = JoinSet::new();
    group.spawn(price_flight(seats.clone(), token));
    sleep(MOMENT).await;

    group.shutdown().await;
    sleep(GRACE).await;

    assert!(
        seats.held.load(SeqCst),
        "nothing after the `.await` has run"
    );
}

/// A job that starts work outside the group: a task, and a blocking closure.
async fn price_room(work: Work) {
    task::spawn(work.clone().go_on());
    task::spawn_blocking(move || work.block());
    pending::<()>().await;
}

/// Work that ends when it may, and says so.
#[derive(Clone, Default)]
struct Work {
    may_end: Arc<AtomicBool>,
    task_ended: Arc<AtomicBool>,
    closure_ended: Arc<AtomicBool>,
}

impl Work {
    async fn go_on(self) {
        while !self.may_end.load(SeqCst) {
            sleep(MOMENT).await;
        }
        self.task_ended.store(true, SeqCst);
    }

    fn block(&self) {
        while !self.may_end.load(SeqCst) {
            thread::sleep(MOMENT);
        }
        self.closure_ended.store(true, SeqCst);
    }

    fn ended(&self) -> [bool; 2] {
        [&self.task_ended, &self.closure_ended].map(|it| it.load(SeqCst))
    }
}

#[tokio::test]
async fn what_a_job_starts_outlives_the_group() {
    let work = Work::default();
    let mut group = JoinSet::new();
    group.spawn(price_room(work.clone()));
    sleep(MOMENT).await;

    group.shutdown().await;
    assert_eq!(work.ended(), [false; 2], "neither was waited for");

    work.may_end.store(true, SeqCst);
    timeout(GRACE, async {
        while work.ended() != [true; 2] {
            sleep(MOMENT).await;
        }
    })
    .await
    .expect("neither was stopped");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn shutdown_waits_for_synchronous_code_up_to_the_next_await() {
    let (begins, begun) = mpsc::channel();
    let (go_on, waits) = mpsc::channel();
    let log = Arc::new([AtomicBool::new(false), AtomicBool::new(false)]);
    let notes = Arc::clone(&log);
    let mut group = JoinSet::new();
    group.spawn(async move {
        begins.send(()).expect("the test listens");
        waits.recv().expect("the test says so");
        thread::sleep(MOMENT);
        notes[0].store(true, SeqCst);
        task::yield_now().await;
        notes[1].store(true, SeqCst);
    });
    begun.recv().expect("the task begins");
    group.abort_all();
    go_on.send(()).expect("the task listens");

    group.shutdown().await;

    assert!(log[0].load(SeqCst), "waited for");
    assert!(!log[1].load(SeqCst), "dropped at its `.await`");
}

#[tokio::test]
async fn shutdown_waits_for_a_closure_of_the_set() {
    let (begins, begun) = mpsc::channel();
    let work = Work::default();
    let blocks = work.clone();
    let mut group = JoinSet::new();
    group.spawn_blocking(move || {
        begins.send(()).expect("the test listens");
        blocks.block();
    });
    begun.recv().expect("the closure begins");
    work.may_end.store(true, SeqCst);

    group.shutdown().await;

    assert_eq!(work.ended(), [false, true]);
}
