//! Threads of the service's own, one for each place, and a channel as their
//! queue.

use std::{
    iter,
    num::NonZeroUsize,
    panic::{self, AssertUnwindSafe},
    sync::{
        Arc, Mutex, PoisonError,
        mpsc::{self, Receiver, Sender},
    },
    thread,
};

use futures::future::join_all;
use tokio::sync::oneshot;

use crate::given::*;

/// Scores documents for a whole service, which makes one and shares it.
pub struct Scorer {
    queue: Sender<Job>,
}

struct Job {
    document: Document,
    answer: oneshot::Sender<Score>,
}

impl Scorer {
    /// A scorer with this many places. Its threads end when it is dropped.
    pub fn new(places: NonZeroUsize, model: Model) -> Self {
        let (queue, jobs) = mpsc::channel();
        let worker = (Arc::new(Mutex::new(jobs)), model);
        for (jobs, model) in iter::repeat_n(worker, places.get()) {
            thread::spawn(move || work(&jobs, &model));
        }
        Self { queue }
    }

    /// Scores each of `documents`: one result for each, in their order.
    pub async fn score_all(
        &self,
        documents: Vec<Document>,
    ) -> Vec<Result<Score, NotScored>> {
        let scores = documents.into_iter().map(|document| {
            let (answer, answered) = oneshot::channel();
            // Workers do not end before the queue does.
            let _ = self.queue.send(Job { document, answer });
            answered
        });
        let scores = join_all(scores).await.into_iter();
        scores.map(|score| score.map_err(|_| NotScored)).collect()
    }
}

/// Scores one document after another until the queue ends.
fn work(jobs: &Mutex<Receiver<Job>>, model: &Model) {
    loop {
        // A statement of its own: the queue is unlocked at its end.
        let job = jobs.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(Job { document, answer }) = job else { return };
        // The call has been dropped: the place goes to the next document.
        if answer.is_closed() {
            continue;
        }
        // A panic would end this thread, and with it a place.
        let score = panic::catch_unwind(AssertUnwindSafe(|| model(&document)));
        if let Ok(score) = score {
            let _ = answer.send(score);
        }
    }
}
