//! The terminal while the screen is shown, and how it is given back.

use std::io::{self, Write as _};
use std::panic;
use std::sync::Once;
use std::sync::atomic::{AtomicBool, Ordering};

use crossterm::{cursor, execute, terminal};

static TAKEN: AtomicBool = AtomicBool::new(false);

/// The terminal in raw mode with its other screen, until this is dropped. A panic and a signal
/// give it back as well.
#[derive(Debug)]
pub struct Terminal(());

impl Terminal {
    /// Takes the terminal.
    pub fn take() -> io::Result<Self> {
        static HOOK: Once = Once::new();
        HOOK.call_once(|| {
            let before = panic::take_hook();
            panic::set_hook(Box::new(move |info| {
                // First, or the message would go with the other screen.
                restore();
                before(info);
            }));
        });
        // Set before anything is changed: what fails half way is given back too.
        TAKEN.store(true, Ordering::SeqCst);
        let guard = Self(());
        terminal::enable_raw_mode()?;
        execute!(io::stdout(), terminal::EnterAlternateScreen, cursor::Hide)?;
        Ok(guard)
    }

    /// Gives the terminal back while `act` has it, and takes it again.
    pub fn lend<T>(&self, act: impl FnOnce() -> T) -> io::Result<T> {
        restore();
        let done = act();
        std::mem::forget(Self::take()?);
        Ok(done)
    }

    /// Takes the terminal again after the process was stopped: the shell has had it meanwhile.
    pub fn retake(&self) -> io::Result<()> {
        self.lend(|| ())
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        restore();
    }
}

/// Gives the terminal back as it was. Does nothing where it has not been taken.
pub fn restore() {
    if TAKEN.swap(false, Ordering::SeqCst) {
        let mut out = io::stdout();
        // Nothing can be done about a terminal that is gone.
        execute!(out, terminal::LeaveAlternateScreen, cursor::Show).ok();
        out.flush().ok();
        terminal::disable_raw_mode().ok();
    }
}
