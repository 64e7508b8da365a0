//! A terminal in which the command runs, and what it shows.

#![allow(dead_code, reason = "each file of tests uses some of it")]

pub mod picture;

use std::fs;
use std::io::{Read as _, Write as _};
use std::num::NonZeroU16;
use std::process::{Child, ExitStatus};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use pty_process::Size;
use pty_process::blocking::{Command, Pty, open};
use rustix::fs::{Mode, OFlags};
use rustix::process::{Pid, Signal, kill_process};
use rustix::pty::ptsname;
use rustix::termios::{Action, LocalModes, tcflow, tcgetattr};

/// Far more than anything takes on a machine with other things to do, the first build included.
pub const PATIENCE: Duration = Duration::from_mins(5);

/// A terminal with a program in it.
pub struct Terminal {
    child: Child,
    pty: Arc<Pty>,
    seen: Arc<Mutex<Seen>>,
}

struct Seen {
    parser: vt100::Parser,
    bytes: Vec<u8>,
}

impl Terminal {
    /// Starts a program in a terminal of 80 columns and 24 rows. What the environment says of the
    /// terminal and the editor around the test does not count.
    pub fn start(program: &str, arguments: &[&str], variables: &[(&str, &str)]) -> Self {
        let (pty, other_end) = open().expect("a terminal");
        pty.resize(Size::new(24, 80)).expect("a size");
        let mut command = Command::new(program).args(arguments);
        for name in ["NO_COLOR", "LC_ALL", "LC_CTYPE", "EDITOR", "VISUAL", "TERM_PROGRAM"] {
            command = command.env_remove(name);
        }
        command = command.env("LANG", "C.UTF-8").env("TERM", "xterm-256color");
        command = command.env("FORCE_HYPERLINK", "0").envs(variables.iter().copied());
        let child = command.spawn(other_end).expect("the program starts");
        let parser = vt100::Parser::new(size(24), size(80), 0);
        let seen = Arc::new(Mutex::new(Seen { parser, bytes: Vec::new() }));
        let pty = Arc::new(pty);
        let (its, read) = (Arc::clone(&pty), Arc::clone(&seen));
        thread::spawn(move || {
            let mut buffer = [0; 4096];
            // An error is how a terminal ends of which the other end is closed.
            while let Ok(count @ 1..) = (&*its).read(&mut buffer) {
                let mut seen = read.lock().unwrap_or_else(PoisonError::into_inner);
                seen.parser.process(&buffer[..count]);
                seen.bytes.extend_from_slice(&buffer[..count]);
            }
        });
        Self { child, pty, seen }
    }

    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What stands on the screen.
    pub fn text(&self) -> String {
        let screen = self.screen();
        let rows: Vec<String> = screen.rows(0, screen.size().1.get()).collect();
        rows.iter().map(|row| row.trim_end()).collect::<Vec<_>>().join("\n")
    }

    /// The screen with its colours.
    pub fn screen(&self) -> vt100::Screen {
        self.seen().parser.screen().clone()
    }

    /// Everything that was written so far.
    pub fn bytes(&self) -> Vec<u8> {
        self.seen().bytes.clone()
    }

    /// Waits until the screen shows all of these words.
    #[track_caller]
    pub fn wait_for(&self, words: &[&str]) -> String {
        let shows = |text: &str| words.iter().all(|word| text.contains(word));
        self.wait_until(&format!("{words:?}"), shows)
    }

    /// Waits until the screen is as it should be.
    #[track_caller]
    pub fn wait_until(&self, what: &str, right: impl Fn(&str) -> bool) -> String {
        let began = Instant::now();
        loop {
            let text = self.text();
            if right(&text) {
                return text;
            }
            assert!(began.elapsed() < PATIENCE, "{what} did not come; the screen:\n{text}");
            thread::sleep(Duration::from_millis(5));
        }
    }

    /// Presses keys.
    pub fn press(&self, keys: &str) {
        (&*self.pty).write_all(keys.as_bytes()).expect("the terminal takes keys");
    }

    /// Gives the terminal another size.
    pub fn resize(&self, columns: u16, rows: u16) {
        self.seen().parser.screen_mut().set_size(size(rows), size(columns));
        self.pty.resize(Size::new(rows, columns)).expect("another size");
    }

    /// The process in the terminal.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Sends a signal to the process in the terminal.
    pub fn signal(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.child), signal).expect("the process is there");
    }

    /// Whether lines are edited and keys are echoed, as a shell wants it.
    pub fn is_ordinary(&self) -> bool {
        let modes = tcgetattr(&*self.pty).expect("the terminal's modes").local_modes;
        modes.contains(LocalModes::ICANON | LocalModes::ECHO | LocalModes::ISIG)
    }

    /// Stops the terminal, as Ctrl-S does: it takes nothing more.
    pub fn stop(&self) {
        let name = ptsname(&*self.pty, Vec::new()).expect("the terminal has a name");
        let flags = OFlags::RDWR | OFlags::NOCTTY;
        let end = rustix::fs::open(name.as_c_str(), flags, Mode::empty()).expect("it is open");
        tcflow(end, Action::OOff).expect("it can be stopped");
    }

    /// Waits for the end, and sees that the terminal was given back.
    #[track_caller]
    pub fn ended(&mut self) -> ExitStatus {
        let status = self.exited();
        self.wait_until("the ordinary screen", |_| !self.screen().alternate_screen());
        assert!(!self.screen().hide_cursor(), "the cursor is hidden");
        assert!(self.is_ordinary(), "the terminal is still in raw mode");
        status
    }

    /// Waits for the end, whatever the screen shows.
    #[track_caller]
    pub fn exited(&mut self) -> ExitStatus {
        let began = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().expect("it can be waited for") {
                return status;
            }
            assert!(began.elapsed() < PATIENCE, "it does not end; the screen:\n{}", self.text());
            thread::sleep(Duration::from_millis(5));
        }
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        // A test that fails leaves nothing behind either.
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

fn size(number: u16) -> NonZeroU16 {
    NonZeroU16::new(number).expect("a size")
}

/// The processes whose command line or folder contains the words.
pub fn processes(words: &str) -> Vec<String> {
    let Ok(entries) = fs::read_dir("/proc") else { return Vec::new() };
    let commands = entries.flatten().filter_map(|entry| {
        let command = fs::read(entry.path().join("cmdline")).ok()?;
        let command = String::from_utf8_lossy(&command).replace('\0', " ");
        // Without a command line it is a thread of the system, or dead and about to be collected.
        let folder =
            fs::read_link(entry.path().join("cwd")).ok().filter(|_| !command.is_empty())?;
        Some(format!("{command}, in {}", folder.display()))
    });
    commands.filter(|command| command.contains(words)).collect()
}

/// Waits until there is no such process.
#[track_caller]
pub fn none_left(words: &str) {
    let began = Instant::now();
    while !processes(words).is_empty() {
        assert!(began.elapsed() < Duration::from_secs(10), "left: {:?}", processes(words));
        thread::sleep(Duration::from_millis(10));
    }
}
