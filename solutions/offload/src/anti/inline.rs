//! The work inside an `async` block: that is a place in the text, not a thread.

use std::{
    num::NonZeroUsize,
    panic::{self, AssertUnwindSafe},
};

use futures::{StreamExt, stream};

use crate::given::*;

/// Renders the images in `async` blocks, `limit` of them in the stream's
/// buffer.
pub async fn make_thumbnails<R>(
    render: R,
    images: Vec<Image>,
    limit: NonZeroUsize,
) -> Vec<Result<Thumbnail, ThumbnailError>>
where
    R: Fn(&Image) -> Thumbnail + Clone + Send + Sync + 'static,
{
    let calls = images.iter().map(|image| async {
        let rendered = panic::catch_unwind(AssertUnwindSafe(|| render(image)));
        rendered.map_err(ThumbnailError::from_panic)
    });
    stream::iter(calls).buffered(limit.get()).collect().await
}
