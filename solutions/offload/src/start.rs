//! # offload: synchronous work beside asynchronous code
//!
//! Render a thumbnail of each image with `render`, a synchronous function that
//! takes long and panics on some files. Return one result for each image, in
//! the order of `images`; a panic is an `Err` with its message, in its place,
//! and changes nothing for the others. Write the body of `make_thumbnails`:
//!
//! - `render` never runs on a thread of the runtime, of which there may be one
//!   or many, and none of them stands still until it is done: the other tasks go
//!   on, and dropping the future does not wait either;
//! - at most `limit` images of this call are rendered at once, and no fewer
//!   while some are waiting: whichever is done first, or panics, the next one
//!   starts, even while an earlier image is still being rendered;
//! - an image that waits for its turn holds no thread, neither of tokio's
//!   blocking pool nor of its own;
//! - when the future is dropped, an image that still waits for its turn never
//!   starts. What is being rendered goes on to its end: nothing can stop it.
//!
//! ```sh
//! cargo test -p offload
//! ```
//!
//! The page: book/src/offload.md

use std::{any::Any, num::NonZeroUsize};

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

/// Renders a thumbnail of each of `images`, at most `limit` at a time, away
/// from the runtime's threads: one result for each image, in the order of
/// `images`.
pub async fn make_thumbnails<R>(
    render: R,
    images: Vec<Image>,
    limit: NonZeroUsize,
) -> Vec<Result<Thumbnail, ThumbnailError>>
where
    R: Fn(&Image) -> Thumbnail + Clone + Send + Sync + 'static,
{
    let _ = render; // until it is used: delete this line
    todo!("render {} images, {limit} at a time", images.len())
}
