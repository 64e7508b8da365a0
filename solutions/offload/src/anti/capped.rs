//! No more slots than cores: those beyond are idle.

use std::{sync::Arc, thread};

use futures::future::join_all;
use tokio::{sync::Semaphore, task};

use crate::given::*;

/// Renders the images on the blocking pool, at most one for each core.
pub async fn make_thumbnails<R>(
    render: R,
    images: Vec<Image>,
    slots: Arc<Semaphore>,
) -> Vec<Result<Thumbnail, ThumbnailError>>
where
    R: Fn(&Image) -> Thumbnail + Clone + Send + Sync + 'static,
{
    let cores = thread::available_parallelism().map_or(1, Into::into);
    let cores = Arc::new(Semaphore::new(cores));
    let thumbnails = images.into_iter().map(|image| {
        let (render, slots) = (render.clone(), Arc::clone(&slots));
        let cores = Arc::clone(&cores);
        async move {
            let _core = cores.acquire().await;
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
