//! The work inside an `async` block: that is a place in the text, not a thread.

use std::{
    panic::{self, AssertUnwindSafe},
    sync::Arc,
};

use futures::future::join_all;
use tokio::sync::Semaphore;

use crate::given::*;

/// Renders the images in `async` blocks, each with a slot.
pub async fn make_thumbnails<R>(
    render: R,
    images: Vec<Image>,
    slots: Arc<Semaphore>,
) -> Vec<Result<Thumbnail, ThumbnailError>>
where
    R: Fn(&Image) -> Thumbnail + Clone + Send + Sync + 'static,
{
    let thumbnails = images.iter().map(async |image| {
        let _slot = slots.acquire().await;
        let rendered = panic::catch_unwind(AssertUnwindSafe(|| render(image)));
        rendered.map_err(ThumbnailError::from_panic)
    });
    join_all(thumbnails).await
}
