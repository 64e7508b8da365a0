//! `while let Some(Ok(..))` over a `JoinSet`: the first `JoinError` ends the
//! loop.

use reqwest::Client;
use tokio::task::JoinSet;

use crate::given::*;

/// Fetches every user in `ids`, each on a task of its own, in the order of
/// `ids`.
pub async fn fetch_users(
    client: &Client,
    base: &str,
    ids: &[u64],
) -> Vec<Result<User, FetchError>> {
    let mut tasks = JoinSet::new();
    for (position, &id) in ids.iter().enumerate() {
        let (client, base) = (client.clone(), base.to_owned());
        let user = async move { fetch_user(&client, &base, id).await };
        tasks.spawn(async move { (position, user.await) });
    }

    let mut users: Vec<_> = ids.iter().map(|_| None).collect();
    while let Some(Ok((position, user))) = tasks.join_next().await {
        users[position] = Some(user);
    }
    users.into_iter().flatten().collect()
}
