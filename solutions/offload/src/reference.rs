//! # offload, the reference
//!
//! Each image is rendered on tokio's blocking pool, and a semaphore limits how
//! many are there at once. Futures wait for a slot out here, which costs no
//! thread. The slot moves into the closure, and a return gives it back as well
//! as a panic.

use std::sync::Arc;

use futures::future::join_all;
use tokio::{sync::Semaphore, task};

use crate::given::*;

/// Renders a thumbnail of each of `images` on the threads of tokio's blocking
/// pool, as `slots` permits: one result for each, in the order of `images`.
///
/// # If it is dropped
///
/// The images that have no slot yet are dropped with it. The others have been
/// handed to the pool: they are rendered to the end, and their thumbnails are
/// lost, because nothing stops a thread from outside.
pub async fn make_thumbnails<R>(
    render: R,
    images: Vec<Image>,
    slots: Arc<Semaphore>,
) -> Vec<Result<Thumbnail, ThumbnailError>>
where
    R: Fn(&Image) -> Thumbnail + Clone + Send + Sync + 'static,
{
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
        // Moved in here, the slot is free when the work has ended, and not when
        // nothing waits for it any more. A panic drops it too.
        let _slot = slot;
        render(&image)
    });
    outcome_of(rendered.await)
}
