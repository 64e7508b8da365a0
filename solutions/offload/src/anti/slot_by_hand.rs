//! A slot given back by a line of code, which a panic skips.

use std::{any::Any, num::NonZeroUsize, sync::Arc};

use futures::future::join_all;
use tokio::{
    sync::{Semaphore, SemaphorePermit},
    task::{self, JoinError},
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

/// Renders the images on the blocking pool, `limit` at a time.
pub async fn make_thumbnails<R>(
    render: R,
    images: Vec<Image>,
    limit: NonZeroUsize,
) -> Vec<Result<Thumbnail, ThumbnailError>>
where
    R: Fn(&Image) -> Thumbnail + Clone + Send + Sync + 'static,
{
    let slots = Arc::new(Semaphore::new(limit.get()));
    let thumbnails = images.into_iter().map(|image| {
        let (render, slots) = (render.clone(), Arc::clone(&slots));
        async move {
            let slot = slots.acquire().await;
            _ = slot.map(SemaphorePermit::forget);
            let rendered = task::spawn_blocking(move || {
                let thumbnail = render(&image);
                slots.add_permits(1);
                thumbnail
            });
            told(rendered.await)
        }
    });
    join_all(thumbnails).await
}

/// The thumbnail, or what became of the task instead.
fn told(
    rendered: Result<Thumbnail, JoinError>,
) -> Result<Thumbnail, ThumbnailError> {
    rendered.map_err(|error| match error.try_into_panic() {
        Ok(payload) => ThumbnailError::from_panic(payload),
        Err(_) => ThumbnailError::NotRendered,
    })
}
