//! Every image handed to the blocking pool at once: its limit is hundreds of
//! threads, made for waiting, not for computing.

use std::sync::Arc;

use futures::future::join_all;
use tokio::{sync::Semaphore, task};

use crate::given::*;

/// Renders the images on the blocking pool and leaves the limit to the pool.
pub async fn make_thumbnails<R>(
    render: R,
    images: Vec<Image>,
    slots: Arc<Semaphore>,
) -> Vec<Result<Thumbnail, ThumbnailError>>
where
    R: Fn(&Image) -> Thumbnail + Clone + Send + Sync + 'static,
{
    drop(slots);
    let tasks = images.into_iter().map(|image| {
        let render = render.clone();
        task::spawn_blocking(move || render(&image))
    });
    join_all(tasks).await.into_iter().map(outcome_of).collect()
}
