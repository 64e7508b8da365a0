//! `FuturesUnordered`: answers as they arrive, each with its position, sorted at
//! the end.

use futures::{StreamExt, stream::FuturesUnordered};
use reqwest::Client;

use crate::given::*;

/// Fetches every user in `ids`, takes the answers as they arrive, and restores
/// the order.
pub async fn fetch_users(
    client: &Client,
    base: &str,
    ids: &[u64],
) -> Vec<Result<User, FetchError>> {
    let mut requests: FuturesUnordered<_> = ids
        .iter()
        .enumerate()
        .map(|(position, &id)| async move {
            (position, fetch_user(client, base, id).await)
        })
        .collect();

    let mut answers = Vec::with_capacity(ids.len());
    while let Some(answer) = requests.next().await {
        // This is where progress could be shown, or each answer stored as it
        // comes.
        answers.push(answer);
    }
    answers.sort_by_key(|(position, _)| *position);
    answers.into_iter().map(|(_, answer)| answer).collect()
}
