//! `try_join_all` where every outcome is wanted: the first failure drops the
//! rest.

use futures::future::try_join_all;
use reqwest::Client;

use crate::given::*;

/// Fetches every user in `ids` at once, until one fails.
pub async fn fetch_users(
    client: &Client,
    base: &str,
    ids: &[u64],
) -> Vec<Result<User, FetchError>> {
    let requests = ids.iter().map(|&id| fetch_user(client, base, id));
    match try_join_all(requests).await {
        Ok(users) => users.into_iter().map(Ok).collect(),
        Err(error) => vec![Err(error)],
    }
}
