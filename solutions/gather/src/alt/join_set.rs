//! `JoinSet`: tasks that finish in any order, each with its position.

use std::collections::HashMap;

use reqwest::Client;
use tokio::task::JoinSet;

use crate::given::*;

/// Fetches every user in `ids`, each on a task of its own.
pub async fn fetch_users(
    client: &Client,
    base: &str,
    ids: &[u64],
) -> Vec<Result<User, FetchError>> {
    let (mut tasks, mut positions) = (JoinSet::new(), HashMap::new());
    for (position, &id) in ids.iter().enumerate() {
        // A task owns what it uses. Clones of a client share one pool.
        let (client, base) = (client.clone(), base.to_owned());
        let user = async move { fetch_user(&client, &base, id).await };
        // By the task's id, so that a task that panics has a position too.
        positions.insert(tasks.spawn(user).id(), position);
    }

    let mut users = Vec::with_capacity(ids.len());
    while let Some(joined) = tasks.join_next_with_id().await {
        let (task, user) = joined
            .unwrap_or_else(|error| (error.id(), Err(FetchError::Task(error))));
        users.push((positions[&task], user));
    }
    users.sort_by_key(|(position, _)| *position);
    users.into_iter().map(|(_, user)| user).collect()
}
