//! A thread scope inside an `async` function: the work is elsewhere, and the
//! runtime's thread waits for it all the same.

use std::{
    sync::Arc,
    thread::{self, ScopedJoinHandle},
};

use tokio::{runtime::Handle, sync::Semaphore};

use crate::given::*;

/// Renders each image on a thread, and waits for the threads to end.
pub async fn make_thumbnails<R>(
    render: R,
    images: Vec<Image>,
    slots: Arc<Semaphore>,
) -> Vec<Result<Thumbnail, ThumbnailError>>
where
    R: Fn(&Image) -> Thumbnail + Clone + Send + Sync + 'static,
{
    let runtime = Handle::current();
    let render_one = |image| {
        let _slot = runtime.block_on(slots.acquire());
        render(image)
    };
    let one = &render_one;
    thread::scope(|scope| {
        let start = |image| scope.spawn(move || one(image));
        let threads: Vec<_> = images.iter().map(start).collect();
        let ends = threads.into_iter().map(ScopedJoinHandle::join);
        ends.map(|end| end.map_err(ThumbnailError::from_panic)).collect()
    })
}
