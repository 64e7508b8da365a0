//! A thread scope inside an `async` function: the work is elsewhere, and the
//! runtime's thread waits for it all the same.

use std::{
    collections::BTreeMap,
    num::NonZeroUsize,
    panic::{self, AssertUnwindSafe},
    sync::{Mutex, MutexGuard, PoisonError},
    thread,
};

use crate::given::*;

/// Renders the images on `limit` threads and waits for them to end.
pub async fn make_thumbnails<R>(
    render: R,
    images: Vec<Image>,
    limit: NonZeroUsize,
) -> Vec<Result<Thumbnail, ThumbnailError>>
where
    R: Fn(&Image) -> Thumbnail + Clone + Send + Sync + 'static,
{
    let queue = Mutex::new(images.iter().enumerate());
    let done = Mutex::new(BTreeMap::new());
    thread::scope(|scope| {
        for _ in 0..limit.get().min(images.len()) {
            scope.spawn(|| {
                while let Some((place, image)) = next(&queue) {
                    let thumbnail = attempt(&render, image);
                    lock(&done).insert(place, thumbnail);
                }
            });
        }
    });
    let mut done = lock(&done);
    std::mem::take(&mut *done).into_values().collect()
}

fn attempt<R>(render: &R, image: &Image) -> Result<Thumbnail, ThumbnailError>
where
    R: Fn(&Image) -> Thumbnail,
{
    panic::catch_unwind(AssertUnwindSafe(|| render(image)))
        .map_err(ThumbnailError::from_panic)
}

fn next<I: Iterator>(queue: &Mutex<I>) -> Option<I::Item> {
    lock(queue).next()
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
