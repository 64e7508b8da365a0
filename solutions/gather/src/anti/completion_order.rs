//! Results pushed as the tasks finish: the fastest answer comes first.

use reqwest::Client;
use tokio::task::JoinSet;

use crate::given::*;

/// Fetches every user in `ids`, each on a task of its own, and collects them as
/// they finish.
pub async fn fetch_users(
    client: &Client,
    base: &str,
    ids: &[u64],
) -> Vec<Result<User, FetchError>> {
    let mut tasks = JoinSet::new();
    for &id in ids {
        let (client, base) = (client.clone(), base.to_owned());
        tasks.spawn(async move { fetch_user(&client, &base, id).await });
    }

    let mut users = Vec::with_capacity(ids.len());
    while let Some(joined) = tasks.join_next().await {
        users.push(joined.unwrap_or_else(|error| Err(FetchError::Task(error))));
    }
    users
}
