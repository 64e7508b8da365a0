//! A task that panicked is left out: what comes after it moves up.

use reqwest::Client;

use crate::given::*;

/// Fetches every user in `ids`, each on a task of its own.
pub async fn fetch_users(
    client: &Client,
    base: &str,
    ids: &[u64],
) -> Vec<Result<User, FetchError>> {
    let spawn = |&id| {
        let (client, base) = (client.clone(), base.to_owned());
        tokio::spawn(async move { fetch_user(&client, &base, id).await })
    };
    let tasks: Vec<_> = ids.iter().map(spawn).collect();
    let mut users = Vec::with_capacity(ids.len());
    for task in tasks {
        if let Ok(user) = task.await {
            users.push(user);
        }
    }
    users
}
