//! What `gather` is asked for: one behaviour a test.

use std::{
    collections::HashSet,
    panic::{AssertUnwindSafe, resume_unwind},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use futures::FutureExt;
use gather::{FetchError, User, fetch_users};
use reqwest::{
    Client, ClientBuilder,
    header::{HeaderName, HeaderValue},
    redirect::Policy,
};
use serde_json::json;
use testkit::{
    Answer, Gate, Received, Upstream, Verdict,
    mock::{
        self, ResponseTemplate,
        matchers::{any, header},
    },
};
use tokio::sync::Semaphore;

const PAGE: &str = "gather";

#[test]
fn sends_the_requests_together() {
    testkit::run(async || in_flight_together(10).await);
}

#[test]
fn sends_them_together_whatever_the_length() {
    // A length that ten does not divide: shares of equal size do not work out.
    for length in [2, 11, 25] {
        testkit::run(async move || in_flight_together(length).await);
    }
}

/// Holds the answers back until ten of `length` requests are in flight, or all
/// of them when there are fewer.
async fn in_flight_together(length: u64) {
    let ids: Vec<u64> = (1..=length).collect();
    let wanted = ids.len().min(10);
    let gate = Gate::of(wanted);
    let held = gate.clone();
    let upstream =
        Upstream::start(move |request| user_asked_for(request).held_by(&held));

    fetch_users(&client(), &upstream.url(), &ids).await;

    let most = upstream.most_in_flight();
    if gate.was_reached() {
        return;
    }
    let verdict = match most {
        0 => Verdict::new("no request was sent")
            .why("A future does nothing until it is awaited or polled."),
        1 => Verdict::new("the requests were sent one after another")
            .why(
                "Awaiting inside the loop finishes each request before the \
                 next one is sent.",
            )
            .read_on(PAGE, "Awaiting in a loop"),
        // Which of those that were held back comes first is left to chance.
        _ => Verdict::new("too few requests were in flight together")
            .why(
                "Some requests were held back although nothing had been \
                 answered yet: they wait for others of the list.",
            )
            .without_drawing(),
    };
    verdict
        .asked(format!(
            "{wanted} requests in flight before the first is answered"
        ))
        .fact(format!("in flight at once: {most}, wanted: {wanted}"))
        .fail();
}

#[test]
fn keeps_the_order_of_the_input() {
    testkit::run(async || order_is_kept().await);
}

#[test]
fn keeps_the_order_on_several_threads() {
    testkit::run_parallel(async || order_is_kept().await);
}

/// Five ids in no order, one of them twice, answered in an order of their own.
async fn order_is_kept() {
    let ids = [30, 10, 50, 10, 40];
    let answered = [40, 10, 50, 10, 30].map(|id| format!("user {id}"));
    let gate = Gate::in_turn(answered.clone());
    let upstream =
        Upstream::start(move |request| user_asked_for(request).held_by(&gate));

    let users = fetch_users(&client(), &upstream.url(), &ids).await;

    let wanted = ids.map(|id| format!("user {id}"));
    let got: Vec<_> = users.iter().map(told).collect();
    let verdict = Verdict::new("the results are not in the order of the ids")
        .asked("result number n belongs to id number n");
    (if got == answered {
        verdict
            .why(
                "The results stand in the order in which the answers \
                     arrived: whichever was ready first was taken first.",
            )
            .read_on(PAGE, "Results in completion order")
    } else {
        verdict.why(
            "They are in the order neither of the ids nor of the answers: \
                 something else decides which place a result gets.",
        )
    })
    .fail_unless_same(&wanted, &got);
}

#[test]
fn believes_the_place_not_the_id_in_the_answer() {
    testkit::run(async || {
        let ids = [9, 2, 8, 5];
        let gate = Gate::in_turn(ids.map(|id| format!("user {id}")));
        let upstream = Upstream::start(move |request| {
            let asked = id_in(request);
            // User 2 has been merged into user 5, who answers for both.
            let answered = if asked == 2 { 5 } else { asked };
            let name = format!("asked as {asked}");
            Answer::json(&json!({ "id": answered, "name": name }))
                .on_lane(format!("user {asked}"))
                .held_by(&gate)
        });

        let users = fetch_users(&client(), &upstream.url(), &ids).await;

        let wanted = ids.map(|id| format!("asked as {id}"));
        let got: Vec<_> = users.iter().map(told).collect();
        Verdict::new("a result stands at another id's place")
            .asked("result number n belongs to id number n")
            .why(
                "The answer to user 2 carries id 5. The order must come \
                     from where the request stood, not from what the answer \
                     says.",
            )
            .read_on(PAGE, "Trusting the answer's id")
            .fail_unless_same(&wanted, &got);
    });
}

#[test]
fn returns_every_failure_in_its_place() {
    testkit::run(async || {
        let gate = Gate::in_turn(to::<6>().map(|id| format!("user {id}")));
        let upstream = Upstream::start(move |request| {
            let answer = match id_in(request) {
                2 => Answer::status(404),
                4 => Answer::malformed_json(),
                // An error is an error, also when the body looks fine.
                5 => Answer::json(&user(5)).with_status(503),
                id => Answer::json(&user(id)),
            };
            answer
                .on_lane(format!("user {}", id_in(request)))
                .held_by(&gate)
        });

        let users = fetch_users(&client(), &upstream.url(), &to::<6>()).await;
        // A client that goes away is seen to go a moment later.
        upstream.nothing_in_flight().await;

        let wanted = [
            "user 1",
            "status 404",
            "user 3",
            "not a user",
            "status 503",
            "user 6",
        ];
        let got: Vec<_> = users.iter().map(told).collect();
        let verdict = Verdict::new("a failure is not in its place")
            .asked("one result for each id, failures included");
        (match got.len() {
            1 => verdict
                .why("The first error stands for the whole list.")
                .read_on(PAGE, "All or nothing"),
            0..6 => verdict
                .why(
                    "Results are missing. Afterwards nobody can tell \
                         which ids they belonged to, or that they failed.",
                )
                .read_on(PAGE, "Dropping the errors"),
            _ => verdict.why(
                "Each id has one place in the results; what happened to \
                     it, good or bad, belongs there.",
            ),
        })
        .fail_unless_same(&wanted, &got);
    });
}

#[test]
fn one_bad_answer_does_not_stop_the_others() {
    testkit::run(async || {
        // User 1 breaks off in the middle of its body before anybody else is
        // answered.
        let gate = Gate::in_turn(["user 1", "user 2", "user 3", "user 4"]);
        let upstream = Upstream::start(move |request| {
            let answer = user_asked_for(request);
            let answer = match request.last_segment() {
                "1" => answer.breaking_after(5),
                _ => answer,
            };
            answer.held_by(&gate)
        });

        let users = fetch_users(&client(), &upstream.url(), &to::<4>()).await;
        // A client that goes away is seen to go a moment later.
        upstream.nothing_in_flight().await;

        let wanted = ["request failed", "user 2", "user 3", "user 4"];
        let got: Vec<_> = users.iter().map(told).collect();
        let verdict = Verdict::new("one bad answer cost others theirs")
            .asked("three users and, in its place, one error");
        (match got.len() {
            1 => verdict
                .why(
                    "The first error ended the whole, and the requests \
                         that were still in flight were dropped.",
                )
                .read_on(PAGE, "All or nothing"),
            3 => verdict
                .why(
                    "The error itself is missing, so the users have moved \
                         up into places that are not theirs.",
                )
                .read_on(PAGE, "Dropping the errors"),
            _ => verdict.why(
                "The answer to user 1 broke off. Its neighbours have \
                     nothing to do with that.",
            ),
        })
        .fail_unless_same(&wanted, &got);
    });
}

#[test]
fn goes_on_after_a_failure() {
    testkit::run(async || {
        // User 1 breaks off at once; the others take a little longer.
        let upstream = Upstream::start(|request| match id_in(request) {
            1 => user_asked_for(request).breaking_after(0),
            _ => user_asked_for(request).after(Duration::from_millis(20)),
        });
        let ids: Vec<u64> = (1..=40).collect();

        let users = fetch_users(&client(), &upstream.url(), &ids).await;

        let asked: HashSet<u64> =
            upstream.requests().iter().map(id_in).collect();
        // A list that is too short is another test's matter.
        if asked.len() < ids.len() && users.len() == ids.len() {
            Verdict::new("after one failure, others were never asked for")
                .asked("every id is asked for, whatever happens to the others")
                .fact("fewer than 40 users were asked for, wanted: 40")
                .why(
                    "One broken connection says nothing about the next one, \
                     and a result for an id that was never asked for is made \
                     up.",
                )
                .read_on(PAGE, "Giving up on the rest")
                .without_drawing()
                .fail();
        }
    });
}

#[test]
fn loses_no_result_to_a_panic() {
    testkit::run(async || {
        // User 1 is redirected, and the client panics over it. That may take
        // everything down. But if results come back, they are complete.
        let upstream = Upstream::start(|request| match id_in(request) {
            1 => Answer::status(302)
                .with_header("location", "/elsewhere")
                .on_lane("user 1"),
            _ => user_asked_for(request).after(Duration::from_millis(20)),
        });
        let redirected = Arc::new(AtomicBool::new(false));
        let seen = Arc::clone(&redirected);
        let client = settings()
            .redirect(Policy::custom(move |_| {
                seen.store(true, Ordering::SeqCst);
                panic!("a redirect was not expected")
            }))
            .build()
            .expect("a client without TLS needs nothing from the system");

        let url = upstream.url();
        let ids = to::<4>();
        let users = AssertUnwindSafe(fetch_users(&client, &url, &ids));
        let users = match users.catch_unwind().await {
            Ok(users) => users,
            Err(_) if redirected.load(Ordering::SeqCst) => return,
            Err(another) => resume_unwind(another),
        };

        // What stands in the first place is not this test's matter.
        let wanted = ["user 2", "user 3", "user 4"];
        let got: Vec<_> = users.iter().skip(1).map(told).collect();
        Verdict::new("a panic in one task cost others their results")
            .asked("one result for each id, or a panic that nobody can miss")
            .why(
                "The task of user 1 panicked, and its handle gives a \
                     `JoinError`. That is one result, not the end of all.",
            )
            .read_on(PAGE, "Stopping at a JoinError")
            .without_drawing()
            .fail_unless_same(&wanted, &got);
    });
}

#[test]
fn uses_the_client_it_is_given() {
    testkit::run(async || {
        // The service knows its callers by a header that the client carries.
        let server = mock::start().await;
        let known = mock::Mock::given(header("x-api-key", "workbook"))
            .respond_with(ResponseTemplate::new(200).set_body_json(user(1)));
        let unknown =
            mock::Mock::given(any()).respond_with(ResponseTemplate::new(401));
        known.with_priority(1).mount(&server).await;
        unknown.with_priority(2).mount(&server).await;
        let client = client();

        for _ in 0..5 {
            fetch_users(&client, &server.uri(), &to::<4>()).await;
        }

        let requests = server.received_requests().await.unwrap_or_default();
        let without_key = requests
            .iter()
            .filter(|request| !request.headers.contains_key("x-api-key"))
            .count();
        if without_key > 0 {
            Verdict::new("requests were sent through another client")
                .asked("every request through the client that was passed in")
                .fact(format!(
                    "without the client's API key: {without_key} of {}",
                    requests.len()
                ))
                .fact("the service answered them with 401")
                .why(
                    "A client made on the spot has neither the settings nor \
                     the open connections of the one you were given.",
                )
                .read_on(PAGE, "A client per call")
                .fail();
        }
    });
}

#[test]
fn asks_once_for_each_user() {
    testkit::run(async || {
        // User 1 is answered after 8 ms, user 6 after 48 ms. User 4 fails.
        let upstream = Upstream::start(|request| {
            let delay = Duration::from_millis(8 * id_in(request));
            let status = if id_in(request) == 4 { 503 } else { 200 };
            user_asked_for(request).with_status(status).after(delay)
        });

        fetch_users(&client(), &upstream.url(), &to::<6>()).await;

        let mut asked: Vec<_> = upstream
            .requests()
            .into_iter()
            .map(|request| request.path)
            .collect();
        asked.sort();
        if asked != to::<6>().map(|id| format!("/users/{id}")) {
            let seen = if asked.len() < 6 { "fewer" } else { "more" };
            asked_too_often(
                "one request for each of six ids",
                &format!("{seen} than six requests arrived, wanted: 6"),
            );
        }
    });
}

fn asked_too_often(asked: &str, arrived: &str) -> ! {
    Verdict::new("a user was asked for more than once, or not at all")
        .asked(asked)
        .fact(arrived)
        .why("Each request costs the service the same, wanted or not.")
        .without_drawing()
        .fail()
}

#[test]
fn drops_nothing_that_is_under_way() {
    testkit::run(async || {
        let gate = Gate::slowly_in_turn(["user 1", "user 2"]);
        let upstream = Upstream::start(move |request| {
            user_asked_for(request).held_by(&gate)
        });

        fetch_users(&client(), &upstream.url(), &to::<2>()).await;
        upstream.nothing_in_flight().await;

        let cancelled = upstream.cancelled();
        if cancelled > 0 {
            Verdict::new("requests were dropped half way")
                .asked("every request that is sent is waited for")
                .fact(format!("cancelled: {cancelled}, wanted: 0"))
                .why(
                    "Dropping a future cancels its request. One that is to go \
                     on from where it was has to be kept, not made anew.",
                )
                .read_on(PAGE, "Futures made anew")
                .fail();
        }
    });
}

#[test]
fn returns_nothing_for_no_ids() {
    testkit::run(async || {
        testkit::if_it_hangs(
            Verdict::new("an empty list never comes back")
                .asked("no results for no ids, at once")
                .why(
                    "Nothing is in flight, and still something waits. \
                     `buffered` with a limit of 0 never starts anything, so \
                     it never finds out that the list is at its end.",
                )
                .read_on(PAGE, "A limit of nothing"),
        );
        let upstream = Upstream::start(user_asked_for);

        let users = fetch_users(&client(), &upstream.url(), &[]).await;

        if !users.is_empty() || !upstream.requests().is_empty() {
            Verdict::new("no ids were given, and something came of it")
                .asked("no results for no ids")
                .fact(format!("results: {}, wanted: 0", users.len()))
                .fact(format!(
                    "requests: {}, wanted: 0",
                    upstream.requests().len()
                ))
                .fail();
        }
    });
}

#[test]
fn fetches_a_hundred() {
    testkit::run_parallel(async || {
        // Delays of 0 to 9 ms, so that answers overtake each other.
        let flood = Arc::new(Semaphore::new(0));
        let arrived = Arc::clone(&flood);
        let upstream = Upstream::start(move |request| {
            arrived.add_permits(1);
            let delay = Duration::from_millis(id_in(request) * 7 % 10);
            user_asked_for(request).after(delay)
        });
        let ids: Vec<u64> = (1..=100).collect();

        let (client, url) = (client(), upstream.url());
        let users = tokio::select! {
            users = fetch_users(&client, &url, &ids) => users,
            // Thousands would take longer than the whole test may.
            _ = flood.acquire_many(500) => asked_too_often(
                "one request for each of a hundred ids",
                "more than 500 requests arrived, wanted: 100",
            ),
        };

        let wanted: Vec<_> =
            ids.iter().map(|id| format!("user {id}")).collect();
        let got: Vec<_> = users.iter().map(told).collect();
        if got != wanted {
            let right = got
                .iter()
                .zip(&wanted)
                .filter(|(got, wanted)| got == wanted)
                .count();
            let verdict =
                Verdict::new("a hundred ids do not give their hundred users")
                    .asked("a hundred results in the order of the ids")
                    .fact(format!("results: {}, wanted: 100", got.len()))
                    .without_drawing();
            if right < 100 && got.len() == 100 {
                verdict
                    .fact("not every result stands at its id's place")
                    .why(
                        "Of a hundred answers under way, some overtake others. The \
 place of its id has to stay with each result.",
                    )
                    .read_on(PAGE, "Results in completion order")
                    .fail();
            }
            verdict
                .why("Results have been lost or added on the way.")
                .fail();
        }
    });
}

fn client() -> Client {
    settings()
        .build()
        .expect("a client without TLS needs nothing from the system")
}

/// A client as the service expects it: with an API key, and never through a
/// proxy that the machine may have set.
fn settings() -> ClientBuilder {
    let key = (
        HeaderName::from_static("x-api-key"),
        HeaderValue::from_static("workbook"),
    );
    Client::builder()
        .default_headers([key].into_iter().collect())
        .no_proxy()
}

/// The ids from 1 to `N`.
fn to<const N: usize>() -> [u64; N] {
    std::array::from_fn(|place| place as u64 + 1)
}

fn user(id: u64) -> serde_json::Value {
    json!({ "id": id, "name": format!("user {id}") })
}

/// Answers `/users/7` with user 7, drawn on a lane of its own.
fn user_asked_for(request: &Received) -> Answer {
    let id = id_in(request);
    Answer::json(&user(id)).on_lane(format!("user {id}"))
}

/// 7 for a request to `/users/7`.
fn id_in(request: &Received) -> u64 {
    request.last_segment().parse().unwrap_or_default()
}

/// A result in a few words that are the same on every machine.
fn told(result: &Result<User, FetchError>) -> String {
    match result {
        Ok(user) => user.name.clone(),
        Err(FetchError::Status(status)) => format!("status {status}"),
        Err(FetchError::Decode(_)) => "not a user".to_owned(),
        Err(FetchError::Transport(_)) => "request failed".to_owned(),
        Err(FetchError::Task(_)) => "task ended".to_owned(),
    }
}
