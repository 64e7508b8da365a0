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

use std::num::NonZeroUsize;

use crate::given::*;

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
