//! What `gather` is asked for: one behaviour a test.

use std::{panic::panic_any, time::Duration};

use futures::join;
use gather::fetch_users;
use reqwest::{header::USER_AGENT, redirect::Policy};
use serde_json::json;
use testkit::{
    Answer, Gate, Received, Upstream, expect, expect_same, mock, observe,
};

#[path = "gather/causes.rs"]
mod causes;
#[path = "gather/service.rs"]
mod service;

use causes::*;
use service::*;

/// When everything that is sent at once has arrived.
const LATER: Duration = Duration::from_millis(30);

#[test]
fn returns_nothing_for_no_ids() {
    testkit::run(async || {
        let got = fetched(&Upstream::start(the_user), &[]).await;
        expect(got.is_empty(), "no ids, and results all the same").or_fail();
    });
}

#[test]
fn sends_the_requests_together() {
    testkit::run(async || {
        let gate = Gate::of(10);
        let answer = |request: &_| the_user(request).after(LATER);
        let upstream = Upstream::start(gate.holding(answer));

        fetched(&upstream, &to(10)).await;

        let headline = if upstream.one_by_one() {
            "the requests were sent one after another"
        } else {
            "too few requests were in flight together"
        };
        let most = upstream.most_in_flight();
        expect(gate.was_reached(), headline)
            .asked("10 requests in flight before the first is answered")
            .fact(format!("in flight at once: {most}, wanted: 10"))
            .because([(upstream.one_by_one(), IN_SEQUENCE)]);
    });
}

#[test]
fn keeps_ten_in_flight_while_ids_are_left() {
    // Lengths that ten does not divide: shares of equal size do not work out.
    // And every second user fails, which is no reason to send fewer.
    for length in [2, 11, 30] {
        testkit::run_parallel(async move || {
            let ids = to(length);
            let gate = Gate::keeping(10, users(&ids));
            let upstream = Upstream::start(gate.holding(|request| {
                let status = if request.number() % 2 == 0 { 503 } else { 200 };
                the_user(request).with_status(status)
            }));

            fetched(&upstream, &ids).await;

            let short = gate.short();
            expect(short.is_none(), "too few requests are in flight")
                .asked("ten in flight, or all that are left")
                .facts(short)
                .without_drawing()
                .because([
                    (upstream.one_by_one(), IN_SEQUENCE),
                    (upstream.requests().len() == ids.len(), NOT_REFILLED),
                ]);
        });
    }
}

#[test]
fn asks_once_for_each_position() {
    testkit::run(async || {
        // User 4 fails; nobody asked for a second try. Users 2 and 6 occur
        // twice, and each time counts.
        let upstream = Upstream::start(|request| match request.number() {
            4 => the_user(request).with_status(503).after(LATER),
            _ => the_user(request),
        });

        fetched(&upstream, &[1, 2, 3, 2, 4, 5, 6, 6]).await;

        let sent = upstream.requests().len();
        expect(sent == 8, "not every position was asked for")
            .asked("one request for each position in `ids`")
            .fact(format!("requests: {sent}, wanted: 8"))
            .or_fail();
    });
}

#[test]
fn drops_nothing_that_is_under_way() {
    testkit::run(async || {
        // User 1 fails while the others are in flight.
        let gate = Gate::slowly_in_turn(users(&to(3)));
        let upstream = Upstream::start(gate.holding(|request| {
            let status = if request.number() == 1 { 404 } else { 200 };
            the_user(request).with_status(status)
        }));

        fetched(&upstream, &to(3)).await;

        let cut_off = upstream.cancelled();
        expect(cut_off == 0, "requests were dropped half way")
            .asked("every request that is sent is awaited")
            .fact(format!("cut off: {cut_off}, wanted: 0"))
            .because([(true, DROPPED)]);
    });
}

#[test]
fn keeps_the_order_of_the_input() {
    testkit::run(async || order_is_kept().await);
}

#[test]
fn keeps_the_order_on_several_threads() {
    testkit::run_parallel(async || order_is_kept().await);
}

/// Five ids in no order, one of them twice, answered in another order.
async fn order_is_kept() {
    let ids = [30, 10, 1 << 40, 10, 40];
    let answered = [40, 10, 1 << 40, 10, 30];

    let got = fetched(&in_turn(&answered, the_user), &ids).await;

    expect_same(&users(&ids), &got, "the results are not in the ids' order")
        .asked("result number n belongs to id number n")
        .because([(got == users(&answered), COMPLETION_ORDER)]);
}

#[test]
fn goes_by_position_not_by_the_id_in_the_answer() {
    testkit::run(async || {
        let ids = [9, 2, 8, 5];
        // Users 2 and 5 have been merged.
        let merged = |request: &Received| match request.number() {
            2 => Answer::json(&json!({ "id": 5, "name": "user 2" }))
                .on_lane("user 2"),
            _ => the_user(request),
        };
        let wanted = users(&ids);
        let before = fetched(&in_turn(&ids, the_user), &ids).await;

        let got = fetched(&in_turn(&ids, merged), &ids).await;

        let elsewhere = |(n, it)| wanted.iter().skip(n + 1).any(|w| w == it);
        let moved = got.iter().enumerate().any(elsewhere);
        expect_same(&wanted, &got, "a result is at another id's position")
            .asked("result number n belongs to id number n")
            .without_drawing()
            .because([(before == wanted && moved, SORTED_BY_ID)]);
    });
}

#[test]
fn returns_every_failure_at_its_position() {
    testkit::run(async || {
        let wanted = "user 11, error 404, user 13, error 404, error: no answer, \
                      user 16, error: not a user";
        failures_are_kept(&[11, 12, 13, 12, 1, 16, 14], wanted).await;
    });
}

