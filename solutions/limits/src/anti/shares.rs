//! Each worker has its own share of the list: one may wait while another is
//! free.

use std::{
    num::NonZeroUsize,
    sync::{Mutex, PoisonError},
};

use futures::{future::join_all, lock::Mutex as Turn};

use crate::given::*;

/// Fetches the documents of `ids`: worker `n` of `limit` takes every id whose
/// turn is `n`.
pub async fn fetch_all(
    client: impl Client,
    limit: NonZeroUsize,
    ids: impl Iterator<Item = u64> + Send + 'static,
    each: impl FnMut(u64, Answer) + Send + 'static,
) {
    let (client, each) = (&client, &Mutex::new(each));
    let (ids, turns) = (&Mutex::new(ids), limit.get());
    let locks: Vec<Turn<()>> = (0..turns).map(|_| Turn::new(())).collect();
    let locks = &locks;
    let next = &Mutex::new(0);
    // Twice as many as may run, so that each turn has its successor ready.
    let workers = (0..2 * turns).map(|_| async move {
        loop {
            let (id, turn) = {
                let mut ids =
                    ids.lock().unwrap_or_else(PoisonError::into_inner);
                let mut next =
                    next.lock().unwrap_or_else(PoisonError::into_inner);
                let Some(id) = ids.next() else { break };
                *next += 1;
                (id, *next % turns)
            };
            let _turn = locks[turn].lock().await;
            let answer = fetch(client, id).await;
            (*each.lock().unwrap_or_else(PoisonError::into_inner))(id, answer);
        }
    });
    join_all(workers).await;
}

/// Fetches one document, its body included.
async fn fetch(client: &impl Client, id: u64) -> Answer {
    client.get(id).await?.await
}
