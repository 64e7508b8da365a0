//! The processes that this command starts, each with a group of its own: none may outlive it.
//!
//! A learner's code may hang, start two hundred others, or go into the background. So a process is
//! ended by its group, whoever asks for it: the run itself at its end, a newer run that takes its
//! place ([`CancelToken::cancel`]), or a signal that ends this command ([`end_all`]).

use std::collections::BTreeMap;
use std::io;
use std::process::{ChildStderr, ChildStdout, Command, ExitStatus};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use system::{Ender, Process};

/// Cancels a piece of work: the processes that it has started end, and no new ones start.
#[derive(Clone, Debug, Default)]
pub struct CancelToken(Arc<Mutex<Live>>);

/// The processes that nobody has waited for yet, by id.
#[derive(Debug, Default)]
struct Live {
    over: bool,
    processes: BTreeMap<u32, Ender>,
}

/// Who goes when a process is ended. On Windows it is always the group.
#[derive(Clone, Copy, Debug)]
enum KillScope {
    /// The process and all that it has started.
    Group,
    /// The process alone: the terminal's signals reach it as they reach us.
    One,
}

static ALL: Mutex<Live> = Mutex::new(Live { over: false, processes: BTreeMap::new() });

impl Live {
    fn end(&mut self) {
        self.over = true;
        self.processes.values().for_each(Ender::end);
    }
}

impl CancelToken {
    /// Ends everything that belongs to this work.
    pub fn cancel(&self) {
        lock(&self.0).end();
    }

    /// Whether it has been cancelled.
    pub fn is_cancelled(&self) -> bool {
        lock(&self.0).over
    }

    /// Starts a process with a group of its own. Out of reach of the terminal's signals: it is for
    /// us to end it.
    pub fn start(&self, command: Command) -> io::Result<ChildGroup> {
        self.start_as(command, KillScope::Group)
    }

    /// Starts a process that may write to the terminal, and is reached by the terminal's signals.
    pub fn start_in_front(&self, command: Command) -> io::Result<ChildGroup> {
        self.start_as(command, KillScope::One)
    }

    fn start_as(&self, command: Command, scope: KillScope) -> io::Result<ChildGroup> {
        // Held while the process starts, so that none slips through while others are ended.
        let mut all = lock(&ALL);
        let mut own = lock(&self.0);
        if all.over || own.over {
            return Err(io::Error::new(io::ErrorKind::Interrupted, "it was called off"));
        }
        let mut process = Process::start(command, scope)?;
        let (stdout, stderr) = process.pipes();
        all.processes.insert(process.id(), process.ender());
        own.processes.insert(process.id(), process.ender());
        Ok(ChildGroup { stdout, stderr, process, token: self.clone(), waited: false })
    }
}

/// The variable by which a run's outcomes are known, and its processes, wherever they went.
pub const MARK: &str = "WORKBOOK_RUN";

/// A mark that no other run has, of this command or of another.
pub fn new_mark() -> String {
    static RUNS: AtomicU64 = AtomicU64::new(0);
    let now = std::time::UNIX_EPOCH.elapsed().unwrap_or_default().as_nanos();
    format!("{}{}-{now}", own_marks(), RUNS.fetch_add(1, Ordering::Relaxed))
}

/// What all marks of this command begin with.
fn own_marks() -> String {
    format!("{}-", std::process::id())
}

/// Ends everything that this command has started, and lets nothing new start.
pub fn end_all() {
    lock(&ALL).end();
    end_marked(&own_marks());
}

/// A process that was started, with all that it starts. Dropping it ends it.
#[derive(Debug)]
pub struct ChildGroup {
    /// What it writes to its standard output, where that is a pipe.
    pub stdout: Option<ChildStdout>,
    /// What it writes to its standard error, where that is a pipe.
    pub stderr: Option<ChildStderr>,
    process: Process,
    token: CancelToken,
    waited: bool,
}

impl ChildGroup {
    /// Ends the process and everything in its group.
    pub fn end(&self) {
        self.process.ender().end();
    }

    /// Whether the process has ended. Until it is waited for its id is its own.
    pub fn has_ended(&mut self) -> io::Result<bool> {
        self.process.has_ended(false)
    }

    /// Waits for the process to end. What it has started stays as it is.
    pub fn wait(&mut self) -> io::Result<ExitStatus> {
        self.process.has_ended(true)?;
        self.waited = true;
        // Forgotten before its id can belong to another process.
        lock(&ALL).processes.remove(&self.process.id());
        lock(&self.token.0).processes.remove(&self.process.id());
        self.process.wait()
    }
}

impl Drop for ChildGroup {
    fn drop(&mut self) {
        if !self.waited {
            self.end();
            // There is nothing to do about a process that cannot be waited for.
            self.wait().ok();
        }
    }
}

fn lock<T>(shared: &Mutex<T>) -> MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A process of Unix, which may lead a group.
#[cfg(unix)]
mod system {
    use std::io;
    use std::os::unix::process::CommandExt as _;
    use std::process::{Child, ChildStderr, ChildStdout, Command, ExitStatus};

    use rustix::io::Errno;
    use rustix::process::{
        Pid, Signal, WaitId, WaitIdOptions, kill_process, kill_process_group, waitid,
    };

    use super::KillScope;

    #[derive(Debug)]
    pub struct Process {
        child: Child,
        scope: KillScope,
    }

    /// Ends the process, as long as it has not been waited for.
    #[derive(Debug)]
    pub struct Ender {
        id: Pid,
        scope: KillScope,
    }

    impl Process {
        pub fn start(mut command: Command, scope: KillScope) -> io::Result<Self> {
            if let KillScope::Group = scope {
                command.process_group(0);
            }
            Ok(Self { child: command.spawn()?, scope })
        }

