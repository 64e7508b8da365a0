//! `buffer_unordered`: a stream that keeps as many calls under way as it may,
//! each carrying its place.

use std::{any::Any, num::NonZeroUsize};

use futures::{StreamExt, stream};
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

/// Renders `limit` images at a time and puts the thumbnails in order later.
pub async fn make_thumbnails<R>(
    render: R,
    images: Vec<Image>,
    limit: NonZeroUsize,
) -> Vec<Result<Thumbnail, ThumbnailError>>
where
    R: Fn(&Image) -> Thumbnail + Clone + Send + Sync + 'static,
{
    let calls = images.into_iter().enumerate().map(|(place, image)| {
        let render = render.clone();
        let work = move || render(&image);
        async move { (place, told(task::spawn_blocking(work).await)) }
    });
    // Not `buffered`: there a thumbnail keeps its slot until its turn comes.
    let mut thumbnails: Vec<_> = stream::iter(calls)
        .buffer_unordered(limit.get())
        .collect()
        .await;
    thumbnails.sort_by_key(|(place, _)| *place);
    thumbnails
        .into_iter()
        .map(|(_, thumbnail)| thumbnail)
        .collect()
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
