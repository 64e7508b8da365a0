//! Thumbnails in the order in which they are done.

use std::sync::Arc;

use futures::{StreamExt, stream::FuturesUnordered};
use tokio::{sync::Semaphore, task};

use crate::given::*;

/// Renders the images on the blocking pool and takes each thumbnail as it is
/// done.
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
            outcome_of(rendered.await)
        }
    });
    thumbnails.collect::<FuturesUnordered<_>>().collect().await
}
