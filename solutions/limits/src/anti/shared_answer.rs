//! One request for equal ids in flight: its answer is handed over for each.

use std::{collections::HashMap, num::NonZeroUsize};

use futures::{StreamExt, stream::FuturesUnordered};

use crate::given::*;

/// Fetches the documents of `ids`, and asks for no id that is in flight.
pub async fn fetch_all(
    client: impl Client,
    limit: NonZeroUsize,
    mut ids: impl Iterator<Item = u64> + Send + 'static,
    mut each: impl FnMut(u64, Answer) + Send + 'static,
) {
    let client = &client;
    let mut in_flight = FuturesUnordered::new();
    let mut wanted: HashMap<u64, usize> = HashMap::new();
    loop {
        while in_flight.len() < limit.get()
            && let Some(id) = ids.next()
        {
            let times = wanted.entry(id).or_default();
            *times += 1;
            if *times == 1 {
                in_flight.push(async move { (id, fetch(client, id).await) });
            }
        }
        let Some((id, answer)) = in_flight.next().await else { return };
        for _ in 0..wanted.remove(&id).unwrap_or_default() {
            each(id, answer.clone());
        }
    }
}

/// Fetches one document, its body included.
async fn fetch(client: &impl Client, id: u64) -> Answer {
    client.get(id).await?.await
}
