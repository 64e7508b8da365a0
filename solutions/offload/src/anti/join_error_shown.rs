//! The `JoinError` shown in place of the panic: its text is about a task, and
//! only quotes what the panic said.

use std::sync::Arc;

use futures::future::join_all;
use tokio::{
    sync::Semaphore,
    task::{self, JoinError},
};

use crate::given::*;

/// Renders the images on the blocking pool.
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
            let rendered = task::spawn_blocking(move || {
                let _slot = slot;
                render(&image)
            });
            let shown = |error: JoinError| error.to_string();
            rendered.await.map_err(shown).map_err(ThumbnailError::Panicked)
        }
    });
    join_all(thumbnails).await
}
