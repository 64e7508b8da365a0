//! The terminal while the screen is shown, and how it is given back.

use std::io::{self, Write as _};
use std::panic;
use std::sync::Once;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use crossterm::{cursor, execute, queue, terminal};

use crate::commands::verdict::USAGE;
use crate::engine::process_group;

static TAKEN: AtomicBool = AtomicBool::new(false);

/// The terminal in raw mode with its other screen, until this is dropped. A panic and a signal
/// give it back as well.
#[derive(Debug)]
pub struct Terminal {
    /// What stands on it, line by line. Empty: unknown.
    shown: Vec<String>,
}

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
                // Without one of its threads the screen would stand still for ever.
                if thread::current().name() != Some("main") {
                    process_group::end_all();
                    std::process::exit(i32::from(USAGE));
                }
            }));
        });
        // Set before anything is changed: what fails half way is given back too.
        TAKEN.store(true, Ordering::SeqCst);
        let guard = Self { shown: Vec::new() };
        enter()?;
        Ok(guard)
    }

    /// Gives the terminal back while `act` has it, and takes it again.
    pub fn lend<T>(&mut self, act: impl FnOnce() -> T) -> io::Result<T> {
        restore();
        let done = act();
        TAKEN.store(true, Ordering::SeqCst);
        enter()?;
        self.forget();
        Ok(done)
    }

    /// Forgets what stands on the terminal: another program may have written to it.
    pub fn forget(&mut self) {
        self.shown.clear();
    }

    /// Shows these lines, from the top. Those that stand there already are left alone.
    pub fn show(&mut self, lines: &[String]) -> io::Result<()> {
        let mut out = Vec::new();
        queue!(out, terminal::BeginSynchronizedUpdate)?;
        if self.shown.is_empty() {
            queue!(out, terminal::Clear(terminal::ClearType::All))?;
        }
        for (row, line) in lines.iter().enumerate() {
            if self.shown.get(row) != Some(line) {
                queue!(out, cursor::MoveTo(0, u16::try_from(row).unwrap_or(u16::MAX)))?;
                // Before it is written: behind a full line some would clear its last character.
                queue!(out, terminal::Clear(terminal::ClearType::UntilNewLine))?;
                write!(out, "{line}\x1b[0m")?;
            }
        }
        if lines.len() < self.shown.len() {
            queue!(out, cursor::MoveTo(0, u16::try_from(lines.len()).unwrap_or(u16::MAX)))?;
            queue!(out, terminal::Clear(terminal::ClearType::FromCursorDown))?;
        }
        queue!(out, terminal::EndSynchronizedUpdate)?;
        lines.clone_into(&mut self.shown);
        let mut stdout = io::stdout().lock();
        stdout.write_all(&out)?;
        stdout.flush()
    }
}

/// How many columns and rows there are.
pub fn size() -> (usize, usize) {
    // A terminal that does not tell is taken for one of the usual size; one of size zero, too.
    let (columns, rows) = terminal::size().unwrap_or((80, 24));
    let or = |size: u16, usual: usize| if size == 0 { usual } else { usize::from(size) };
    (or(columns, 80), or(rows, 24))
}

fn enter() -> io::Result<()> {
    terminal::enable_raw_mode()?;
    execute!(io::stdout(), terminal::EnterAlternateScreen, cursor::Hide)
}

impl Drop for Terminal {
    fn drop(&mut self) {
        restore();
    }
}

/// Gives the terminal back as it was. Does nothing where it has not been taken.
pub fn restore() {
    if TAKEN.swap(false, Ordering::SeqCst) {
        // First what no stalled terminal can hold up. Nothing can be done about one that is gone.
        terminal::disable_raw_mode().ok();
        let mut out = io::stdout();
        execute!(out, terminal::LeaveAlternateScreen, cursor::Show).ok();
        out.flush().ok();
    }
}
