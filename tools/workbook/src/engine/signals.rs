//! The signals that end this command: first goes what it has started, then the command itself.
//!
//! Test processes have groups of their own, so Ctrl-C does not reach them by itself.

#[cfg(unix)]
pub use unix::{ignoring_interrupts, listen};

#[cfg(unix)]
mod unix {
    use std::io;
    use std::sync::atomic::{AtomicBool, Ordering};
    use std::thread;

    use signal_hook::consts::{SIGHUP, SIGINT, SIGQUIT, SIGTERM};
    use signal_hook::iterator::Signals;
    use signal_hook::low_level::emulate_default_handler;

    use crate::engine::process_group;

    static NOT_FOR_US: AtomicBool = AtomicBool::new(false);

    /// Listens on a thread of its own, so that nothing can be too busy to end. `restore` gives the
    /// terminal back as it was.
    pub fn listen(restore: fn()) -> io::Result<()> {
        let mut signals = Signals::new([SIGINT, SIGTERM, SIGHUP, SIGQUIT])?;
        thread::spawn(move || {
            for signal in signals.forever() {
                let interrupt = signal == SIGINT || signal == SIGQUIT;
                if interrupt && NOT_FOR_US.load(Ordering::Relaxed) {
                    continue;
                }
                process_group::end_all();
                restore();
                // It ends the process as the signal would have done, and so does not come back.
                emulate_default_handler(signal).ok();
            }
        });
        Ok(())
    }

    /// Does something during which Ctrl-C is meant for another program on the same terminal.
    pub fn ignoring_interrupts<T>(act: impl FnOnce() -> T) -> T {
        NOT_FOR_US.store(true, Ordering::Relaxed);
        let done = act();
        NOT_FOR_US.store(false, Ordering::Relaxed);
        done
    }
}

/// Nothing to do: the console ends every process that is attached to it.
#[cfg(not(unix))]
#[expect(clippy::unnecessary_wraps, reason = "where there are signals it can fail")]
pub fn listen(_: fn()) -> std::io::Result<()> {
    Ok(())
}

/// Does something during which Ctrl-C is meant for another program on the same terminal.
#[cfg(not(unix))]
pub fn ignoring_interrupts<T>(act: impl FnOnce() -> T) -> T {
    act()
}