        pub fn id(&self) -> u32 {
            self.child.id()
        }

        pub fn pipes(&mut self) -> (Option<ChildStdout>, Option<ChildStderr>) {
            (self.child.stdout.take(), self.child.stderr.take())
        }

        pub fn ender(&self) -> Ender {
            Ender { id: Pid::from_child(&self.child), scope: self.scope }
        }

        /// Whether it has ended, after waiting for that if `block`. Its id stays its own.
        pub fn has_ended(&self, block: bool) -> io::Result<bool> {
            let mut options = WaitIdOptions::EXITED | WaitIdOptions::NOWAIT;
            if !block {
                options |= WaitIdOptions::NOHANG;
            }
            let id = WaitId::Pid(Pid::from_child(&self.child));
            loop {
                match waitid(id.clone(), options) {
                    Err(Errno::INTR) => {}
                    seen => return Ok(seen?.is_some()),
                }
            }
        }

        pub fn wait(&mut self) -> io::Result<ExitStatus> {
            self.child.wait()
        }
    }

    impl Ender {
        pub fn end(&self) {
            // An error means that nobody is left, which is what is wanted.
            match self.scope {
                KillScope::Group => kill_process_group(self.id, Signal::KILL).ok(),
                KillScope::One => kill_process(self.id, Signal::TERM).ok(),
            };
        }
    }
}

/// A process of Windows in a job of its own, which holds what it starts as well, and still does when
/// the process itself has ended.
#[cfg(windows)]
mod system {
    use std::io;
    use std::process::{ChildStderr, ChildStdout, Command, ExitStatus};
    use std::sync::{Arc, Mutex};
    use std::thread;
    use std::time::Duration;

    use process_wrap::std::{ChildWrapper, CommandWrap, JobObject};

    use super::{KillScope, lock};

    /// Locked for a moment only, so that it can be ended while somebody waits for it.
    #[derive(Clone, Debug)]
    pub struct Process(Arc<Mutex<Box<dyn ChildWrapper>>>);

    pub type Ender = Process;

    impl Process {
        pub fn start(command: Command, _: KillScope) -> io::Result<Self> {
            let child = CommandWrap::from(command).wrap(JobObject).spawn()?;
            Ok(Self(Arc::new(Mutex::new(child))))
        }

        pub fn id(&self) -> u32 {
            lock(&self.0).id()
        }

        pub fn pipes(&mut self) -> (Option<ChildStdout>, Option<ChildStderr>) {
            let mut child = lock(&self.0);
            (child.stdout().take(), child.stderr().take())
        }

        pub fn ender(&self) -> Ender {
            self.clone()
        }

        /// Whether it has ended, after waiting for that if `block`.
        pub fn has_ended(&self, block: bool) -> io::Result<bool> {
            loop {
                let ended = lock(&self.0).try_wait()?.is_some();
                if ended || !block {
                    return Ok(ended);
                }
                thread::sleep(Duration::from_millis(5));
            }
        }

        pub fn wait(&mut self) -> io::Result<ExitStatus> {
            // Not that of the job: it waits for what the process has started, too.
            lock(&self.0).inner_mut().wait()
        }

        pub fn end(&self) {
            // An error means that nobody is left, which is what is wanted.
            lock(&self.0).start_kill().ok();
        }
    }
}

/// Ends the processes with a [`MARK`] that begins so: those that have left their group to be out of
/// reach. Only Linux tells.
#[cfg(target_os = "linux")]
pub fn end_marked(mark: &str) {
    use rustix::process::{Pid, Signal, kill_process};
    let mark = format!("{MARK}={mark}").into_bytes();
    // Again, while there are any: they may start others meanwhile.
    for _ in 0..20 {
        let Ok(processes) = std::fs::read_dir("/proc") else { return };
        let mut found = false;
        for process in processes.flatten() {
            let id = process.file_name().to_str().and_then(|id| id.parse().ok());
            let Some(id) = id.and_then(Pid::from_raw) else { continue };
            // Those of other users cannot be read, and are none of ours.
            let environment = std::fs::read(process.path().join("environ")).unwrap_or_default();
            if environment.split(|byte| *byte == 0).any(|it| it.starts_with(&mark)) {
                found = true;
                kill_process(id, Signal::KILL).ok();
            }
        }
        if !found {
            return;
        }
        std::thread::sleep(std::time::Duration::from_millis(2));
    }
}

/// Ends the processes with a [`MARK`] that begins so: only Linux tells.
#[cfg(not(target_os = "linux"))]
pub fn end_marked(_: &str) {}

#[cfg(test)]
mod tests {
    use std::io::Read as _;
    use std::process::Stdio;
    use std::thread;
    use std::time::{Duration, Instant};

    use super::*;

    #[test]
    fn what_a_process_left_behind_ends_after_it() {
        let (shell, script) = if cfg!(windows) {
            (["cmd", "/C"], "start /B ping -n 60 127.0.0.1")
        } else {
            (["sh", "-c"], "sleep 60 &")
        };
        let mut command = Command::new(shell[0]);
        command.args([shell[1], script]).stdin(Stdio::null()).stdout(Stdio::piped());
        let mut group = CancelToken::default().start(command).expect("a shell");
        let mut pipe = group.stdout.take().expect("a pipe");
        while !group.has_ended().expect("it is ours") {
            thread::sleep(Duration::from_millis(5));
        }
        let began = Instant::now();
        group.end();
        assert!(group.wait().expect("it is ours").success(), "it had ended by itself");
        // The pipe ends when the last process that could write to it does.
        pipe.read_to_end(&mut Vec::new()).expect("it can be read");
        assert!(began.elapsed() < Duration::from_secs(30), "what it left lives on");
    }
}
