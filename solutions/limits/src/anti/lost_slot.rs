//! Permits counted by hand: `?` leaves before the permit is given back.

use std::{num::NonZeroUsize, panic::resume_unwind, sync::Arc};

use tokio::{
    select,
    sync::Semaphore,
    task::{JoinError, JoinSet},
};

use crate::given::*;

/// Fetches the documents of `ids`, each on a task that gives a permit back.
pub async fn fetch_all(
    client: impl Client,
    limit: NonZeroUsize,
    ids: impl Iterator<Item = u64> + Send + 'static,
    mut each: impl FnMut(u64, Answer) + Send + 'static,
) {
    let permits = Arc::new(Semaphore::new(limit.get()));
    let mut tasks = JoinSet::new();
    for id in ids {
        loop {
            select! {
                biased;
                Some(task) = tasks.join_next() => hand_over(task, &mut each),
                Ok(permit) = permits.acquire() => {
                    // Given back by `fetch`, on whatever task that runs.
                    permit.forget();
                    break;
                }
            }
        }
        let (client, permits) = (client.clone(), Arc::clone(&permits));
        tasks.spawn(async move { (id, fetch(&client, &permits, id).await) });
    }
    while let Some(task) = tasks.join_next().await {
        hand_over(task, &mut each);
    }
}

/// Fetches one document, and gives its permit back.
async fn fetch(client: &impl Client, permits: &Semaphore, id: u64) -> Answer {
    let text = client.get(id).await?.await?;
    permits.add_permits(1);
    Ok(text)
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
