//! A task for each image, which nothing stops: a dropped handle lets its task go
//! on.

use std::sync::Arc;

use futures::future::join_all;
use tokio::{sync::Semaphore, task};

use crate::given::*;

/// Renders the images on the blocking pool, each watched over by a task.
pub async fn make_thumbnails<R>(
    render: R,
    images: Vec<Image>,
    slots: Arc<Semaphore>,
) -> Vec<Result<Thumbnail, ThumbnailError>>
where
    R: Fn(&Image) -> Thumbnail + Clone + Send + Sync + 'static,
{
    let tasks: Vec<_> = images
        .into_iter()
        .map(|image| {
            let (render, slots) = (render.clone(), Arc::clone(&slots));
            tokio::spawn(async move {
                let _slot = slots.acquire().await;
                task::spawn_blocking(move || render(&image)).await
            })
        })
        .collect();
    let rendered = join_all(tasks).await.into_iter();
    rendered.map(|task| outcome_of(task.flatten())).collect()
}
