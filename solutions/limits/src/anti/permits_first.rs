//! A `select!` that prefers permits: while they are easy to get, no result is
//! taken out.

use std::{num::NonZeroUsize, panic::resume_unwind, sync::Arc};

use tokio::{
    select,
    sync::Semaphore,
    task::{JoinError, JoinSet},
};

use crate::given::*;

/// Fetches the documents of `ids`, each on a task that owns a permit.
pub async fn fetch_all(
    client: impl Client,
    limit: NonZeroUsize,
    ids: impl Iterator<Item = u64> + Send + 'static,
    mut each: impl FnMut(u64, Answer) + Send + 'static,
) {
    let permits = Arc::new(Semaphore::new(limit.get()));
    let mut tasks = JoinSet::new();
    for id in ids {
        let permit = loop {
            select! {
                biased;
                permit = Arc::clone(&permits).acquire_owned() => break permit,
                Some(task) = tasks.join_next() => hand_over(task, &mut each),
            }
        };
        let client = client.clone();
        tasks.spawn(async move {
            let _permit = permit;
            (id, fetch(&client, id).await)
        });
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
