//! A thread scope inside an `async` function: the work is elsewhere, and the
//! runtime's thread waits for it all the same.

use std::{
    any::Any,
    collections::BTreeMap,
    num::NonZeroUsize,
    panic::{self, AssertUnwindSafe},
    sync::{Mutex, MutexGuard, PoisonError},
    thread,
};

/// A picture as it was uploaded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Image(pub Vec<u8>);

/// A small picture for the gallery.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Thumbnail(pub Vec<u8>);

/// Why there is no thumbnail.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ThumbnailError {
    /// `render` panicked on this image, with this message.
    #[error("the image could not be rendered: {0}")]
    Panicked(String),
    /// The work ended without an answer: the runtime is shutting down, or the
    /// system has no thread to give. No test asks for it.
    #[error("the image was not rendered")]
    NotRendered,
}

impl ThumbnailError {
    /// The error for a panic, from what it carried. Ready to use.
    pub fn from_panic(payload: Box<dyn Any + Send>) -> Self {
        let message = match payload.downcast::<String>() {
            Ok(message) => *message,
            Err(payload) => match payload.downcast::<&str>() {
                Ok(message) => (*message).to_owned(),
                Err(_) => "a panic without a message".to_owned(),
            },
        };
        Self::Panicked(message)
    }
}

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
