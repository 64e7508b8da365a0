//! rayon's global pool: it has a thread for each core, however many slots there
//! are.

use std::{
    panic::{self, AssertUnwindSafe},
    sync::Arc,
};

use futures::future::join_all;
use tokio::sync::{Semaphore, oneshot};

use crate::given::*;

/// Renders the images in rayon's global pool.
pub async fn make_thumbnails<R>(
    render: R,
    images: Vec<Image>,
    slots: Arc<Semaphore>,
) -> Vec<Result<Thumbnail, ThumbnailError>>
where
    R: Fn(&Image) -> Thumbnail + Clone + Send + Sync + 'static,
{
    let thumbnails = images.into_iter().map(|image| {
        let (render, slots) = (render.clone(), Arc::clone(&slots));
        async move {
            let slot = slots.acquire_owned().await;
            let (answer, answered) = oneshot::channel();
            rayon::spawn(move || {
                let _slot = slot;
                let work = AssertUnwindSafe(|| render(&image));
                let rendered = panic::catch_unwind(work);
                let _ =
                    answer.send(rendered.map_err(ThumbnailError::from_panic));
            });
            answered.await.unwrap_or(Err(ThumbnailError::NotRendered))
        }
    });
    join_all(thumbnails).await
}
