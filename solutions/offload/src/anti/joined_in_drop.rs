//! Joining in `Drop`: no thread outlives the future, and so its drop waits.

use std::{
    num::NonZeroUsize,
    panic::{self, AssertUnwindSafe},
    sync::{Arc, Mutex, PoisonError},
    thread::{self, JoinHandle},
    vec,
};

use futures::future::join_all;
use tokio::sync::oneshot;

use crate::given::*;

type Answer = oneshot::Sender<Result<Thumbnail, ThumbnailError>>;

type Queue = Mutex<vec::IntoIter<(Image, Answer)>>;

/// Renders the images on `limit` threads, which have ended when it returns.
pub async fn make_thumbnails<R>(
    render: R,
    images: Vec<Image>,
    limit: NonZeroUsize,
) -> Vec<Result<Thumbnail, ThumbnailError>>
where
    R: Fn(&Image) -> Thumbnail + Clone + Send + Sync + 'static,
{
    let jobs = images.into_iter().map(|image| {
        let (answer, answered) = oneshot::channel();
        ((image, answer), answered)
    });
    let (jobs, answers): (Vec<_>, Vec<_>) = jobs.unzip();
    let _workers = start(limit.get().min(jobs.len()), &render, jobs);
    let answers = join_all(answers).await.into_iter();
    // A worker that is gone has dropped its sender.
    let lost = |_| Err(ThumbnailError::NotRendered);
    answers.map(|answer| answer.unwrap_or_else(lost)).collect()
}

/// Threads that are joined when this is dropped.
struct Workers(Vec<JoinHandle<()>>);

impl Drop for Workers {
    fn drop(&mut self) {
        for worker in self.0.drain(..) {
            let _ = worker.join();
        }
    }
}

/// Starts `workers` threads that share a queue of `jobs`.
fn start<R>(workers: usize, render: &R, jobs: Vec<(Image, Answer)>) -> Workers
where
    R: Fn(&Image) -> Thumbnail + Clone + Send + 'static,
{
    let queue = Arc::new(Mutex::new(jobs.into_iter()));
    let workers = (0..workers).map(|_| {
        let (render, queue) = (render.clone(), Arc::clone(&queue));
        thread::spawn(move || work(&render, &queue))
    });
    Workers(workers.collect())
}

/// Renders one image after another until the queue is empty or nobody waits.
fn work<R: Fn(&Image) -> Thumbnail>(render: &R, queue: &Queue) {
    while let Some((image, answer)) = next(queue) {
        // The future has been dropped: nothing more is to start.
        if answer.is_closed() {
            return;
        }
        // A panic would end this thread, and with it a slot.
        let rendered = panic::catch_unwind(AssertUnwindSafe(|| render(&image)));
        let _ = answer.send(rendered.map_err(ThumbnailError::from_panic));
    }
}

/// A function of its own, so that the lock is free again before the work
/// begins.
fn next(queue: &Queue) -> Option<(Image, Answer)> {
    queue.lock().unwrap_or_else(PoisonError::into_inner).next()
}
