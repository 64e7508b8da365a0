//! # detached: background work that is not lost
//!
//! Run the jobs of a service in the background: `start` them, and `close`.
//!
//! - `start` does not wait for its job. A job runs by itself.
//! - As many jobs run at once as there are places, and no more.
//! - At most twice as many are taken and not over. Beyond that, `start` waits.
//! - A job that fails is reported the moment it does, once.
//! - A job that panics is reported in the same way.
//! - A failure, a panic or a `start` that is dropped costs no place.
//! - A job that is over takes up no memory.
//! - `close` waits until every job that was taken is over and reported. From
//!   then on, and while it waits, `start` returns `Closed`, and its job never
//!   runs.
//!
//! Give `Background` the fields that you need. The types are in given.rs;
//! `tokio`, `tokio-util` and `futures` are there. Run
//! `cargo test -p detached`. The page: book/src/detached.md

use std::num::NonZeroU16;

use crate::given::*;

/// The jobs that a service runs in the background.
pub struct Background {}

impl Background {
    /// So many `places`, and failures go to `report`.
    pub fn new(places: NonZeroU16, report: Report) -> Self {
        drop(report);
        todo!("{places} places")
    }

    /// Takes the job of an order. An error means that it was not taken.
    pub async fn start<J>(&self, order: u64, job: J) -> Result<(), Closed>
    where
        J: Future<Output = Result<(), MailError>> + Send + 'static,
    {
        drop(job);
        todo!("start the job of order {order}")
    }

    /// Takes no more jobs, and waits for those that were taken.
    pub async fn close(&self) {
        todo!("wait for the jobs")
    }
}
