//! The slot awaited inside the blocking closure: what waits for a turn holds a
//! thread.

use std::sync::Arc;

use futures::future::join_all;
use tokio::{runtime::Handle, sync::Semaphore, task};

use crate::given::*;

/// Renders the images on the blocking pool; each closure waits for a slot.
pub async fn make_thumbnails<R>(
    render: R,
    images: Vec<Image>,
    slots: Arc<Semaphore>,
) -> Vec<Result<Thumbnail, ThumbnailError>>
where
    R: Fn(&Image) -> Thumbnail + Clone + Send + Sync + 'static,
{
    let tasks = images.into_iter().map(|image| {
        let (render, slots) = (render.clone(), Arc::clone(&slots));
        task::spawn_blocking(move || {
            let _slot = Handle::current().block_on(slots.acquire());
            render(&image)
        })
    });
    join_all(tasks).await.into_iter().map(outcome_of).collect()
}
