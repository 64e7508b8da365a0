//! Results put in order by the id that the answer carries.

use futures::future::join_all;
use reqwest::Client;

use crate::given::*;

/// Fetches every user in `ids` at once and sorts the answers the way the ids
/// stand.
pub async fn fetch_users(
    client: &Client,
    base: &str,
    ids: &[u64],
) -> Vec<Result<User, FetchError>> {
    let requests = ids.iter().map(|&id| fetch_user(client, base, id));
    let mut users = join_all(requests).await;
    // The answer is trusted to say which question it belongs to.
    users.sort_by_key(|user| match user {
        Ok(user) => {
            ids.iter().position(|&id| id == user.id).unwrap_or(usize::MAX)
        }
        Err(_) => usize::MAX,
    });
    users
}
