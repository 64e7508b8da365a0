//! Thumbnails in the order in which they are finished.

use std::num::NonZeroUsize;

use futures::{StreamExt, stream};
use tokio::task;

use crate::given::*;

/// Renders the images on the blocking pool and takes each thumbnail as it is
/// finished.
pub async fn make_thumbnails<R>(
    render: R,
    images: Vec<Image>,
    limit: NonZeroUsize,
) -> Vec<Result<Thumbnail, ThumbnailError>>
where
    R: Fn(&Image) -> Thumbnail + Clone + Send + Sync + 'static,
{
    stream::iter(images)
        .map(|image| {
            let render = render.clone();
            task::spawn_blocking(move || render(&image))
        })
        .buffer_unordered(limit.get())
        .map(outcome_of)
        .collect()
        .await
}
