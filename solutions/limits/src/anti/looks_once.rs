//! One look into the set after each spawn: a task that has given its permit back
//! may not have ended yet, and its result waits for the next look.

use std::{num::NonZeroUsize, panic::resume_unwind, sync::Arc};

use tokio::{
    sync::{AcquireError, OwnedSemaphorePermit, Semaphore},
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
        // Not in the task: tasks that wait for a permit fill the memory.
        let permit = Arc::clone(&permits).acquire_owned().await;
        tasks.spawn(one(client.clone(), id, permit));
        // A result that is not taken out stays in the set.
        while let Some(task) = tasks.try_join_next() {
            hand_over(task, &mut each);
        }
    }
    while let Some(task) = tasks.join_next().await {
        hand_over(task, &mut each);
    }
}

/// One document, and the permit for as long as that takes. (Only a closed
/// semaphore gives none, and nobody closes this one.)
async fn one(
    client: impl Client,
    id: u64,
    permit: Result<OwnedSemaphorePermit, AcquireError>,
) -> (u64, Answer) {
    let answer = fetch(&client, id).await;
    drop(permit);
    (id, answer)
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
