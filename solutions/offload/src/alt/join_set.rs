//! A `JoinSet` of blocking tasks, each of which carries its position: one image
//! at a time waits for a slot.

use std::{
    panic::{self, AssertUnwindSafe},
    sync::Arc,
};

use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    task::JoinSet,
};

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
    let mut results = vec![Err(ThumbnailError::NotRendered); images.len()];
    let mut tasks = JoinSet::new();
    for (position, image) in images.into_iter().enumerate() {
        let (render, slots) = (render.clone(), Arc::clone(&slots));
        let Ok(slot) = slots.acquire_owned().await else { break };
        let work = move || (position, rendered(&render, &image, slot));
        tasks.spawn_blocking(work);
    }
    // A task that the runtime has cancelled at its end leaves its gap.
    while let Some(joined) = tasks.join_next().await {
        let Ok((position, result)) = joined else { continue };
        results[position] = result;
    }
    results
}

/// Renders one image. The slot is free at the end.
fn rendered<R>(
    render: &R,
    image: &Image,
    _slot: OwnedSemaphorePermit,
) -> Result<Thumbnail, ThumbnailError>
where
    R: Fn(&Image) -> Thumbnail,
{
    panic::catch_unwind(AssertUnwindSafe(|| render(image)))
        .map_err(ThumbnailError::from_panic)
}
