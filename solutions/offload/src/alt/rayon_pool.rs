//! A rayon pool that the whole process shares, and a oneshot channel to carry
//! each answer back.

use std::{
    panic::{self, AssertUnwindSafe},
    sync::{Arc, LazyLock},
    thread,
};

use futures::future::join_all;
use rayon::{ThreadPool, ThreadPoolBuildError, ThreadPoolBuilder};
use tokio::sync::{Semaphore, oneshot};

use crate::given::*;

/// Made once. It has more threads than all tests together have slots, wherever
/// they run: with fewer, slots would be idle.
static POOL: LazyLock<Result<ThreadPool, ThreadPoolBuildError>> =
    LazyLock::new(|| {
        let cores = thread::available_parallelism().map_or(1, Into::into);
        ThreadPoolBuilder::new().num_threads(2 * cores + 128).build()
    });

/// Renders the images in the pool of the process.
pub async fn make_thumbnails<R>(
    render: R,
    images: Vec<Image>,
    slots: Arc<Semaphore>,
) -> Vec<Result<Thumbnail, ThumbnailError>>
where
    R: Fn(&Image) -> Thumbnail + Clone + Send + Sync + 'static,
{
    let Ok(pool) = &*POOL else {
        return vec![Err(ThumbnailError::NotRendered); images.len()];
    };
    let thumbnails = images.into_iter().map(|image| {
        make_thumbnail(pool, render.clone(), image, Arc::clone(&slots))
    });
    join_all(thumbnails).await
}

/// Waits for a slot, then renders one image in the pool.
async fn make_thumbnail<R>(
    pool: &ThreadPool,
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
    pool.spawn(move || {
        let _slot = slot;
        // An uncaught panic would abort the process: `spawn` has no caller to
        // hand it to.
        let work = AssertUnwindSafe(|| render(&image));
        let rendered = panic::catch_unwind(work);
        let _ = answer.send(rendered.map_err(ThumbnailError::from_panic));
    });
    answered.await.unwrap_or(Err(ThumbnailError::NotRendered))
}
