//! A limit of nothing: where there is no image, the stream has no slot either,
//! and never looks whether it is at its end.

use std::num::NonZeroUsize;

use futures::{StreamExt, stream};
use tokio::task;

use crate::given::*;

/// Renders the images on the blocking pool, no more than `limit` or than there
/// are at a time.
pub async fn make_thumbnails<R>(
    render: R,
    images: Vec<Image>,
    limit: NonZeroUsize,
) -> Vec<Result<Thumbnail, ThumbnailError>>
where
    R: Fn(&Image) -> Thumbnail + Clone + Send + Sync + 'static,
{
    // More slots than images would never be used.
    let slots = limit.get().min(images.len());
    let calls = images.into_iter().enumerate().map(|(place, image)| {
        let render = render.clone();
        let work = move || render(&image);
        async move { (place, outcome_of(task::spawn_blocking(work).await)) }
    });
    let mut thumbnails: Vec<_> =
        stream::iter(calls).buffer_unordered(slots).collect().await;
    thumbnails.sort_by_key(|(place, _)| *place);
    thumbnails.into_iter().map(|(_, thumbnail)| thumbnail).collect()
}
