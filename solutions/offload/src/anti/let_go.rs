//! A slot that the future holds: dropped, it gives the slot back, and the thread
//! renders on.

use std::sync::Arc;

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
            let _slot = slots.acquire().await;
            outcome_of(task::spawn_blocking(move || render(&image)).await)
        }
    });
    join_all(thumbnails).await
}
