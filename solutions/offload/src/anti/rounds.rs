//! Rounds of `limit` images: each round waits for its slowest image.

use std::num::NonZeroUsize;

use futures::future::join_all;
use tokio::task;

use crate::given::*;

/// Renders `limit` images on the blocking pool, then the next `limit`.
pub async fn make_thumbnails<R>(
    render: R,
    images: Vec<Image>,
    limit: NonZeroUsize,
) -> Vec<Result<Thumbnail, ThumbnailError>>
where
    R: Fn(&Image) -> Thumbnail + Clone + Send + Sync + 'static,
{
    let mut thumbnails = Vec::with_capacity(images.len());
    for round in images.chunks(limit.get()) {
        let tasks = round.iter().cloned().map(|image| {
            let render = render.clone();
            task::spawn_blocking(move || render(&image))
        });
        thumbnails.extend(join_all(tasks).await.into_iter().map(outcome_of));
    }
    thumbnails
}
