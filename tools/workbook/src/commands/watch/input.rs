//! Keys and sizes, read on a thread that can be asked to leave the terminal to another program.

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::Sender;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use crossterm::event::{self, KeyEventKind};

use super::event::Event;

/// After so long without a key it is seen whether the terminal is wanted, or we were stopped.
const LOOK: Duration = Duration::from_millis(50);

#[derive(Clone, Copy, PartialEq, Eq)]
enum Turn {
    Reading,
    Asked,
    Away,
}

/// Reads the terminal.
pub struct Input {
    turn: Arc<(Mutex<Turn>, Condvar)>,
    #[cfg(unix)]
    continued: Arc<AtomicBool>,
}

impl Input {
    /// Starts to read.
    #[cfg_attr(
        not(unix),
        expect(clippy::unnecessary_wraps, reason = "where there are signals it can fail")
    )]
    pub fn start(tell: Sender<Event>) -> io::Result<Self> {
        let continued = Arc::new(AtomicBool::new(false));
        #[cfg(unix)]
        signal_hook::flag::register(signal_hook::consts::SIGCONT, Arc::clone(&continued))?;
        let turn = Arc::new((Mutex::new(Turn::Reading), Condvar::new()));
        let (its, was) = (Arc::clone(&turn), Arc::clone(&continued));
        thread::spawn(move || while read(&its, &was, &tell) {});
        Ok(Self {
            turn,
            #[cfg(unix)]
            continued,
        })
    }

    /// Leaves the terminal's input alone while `act` runs.
    pub fn away<T>(&self, act: impl FnOnce() -> T) -> T {
        let (turn, changed) = &*self.turn;
        {
            let mut turn = turn.lock().unwrap_or_else(PoisonError::into_inner);
            *turn = Turn::Asked;
            let asked = |turn: &mut Turn| *turn == Turn::Asked;
            // Not for ever: where reading has ended, nobody answers.
            drop(changed.wait_timeout_while(turn, 4 * LOOK, asked));
        }
        let done = act();
        *turn.lock().unwrap_or_else(PoisonError::into_inner) = Turn::Reading;
        changed.notify_all();
        done
    }

    /// Whether the process has gone on after it was stopped, since this was asked last.
    #[cfg(unix)]
    pub fn has_continued(&self) -> bool {
        self.continued.swap(false, Ordering::SeqCst)
    }
}

/// Reads once. Whether to go on.
fn read(turn: &(Mutex<Turn>, Condvar), continued: &AtomicBool, tell: &Sender<Event>) -> bool {
    let (turn, changed) = turn;
    {
        let mut turn = turn.lock().unwrap_or_else(PoisonError::into_inner);
        if *turn == Turn::Asked {
            *turn = Turn::Away;
            changed.notify_all();
        }
        drop(changed.wait_while(turn, |turn| *turn == Turn::Away));
    }
    if continued.swap(false, Ordering::SeqCst) && tell.send(Event::Continued).is_err() {
        return false;
    }
    let event = match event::poll(LOOK) {
        Ok(false) => return true,
        Ok(true) => event::read(),
        Err(error) => Err(error),
    };
    let event = match event {
        Ok(event::Event::Key(key)) if key.kind != KeyEventKind::Release => Event::Key(key),
        Ok(event::Event::Resize(..)) => Event::Resized,
        Ok(_) => return true,
        Err(error) if error.kind() == io::ErrorKind::Interrupted => return true,
        Err(_) => Event::Closed,
    };
    let last = matches!(event, Event::Closed);
    tell.send(event).is_ok() && !last
}
