//! A set of tasks that nothing joins before the end.

use std::{
    mem,
    num::NonZeroU16,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tokio::{
    sync::Semaphore,
    task::{JoinError, JoinSet},
};

use crate::given::*;

type Outcome = (u64, Result<Result<(), MailError>, JoinError>);
type Tasks = JoinSet<Outcome>;

/// The jobs that a service runs in the background.
pub struct Background {
    places: Arc<Semaphore>,
    tasks: Mutex<Tasks>,
    report: Report,
}

impl Background {
    /// So many `places`, and failures go to `report`.
    pub fn new(places: NonZeroU16, report: Report) -> Self {
        let places = Arc::new(Semaphore::new(places.get().into()));
        Self { places, tasks: Mutex::default(), report }
    }

    /// Takes the job of an order. An error means that it was not taken.
    pub async fn start<J>(&self, order: u64, job: J) -> Result<(), Closed>
    where
        J: Future<Output = Result<(), MailError>> + Send + 'static,
    {
        let places = Arc::clone(&self.places);
        let place = places.acquire_owned().await.map_err(|_| Closed)?;
        self.tasks().spawn(async move {
            let _place = place;
            // So that a panic has an order, too.
            let outcome = tokio::spawn(job).await;
            (order, outcome)
        });
        Ok(())
    }

    /// Takes no more jobs, and waits for those that were taken.
    pub async fn close(&self) {
        self.places.close();
        let mut tasks = mem::take(&mut *self.tasks());
        while let Some(joined) = tasks.join_next().await {
            self.note(joined);
        }
    }

    fn tasks(&self) -> MutexGuard<'_, Tasks> {
        self.tasks.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn note(&self, joined: Result<Outcome, JoinError>) {
        match joined {
            Ok((_, Ok(Ok(())))) | Err(_) => {}
            Ok((order, Ok(Err(error)))) => {
                (self.report)(order, Failure::Failed(error));
            }
            Ok((order, Err(_))) => (self.report)(order, Failure::Panicked),
        }
    }
}
