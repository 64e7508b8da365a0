//! A rayon pool of `limit` threads, and a oneshot channel to carry each answer
//! back.

use std::{
    any::Any,
    num::NonZeroUsize,
    panic::{self, AssertUnwindSafe},
};

use futures::future::join_all;
use rayon::ThreadPoolBuilder;
use tokio::sync::oneshot;

/// A picture as it was uploaded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Image(pub Vec<u8>);

/// A small picture for the gallery.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Thumbnail(pub Vec<u8>);

/// Why there is no thumbnail.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ThumbnailError {
    /// `render` panicked on this image, with this message.
    #[error("the image could not be rendered: {0}")]
    Panicked(String),
    /// The work ended without an answer: the runtime is shutting down, or the
    /// system has no thread to give. No test asks for it.
    #[error("the image was not rendered")]
    NotRendered,
}

impl ThumbnailError {
    /// The error for a panic, from what it carried. Ready to use.
    pub fn from_panic(payload: Box<dyn Any + Send>) -> Self {
        let message = match payload.downcast::<String>() {
            Ok(message) => *message,
            Err(payload) => match payload.downcast::<&str>() {
                Ok(message) => (*message).to_owned(),
                Err(_) => "a panic without a message".to_owned(),
            },
        };
        Self::Panicked(message)
    }
}

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
