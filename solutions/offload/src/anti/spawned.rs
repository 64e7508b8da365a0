//! A task for each image: tasks take turns on the threads of the runtime.

use std::sync::Arc;

use futures::future::join_all;
use tokio::sync::Semaphore;

use crate::given::*;

/// Renders each image in a task.
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
                render(&image)
            })
        })
        .collect();
    join_all(tasks).await.into_iter().map(outcome_of).collect()
}
