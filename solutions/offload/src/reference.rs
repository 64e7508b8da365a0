//! # offload, the reference
//!
//! Each image goes to tokio's blocking pool, and a semaphore says how many may
//! be there at once. The waiting is done out here, by futures, which cost no
//! thread; the slot travels into the closure and is given back by whatever ends
//! it: a return or a panic.

use std::{num::NonZeroUsize, sync::Arc};

use futures::future::join_all;
use tokio::{
    sync::Semaphore,
    task::{self, JoinError},
};

use crate::given::*;

/// Renders a thumbnail of each of `images`, at most `limit` at a time, on the
/// threads of tokio's blocking pool: one result for each image, in the order of
/// `images`.
///
/// # Cancel safety
///
/// Dropping the future drops the images that have not started. Those that are
/// being rendered go on to their end, and their thumbnails are lost: a thread
/// cannot be stopped from outside.
pub async fn make_thumbnails<R>(
    render: R,
    images: Vec<Image>,
    limit: NonZeroUsize,
) -> Vec<Result<Thumbnail, ThumbnailError>>
where
    R: Fn(&Image) -> Thumbnail + Clone + Send + Sync + 'static,
{
    // More slots than images would never be used.
    let slots = limit.get().min(images.len());
    let slots = Arc::new(Semaphore::new(slots));
    let thumbnails = images
        .into_iter()
        .map(|image| make_thumbnail(render.clone(), image, Arc::clone(&slots)));
    join_all(thumbnails).await
}

/// Waits for a slot, then renders one image on a thread of the blocking pool.
async fn make_thumbnail<R>(
    render: R,
    image: Image,
    slots: Arc<Semaphore>,
) -> Result<Thumbnail, ThumbnailError>
where
    R: Fn(&Image) -> Thumbnail + Send + 'static,
{
    // Waited for before the closure is handed over: a closure in the pool that
    // waits holds a thread.
    let slot =
        slots.acquire_owned().await.map_err(|_| ThumbnailError::NotRendered)?;
    let rendered = task::spawn_blocking(move || {
        // Moved in here, the slot is free when the work has ended, not when
        // somebody has stopped waiting for it. A panic drops it too.
        let _slot = slot;
        render(&image)
    });
    told(rendered.await)
}

/// The thumbnail, or what became of the task instead.
fn told(
    rendered: Result<Thumbnail, JoinError>,
) -> Result<Thumbnail, ThumbnailError> {
    rendered.map_err(|error| match error.try_into_panic() {
        Ok(payload) => ThumbnailError::from_panic(payload),
        Err(_) => ThumbnailError::NotRendered,
    })
}
