//! What the page of `fetch` says of futures, of the runtime, and of addresses.

use std::{hint::black_box, task::Poll, thread};

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::Url;
use testkit::poll::task;
use tokio::{runtime, sync::oneshot, task::yield_now};

#[test]
fn a_call_polled_by_hand() {
    let (service, answer) = oneshot::channel();
    let mut call = task::spawn(async {
        let name: Result<&str, _> = answer.await;
        name.map(str::to_uppercase)
    });
    // It runs up to the `.await`, leaves a waker, and returns.
    assert!(call.poll().is_pending());

    assert!(service.send("bolt").is_ok());
    // The waker was called: "poll this task again".
    assert!(call.is_woken());
    // It goes on where it stopped.
    assert_eq!(call.poll(), Poll::Ready(Ok("BOLT".to_owned())));
}

#[test]
fn what_lives_across_an_await_is_part_of_the_future() {
    let across = async {
        let body = [0_u8; 1000];
        yield_now().await;
        black_box(body).len()
    };
    let before = async {
        let length = black_box([0_u8; 1000]).len();
        yield_now().await;
        length
    };
    assert!(size_of_val(&across) >= 1000);
    assert!(size_of_val(&before) < 1000);
}

#[test]
fn a_current_thread_runtime_runs_on_its_callers_thread() {
    let runtime = runtime::Builder::new_current_thread().build();
    let here = thread::current().id();
    let there =
        runtime
            .expect("it needs nothing from the system")
            .block_on(async {
                tokio::spawn(async { thread::current().id() }).await
            });
    assert_eq!(there.expect("it does not panic"), here);
}

#[test]
fn tabs_and_line_breaks_in_a_segment() {
    let mut url: Url = "http://127.0.0.1/v1".parse().expect("an address");
    let segments = url.path_segments_mut();
    segments
        .expect("it has a path")
        .extend(["a\tb\r\n", "..", "c"]);
    assert_eq!(url.path(), "/v1/ab/c");
    let escaped = utf8_percent_encode("a\tb\r\n", NON_ALPHANUMERIC);
    assert_eq!(escaped.to_string(), "a%09b%0D%0A");
}
