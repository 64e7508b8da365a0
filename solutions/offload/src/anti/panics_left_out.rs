//! Results that leave the panics out: the list is shorter than the images.

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
            let slot = slots.acquire_owned().await;
            let rendered = task::spawn_blocking(move || {
                let _slot = slot;
                render(&image)
            });
            rendered.await
        }
    });
    let thumbnails = join_all(thumbnails).await.into_iter();
    thumbnails.flatten().map(Ok).collect()
}
