//! A map from id to user: an id that occurs twice is asked for once.

use std::collections::{BTreeSet, HashMap};

use futures::future::join_all;
use reqwest::Client;

use crate::given::*;

/// Fetches every user in `ids` at once, each id once.
pub async fn fetch_users(
    client: &Client,
    base: &str,
    ids: &[u64],
) -> Vec<Result<User, FetchError>> {
    let different: BTreeSet<u64> = ids.iter().copied().collect();
    let requests = different
        .into_iter()
        .map(|id| async move { (id, fetch_user(client, base, id).await) });
    let mut users: HashMap<_, _> =
        join_all(requests).await.into_iter().collect();
    ids.iter().filter_map(|id| users.remove(id)).collect()
}
