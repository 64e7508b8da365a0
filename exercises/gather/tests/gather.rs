//! What `gather` is asked for: one behaviour a test.

use std::{panic::panic_any, time::Duration};

use gather::fetch_users;
use reqwest::{header::AUTHORIZATION, redirect::Policy};
use serde_json::json;
use testkit::{
    Answer, Gate, Observed, Upstream, expect, expect_same, mock, observe,
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
        let held = gate.clone();
        let upstream = Upstream::start(move |request| {
            the_user(request).held_by(&held).after(LATER)
        });

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
            let held = gate.clone();
            let upstream = Upstream::start(move |request| {
                let fails = request.number() % 2 == 0;
                let status = if fails { 503 } else { 200 };
                the_user(request).with_status(status).held_by(&held)
            });

            fetched(&upstream, &ids).await;

            let Some(short) = gate.short() else { return };
            expect(false, "too few requests are in flight")
                .asked("ten in flight, or all that are left")
                .fact(format!("of {length}, answered: {}", short.answered))
                .fact(format!("in flight then: {}", short.inside))
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
            .without_drawing()
            .or_fail();
    });
}

#[test]
fn drops_nothing_that_is_under_way() {
    testkit::run(async || {
        // User 1 fails while the others are in flight.
        let gate = Gate::slowly_in_turn(users(&to(3)));
        let upstream = Upstream::start(move |request| match request.number() {
            1 => the_user(request).held_by(&gate).with_status(404),
            _ => the_user(request).held_by(&gate),
        });

        fetched(&upstream, &to(3)).await;

        let cut_off = upstream.cancelled();
        expect(cut_off == 0, "requests were dropped half way")
            .asked("every request that is sent is waited for")
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
    let answered = users(&[40, 10, 1 << 40, 10, 30]);

    let got = fetched(&held_by(&Gate::in_turn(answered.clone())), &ids).await;

    expect_same(&users(&ids), &got, "the results are not in the ids' order")
        .asked("result number n belongs to id number n")
        .because([(got == answered, COMPLETION_ORDER)]);
}

#[test]
fn goes_by_position_not_by_the_id_in_the_answer() {
    testkit::run(async || {
        let ids = [9, 2, 8, 5];
        // Once merged, user 5 answers for user 2 too.
        let fetched = async |merged| {
            let gate = Gate::in_turn(users(&ids));
            let upstream = Upstream::start(move |request| {
                let asked = request.number();
                let id = if merged && asked == 2 { 5 } else { asked };
                let name = format!("asked as {asked}");
                Answer::json(&json!({ "id": id, "name": name }))
                    .on_lane(format!("user {asked}"))
                    .held_by(&gate)
            });
            fetched(&upstream, &ids).await
        };
        let wanted = ids.map(|id| format!("asked as {id}"));
        let right_before = fetched(false).await == wanted;

        let got = fetched(true).await;

        let elsewhere = |(n, it)| wanted.iter().skip(n + 1).any(|w| w == it);
        let moved = got.iter().enumerate().any(elsewhere);
        expect_same(&wanted, &got, "a result is at another id's position")
            .asked("result number n belongs to id number n")
            .without_drawing()
            .because([(right_before && moved, SORTED_BY_ID)]);
    });
}

#[test]
fn returns_every_failure_at_its_position() {
    testkit::run(async || {
        let ids = [1, 2, 3, 4, 2, 5, 6];
        let gate = Gate::in_turn(users(&ids));
        let upstream = Upstream::start(move |request| {
            let answer = match request.number() {
                2 => the_user(request).with_status(404),
                4 => Answer::malformed_json().on_lane("user 4"),
                5 => the_user(request).breaking_after(3),
                _ => the_user(request),
            };
            answer.held_by(&gate)
        });

        let got = fetched(&upstream, &ids).await;

        let wanted = "user 1, error 404, user 3, error: not a user, error 404, \
                      error: no answer, user 6";
        failures_are_kept(&wanted.split(", ").collect::<Vec<_>>(), &got);
    });
}

#[test]
fn one_bad_answer_does_not_stop_the_others() {
    testkit::run(async || {
        // User 1 breaks off in the middle of its body before anybody else is
        // answered.
        let gate = Gate::in_turn(users(&to(4)));
        let upstream = Upstream::start(move |request| match request.number() {
            1 => the_user(request).held_by(&gate).breaking_after(5),
            _ => the_user(request).held_by(&gate),
        });

        let got = fetched(&upstream, &to(4)).await;

        let wanted = ["error: no answer", "user 2", "user 3", "user 4"];
        failures_are_kept(&wanted, &got);
    });
}

/// Fails unless every error is where its id is.
fn failures_are_kept(wanted: &[&str], got: &[String]) {
    let is_error = |one: &str| one.starts_with("error");
    let good = wanted.iter().filter(|one| !is_error(one));
    expect_same(wanted, got, "not every id has what became of it")
        .asked("one result for each id, failures included")
        .drawn_if(wanted.len() == 4)
        .because([
            (matches!(got, [one] if is_error(one)), ALL_OR_NOTHING),
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
            .fact("fewer than 250 users were asked for")
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
        let panics = Policy::custom(|_| panic_any(302));
        let client = settings().redirect(panics).build().expect("no TLS");

        let (ids, url) = (to(4), upstream.url());
        let observed = observe(fetch_users(&client, &url, &ids)).await;
        if let Observed::Panicked(payload) = &observed
            && payload.is::<i32>()
        {
            return;
        }

        // Neither the order nor what is said of user 1 is this test's matter:
        // an error comes before the users here.
        let mut got = described(&observed.returned("fetch_users"));
        got.sort();
        let (wanted, rest) = (users(&[2, 3, 4]), got.iter().skip(1));
        expect_same(&wanted, &rest.collect::<Vec<_>>(), "a panic cost others")
            .asked("one result for each id, or a panic that nobody can miss")
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
        let server =
            mock::answering(&json!({ "id": 1, "name": "user 1" })).await;
        let (client, url, ids) = (client(), server.uri(), to(24));

        let observed = observe(fetch_users(&client, &url, &ids)).await;

        observed.returned("fetch_users");
        let requests = mock::requests(&server).await;
        let keys =
            requests.iter().filter_map(|it| it.headers.get(AUTHORIZATION));
        let with_key = keys.count();
        expect(with_key == requests.len(), "another client was used")
            .asked("every request through the client that was passed in")
            .fact(format!("requests with its key: {with_key}, wanted: 24"))
            .because([(true, CLIENT_PER_CALL)]);
    });
}

#[test]
fn calls_do_not_wait_for_each_other() {
    for count in [6, 60] {
        testkit::run_parallel(async move || {
            let some = to(count);
            let others: Vec<u64> = (101..=100 + count).collect();
            let (both, alone) =
                (Gate::of(2 * some.len()), Gate::of(some.len()));
            let upstream = held_by(&both);

            futures::join!(
                fetched(&upstream, &some),
                fetched(&upstream, &others)
            );

            fetched(&held_by(&alone), &some).await;
            // What is wrong with one call alone is another test's matter.
            let fine = both.was_reached() || !alone.was_reached();
            expect(fine, "two calls at once get in each other's way")
                .asked(
                    "as many requests in flight of each call as of one alone",
                )
                .fact(format!(
                    "of one alone: {count}, of both: fewer than twice"
                ))
                .without_drawing()
                .because([(alone.was_reached(), SHARED_BETWEEN_CALLS)]);
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
