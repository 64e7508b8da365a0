//! As many at once as slots were free when the call began.

use std::sync::Arc;

use futures::{StreamExt, stream};
use tokio::{sync::Semaphore, task};

use crate::given::*;

pub async fn make_thumbnails<R>(
    render: R,
    images: Vec<Image>,
    slots: Arc<Semaphore>,
) -> Vec<Result<Thumbnail, ThumbnailError>>
where
    R: Fn(&Image) -> Thumbnail + Clone + Send + Sync + 'static,
{
    let limit = slots.available_permits().max(1);
    let numbered = images.into_iter().enumerate().map(|(position, image)| {
        let (render, slots) = (render.clone(), Arc::clone(&slots));
        async move { (position, make_thumbnail(render, image, slots).await) }
    });
    let mut thumbnails: Vec<_> =
        stream::iter(numbered).buffer_unordered(limit).collect().await;
    thumbnails.sort_by_key(|(position, _)| *position);
    thumbnails.into_iter().map(|(_, thumbnail)| thumbnail).collect()
}

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
    let rendered = task::spawn_blocking(move || {
        let _slot = slot;
        render(&image)
    });
    outcome_of(rendered.await)
}
