//! A slot given back by a line of code after an await: a call that is dropped
//! there never reaches it.

use std::sync::Arc;

use futures::future::join_all;
use tokio::{
    sync::{Semaphore, SemaphorePermit},
    task,
};

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
            let slot = slots.acquire().await;
            _ = slot.map(SemaphorePermit::forget);
            let rendered = task::spawn_blocking(move || render(&image)).await;
            slots.add_permits(1);
            outcome_of(rendered)
        }
    });
    join_all(thumbnails).await
}
