//! A `JoinSet` of blocking tasks, each of which carries its position: one image
//! at a time waits for a slot.

use std::{
    panic::{self, AssertUnwindSafe},
    sync::Arc,
};

use tokio::{sync::Semaphore, task::JoinSet};

use crate::given::*;

/// Hands an image over when there is a slot for it, and sorts the results.
pub async fn make_thumbnails<R>(
    render: R,
    images: Vec<Image>,
    slots: Arc<Semaphore>,
) -> Vec<Result<Thumbnail, ThumbnailError>>
where
    R: Fn(&Image) -> Thumbnail + Clone + Send + Sync + 'static,
{
    let count = images.len();
    let mut tasks = JoinSet::new();
    for (position, image) in images.into_iter().enumerate() {
        let (render, slots) = (render.clone(), Arc::clone(&slots));
        let Ok(slot) = slots.acquire_owned().await else { break };
        tasks.spawn_blocking(move || {
            let _slot = slot;
            let work = AssertUnwindSafe(|| render(&image));
            let rendered = panic::catch_unwind(work);
            (position, rendered.map_err(ThumbnailError::from_panic))
        });
    }
    let mut results = vec![Err(ThumbnailError::NotRendered); count];
    // A task that the runtime has cancelled at its end leaves its gap.
    while let Some(joined) = tasks.join_next().await {
        if let Ok((position, result)) = joined {
            results[position] = result;
        }
    }
    results
}
