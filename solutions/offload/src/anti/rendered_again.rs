//! An image that panicked is rendered a second time.

use std::{
    panic::{self, AssertUnwindSafe},
    sync::Arc,
};

use futures::future::join_all;
use tokio::{sync::Semaphore, task};

use crate::given::*;

/// Renders the images on the blocking pool.
pub async fn make_thumbnails<R>(
    render: R,
    images: Vec<Image>,
    slots: Arc<Semaphore>,
) -> Vec<Result<Thumbnail, ThumbnailError>>
where
    R: Fn(&Image) -> Thumbnail + Clone + Send + Sync + 'static,
{
    let thumbnails = images.into_iter().map(|image| {
        let (render, slots) = (render.clone(), Arc::clone(&slots));
        async move {
            let slot = slots.acquire_owned().await;
            let rendered = task::spawn_blocking(move || {
                let _slot = slot;
                let attempt = AssertUnwindSafe(|| render(&image));
                panic::catch_unwind(attempt).unwrap_or_else(|_| render(&image))
            });
            outcome_of(rendered.await)
        }
    });
    join_all(thumbnails).await
}
