//! A task for each request, and each awaited before the next is spawned.

use reqwest::Client;

use crate::given::*;

/// Fetches every user in `ids`, each on a task of its own, one task at a time.
pub async fn fetch_users(
    client: &Client,
    base: &str,
    ids: &[u64],
) -> Vec<Result<User, FetchError>> {
    let mut users = Vec::with_capacity(ids.len());
    for &id in ids {
        let (client, base) = (client.clone(), base.to_owned());
        let task =
            tokio::spawn(async move { fetch_user(&client, &base, id).await });
        let joined = task.await;
        users.push(joined.unwrap_or_else(|error| Err(FetchError::Task(error))));
    }
    users
}
