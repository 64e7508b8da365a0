//! The upstream: connections, cancellations, stalls and breaks, each really seen by a client.

use std::time::Duration;

use reqwest::Client;
use testkit::{Answer, Gate, Upstream, mock};
use timeline::How;
use tokio::time::timeout;

/// Passing this means "never": what the tests wait for takes microseconds.
const NEVER: Duration = Duration::from_millis(50);

fn client() -> Client {
    Client::builder().no_proxy().build().unwrap()
}

/// Waits until `seen` is true: what the server notices, it notices a moment later.
async fn until(seen: impl Fn() -> bool) {
    while !seen() {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}

#[test]
fn it_answers_as_planned_and_keeps_what_arrived() {
    testkit::run(async || {
        let upstream = Upstream::start(|request| match request.path.as_str() {
            "/ok" => Answer::text("fine"),
            "/broken" => Answer::malformed_json(),
            _ => Answer::text("no").with_status(503),
        });
        let get = async |path: &str| {
            let url = format!("{}{path}", upstream.url());
            client().get(url).header("x-key", "1").send().await.unwrap()
        };

        assert_eq!(get("/ok?page=2").await.text().await.unwrap(), "fine");
        assert!(get("/broken").await.json::<serde_json::Value>().await.is_err());
        assert_eq!(get("/other").await.status(), 503);

        let requests = upstream.requests();
        assert_eq!((requests[0].path.as_str(), requests[0].query.as_str()), ("/ok", "page=2"));
        assert_eq!(requests[0].header("x-key"), Some("1"));
        assert_eq!(upstream.requests().len(), 3);
        assert_eq!(upstream.cancelled(), 0);
    });
}

#[test]
fn a_shared_client_is_one_connection_and_separate_ones_are_many() {
    testkit::run(async || {
        let upstream = Upstream::start(|_| Answer::text("fine"));
        let shared = client();
        for _ in 0..3 {
            shared.get(upstream.url()).send().await.unwrap().bytes().await.unwrap();
        }
        assert_eq!(upstream.connections(), 1);
        for _ in 0..3 {
            client().get(upstream.url()).send().await.unwrap().bytes().await.unwrap();
        }
        assert_eq!(upstream.connections(), 4);
    });
}

#[test]
fn a_client_that_goes_away_is_seen() {
    testkit::run(async || {
        let gate = Gate::of(2);
        let upstream = Upstream::start(gate.holding(|_| Answer::text("late").on_lane("call")));
        let client = client();
        // Not a timeout: on a loaded machine it passes before the request has arrived.
        tokio::select! {
            _ = client.get(upstream.url()).send() => panic!("the gate holds it"),
            () = until(|| upstream.in_flight() == 1) => {}
        }

        until(|| upstream.cancelled() == 1).await;
        assert_eq!(upstream.in_flight(), 0);
        assert_eq!(testkit::journal().timeline().lanes[0].spans[0].how, How::Cancelled);
    });
}

#[test]
fn a_client_that_stays_is_not_counted_as_gone() {
    testkit::run(async || {
        let upstream = Upstream::start(|_| Answer::text("late").after(Duration::from_millis(20)));
        let answer = client().get(upstream.url()).send().await.unwrap();
        assert_eq!(answer.text().await.unwrap(), "late");
        assert_eq!(upstream.cancelled(), 0);
        assert_eq!(upstream.most_in_flight(), 1);
    });
}

#[test]
fn a_body_can_stall_after_the_headers_or_in_the_middle() {
    for sent in [0, 3] {
        testkit::run(async move || {
            let upstream = Upstream::start(move |_| Answer::text("abcdef").stalling_after(sent));
            // The headers come ...
            let mut answer = client().get(upstream.url()).send().await.unwrap();
            assert_eq!(answer.status(), 200);
            if sent > 0 {
                assert_eq!(answer.chunk().await.unwrap().unwrap(), "abc");
            }
            // ... and then nothing more, until the client gives up.
            assert!(timeout(NEVER, answer.chunk()).await.is_err());
            assert_eq!(upstream.cancelled(), 0);
            drop(answer);
            until(|| upstream.cancelled() == 1).await;
        });
    }
}

#[test]
fn a_body_can_come_in_pieces() {
    testkit::run(async || {
        let upstream = Upstream::start(|_| Answer::text("abcdefgh").in_pieces_of(3));
        let mut answer = client().get(upstream.url()).send().await.unwrap();
        for piece in ["abc", "def", "gh"] {
            assert_eq!(answer.chunk().await.unwrap().unwrap(), piece);
        }
        assert!(answer.chunk().await.unwrap().is_none());
    });
}

#[test]
fn a_body_can_break_off() {
    testkit::run(async || {
        let upstream = Upstream::start(|_| Answer::text("abcdef").breaking_after(3));
        let mut answer = client().get(upstream.url()).send().await.unwrap();
        assert_eq!(answer.chunk().await.unwrap().unwrap(), "abc");
        assert!(answer.chunk().await.is_err());
    });
}

#[test]
fn code_that_blocks_its_own_runtime_does_not_stop_it() {
    testkit::run(async || {
        let upstream = Upstream::start(|_| Answer::text("fine"));
        let address = upstream.url().trim_start_matches("http://").to_owned();
        // A synchronous client on the runtime's only thread.
        let mut stream = std::net::TcpStream::connect(address).unwrap();
        std::io::Write::write_all(
            &mut stream,
            b"GET / HTTP/1.1\r\nhost: test\r\nconnection: close\r\n\r\n",
        )
        .unwrap();
        let answer = std::io::read_to_string(stream).unwrap();
        assert!(answer.starts_with("HTTP/1.1 200 OK"), "{answer}");
    });
}

#[test]
fn wiremock_without_the_pool_starts_empty_every_time() {
    testkit::run(async || {
        let first = mock::start().await;
        mock::get_json(&first, "/users/1", 200, &serde_json::json!({ "id": 1 })).await;
        let url = format!("{}/users/1", first.uri());
        assert_eq!(client().get(&url).send().await.unwrap().status(), 200);
        assert_eq!(mock::paths(&first).await, ["/users/1"]);

        let second = mock::start().await;
        mock::get_raw(&second, "/users/2", "{").await;
        assert!(mock::paths(&second).await.is_empty());
        let url = format!("{}/users/2", second.uri());
        assert_eq!(client().get(&url).send().await.unwrap().text().await.unwrap(), "{");
    });
}

#[test]
fn it_tells_when_nothing_is_in_flight_any_more() {
    testkit::run(async || {
        let upstream = Upstream::start(|_| Answer::text("half").stalling_after(2));
        assert!(upstream.nothing_in_flight().await);

        let mut answer = client().get(upstream.url()).send().await.unwrap();
        answer.chunk().await.unwrap();
        assert!(!upstream.nothing_in_flight().await);

        drop(answer);
        assert!(upstream.nothing_in_flight().await);
        assert_eq!((upstream.in_flight(), upstream.cancelled()), (0, 1));
    });
}
