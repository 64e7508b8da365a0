//! `buffered`: keeps the order by letting finished thumbnails sit in the slots
//! of those that could be rendered.

use std::num::NonZeroUsize;

use futures::{StreamExt, stream};
use tokio::task;

use crate::given::*;

/// Renders the images on the blocking pool, in a window that moves along the
/// list.
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
        .buffered(limit.get())
        .map(outcome_of)
        .collect()
        .await
}
