//! What the page on timeouts says of a future that is dropped at its limit: what goes with it, and
//! how to keep it.

use std::pin::pin;

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt, duplex},
    select,
    sync::{Mutex, mpsc},
    time::{Duration, Instant, Interval, interval, sleep, timeout},
};

const LIMIT: Duration = Duration::from_millis(10);

#[tokio::test(start_paused = true)]
async fn send_loses_its_message_and_reserve_does_not() {
    let (sender, mut receiver) = mpsc::channel(1);
    sender.send("first").await.expect("there is room");
    let sent = timeout(LIMIT, sender.send("second")).await;
    assert!(sent.is_err(), "the channel is full");
    assert_eq!(receiver.recv().await, Some("first"));
    assert!(receiver.try_recv().is_err(), "the second message is gone");

    sender.send("first").await.expect("there is room");
    let message = "second";
    assert!(timeout(LIMIT, sender.reserve()).await.is_err());
    assert_eq!(receiver.recv().await, Some("first"));
    let permit = timeout(LIMIT, sender.reserve()).await;
    permit.expect("in time").expect("open").send(message);
    assert_eq!(receiver.recv().await, Some("second"));
}

#[tokio::test(start_paused = true)]
async fn write_all_may_have_written_a_part() {
    let (mut here, mut there) = duplex(4);
    let written = timeout(LIMIT, here.write_all(b"a whole record")).await;
    assert!(written.is_err(), "nobody reads");
    drop(here);
    let mut arrived = Vec::new();
    there.read_to_end(&mut arrived).await.expect("in memory");
    assert_eq!(arrived, b"a wh");
}

#[tokio::test(start_paused = true)]
async fn a_mutex_is_unlocked_between_two_steps() {
    let accounts = Mutex::new((100, 0));
    let transfer = async {
        let mut accounts = accounts.lock().await;
        accounts.0 -= 30;
        sleep(2 * LIMIT).await;
        accounts.1 += 30;
    };
    assert!(timeout(LIMIT, transfer).await.is_err());
    // Not poisoned: the next task gets the lock, and half of a transfer.
    assert_eq!(*accounts.lock().await, (70, 0));
}

/// Awaits `work`. If it takes longer than [`LIMIT`], says so, and goes on
/// waiting for it.
async fn patiently<T>(
    work: impl Future<Output = T>,
    say: impl FnOnce(&str),
) -> T {
    let mut work = pin!(work);
    // `timeout` drops what it was given: here a reference, and not the work.
    match timeout(LIMIT, &mut work).await {
        Ok(value) => value,
        Err(_elapsed) => {
            say("this takes longer than usual");
            work.await
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_reference_keeps_the_work() {
    let began = Instant::now();
    let mut said = Vec::new();
    let work = async {
        sleep(3 * LIMIT).await;
        "prices.csv"
    };
    let file = patiently(work, |words| said.push(words.to_owned())).await;
    assert_eq!(file, "prices.csv");
    assert_eq!(said, ["this takes longer than usual"]);
    assert_eq!(began.elapsed(), 3 * LIMIT, "it did not begin again");
}

/// A body that loses a piece if the future of [`Body::piece`] is dropped.
struct Body {
    pieces: Vec<u8>,
}

impl Body {
    fn new() -> Self {
        Self {
            pieces: vec![3, 2, 1],
        }
    }

    async fn piece(&mut self) -> Option<u8> {
        let piece = self.pieces.pop()?;
        sleep(LIMIT).await;
        Some(piece)
    }
}

/// Collects every piece, and calls `report` at each tick. The inner loop keeps
/// the future of one piece across the ticks.
async fn with_reports(
    body: &mut Body,
    mut ticks: Interval,
    mut report: impl FnMut(usize),
) -> Vec<u8> {
    let mut file = Vec::new();
    loop {
        let mut piece = pin!(body.piece());
        let piece = loop {
            select! {
                piece = &mut piece => break piece,
                _ = ticks.tick() => report(file.len()),
            }
        };
        match piece {
            Some(piece) => file.push(piece),
            None => return file,
        }
    }
}

#[tokio::test(start_paused = true)]
async fn an_inner_loop_keeps_the_piece() {
    let mut reports = 0;
    let ticks = || interval(LIMIT * 2 / 5);
    let file = with_reports(&mut Body::new(), ticks(), |_| reports += 1).await;
    assert_eq!(file, [1, 2, 3]);
    assert!(reports > 3, "several for each piece");

    // Created again at each turn, the future takes a piece and is dropped.
    let (mut body, mut ticks, mut file) = (Body::new(), ticks(), Vec::new());
    loop {
        select! {
            piece = body.piece() => match piece {
                Some(piece) => file.push(piece),
                None => break,
            },
            _ = ticks.tick() => {}
        }
    }
    assert!(file.is_empty(), "all three are lost");
}

#[tokio::test(start_paused = true)]
async fn the_clock_starts_at_the_call() {
    let limited = timeout(LIMIT, std::future::pending::<()>());
    let pause = sleep(LIMIT);
    sleep(2 * LIMIT).await;
    let began = Instant::now();
    assert!(limited.await.is_err());
    pause.await;
    assert_eq!(began.elapsed(), Duration::ZERO);
}
