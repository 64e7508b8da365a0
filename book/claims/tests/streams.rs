//! What the page on streams says of adaptors: where an item is lost, and what `take` leaves behind.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering::SeqCst},
};

use futures::{StreamExt, future::ready, stream};
use tokio::{
    select,
    time::{Duration, sleep, timeout},
};

const MOMENT: Duration = Duration::from_millis(10);

#[tokio::test(start_paused = true)]
async fn next_loses_nothing_and_an_adaptor_made_in_the_branch_does() {
    let numbers = || {
        stream::iter(1..=3)
            .then(|n| async move {
                sleep(MOMENT).await;
                n
            })
            .boxed()
    };
    let slow = |n| async move {
        sleep(3 * MOMENT).await;
        n
    };

    // The stream is kept, and with it what it has begun.
    let mut kept = numbers().then(slow).boxed();
    let mut got = Vec::new();
    loop {
        select! {
            number = kept.next() => match number {
                Some(number) => got.push(number),
                None => break,
            },
            () = sleep(MOMENT / 3) => {}
        }
    }
    assert_eq!(got, [1, 2, 3]);

    // Made in the branch, it is dropped at each tick, with the number that it has taken.
    let (mut numbers, mut got) = (numbers(), Vec::new());
    loop {
        let mut slowly = Box::pin(numbers.by_ref().then(slow));
        match timeout(2 * MOMENT, slowly.next()).await {
            Ok(Some(number)) => got.push(number),
            Ok(None) => break,
            Err(_) => {}
        }
    }
    assert_eq!(got, [0; 0]);
}

#[tokio::test]
async fn take_leaves_what_was_begun_before_it() {
    let begun = Arc::new(AtomicUsize::new(0));
    let lookups = |numbers: stream::BoxStream<'static, u32>| {
        let begun = Arc::clone(&begun);
        numbers
            .map(move |n| {
                let begun = Arc::clone(&begun);
                async move {
                    begun.fetch_add(1, SeqCst);
                    tokio::task::yield_now().await;
                    n
                }
            })
            .buffered(4)
    };

    let first = lookups(stream::iter(1..=9).take(3).boxed())
        .collect::<Vec<_>>()
        .await;
    assert_eq!((first.len(), begun.swap(0, SeqCst)), (3, 3));
    let last = lookups(stream::iter(1..=9).boxed())
        .take(3)
        .collect::<Vec<_>>()
        .await;
    assert_eq!(last.len(), 3);
    assert!(begun.load(SeqCst) > 3, "and what is in flight is dropped");
}

#[tokio::test]
async fn take_until_looks_at_its_future_first() {
    let numbers = stream::iter(1..=3).take_until(ready(()));
    assert_eq!(numbers.collect::<Vec<_>>().await, [0; 0]);
}
