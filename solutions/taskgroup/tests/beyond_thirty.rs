//! What the page says of `try_join_all`: up to thirty futures it reports a
//! failure at once, and beyond that only when those before it are done.

use std::time::Duration;

use futures::future::try_join_all;
use testkit::Stopwatch;
use tokio::time::sleep;

/// When `try_join_all` returns, in ms: of `count` futures the last fails at
/// once, and each of the others takes a second.
async fn millis_to_the_failure(count: u64) -> u64 {
    let watch = Stopwatch::start();
    let outcome = try_join_all((1..=count).map(|place| async move {
        if place == count {
            return Err(place);
        }
        sleep(Duration::from_secs(1)).await;
        Ok(place)
    }))
    .await;
    assert_eq!(outcome, Err(count));
    watch.millis()
}

#[test]
fn up_to_thirty_a_failure_is_seen_at_once() {
    testkit::run_paused(async || {
        assert_eq!(millis_to_the_failure(30).await, 0);
    });
}

#[test]
fn beyond_thirty_it_waits_in_line() {
    testkit::run_paused(async || {
        assert_eq!(millis_to_the_failure(31).await, 1000);
    });
}
