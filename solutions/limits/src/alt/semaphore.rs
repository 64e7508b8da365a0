//! A semaphore: a permit is acquired before the task is spawned, and belongs to
//! the task.

use std::{num::NonZeroUsize, panic::resume_unwind, sync::Arc};

use tokio::{
    select,
    sync::{OwnedSemaphorePermit, Semaphore},
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
            let acquire = Arc::clone(&permits).acquire_owned();
            select! {
                // First, or results pile up while permits are easy to get.
                biased;
                Some(task) = tasks.join_next() => hand_over(task, &mut each),
                Ok(permit) = acquire => break permit,
            }
        };
        tasks.spawn(one(client.clone(), id, permit));
    }
    while let Some(task) = tasks.join_next().await {
        hand_over(task, &mut each);
    }
}

/// Fetches one document, and holds its permit until the body has been read.
async fn one(
    client: impl Client,
    id: u64,
    _permit: OwnedSemaphorePermit,
) -> (u64, Answer) {
    (id, fetch(&client, id).await)
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
