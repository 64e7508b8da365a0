//! A panic in `rayon::spawn`: rayon has no caller to hand it to, and aborts the
//! process.

use std::sync::Arc;

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
                let _ = answer.send(render(&image));
            });
            answered.await.map_err(|_| ThumbnailError::NotRendered)
        }
    });
    join_all(thumbnails).await
}
