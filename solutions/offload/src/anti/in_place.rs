//! `block_in_place`: it hands the runtime's other tasks to another thread, and
//! panics where there is none.

use std::{
    panic::{self, AssertUnwindSafe},
    sync::Arc,
};

use futures::future::join_all;
use tokio::{sync::Semaphore, task::block_in_place};

use crate::given::*;

/// Renders the images on this thread, after telling the runtime that it will be
/// held.
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
        block_in_place(|| {
            panic::catch_unwind(AssertUnwindSafe(|| render(image)))
                .map_err(ThumbnailError::from_panic)
        })
    });
    join_all(thumbnails).await
}
