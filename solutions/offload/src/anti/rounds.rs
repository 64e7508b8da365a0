//! Rounds of `limit` images: each round waits for its slowest image.

use std::{any::Any, num::NonZeroUsize};

use futures::future::join_all;
use tokio::task::{self, JoinError};

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

/// Renders `limit` images on the blocking pool, then the next `limit`.
pub async fn make_thumbnails<R>(
    render: R,
    images: Vec<Image>,
    limit: NonZeroUsize,
) -> Vec<Result<Thumbnail, ThumbnailError>>
where
    R: Fn(&Image) -> Thumbnail + Clone + Send + Sync + 'static,
{
    let mut thumbnails = Vec::with_capacity(images.len());
    for round in images.chunks(limit.get()) {
        let tasks = round.iter().cloned().map(|image| {
            let render = render.clone();
            task::spawn_blocking(move || render(&image))
        });
        thumbnails.extend(join_all(tasks).await.into_iter().map(told));
    }
    thumbnails
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
