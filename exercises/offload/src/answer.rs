//! # offload: run blocking work on other threads
//!
//! Render a thumbnail of each image with `render`, a synchronous function that
//! takes long and panics on some files.
//!
//! - Render each image once. Return one result for each, in the order of
//!   `images`.
//! - Other tasks go on meanwhile: hold no thread of the runtime.
//! - No slot is idle while an image waits: when any image is done, the next one
//!   starts.
//! - At most as many images are rendered at once as there are slots, in all
//!   calls together.
//! - An image that waits for a slot holds no thread.
//! - A panic is an `Err` with its message, at its position, and costs no slot.
//! - When a call is dropped, its images that have no slot yet never start. One
//!   that is being rendered keeps its slot to the end: nothing can stop it.
//!
//! Run `cargo test -p offload`. The page: book/src/offload.md

use std::sync::Arc;

use tokio::sync::Semaphore;

use crate::given::*;

/// Renders a thumbnail of each of `images`.
///
/// `slots` has a permit for each slot. The whole service shares it, and it is
/// never closed.
pub async fn make_thumbnails<R>(
    render: R,
    images: Vec<Image>,
    slots: Arc<Semaphore>,
) -> Vec<Result<Thumbnail, ThumbnailError>>
where
    R: Fn(&Image) -> Thumbnail + Clone + Send + Sync + 'static,
{
    let _ = render; // until it is used: delete this line
    todo!("render {} images in {slots:?}", images.len())
}
