//! A studio: the slots of a service, its calls, and a `render` that notes its
//! work.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst},
    },
    thread,
};

use futures::future::BoxFuture;
use offload::{Image, Thumbnail, ThumbnailError, make_thumbnails};
use testkit::{Gate, Observed, WorkLog, Working, expect, observe, panics};
use tokio::{sync::Semaphore, task};

use super::causes::*;

pub const BLANK_THUMBNAIL: &str = "a blank thumbnail";
pub const JOIN_ERROR: &str = "panic: the text of a `JoinError`";

/// The slots that all calls share, and the work of `render`.
#[derive(Clone)]
pub struct Studio {
    pub slots: Arc<Semaphore>,
    pub work: WorkLog,
    render: Arc<dyn Fn(&Working) + Send + Sync>,
    in_a_task: Arc<AtomicBool>,
    /// Of the rayon pool in which images were rendered, if they were.
    pub threads_of_rayon: Arc<AtomicUsize>,
}

impl Studio {
    /// A studio. What it renders is noted in `work`.
    pub fn new(
        slots: usize,
        work: WorkLog,
        render: impl Fn(&Working) + Send + Sync + 'static,
    ) -> Self {
        let slots = Arc::new(Semaphore::new(slots));
        let render = Arc::new(render);
        let (in_a_task, threads_of_rayon) = Default::default();
        Self { slots, work, render, in_a_task, threads_of_rayon }
    }

    /// A call: its results in words.
    pub fn call(&self, names: &[String]) -> BoxFuture<'static, Vec<String>> {
        let images = names.iter().map(|name| Image(name.clone().into()));
        let (images, studio) = (images.collect(), self.clone());
        let slots = Arc::clone(&self.slots);
        let render = move |image: &Image| studio.render(image);
        Box::pin(async move {
            let results = make_thumbnails(render, images, slots).await;
            results.iter().map(in_words).collect()
        })
    }

    fn render(&self, image: &Image) -> Thumbnail {
        let name = String::from_utf8_lossy(&image.0);
        let working = self.work.begin(&name);
        if working.is_on_the_runtime() {
            self.in_a_task.store(task::try_id().is_some(), SeqCst);
        }
        if rayon::current_thread_index().is_some() {
            let threads = rayon::current_num_threads();
            self.threads_of_rayon.store(threads, SeqCst);
        }
        (self.render)(&working);
        Thumbnail(format!("thumbnail of {name}").into())
    }

    /// What becomes of a call.
    pub async fn outcome(&self, names: &[String]) -> Observed<Vec<String>> {
        const REFUSED: &str = "can call blocking only when running on";
        let outcome = observe(self.call(names)).await;
        let refused = panics::seen().iter().any(|it| it.contains(REFUSED));
        expect(!refused, "`block_in_place` panics on a runtime of one thread")
            .without_drawing()
            .because([(refused, IN_PLACE)]);
        outcome
    }

    /// The results of a call that returns.
    pub async fn results(&self, names: &[String]) -> Vec<String> {
        self.outcome(names).await.returned("make_thumbnails")
    }

    /// Fails if an image was rendered on the runtime's thread.
    pub fn stays_off_the_runtime(&self) {
        let (there, begun) = (self.work.on_the_runtime(), self.work.begun());
        let spawned = self.in_a_task.load(SeqCst);
        expect(there == 0, "images are rendered on the runtime's thread")
            .asked("other tasks go on while images are being rendered")
            .fact(format!("rendered there: {there} of {begun}"))
            .drawn_if(begun <= 4)
            .because([(spawned, SPAWNED), (!spawned, INLINE)]);
    }
}

/// A studio whose images wait for each other until all slots are in use.
pub async fn all_slots(slots: usize) -> Studio {
    let gate = Gate::of(slots);
    let render = move |working: &Working| working.waits_at(&gate);
    let studio = Studio::new(slots, WorkLog::new(), render);
    let _ = studio.results(&of("image ", slots + 2)).await;
    studio
}

/// Whether more slots than there are cores are all used.
pub async fn uses_every_slot_of_many() -> bool {
    let slots = cores() + 9;
    all_slots(slots).await.work.most() >= slots
}

pub fn cores() -> usize {
    thread::available_parallelism().map_or(1, Into::into)
}

/// The images of a call: `A1`, `A2` and so on.
pub fn of(call: &str, images: usize) -> Vec<String> {
    (1..=images).map(|number| format!("{call}{number}")).collect()
}

pub fn rendered(names: &[String]) -> Vec<String> {
    names.iter().map(|name| format!("thumbnail of {name}")).collect()
}

/// A result in a few words that are the same on every machine.
fn in_words(result: &Result<Thumbnail, ThumbnailError>) -> String {
    match result {
        Ok(blank) if blank.0.is_empty() => BLANK_THUMBNAIL.to_owned(),
        Ok(small) => String::from_utf8_lossy(&small.0).into_owned(),
        // With the number of a task, which is another one each time.
        Err(ThumbnailError::Panicked(told)) if told.starts_with("task ") => {
            JOIN_ERROR.to_owned()
        }
        Err(ThumbnailError::Panicked(message)) => {
            format!("panic: {}", message.replace('\n', ", "))
        }
        Err(ThumbnailError::NotRendered) => "not rendered".to_owned(),
    }
}
