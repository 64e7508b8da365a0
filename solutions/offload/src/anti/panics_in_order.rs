//! Panics in the order in which they happen: a `JoinError` does not say which
//! image it is about, so it goes to the first gap.

use std::sync::Arc;

use tokio::{sync::Semaphore, task::JoinSet};

use crate::given::*;

/// Renders the images on the blocking pool.
pub async fn make_thumbnails<R>(
    render: R,
    images: Vec<Image>,
    slots: Arc<Semaphore>,
) -> Vec<Result<Thumbnail, ThumbnailError>>
where
    R: Fn(&Image) -> Thumbnail + Clone + Send + Sync + 'static,
{
    let mut thumbnails = vec![None; images.len()];
    let mut tasks = JoinSet::new();
    for (position, image) in images.into_iter().enumerate() {
        let render = render.clone();
        let slot = Arc::clone(&slots).acquire_owned().await;
        tasks.spawn_blocking(move || {
            let _slot = slot;
            (position, render(&image))
        });
    }
    let mut panics = Vec::new();
    while let Some(joined) = tasks.join_next().await {
        match joined {
            Ok((position, thumbnail)) => thumbnails[position] = Some(thumbnail),
            Err(error) => panics.extend(outcome_of(Err(error)).err()),
        }
    }
    let mut panics = panics.into_iter();
    let mut gap = || panics.next().unwrap_or(ThumbnailError::NotRendered);
    thumbnails.into_iter().map(|one| one.ok_or_else(&mut gap)).collect()
}
