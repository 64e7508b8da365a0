//! Rounds of as many images as there are slots: each round waits for its slowest
//! image.

use std::sync::Arc;

use futures::future::join_all;
use tokio::{sync::Semaphore, task};

use crate::given::*;

/// Renders a round of images on the blocking pool, then the next.
pub async fn make_thumbnails<R>(
    render: R,
    images: Vec<Image>,
    slots: Arc<Semaphore>,
) -> Vec<Result<Thumbnail, ThumbnailError>>
where
    R: Fn(&Image) -> Thumbnail + Clone + Send + Sync + 'static,
{
    let mut thumbnails = Vec::with_capacity(images.len());
    for round in images.chunks(slots.available_permits().max(1)) {
        let tasks = round.iter().map(async |image| {
            let image = image.clone();
            let (render, slots) = (render.clone(), Arc::clone(&slots));
            let slot = slots.acquire_owned().await;
            let rendered = task::spawn_blocking(move || {
                let _slot = slot;
                render(&image)
            });
            outcome_of(rendered.await)
        });
        thumbnails.extend(join_all(tasks).await);
    }
    thumbnails
}
