//! `block_in_place`: it hands the runtime's other tasks to another thread, and
//! panics where there is none.

use std::{
    num::NonZeroUsize,
    panic::{self, AssertUnwindSafe},
};

use futures::{StreamExt, stream};
use tokio::task::block_in_place;

use crate::given::*;

/// Renders the images on this thread, after telling the runtime that it will be
/// held.
pub async fn make_thumbnails<R>(
    render: R,
    images: Vec<Image>,
    limit: NonZeroUsize,
) -> Vec<Result<Thumbnail, ThumbnailError>>
where
    R: Fn(&Image) -> Thumbnail + Clone + Send + Sync + 'static,
{
    let calls = images.iter().map(|image| async {
        block_in_place(|| {
            panic::catch_unwind(AssertUnwindSafe(|| render(image)))
                .map_err(ThumbnailError::from_panic)
        })
    });
    stream::iter(calls).buffered(limit.get()).collect().await
}
