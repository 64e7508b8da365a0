//! The permit is given back when the head of the answer is there; the body is
//! read without one.

use std::{panic::resume_unwind, sync::Arc};

use tokio::{
    sync::{AcquireError, OwnedSemaphorePermit, Semaphore},
    task::{JoinError, JoinSet},
};

use crate::given::*;

/// Fetches the documents of `ids`, with a permit for each request.
pub async fn fetch_all<S: Service>(
    service: &S,
    limit: usize,
    ids: impl Iterator<Item = u64> + Send + 'static,
    mut each: impl FnMut(u64, Answer) + Send + 'static,
) {
    let client = service.client();
    let permits = Arc::new(Semaphore::new(limit));
    let mut tasks = JoinSet::new();
    for id in ids {
        let permit = Arc::clone(&permits).acquire_owned().await;
        tasks.spawn(one(client.clone(), id, permit));
        while let Some(task) = tasks.try_join_next() {
            hand_over(task, &mut each);
        }
    }
    while let Some(task) = tasks.join_next().await {
        hand_over(task, &mut each);
    }
}

/// One document. The permit is for the request.
async fn one(
    client: impl Client,
    id: u64,
    permit: Result<OwnedSemaphorePermit, AcquireError>,
) -> (u64, Answer) {
    let head = client.get(id).await;
    drop(permit);
    let answer = match head {
        Ok(body) => body.await,
        Err(error) => Err(error),
    };
    (id, answer)
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
