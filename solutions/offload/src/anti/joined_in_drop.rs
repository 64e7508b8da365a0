//! Joining in `Drop`: no thread outlives the future, and so its drop waits.

use std::{
    panic::{self, AssertUnwindSafe},
    sync::Arc,
    thread::{self, JoinHandle},
};

use futures::future::join_all;
use tokio::sync::{Semaphore, oneshot};

use crate::given::*;

/// Renders each image on a thread, which has ended when it returns.
pub async fn make_thumbnails<R>(
    render: R,
    images: Vec<Image>,
    slots: Arc<Semaphore>,
) -> Vec<Result<Thumbnail, ThumbnailError>>
where
    R: Fn(&Image) -> Thumbnail + Clone + Send + Sync + 'static,
{
    let thumbnails = images.into_iter().map(|image| {
        let (render, slots) = (render.clone(), Arc::clone(&slots));
        async move {
            let slot = slots.acquire_owned().await;
            let (answer, answered) = oneshot::channel();
            let _thread = Joined(Some(thread::spawn(move || {
                let _slot = slot;
                let work = AssertUnwindSafe(|| render(&image));
                let rendered = panic::catch_unwind(work);
                let _ = answer.send(rendered);
            })));
            let lost = |_| ThumbnailError::NotRendered;
            answered.await.map_err(lost)?.map_err(ThumbnailError::from_panic)
        }
    });
    join_all(thumbnails).await
}

/// A thread that is joined when this is dropped.
struct Joined(Option<JoinHandle<()>>);

impl Drop for Joined {
    fn drop(&mut self) {
        if let Some(thread) = self.0.take() {
            let _ = thread.join();
        }
    }
}
