//! Futures made anew on each turn of a loop: what was under way is dropped and
//! asked for again.

use futures::future::select_all;
use reqwest::Client;

use crate::given::*;

/// Fetches every user in `ids` at once, taking whichever answer comes first on
/// each turn.
pub async fn fetch_users(
    client: &Client,
    base: &str,
    ids: &[u64],
) -> Vec<Result<User, FetchError>> {
    let mut users: Vec<Option<Result<User, FetchError>>> =
        ids.iter().map(|_| None).collect();
    while let Some(first) = users.iter().position(Option::is_none) {
        let missing: Vec<usize> = (first..ids.len())
            .filter(|&position| users[position].is_none())
            .collect();
        let requests = missing
            .iter()
            .map(|&position| Box::pin(fetch_user(client, base, ids[position])));
        let (user, answered, _dropped) = select_all(requests).await;
        users[missing[answered]] = Some(user);
    }
    users.into_iter().flatten().collect()
}
