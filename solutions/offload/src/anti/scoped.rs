//! A thread scope inside an `async` function: the work is elsewhere, and the
//! runtime's thread waits for it all the same.

use std::{sync::Arc, thread};

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
    thread::scope(|scope| {
        let render_one = |image| {
            let _slot = runtime.block_on(slots.acquire());
            render(image)
        };
        let threads: Vec<_> = images
            .iter()
            .map(|image| {
                let render_one = &render_one;
                scope.spawn(move || render_one(image))
            })
            .collect();
        threads
            .into_iter()
            .map(|it| it.join().map_err(ThumbnailError::from_panic))
            .collect()
    })
}
