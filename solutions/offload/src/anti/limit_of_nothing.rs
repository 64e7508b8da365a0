//! A limit of nothing: for an empty list `buffered(0)` waits for ever.

use std::sync::Arc;

use futures::{StreamExt, stream};
use tokio::{sync::Semaphore, task};

use crate::given::*;

/// Renders the images on the blocking pool, with no more futures than images.
pub async fn make_thumbnails<R>(
    render: R,
    images: Vec<Image>,
    slots: Arc<Semaphore>,
) -> Vec<Result<Thumbnail, ThumbnailError>>
where
    R: Fn(&Image) -> Thumbnail + Clone + Send + Sync + 'static,
{
    let window = images.len();
    let thumbnails = images.into_iter().map(|image| {
        let (render, slots) = (render.clone(), Arc::clone(&slots));
        async move {
            let slot = slots.acquire_owned().await;
            let rendered = task::spawn_blocking(move || {
                let _slot = slot;
                render(&image)
            });
            outcome_of(rendered.await)
        }
    });
    stream::iter(thumbnails).buffered(window).collect().await
}
