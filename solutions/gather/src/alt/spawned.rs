//! Spawned tasks, their handles awaited in the order of the ids.

use reqwest::Client;

use crate::given::*;

/// Fetches every user in `ids`, each on a task of its own.
pub async fn fetch_users(
    client: &Client,
    base: &str,
    ids: &[u64],
) -> Vec<Result<User, FetchError>> {
    // First spawn all: a task runs whether or not its handle is awaited.
    let spawn = |&id| {
        let (client, base) = (client.clone(), base.to_owned());
        tokio::spawn(async move { fetch_user(&client, &base, id).await })
    };
    let tasks: Vec<_> = ids.iter().map(spawn).collect();

    // Then await in order. The first may be the slowest; the others go on.
    let mut users = Vec::with_capacity(tasks.len());
    for task in tasks {
        let joined = task.await;
        users.push(joined.unwrap_or_else(|error| Err(FetchError::Task(error))));
    }
    users
}
