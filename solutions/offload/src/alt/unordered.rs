//! `buffer_unordered`: a stream that keeps as many calls under way as it may,
//! each carrying its place.

use std::num::NonZeroUsize;

use futures::{StreamExt, stream};
use tokio::task;

use crate::given::*;

/// Renders `limit` images at a time and puts the thumbnails in order later.
pub async fn make_thumbnails<R>(
    render: R,
    images: Vec<Image>,
    limit: NonZeroUsize,
) -> Vec<Result<Thumbnail, ThumbnailError>>
where
    R: Fn(&Image) -> Thumbnail + Clone + Send + Sync + 'static,
{
    let calls = images.into_iter().enumerate().map(|(place, image)| {
        let render = render.clone();
        let work = move || render(&image);
        async move { (place, outcome_of(task::spawn_blocking(work).await)) }
    });
    // Not `buffered`: there a thumbnail keeps its slot until its turn comes.
    let mut thumbnails: Vec<_> =
        stream::iter(calls).buffer_unordered(limit.get()).collect().await;
    thumbnails.sort_by_key(|(place, _)| *place);
    thumbnails.into_iter().map(|(_, thumbnail)| thumbnail).collect()
}
