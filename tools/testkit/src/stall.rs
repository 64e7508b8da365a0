//! Synchronous code that stands still until everybody else has, too.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::Duration,
};

use tokio::{runtime::Handle, time::sleep};

/// A callback that takes its time: it holds its thread until the others have come to rest.
///
/// Meanwhile a task of the runtime counts turns. On a machine that is short of time they take as
/// long as those of the code under test, so that its rest is not taken for the machine's.
#[derive(Clone)]
pub struct Stall(Handle);

const A_TURN: Duration = Duration::from_millis(1);

/// After so many turns without progress, the others have come to rest.
const QUIET: usize = 20;

/// After so many looks without progress, the runtime itself is held up, by the callback.
const HELD_UP: usize = 300;

impl Stall {
    /// For callbacks of code that runs on this runtime.
    ///
    /// # Panics
    ///
    /// Outside a runtime.
    pub fn new() -> Self {
        Self(Handle::current())
    }

    /// Holds this thread until `over`, or until `progress` has not changed for a while.
    pub fn until(&self, progress: impl Fn() -> usize, over: impl Fn() -> bool) {
        let turns = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&turns);
        let ticker = self.0.spawn(async move {
            loop {
                sleep(A_TURN).await;
                count.fetch_add(1, Ordering::SeqCst);
            }
        });
        let now = || turns.load(Ordering::SeqCst);
        let (mut seen, mut since, mut looks) = (progress(), now(), 0);
        while !over() && now() - since < QUIET && looks < HELD_UP {
            thread::sleep(A_TURN);
            looks += 1;
            let moved = progress();
            if moved != seen {
                (seen, since, looks) = (moved, now(), 0);
            }
        }
        ticker.abort();
    }
}

impl Default for Stall {
    fn default() -> Self {
        Self::new()
    }
}
