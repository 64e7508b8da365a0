//! Whether everything in a run has come to rest.
//!
//! A gate that waits for a second call must not wait for ever when the code under test sends only
//! one, and must not give up because the machine is slow. So it does not watch the clock alone: it
//! gives up when every runtime of the run (the one of the code under test, the one of the upstream)
//! has been parked without a break for a while. A runtime that is merely short of processor time is
//! not parked, or its thread has something to do (see [`Threads`](crate::threads::Threads)).

use std::{
    future::{Future, poll_fn},
    pin::pin,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
        mpsc,
    },
    thread,
    time::{Duration, Instant},
};

use tokio::{
    runtime::{Builder, Handle},
    time,
};

#[derive(Clone)]
pub(crate) struct Rest(Arc<Inner>);

struct Inner {
    /// Threads of runtimes that are not parked.
    awake: AtomicUsize,
    /// How often all of them have been parked.
    rests: AtomicUsize,
    /// When a thread was last parked or unparked, or the body polled.
    last_change: Mutex<Instant>,
}

/// Tasks that go round for ever move at least this often, on a loaded machine too.
const LATELY: Duration = Duration::from_millis(700);

/// How long a paused clock is looked at to see whether it is held.
const A_MOMENT: Duration = Duration::from_millis(200);

/// What a run is doing when its time is up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Condition {
    /// Every task waits.
    Idle,
    /// Something holds a runtime's thread and does not give it back.
    Held,
    /// Tasks are run again and again, and come to no end.
    Busy,
}

impl Rest {
    pub(crate) fn new() -> Self {
        Self(Arc::new(Inner {
            awake: AtomicUsize::new(0),
            rests: AtomicUsize::new(0),
            last_change: Mutex::new(Instant::now()),
        }))
    }

    /// Makes the runtime that `builder` builds report when its `threads` threads park.
    pub(crate) fn watch(&self, builder: &mut Builder, threads: usize) {
        self.0.awake.fetch_add(threads, Ordering::SeqCst);
        let (parks, unparks) = (self.clone(), self.clone());
        builder.on_thread_park(move || parks.leave(1));
        builder.on_thread_unpark(move || {
            unparks.0.awake.fetch_add(1, Ordering::SeqCst);
            unparks.touch();
        });
    }

    /// Watches the polls of the run's body. On a multi-thread runtime the body's thread is none of
    /// the workers: there, `apart`, it counts as awake while it polls.
    pub(crate) async fn watch_body<F: Future>(&self, apart: bool, body: F) -> F::Output {
        let mut body = pin!(body);
        poll_fn(|context| {
            self.touch();
            if apart {
                self.0.awake.fetch_add(1, Ordering::SeqCst);
            }
            let polled = body.as_mut().poll(context);
            if apart {
                self.leave(1);
            }
            polled
        })
        .await
    }

    /// What the run is doing.
    pub(crate) fn condition(&self) -> Condition {
        if self.last_change().elapsed() < LATELY {
            Condition::Busy
        } else if self.all_parked() {
            Condition::Idle
        } else {
            Condition::Held
        }
    }

    /// Whether the paused clock of `runtime` is held: its thread parks, a timer waits, and the clock
    /// does not jump to it. That is so while something runs in the blocking pool, and a thread that
    /// parks for timers in vain looks busy. Asked when the run is over: the clock may jump by it.
    pub(crate) fn clock_stands(&self, runtime: &Handle) -> bool {
        let before = now_in(runtime);
        let (tell, told) = mpsc::channel();
        let timer = runtime.spawn(async move {
            let _ = tell.send(());
            time::sleep(Duration::from_secs(1)).await;
        });
        // A thread that is held, or goes round without a park, may not come to it.
        let mut stands = told.recv_timeout(A_MOMENT).is_ok();
        let (mut looks, mut parked) = (0, 0);
        let began = Instant::now();
        while stands && began.elapsed() < A_MOMENT {
            thread::sleep(A_MOMENT / 20);
            stands = now_in(runtime) == before;
            looks += 1;
            parked += usize::from(self.all_parked());
        }
        timer.abort();
        stands && parked * 2 > looks
    }

    /// Whether the paused clock of `runtime` does not move because something in it is always ready to
    /// go on: the run's body is polled, and its thread never parks.
    pub(crate) fn clock_is_outrun(&self, runtime: &Handle) -> bool {
        let look = || (now_in(runtime), self.rests());
        let (before, polled) = (look(), self.last_change());
        thread::sleep(A_MOMENT);
        look() == before && self.last_change() > polled
    }

    /// So many threads that were awake are not any more: they park, or their runtime has ended.
    pub(crate) fn leave(&self, threads: usize) {
        // In this order: parked since now, not since the change before.
        self.touch();
        if self.0.awake.fetch_sub(threads, Ordering::SeqCst) == threads {
            self.0.rests.fetch_add(1, Ordering::SeqCst);
        }
    }

    /// How often every thread of every runtime has been parked at once.
    pub(crate) fn rests(&self) -> usize {
        self.0.rests.load(Ordering::SeqCst)
    }

    /// Whether every thread of every runtime waits for an event at this moment.
    pub(crate) fn all_parked(&self) -> bool {
        self.0.awake.load(Ordering::SeqCst) == 0
    }

    /// When a thread was last parked or unparked, or the body polled.
    pub(crate) fn last_change(&self) -> Instant {
        *self.0.last_change.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn touch(&self) {
        *self.0.last_change.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
    }
}

/// The time on the clock of `runtime`.
pub(crate) fn now_in(runtime: &Handle) -> time::Instant {
    let _inside = runtime.enter();
    time::Instant::now()
}
