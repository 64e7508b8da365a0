//! The service of users, and what every call of `fetch_users` must keep to.

use gather::{FetchError, User, fetch_users};
use reqwest::{Client, redirect::Policy};
use serde_json::json;
use testkit::{
    Answer, Gate, Observed, Received, Upstream, expect, observe, unmatched,
};

use super::causes::*;

/// The ids from 1 to `last`.
pub fn to(last: u64) -> Vec<u64> {
    (1..=last).collect()
}

/// "user 7" for each 7: the names of the users, and of their lanes.
pub fn users(ids: &[u64]) -> Vec<String> {
    ids.iter().map(|id| format!("user {id}")).collect()
}

/// Answers with the user that is asked for, drawn on a lane of its own.
pub fn the_user(request: &Received) -> Answer {
    let (id, name) = (request.number(), format!("user {}", request.number()));
    Answer::json(&json!({ "id": id, "name": name })).on_lane(name)
}

/// A service that answers when all `ids` are asked for, in their order.
pub fn in_turn(ids: &[u64], answer: fn(&Received) -> Answer) -> Upstream {
    Upstream::start(Gate::in_turn(users(ids)).holding(answer))
}

/// One that says who it is, and never uses a proxy that the machine may have set.
pub fn client(redirects: Policy) -> Client {
    let client = Client::builder().user_agent("workbook").no_proxy();
    client.redirect(redirects).build().expect("no TLS, so nothing is needed")
}

/// Fetches `ids`, describes each result, and looks at what holds for every call.
pub async fn fetched(upstream: &Upstream, ids: &[u64]) -> Vec<String> {
    let (client, url) = (client(Policy::default()), upstream.url());
    let before = upstream.requests().len();
    let asked = || -> Vec<u64> {
        let since = upstream.requests().into_iter().skip(before);
        since.map(|it| it.number()).filter(|id| ids.contains(id)).collect()
    };
    // Counted by ids only where it may be too many: requests can be thousands.
    let (most, many) = (before + ids.len(), || asked().len() > ids.len());
    let observed = tokio::select! {
        observed = observe(fetch_users(&client, &url, ids)) => observed,
        // Code that asks again and again takes longer than a test may.
        () = upstream.until(|it| it.len() > most && many()) => Observed::Never,
    };
    // A client that goes away is seen to go a moment later.
    upstream.nothing_in_flight().await;
    let asked = asked();
    let (missing, again) = unmatched(ids.to_vec(), asked.clone());
    let seldom = missing.iter().any(|id| asked.contains(id));
    expect(again.is_empty() && !seldom, "requests and positions differ")
        .asked("one request for each position in `ids`")
        .fact_if(!again.is_empty(), "more requests for one user than positions")
        .fact_if(seldom, "fewer requests for one user than positions")
        .without_drawing()
        .because([(!again.is_empty(), ASKED_AGAIN), (seldom, ONCE_PER_ID)]);
    expect(observed.came_back(), "it has not returned")
        .asked("one result for each id")
        .because([(ids.is_empty() && asked.is_empty(), LIMIT_OF_NOTHING)]);
    let results = observed.returned("fetch_users");
    let made_up = asked.is_empty() && results.iter().any(Result::is_ok);
    expect(!made_up, "users were returned, and none was asked for")
        .asked("one request for each position in `ids`, in each call")
        .without_drawing()
        .because([(true, ANSWERED_FROM_BEFORE)]);
    results.iter().map(described).collect()
}

/// A result in words that are the same on every machine.
pub fn described(result: &Result<User, FetchError>) -> String {
    match result {
        Ok(user) => user.name.clone(),
        Err(FetchError::Status(status)) => format!("error {status}"),
        Err(FetchError::Decode(_)) => "error: not a user".to_owned(),
        Err(FetchError::Transport(_)) => "error: no answer".to_owned(),
        Err(FetchError::Task(_)) => "error: task ended".to_owned(),
    }
}
