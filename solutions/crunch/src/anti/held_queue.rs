//! Workers that work inside of the lock.

use std::{
    iter,
    num::NonZeroUsize,
    panic::{self, AssertUnwindSafe},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        mpsc::{self, Receiver, Sender},
    },
    thread,
};

use futures::future::join_all;
use tokio::sync::oneshot;

use crate::given::*;

pub struct Scorer {
    queue: Sender<Job>,
}

type Job = (Document, oneshot::Sender<Score>);

impl Scorer {
    pub fn new(places: NonZeroUsize, model: Model) -> Self {
        let (queue, jobs) = mpsc::channel();
        let worker = (Arc::new(Mutex::new(jobs)), model);
        for (jobs, model) in iter::repeat_n(worker, places.get()) {
            thread::spawn(move || work(&jobs, &model));
        }
        Self { queue }
    }

    pub async fn score_all(
        &self,
        documents: Vec<Document>,
    ) -> Vec<Result<Score, NotScored>> {
        let scores = documents.into_iter().map(|document| {
            let (answer, answered) = oneshot::channel();
            let _ = self.queue.send((document, answer));
            answered
        });
        let scores = join_all(scores).await.into_iter();
        scores.map(|score| score.map_err(|_| NotScored)).collect()
    }
}

fn work(jobs: &Mutex<Receiver<Job>>, model: &Model) {
    while let Ok((document, answer)) = lock(jobs).recv() {
        if answer.is_closed() {
            continue;
        }
        let score = panic::catch_unwind(AssertUnwindSafe(|| model(&document)));
        if let Ok(score) = score {
            let _ = answer.send(score);
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
