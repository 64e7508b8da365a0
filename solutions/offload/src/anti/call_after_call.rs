//! All free slots taken for one call, and given back when it is over.

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
    let free = u32::try_from(slots.available_permits()).unwrap_or(1).max(1);
    let all = Arc::new(slots.acquire_many_owned(free).await);
    let slots = Arc::new(Semaphore::new(free as usize));
    let thumbnails = images.into_iter().map(|image| {
        let (render, slots) = (render.clone(), Arc::clone(&slots));
        let all = Arc::clone(&all);
        async move {
            let slot = slots.acquire_owned().await;
            let rendered = task::spawn_blocking(move || {
                let _slots = (slot, all);
                render(&image)
            });
            outcome_of(rendered.await)
        }
    });
    join_all(thumbnails).await
}
