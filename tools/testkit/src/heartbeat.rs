//! A task that wants its turn while synchronous work is under way (RDV).

use std::{
    iter,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst},
        mpsc,
    },
    thread,
    time::Duration,
};

use tokio::{
    sync::mpsc::{UnboundedSender, unbounded_channel},
    task::JoinHandle,
    time::sleep,
};

use crate::{context::journal, fair_clock::Limit, work::Working};

/// Beats three times for each piece of work that begins, drawn on the lane `heartbeat`. The work is
/// held until then, so that it sees whether other tasks go on meanwhile, on whatever machine.
#[derive(Clone)]
pub struct Heartbeat(Arc<Inner>);

struct Inner {
    begin: UnboundedSender<()>,
    beaten: Mutex<mpsc::Receiver<()>>,
    beats: Arc<AtomicUsize>,
    between: AtomicUsize,
    missed: AtomicBool,
    task: JoinHandle<()>,
}

const BEAT: Duration = Duration::from_millis(4);

/// When so long has passed without three beats, they will not come.
const NEVER: Duration = Duration::from_secs(2);

impl Heartbeat {
    /// Starts the task that beats.
    ///
    /// # Panics
    ///
    /// Outside a run.
    pub fn start() -> Self {
        journal().declare(["heartbeat"]);
        let (begin, mut beginnings) = unbounded_channel();
        let (tell, beaten) = mpsc::channel();
        let beats = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&beats);
        let task = tokio::spawn(async move {
            while let Some(()) = beginnings.recv().await {
                for _ in 0..3 {
                    sleep(BEAT).await;
                    count.fetch_add(1, SeqCst);
                    journal().mark("heartbeat", "beat");
                }
                // An error means that the work is over.
                let _ = tell.send(());
            }
        });
        let (between, missed) = (AtomicUsize::new(0), AtomicBool::new(false));
        Self(Arc::new(Inner { begin, beaten: Mutex::new(beaten), beats, between, missed, task }))
    }

    /// Holds the thread of `work` until the heart has beaten three times. On the runtime's thread,
    /// where it cannot beat meanwhile, that is as long as three beats take.
    pub fn holds(&self, work: &Working) {
        let Inner { begin, beaten, beats, between, missed, .. } = &*self.0;
        // An error means that the task has been stopped: then nothing is waited for either.
        let _ = begin.send(());
        between.store(beats.load(SeqCst), SeqCst);
        if work.is_on_the_runtime() {
            thread::sleep(3 * BEAT);
        } else if !missed.load(SeqCst) {
            let beaten = beaten.lock().unwrap_or_else(PoisonError::into_inner);
            let limit = Limit::of(NEVER);
            let comes =
                || iter::from_fn(|| limit.left()).any(|left| beaten.recv_timeout(left).is_ok());
            missed.store(!comes(), SeqCst);
        }
    }

    /// Stops the task.
    pub fn stop(&self) {
        self.0.task.abort();
    }

    /// How often it has beaten.
    pub fn beats(&self) -> usize {
        self.0.beats.load(SeqCst)
    }

    /// How often it had beaten when the last piece of work began.
    pub fn beats_before_the_last(&self) -> usize {
        self.0.between.load(SeqCst)
    }

    /// Whether work off the runtime's thread has waited for beats in vain.
    pub fn has_missed(&self) -> bool {
        self.0.missed.load(SeqCst)
    }
}
