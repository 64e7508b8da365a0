//! Every handle kept, to be awaited at the end.

use std::{
    mem,
    num::NonZeroU16,
    panic::AssertUnwindSafe,
    sync::{Arc, Mutex, PoisonError},
};

use futures::{FutureExt, future::join_all};
use tokio::{sync::Semaphore, task::JoinHandle};

use crate::given::*;

/// The jobs that a service runs in the background.
pub struct Background {
    places: Arc<Semaphore>,
    handles: Mutex<Vec<JoinHandle<()>>>,
    report: Report,
}

impl Background {
    /// So many `places`, and failures go to `report`.
    pub fn new(places: NonZeroU16, report: Report) -> Self {
        let places = Arc::new(Semaphore::new(places.get().into()));
        Self { places, handles: Mutex::default(), report }
    }

    /// Takes the job of an order. An error means that it was not taken.
    pub async fn start<J>(&self, order: u64, job: J) -> Result<(), Closed>
    where
        J: Future<Output = Result<(), MailError>> + Send + 'static,
    {
        let places = Arc::clone(&self.places);
        let place = places.acquire_owned().await.map_err(|_| Closed)?;
        let report = Arc::clone(&self.report);
        let handle = tokio::spawn(async move {
            match AssertUnwindSafe(job).catch_unwind().await {
                Ok(Ok(())) => {}
                Ok(Err(error)) => report(order, Failure::Failed(error)),
                Err(_) => report(order, Failure::Panicked),
            }
            drop(place);
        });
        let mut handles =
            self.handles.lock().unwrap_or_else(PoisonError::into_inner);
        handles.push(handle);
        Ok(())
    }

    /// Takes no more jobs, and waits for those that were taken.
    pub async fn close(&self) {
        self.places.close();
        let handles = mem::take(
            &mut *self.handles.lock().unwrap_or_else(PoisonError::into_inner),
        );
        join_all(handles).await;
    }
}
