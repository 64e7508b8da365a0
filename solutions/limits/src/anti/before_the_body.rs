//! The permit is given back when the head of the response is there; the body is
//! read without one.

use std::{num::NonZeroUsize, panic::resume_unwind, sync::Arc};

use tokio::{
    select,
    sync::{OwnedSemaphorePermit, Semaphore},
    task::{JoinError, JoinSet},
};

use crate::given::*;

/// Fetches the documents of `ids`, with a permit for each request.
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
                Some(task) = tasks.join_next() => hand_over(task, &mut each),
                Ok(permit) = Arc::clone(&permits).acquire_owned() => {
                    break permit;
                }
            }
        };
        tasks.spawn(one(client.clone(), id, permit));
    }
    while let Some(task) = tasks.join_next().await {
        hand_over(task, &mut each);
    }
}

/// Fetches one document, with a permit for the request.
async fn one(
    client: impl Client,
    id: u64,
    permit: OwnedSemaphorePermit,
) -> (u64, Answer) {
    let head = client.get(id).await;
    drop(permit);
    match head {
        Ok(body) => (id, body.await),
        Err(error) => (id, Err(error)),
    }
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
