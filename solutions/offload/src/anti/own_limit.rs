//! A limit for each call: the semaphore of the service is asked for its size, and
//! another one is made.

use std::sync::Arc;

use futures::future::join_all;
use tokio::{sync::Semaphore, task};

use crate::given::*;

/// Renders the images on the blocking pool, with slots of its own.
pub async fn make_thumbnails<R>(
    render: R,
    images: Vec<Image>,
    slots: Arc<Semaphore>,
) -> Vec<Result<Thumbnail, ThumbnailError>>
where
    R: Fn(&Image) -> Thumbnail + Clone + Send + Sync + 'static,
{
    let slots = Arc::new(Semaphore::new(slots.available_permits()));
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
    join_all(thumbnails).await
}
