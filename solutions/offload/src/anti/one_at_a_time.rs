//! `spawn_blocking`, awaited in a loop: off the runtime, and one image at a
//! time.

use std::num::NonZeroUsize;

use tokio::task;

use crate::given::*;

/// Renders one image after another on the blocking pool, which keeps any limit.
pub async fn make_thumbnails<R>(
    render: R,
    images: Vec<Image>,
    limit: NonZeroUsize,
) -> Vec<Result<Thumbnail, ThumbnailError>>
where
    R: Fn(&Image) -> Thumbnail + Clone + Send + Sync + 'static,
{
    debug_assert!(limit.get() >= 1);
    let mut thumbnails = Vec::with_capacity(images.len());
    for image in images {
        let render = render.clone();
        let rendered = task::spawn_blocking(move || render(&image)).await;
        thumbnails.push(outcome_of(rendered));
    }
    thumbnails
}
