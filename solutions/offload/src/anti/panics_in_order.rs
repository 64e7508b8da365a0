//! Panics in the order in which they happen: a `JoinError` does not say which
//! image it is about, so it goes to the first gap.

use std::{num::NonZeroUsize, sync::Arc};

use tokio::{
    sync::Semaphore,
    task::{JoinError, JoinSet},
};

use crate::given::*;

/// Renders the images on the blocking pool, `limit` at a time.
pub async fn make_thumbnails<R>(
    render: R,
    images: Vec<Image>,
    limit: NonZeroUsize,
) -> Vec<Result<Thumbnail, ThumbnailError>>
where
    R: Fn(&Image) -> Thumbnail + Clone + Send + Sync + 'static,
{
    let mut thumbnails = vec![None; images.len()];
    let slots = Arc::new(Semaphore::new(limit.get().min(images.len())));
    let mut tasks = JoinSet::new();
    for (place, image) in images.into_iter().enumerate() {
        let render = render.clone();
        let slot = Arc::clone(&slots).acquire_owned().await;
        tasks.spawn_blocking(move || {
            let _slot = slot;
            (place, render(&image))
        });
    }
    let mut panics = Vec::new();
    while let Some(joined) = tasks.join_next().await {
        match joined {
            Ok((place, thumbnail)) => thumbnails[place] = Some(thumbnail),
            Err(error) => panics.push(told(error)),
        }
    }
    let mut panics = panics.into_iter();
    let mut gap = || panics.next().unwrap_or(ThumbnailError::NotRendered);
    thumbnails.into_iter().map(|one| one.ok_or_else(&mut gap)).collect()
}

/// What became of the task.
fn told(error: JoinError) -> ThumbnailError {
    match error.try_into_panic() {
        Ok(payload) => ThumbnailError::from_panic(payload),
        Err(_) => ThumbnailError::NotRendered,
    }
}
