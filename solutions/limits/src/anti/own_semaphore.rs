//! A semaphore for each request: each of them has all the permits for itself.

use std::{num::NonZeroUsize, panic::resume_unwind};

use tokio::{
    sync::Semaphore,
    task::{JoinError, JoinSet},
};

use crate::given::*;

/// Fetches the documents of `ids`, each with a permit.
pub async fn fetch_all(
    client: impl Client,
    limit: NonZeroUsize,
    ids: impl Iterator<Item = u64> + Send + 'static,
    mut each: impl FnMut(u64, Answer) + Send + 'static,
) {
    let mut tasks = JoinSet::new();
    for id in ids {
        let client = client.clone();
        tasks.spawn(async move {
            let permits = Semaphore::new(limit.get());
            let _permit = permits.acquire().await;
            (id, fetch(&client, id).await)
        });
        while let Some(task) = tasks.try_join_next() {
            hand_over(task, &mut each);
        }
    }
    while let Some(task) = tasks.join_next().await {
        hand_over(task, &mut each);
    }
}

/// Fetches one document, its body included.
async fn fetch(client: &impl Client, id: u64) -> Answer {
    client.get(id).await?.await
}

/// Hands over what a task brought; a panic in it goes on here.
fn hand_over(
    task: Result<(u64, Answer), JoinError>,
    each: &mut impl FnMut(u64, Answer),
) {
    match task {
        Ok((id, answer)) => each(id, answer),
        Err(error) => resume_unwind(error.into_panic()),
    }
}
