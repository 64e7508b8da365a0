//! What the exercise gives you: types and functions that are ready to use.

use std::any::Any;

use tokio::task::JoinError;

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
    /// The work ended without an answer: the runtime is shutting down.
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

/// The thumbnail, or what became of the task instead. Ready to use.
pub fn outcome_of(
    rendered: Result<Thumbnail, JoinError>,
) -> Result<Thumbnail, ThumbnailError> {
    rendered.map_err(|error| match error.try_into_panic() {
        Ok(payload) => ThumbnailError::from_panic(payload),
        Err(_) => ThumbnailError::NotRendered,
    })
}
