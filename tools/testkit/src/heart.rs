//! RDV: another task that must not be kept waiting, and whether the code under test kept it.

use std::{
    pin::pin,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
        mpsc,
    },
    thread::{self, JoinHandle},
    time::Duration,
};

use tokio::{sync::Notify, task, time::sleep};

use crate::{Journal, Rendezvous, RuntimeThread, journal};

const BEAT: Duration = Duration::from_millis(4);

/// As long as this means never: three beats take some milliseconds.
const NEVER: Duration = Duration::from_secs(2);

/// A task of the same runtime, which stands for everything else that runs there.
///
/// What the code under test waits for calls [`beats_meanwhile`](Heart::beats_meanwhile), and goes on
/// when this heart has beaten three times. Code that holds the runtime's thread keeps it from that.
/// Each beat is drawn on the lane "heartbeat", so that a gap shows where the runtime stood still.
#[derive(Clone)]
pub struct Heart {
    lane: &'static str,
    journal: Journal,
    runtime: RuntimeThread,
    begun: Arc<Notify>,
    beaten: Rendezvous,
    polled: Rendezvous,
    in_a_poll: Arc<AtomicBool>,
    stopped: Arc<Mutex<Option<Stopped>>>,
}

/// What was seen when the heart could not beat.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stopped {
    /// What was waited for ran on the runtime's own thread.
    pub on_its_thread: bool,
    /// The watched future was within one of its polls.
    pub in_a_poll: bool,
}

impl Heart {
    /// A heart on this runtime, whose only thread is this one. What is waited for is drawn on
    /// `lane`.
    ///
    /// # Panics
    ///
    /// Outside a run.
    pub async fn beside(lane: &'static str) -> Self {
        let journal = journal();
        journal.declare(["heartbeat", lane]);
        let heart = Self {
            lane,
            journal,
            runtime: RuntimeThread::here(),
            begun: Arc::default(),
            beaten: Rendezvous::default(),
            polled: Rendezvous::default(),
            in_a_poll: Arc::default(),
            stopped: Arc::default(),
        };
        heart.beats(2).await;
        let beating = heart.clone();
        task::spawn(async move {
            beating.begun.notified().await;
            for _ in 0..3 {
                sleep(BEAT).await;
                // What comes after a stop comes too late.
                if beating.lock().is_some() {
                    return;
                }
                beating.beat();
            }
            beating.beaten.signal();
        });
        heart
    }

    /// Polls the code under test, and notes when it is within a poll.
    pub async fn watch<F: Future>(&self, future: F) -> F::Output {
        let mut future = pin!(future);
        std::future::poll_fn(|context| {
            self.in_a_poll.store(true, Ordering::SeqCst);
            self.polled.signal();
            let polled = future.as_mut().poll(context);
            self.in_a_poll.store(false, Ordering::SeqCst);
            polled
        })
        .await
    }

    /// Another thread takes the lock, which is free, and keeps it until the watched future has been
    /// polled and the heart has beaten.
    pub fn beats_while_locked<T: Send + 'static>(&self, mutex: Arc<Mutex<T>>) -> JoinHandle<()> {
        let heart = self.clone();
        let (taken, is_taken) = mpsc::channel();
        let thread = thread::spawn(move || {
            let _guard = mutex.lock().unwrap_or_else(PoisonError::into_inner);
            // The receiver waits for it.
            let _ = taken.send(());
            heart.polled.wait(NEVER);
            heart.beats_meanwhile();
        });
        let _ = is_taken.recv();
        thread
    }

    /// Holds this thread until the heart has beaten three times. Where it cannot, it stops. On the
    /// runtime's own thread it cannot: that one is held for about as long as three beats take.
    pub fn beats_meanwhile(&self) {
        let call = self.journal.call(self.lane);
        let on_its_thread = self.runtime.is_here();
        if on_its_thread {
            thread::sleep(3 * BEAT);
            self.stop(on_its_thread);
            return call.blocked();
        }
        self.begun.notify_one();
        if !self.beaten.wait(NEVER) {
            self.stop(on_its_thread);
        }
        call.finished();
    }

    /// Beats on, afterwards, and tells what was seen if the heart had stopped.
    pub async fn was_stopped(&self) -> Option<Stopped> {
        self.beats(2).await;
        *self.lock()
    }

    fn stop(&self, on_its_thread: bool) {
        let in_a_poll = self.in_a_poll.load(Ordering::SeqCst);
        *self.lock() = Some(Stopped { on_its_thread, in_a_poll });
    }

    async fn beats(&self, count: usize) {
        for _ in 0..count {
            sleep(BEAT).await;
            self.beat();
        }
    }

    /// Each beat is drawn after the one before.
    fn beat(&self) {
        self.journal.step();
        self.journal.mark("heartbeat", "beat");
    }

    fn lock(&self) -> MutexGuard<'_, Option<Stopped>> {
        self.stopped.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
