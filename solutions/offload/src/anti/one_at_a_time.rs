//! One image after another: each is awaited before the next one is handed over.

use std::sync::Arc;

use tokio::{sync::Semaphore, task};

use crate::given::*;

/// Renders one image after another on the blocking pool.
pub async fn make_thumbnails<R>(
    render: R,
    images: Vec<Image>,
    slots: Arc<Semaphore>,
) -> Vec<Result<Thumbnail, ThumbnailError>>
where
    R: Fn(&Image) -> Thumbnail + Clone + Send + Sync + 'static,
{
    let mut thumbnails = Vec::with_capacity(images.len());
    for image in images {
        let render = render.clone();
        let slot = Arc::clone(&slots).acquire_owned().await;
        let rendered = task::spawn_blocking(move || {
            let _slot = slot;
            render(&image)
        });
        thumbnails.push(outcome_of(rendered.await));
    }
    thumbnails
}
