//! `try_join_all` over handles: its `Ok` says that no task panicked, not that a
//! request succeeded.

use futures::future::try_join_all;
use reqwest::Client;

use crate::given::*;

/// Fetches every user in `ids`, each on a task of its own, and checks the tasks
/// for errors.
pub async fn fetch_users(
    client: &Client,
    base: &str,
    ids: &[u64],
) -> Vec<Result<User, FetchError>> {
    let tasks = ids.iter().map(|&id| {
        let (client, base) = (client.clone(), base.to_owned());
        tokio::spawn(async move { fetch_user(&client, &base, id).await })
    });
    match try_join_all(tasks).await {
        // Every task succeeded, so it seems, and what is left in the results is
        // ignored.
        Ok(users) => users.into_iter().filter_map(Result::ok).map(Ok).collect(),
        Err(error) => vec![Err(FetchError::Task(error))],
    }
}
