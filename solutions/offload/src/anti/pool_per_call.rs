//! A rayon pool for each call: two calls have twice the threads.

use std::{
    panic::{self, AssertUnwindSafe},
    sync::Arc,
};

use futures::future::join_all;
use rayon::ThreadPoolBuilder;
use tokio::sync::{Semaphore, oneshot};

use crate::given::*;

type Answer = oneshot::Sender<Result<Thumbnail, ThumbnailError>>;

/// Renders the images in a pool made for this call.
pub async fn make_thumbnails<R>(
    render: R,
    images: Vec<Image>,
    slots: Arc<Semaphore>,
) -> Vec<Result<Thumbnail, ThumbnailError>>
where
    R: Fn(&Image) -> Thumbnail + Clone + Send + Sync + 'static,
{
    let threads = slots.available_permits().max(1);
    let pool = ThreadPoolBuilder::new().num_threads(threads).build();
    let answers = images.into_iter().map(|image| {
        let (answer, answered) = oneshot::channel();
        let render = render.clone();
        if let Ok(pool) = &pool {
            pool.spawn(move || work(&render, &image, answer));
        }
        answered
    });
    let answers = join_all(answers).await.into_iter();
    let lost = |_| Err(ThumbnailError::NotRendered);
    answers.map(|answer| answer.unwrap_or_else(lost)).collect()
}

/// Renders one image, unless nothing waits for it any more.
fn work<R>(render: &R, image: &Image, answer: Answer)
where
    R: Fn(&Image) -> Thumbnail,
{
    if answer.is_closed() {
        return;
    }
    let rendered = panic::catch_unwind(AssertUnwindSafe(|| render(image)));
    let _ = answer.send(rendered.map_err(ThumbnailError::from_panic));
}
