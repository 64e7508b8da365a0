//! # timeouts, a piece asked for again at each tick
//!
//! `select!` drops the branches that lost, and with them a piece on its way.

use std::{pin::pin, time::Duration};

use tokio::{
    select,
    time::{interval, sleep},
};

use crate::given::*;

/// Downloads a file, and takes no longer than `limit`.
pub async fn download<S: Store>(
    store: &S,
    name: &str,
    limit: Duration,
) -> Result<Vec<u8>, DownloadError> {
    let mut over = pin!(sleep(limit));
    let mut body = select! {
        biased;
        opened = store.open(name) => opened?,
        () = &mut over => return Err(DownloadError::Elapsed),
    };
    let mut file: Vec<u8> = Vec::new();
    let mut reported = 0;
    let mut ticks = interval(Duration::from_millis(20));
    loop {
        select! {
            biased;
            piece = body.piece() => match piece? {
                Some(piece) => file.extend(piece),
                None => return Ok(file),
            },
            _ = ticks.tick() => reported = reported.max(file.len()),
            () = &mut over => return Err(DownloadError::Elapsed),
        }
    }
}
