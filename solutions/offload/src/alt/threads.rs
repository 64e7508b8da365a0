//! A thread for each image that has a slot, and a oneshot channel to carry its
//! answer back.

use std::{
    panic::{self, AssertUnwindSafe},
    sync::Arc,
    thread,
};

use futures::future::join_all;
use tokio::sync::{Semaphore, oneshot};

use crate::given::*;

/// Renders each image on a thread with a name and a larger stack.
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

/// Waits for a slot, then renders one image on a thread of its own.
async fn make_thumbnail<R>(
    render: R,
    image: Image,
    slots: Arc<Semaphore>,
) -> Result<Thumbnail, ThumbnailError>
where
    R: Fn(&Image) -> Thumbnail + Send + 'static,
{
    let slot =
        slots.acquire_owned().await.map_err(|_| ThumbnailError::NotRendered)?;
    let (answer, answered) = oneshot::channel();
    let work = move || {
        let _slot = slot;
        let work = AssertUnwindSafe(|| render(&image));
        let rendered = panic::catch_unwind(work);
        // An error means that nothing awaits the thumbnail any more.
        let _ = answer.send(rendered.map_err(ThumbnailError::from_panic));
    };
    let thread = thread::Builder::new().name("thumbnail".to_owned());
    // If the system refuses a thread, the sender is dropped with the closure.
    let _ = thread.stack_size(8 * 1024 * 1024).spawn(work);
    answered.await.unwrap_or(Err(ThumbnailError::NotRendered))
}
