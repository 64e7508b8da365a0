//! The head is awaited where requests are sent: the next one is sent after it.

use std::{num::NonZeroUsize, panic::resume_unwind};

use tokio::task::{JoinError, JoinSet};

use crate::given::*;

/// Fetches the documents of `ids`; a task reads each body.
pub async fn fetch_all(
    client: impl Client,
    limit: NonZeroUsize,
    ids: impl Iterator<Item = u64> + Send + 'static,
    mut each: impl FnMut(u64, Answer) + Send + 'static,
) {
    let mut tasks = JoinSet::new();
    for id in ids {
        if tasks.len() >= limit.get()
            && let Some(task) = tasks.join_next().await
        {
            hand_over(task, &mut each);
        }
        let head = client.get(id).await;
        tasks.spawn(async move {
            match head {
                Ok(body) => (id, body.await),
                Err(error) => (id, Err(error)),
            }
        });
    }
    while let Some(task) = tasks.join_next().await {
        hand_over(task, &mut each);
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