#[test]
fn one_bad_answer_does_not_stop_the_others() {
    testkit::run(async || {
        // User 1's body breaks off before anybody else is answered.
        let wanted = "error: no answer, user 2, user 3, user 4";
        failures_are_kept(&to(4), wanted).await;
    });
}

/// Fails unless every error is where its id is.
async fn failures_are_kept(ids: &[u64], wanted: &str) {
    let upstream = in_turn(ids, |request| match request.number() {
        1 => the_user(request).breaking_after(5),
        12 => the_user(request).with_status(404),
        14 => Answer::malformed_json().on_lane("user 14"),
        _ => the_user(request),
    });

    let got = fetched(&upstream, ids).await;

    let wanted: Vec<_> = wanted.split(", ").collect();

    let is_error = |one: &str| one.starts_with("error");
    let good = wanted.iter().filter(|one| !is_error(one));
    expect_same(&wanted, &got, "not every id has its own result")
        .asked("one result for each id, failures included")
        .drawn_if(ids.len() == 4)
        .because([
            (matches!(&got[..], [one] if is_error(one)), ALL_OR_NOTHING),
            (got.iter().eq(good), ERRORS_DROPPED),
        ]);
}

#[test]
fn goes_on_after_failures() {
    testkit::run(async || {
        // Most of a long list fails; the first fails at once.
        let upstream = Upstream::start(|request| match request.number() {
            id if id % 7 == 0 => the_user(request),
            id if id % 3 == 0 => the_user(request).with_status(503),
            id if id % 3 == 1 => the_user(request).breaking_after(0),
            _ => the_user(request).with_status(404),
        });

        let got = fetched(&upstream, &to(250)).await;

        // A list that is too short is another test's matter.
        let asked = upstream.requests().len();
        let fine = asked == 250 || got.len() < 250;
        expect(fine, "after failures, others were not asked for")
            .asked("every id is asked for, whatever happens to the others")
            .without_drawing()
            .because([(asked > 0, GIVES_UP)]);
    });
}

#[test]
fn loses_no_result_to_a_panic() {
    testkit::run(async || {
        // User 1 is redirected, and the client panics over it. That may take
        // everything down; but if results come back, they are complete.
        let upstream = Upstream::start(|request| match request.number() {
            1 => Answer::status(302).with_header("location", "/elsewhere"),
            _ => the_user(request).after(LATER),
        });
        let client = client(Policy::custom(|_| panic_any(302)));

        let (ids, url) = (to(4), upstream.url());
        let observed = observe(fetch_users(&client, &url, &ids)).await;
        if observed.panicked_with::<i32>() {
            return;
        }

        // Neither the order nor what is said of user 1 is this test's matter:
        // an error comes before the users here.
        let results = observed.returned("fetch_users");
        let mut got: Vec<_> = results.iter().map(described).collect();
        got.sort();
        let (wanted, rest) = (users(&[2, 3, 4]), got.iter().skip(1));
        expect_same(&wanted, &rest.collect::<Vec<_>>(), "a panic cost results")
            .asked("one result for each id, or a panic that no one can miss")
            .without_drawing()
            .because([
                (got == wanted, PANIC_LEFT_OUT),
                (got.len() < wanted.len(), UNTIL_A_JOIN_ERROR),
            ]);
    });
}

#[test]
fn uses_the_client_it_is_given() {
    testkit::run(async || {
        let server = mock::answering(&json!({ "id": 1, "name": "Ada" })).await;
        let (client, url) = (client(Policy::default()), server.uri());

        let observed = observe(fetch_users(&client, &url, &to(24))).await;

        observed.returned("fetch_users");
        let requests = mock::requests(&server).await;
        let named = requests.iter().filter_map(|it| it.headers.get(USER_AGENT));
        let named = named.count();
        expect(named == requests.len(), "another client was used")
            .asked("every request through the client that was passed in")
            .fact(format!("requests with its user agent: {named}, wanted: 24"))
            .because([(true, CLIENT_PER_CALL)]);
    });
}

#[test]
fn calls_do_not_wait_for_each_other() {
    for count in [6, 60] {
        testkit::run_parallel(async move || {
            let (some, others) = (to(count), to(100 + count).split_off(100));
            let (both, one) = (Gate::of(2 * some.len()), Gate::of(some.len()));
            let upstream = Upstream::start(both.holding(the_user));

            join!(fetched(&upstream, &some), fetched(&upstream, &others));

            let another = Upstream::start(one.holding(the_user));
            fetched(&another, &some).await;
            // What is wrong with one call alone is another test's matter.
            let fine = both.was_reached() || !one.was_reached();
            expect(fine, "two calls at once get in each other's way")
                .asked("as many in flight for each call as for one alone")
                .without_drawing()
                .because([(true, SHARED_BETWEEN_CALLS)]);
            // In a row: the second call asks again.
            fetched(&upstream, &some).await;
        });
    }
}

#[test]
fn fetches_a_hundred_and_more() {
    testkit::run_parallel(async || {
        // Answers overtake each other.
        let upstream = Upstream::start(|request| {
            let delay = Duration::from_millis(request.number() * 7 % 10);
            the_user(request).after(delay)
        });

        let got = fetched(&upstream, &to(137)).await;

        expect(got == users(&to(137)), "137 ids do not give their 137 users")
            .asked("137 results in the order of the ids")
            .fact(format!("results: {}, wanted: 137", got.len()))
            .without_drawing()
            .or_fail();
    });
}
