//! Workers that never wait for whoever hands over: what they have fetched lies in
//! a channel without a bound.

use std::{
    num::NonZeroUsize,
    panic::resume_unwind,
    sync::{Arc, Mutex, PoisonError},
};

use tokio::{sync::mpsc, task::JoinSet};

use crate::given::*;

/// Fetches the documents of `ids` with `limit` workers, each on a task.
pub async fn fetch_all(
    client: impl Client,
    limit: NonZeroUsize,
    ids: impl Iterator<Item = u64> + Send + 'static,
    mut each: impl FnMut(u64, Answer) + Send + 'static,
) {
    let ids = Arc::new(Mutex::new(ids));
    let (answers, mut came) = mpsc::unbounded_channel();
    let mut workers = JoinSet::new();
    for _ in 0..limit.get() {
        let (client, ids) = (client.clone(), Arc::clone(&ids));
        workers.spawn(work(client, ids, answers.clone()));
    }
    drop(answers);
    while let Some((id, answer)) = came.recv().await {
        each(id, answer);
    }
    while let Some(ended) = workers.join_next().await {
        if let Err(panicked) = ended {
            resume_unwind(panicked.into_panic());
        }
    }
}

/// Fetches ids from the list until it is empty.
async fn work(
    client: impl Client,
    ids: Arc<Mutex<impl Iterator<Item = u64>>>,
    answers: mpsc::UnboundedSender<(u64, Answer)>,
) {
    loop {
        let id = ids.lock().unwrap_or_else(PoisonError::into_inner).next();
        let Some(id) = id else { break };
        let answer = fetch(&client, id).await;
        if answers.send((id, answer)).is_err() {
            break;
        }
    }
}

/// Fetches one document, its body included.
async fn fetch(client: &impl Client, id: u64) -> Answer {
    client.get(id).await?.await
}
