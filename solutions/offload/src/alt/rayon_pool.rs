//! A rayon pool of `limit` threads, and a oneshot channel to carry each answer
//! back.

use std::{
    num::NonZeroUsize,
    panic::{self, AssertUnwindSafe},
};

use futures::future::join_all;
use rayon::ThreadPoolBuilder;
use tokio::sync::oneshot;

use crate::given::*;

type Answer = oneshot::Sender<Result<Thumbnail, ThumbnailError>>;

/// Renders the images on a rayon pool made for this call.
pub async fn make_thumbnails<R>(
    render: R,
    images: Vec<Image>,
    limit: NonZeroUsize,
) -> Vec<Result<Thumbnail, ThumbnailError>>
where
    R: Fn(&Image) -> Thumbnail + Clone + Send + Sync + 'static,
{
    let threads = limit.get().min(images.len());
    let pool = ThreadPoolBuilder::new().num_threads(threads).build();
    let answers = images.into_iter().map(|image| {
        let (answer, answered) = oneshot::channel();
        let render = render.clone();
        // Without a pool the answer is dropped, and that is an answer too.
        if let Ok(pool) = &pool {
            pool.spawn(move || work(&render, &image, answer));
        }
        answered
    });
    let answers = join_all(answers).await.into_iter();
    let lost = |_| Err(ThumbnailError::NotRendered);
    answers.map(|answer| answer.unwrap_or_else(lost)).collect()
}

/// Renders one image, unless nobody waits for it any more.
fn work<R>(render: &R, image: &Image, answer: Answer)
where
    R: Fn(&Image) -> Thumbnail,
{
    // The future has been dropped: nothing more is to start.
    if answer.is_closed() {
        return;
    }
    // An uncaught panic would abort the process: rayon has nobody to hand it
    // to.
    let rendered = panic::catch_unwind(AssertUnwindSafe(|| render(image)));
    let _ = answer.send(rendered.map_err(ThumbnailError::from_panic));
}
