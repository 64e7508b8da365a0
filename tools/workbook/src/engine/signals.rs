//! The signals that end this command: first goes what it has started, then the command itself.
//!
//! Test processes have groups of their own, so Ctrl-C does not reach them by itself.

#[cfg(unix)]
pub use unix::{ignoring_interrupts, is_ignored, leave_the_end_to_signals, listen};

#[cfg(unix)]
mod unix {
    use std::fs;
    use std::io;
    use std::sync::atomic::{AtomicBool, Ordering};
    use std::sync::mpsc;
    use std::thread;
    use std::time::Duration;

    use signal_hook::consts::{SIGHUP, SIGINT, SIGQUIT, SIGTERM};
    use signal_hook::iterator::Signals;
    use signal_hook::low_level::emulate_default_handler;

    use crate::engine::process_group;

    static NOT_FOR_US: AtomicBool = AtomicBool::new(false);
    /// A signal has come that ends the command.
    static ENDING: AtomicBool = AtomicBool::new(false);

    /// How long a terminal may take to be given back. One that is stopped (Ctrl-S), or whose other
    /// end has stopped reading, takes nothing any more.
    const PATIENCE: Duration = Duration::from_millis(500);

    /// Listens on a thread of its own, so that nothing can be too busy to end. `restore` gives the
    /// terminal back as it was.
    ///
    /// A hangup that was ignored when the command started stays ignored: `nohup` asks for that.
    pub fn listen(restore: fn()) -> io::Result<()> {
        let mut signals = Signals::new([SIGINT, SIGTERM, SIGQUIT])?;
        if !is_ignored(SIGHUP) {
            signals.add_signal(SIGHUP)?;
        }
        thread::spawn(move || {
            for signal in signals.forever() {
                let interrupt = signal == SIGINT || signal == SIGQUIT;
                if interrupt && NOT_FOR_US.load(Ordering::Relaxed) {
                    continue;
                }
                ENDING.store(true, Ordering::SeqCst);
                process_group::end_all();
                within_patience(restore);
                // It ends the process as the signal would have done, and so does not come back.
                emulate_default_handler(signal).ok();
            }
        });
        Ok(())
    }

    /// Does not come back where a signal is ending the command. What was being done has failed then,
    /// because its processes were ended: that is nothing to report, and the signal's is the status.
    pub fn leave_the_end_to_signals() {
        while ENDING.load(Ordering::SeqCst) {
            thread::park();
        }
    }

    /// Whether this process ignores a signal, by its number. Asked before anything is done about the
    /// signal, it is what the caller of the command wants. Only Linux tells.
    pub fn is_ignored(signal: i32) -> bool {
        let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
        let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
        let ignored = ignored.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
        ignored.is_some_and(|mask| mask >> (signal - 1) & 1 == 1)
    }

    /// Does something that may never come to an end, and does not wait for that.
    fn within_patience(act: fn()) {
        let (done, end) = mpsc::channel();
        thread::spawn(move || {
            act();
            // Nobody listens any more if it took too long.
            done.send(()).ok();
        });
        end.recv_timeout(PATIENCE).ok();
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
pub fn listen(_: fn()) -> std::io::Result<()> {
    Ok(())
}

/// Nothing to do: no signal is being handled.
#[cfg(not(unix))]
pub fn leave_the_end_to_signals() {}

/// Does something during which Ctrl-C is meant for another program on the same terminal.
#[cfg(not(unix))]
pub fn ignoring_interrupts<T>(act: impl FnOnce() -> T) -> T {
    act()
}
