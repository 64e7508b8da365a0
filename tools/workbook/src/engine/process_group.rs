//! The processes that this command starts, each with a group of its own: none may outlive it.
//!
//! A learner's code may hang, start two hundred others, or go into the background. So a process is
//! ended by its group, whoever asks for it: the run itself at its end, a newer run that takes its
//! place ([`CancelToken::cancel`]), or a signal that ends this command ([`end_all`]).

use std::collections::BTreeMap;
use std::io;
use std::process::{Child, Command, ExitStatus};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

#[cfg(not(unix))]
use crate::engine::job;
use crate::engine::temporary_folder;

/// How long a program of our own may take to tidy up.
const TIDYING: Duration = Duration::from_secs(2);

/// Cancels a piece of work: the processes that it has started end, and no new ones start.
#[derive(Clone, Debug, Default)]
pub struct CancelToken(Arc<Mutex<Live>>);

/// The processes that nobody has waited for yet, by id.
#[derive(Debug, Default)]
struct Live {
    over: bool,
    processes: BTreeMap<u32, KillScope>,
}

#[derive(Clone, Copy, Debug)]
enum KillScope {
    /// The process and all that it has started.
    Group,
    /// The same, by a signal that it can hear: it has something to tidy up.
    GroupAsked,
    /// The process alone: the terminal's signals reach it as they reach us.
    One,
}

static ALL: Mutex<Live> = Mutex::new(Live { over: false, processes: BTreeMap::new() });

impl Live {
    fn end(&mut self) {
        self.over = true;
        for (&id, &scope) in &self.processes {
            end(id, scope);
        }
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
    pub fn start(&self, command: &mut Command) -> io::Result<ChildGroup> {
        own_group(command);
        self.start_as(command, KillScope::Group)
    }

    /// The same for a program of our own that tidies up when it is asked to end, and does so at once.
    pub fn start_tidy(&self, command: &mut Command) -> io::Result<ChildGroup> {
        own_group(command);
        self.start_as(command, KillScope::GroupAsked)
    }

    /// Starts a process that may write to the terminal, and is reached by the terminal's signals.
    pub fn start_in_front(&self, command: &mut Command) -> io::Result<ChildGroup> {
        self.start_as(command, KillScope::One)
    }

    fn start_as(&self, command: &mut Command, scope: KillScope) -> io::Result<ChildGroup> {
        // Held while the process starts, so that none slips through while others are ended.
        let mut all = lock(&ALL);
        let mut own = lock(&self.0);
        if all.over || own.over {
            return Err(io::Error::new(io::ErrorKind::Interrupted, "it was called off"));
        }
        let child = command.spawn()?;
        #[cfg(not(unix))]
        if let KillScope::Group | KillScope::GroupAsked = scope {
            // Without a job it can be ended all the same, with what it has started while it lives.
            job::open(&child).ok();
        }
        all.processes.insert(child.id(), scope);
        own.processes.insert(child.id(), scope);
        Ok(ChildGroup { child, scope, token: self.clone(), waited: false })
    }
}

/// The variable by which the processes of a run are known, wherever they went. Anybody may read it:
/// it proves nothing.
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

/// Ends everything that this command has started, and lets nothing new start. Removes its temporary
/// folders.
pub fn end_all() {
    lock(&ALL).end();
    end_marked(&own_marks());
    #[cfg(target_os = "linux")]
    end_orphans(orphans::FIRST.get().copied());
    temporary_folder::remove_all();
}

/// A process that was started, with all that it starts. Dropping it ends it.
#[derive(Debug)]
pub struct ChildGroup {
    /// The process itself, for its pipes.
    pub child: Child,
    scope: KillScope,
    token: CancelToken,
    waited: bool,
}

impl ChildGroup {
    /// Ends the process and everything in its group.
    pub fn end(&self) {
        end(self.child.id(), self.scope);
    }

    /// Whether the process has ended. Until it is waited for its id is its own.
    pub fn has_ended(&mut self) -> io::Result<bool> {
        self.look(false)
    }

    /// Waits for the process to end. What it has started stays as it is.
    pub fn wait(&mut self) -> io::Result<ExitStatus> {
        self.look(true)?;
        self.waited = true;
        // Forgotten before its id can belong to another process.
        lock(&ALL).processes.remove(&self.child.id());
        lock(&self.token.0).processes.remove(&self.child.id());
        #[cfg(not(unix))]
        job::release(self.child.id());
        self.child.wait()
    }

    #[cfg(unix)]
    fn look(&mut self, block: bool) -> io::Result<bool> {
        use rustix::process::{Pid, WaitId, WaitIdOptions, waitid};
        let mut options = WaitIdOptions::EXITED | WaitIdOptions::NOWAIT;
        if !block {
            options |= WaitIdOptions::NOHANG;
        }
        let id = WaitId::Pid(Pid::from_child(&self.child));
        loop {
            match waitid(id.clone(), options) {
                Err(rustix::io::Errno::INTR) => {}
                seen => return Ok(seen?.is_some()),
            }
        }
    }

    #[cfg(not(unix))]
    fn look(&mut self, block: bool) -> io::Result<bool> {
        if block { self.child.wait().map(|_| true) } else { Ok(self.child.try_wait()?.is_some()) }
    }
}

impl Drop for ChildGroup {
    fn drop(&mut self) {
        if !self.waited {
            self.end();
            if let KillScope::GroupAsked = self.scope {
                let asked = Instant::now();
                while asked.elapsed() < TIDYING && matches!(self.has_ended(), Ok(false)) {
                    thread::sleep(Duration::from_millis(2));
                }
                end(self.child.id(), KillScope::Group);
            }
            // There is nothing to do about a process that cannot be waited for.
            self.wait().ok();
        }
    }
}

fn lock(live: &Mutex<Live>) -> MutexGuard<'_, Live> {
    live.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(unix)]
fn own_group(command: &mut Command) {
    use std::os::unix::process::CommandExt as _;
    command.process_group(0);
}

/// Elsewhere a process gets its group when it has been started.
#[cfg(not(unix))]
fn own_group(_: &mut Command) {}

#[cfg(unix)]
fn end(id: u32, scope: KillScope) {
    use rustix::process::{Pid, Signal, kill_process, kill_process_group};
    let Some(id) = i32::try_from(id).ok().and_then(Pid::from_raw) else { return };
    // An error means that nobody is left, which is what is wanted.
    match scope {
        KillScope::Group => kill_process_group(id, Signal::KILL).ok(),
        KillScope::GroupAsked => kill_process_group(id, Signal::TERM).ok(),
        KillScope::One => kill_process(id, Signal::TERM).ok(),
    };
}

#[cfg(not(unix))]
fn end(id: u32, _: KillScope) {
    use std::process::Stdio;
    if job::end(id) {
        return;
    }
    let mut command = Command::new("taskkill");
    command.args(["/T", "/F", "/PID", &id.to_string()]);
    // An error means that nobody is left, which is what is wanted.
    command.stdout(Stdio::null()).stderr(Stdio::null()).status().ok();
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
        thread::sleep(Duration::from_millis(2));
    }
}

/// Ends the processes with a [`MARK`] that begins so: only Linux tells.
#[cfg(not(target_os = "linux"))]
pub fn end_marked(_: &str) {}

/// When a run of tests began, as the system counts: what a stray process is measured by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct StartTime(u64);

#[cfg(target_os = "linux")]
pub use orphans::{adopt_orphans, end_orphans};

/// Does nothing: only Linux gives orphans to us.
#[cfg(not(target_os = "linux"))]
pub fn adopt_orphans() {}

/// Does nothing: only Linux gives orphans to us.
#[cfg(not(target_os = "linux"))]
pub fn end_orphans(_: Option<StartTime>) {}

impl ChildGroup {
    /// When the process was started; `None` where the system does not tell.
    pub fn start_time(&self) -> Option<StartTime> {
        #[cfg(target_os = "linux")]
        {
            let started = orphans::stat(self.child.id())?.started;
            orphans::FIRST.get_or_init(|| started);
            Some(started)
        }
        #[cfg(not(target_os = "linux"))]
        None
    }
}

/// Processes of a test run that have left their group and cleared their environment. When their
/// parent ends they become ours, and so they can be found.
#[cfg(target_os = "linux")]
mod orphans {
    use std::fs;
    use std::sync::OnceLock;
    use std::sync::atomic::{AtomicBool, Ordering};
    use std::thread;
    use std::time::Duration;

    use rustix::process::{
        Pid, Signal, WaitOptions, getpid, kill_process, set_child_subreaper, waitpid,
    };

    use super::{ALL, MARK, StartTime, lock, own_marks};

    static ADOPTING: AtomicBool = AtomicBool::new(false);

    /// From now on, what has lost its parent among the processes that this command has started
    /// becomes its child. For commands that start nothing which may outlive them, such as a browser.
    pub fn adopt_orphans() {
        let adopted = set_child_subreaper(Some(getpid())).is_ok();
        ADOPTING.store(adopted, Ordering::SeqCst);
    }

    /// Ends the orphans that were started at `since` or later. What is older is none of the run's: a
    /// compiler's cache that a build has left running, for example.
    pub fn end_orphans(since: Option<StartTime>) {
        let Some(since) = since.filter(|_| ADOPTING.load(Ordering::SeqCst)) else { return };
        // Until there are none twice: what they have started becomes ours in its turn, and what the
        // group's end leaves behind becomes ours a moment later.
        let mut none = 0;
        for _ in 0..50 {
            let orphans = find(since);
            none = if orphans.is_empty() { none + 1 } else { 0 };
            if none == 2 {
                return;
            }
            for orphan in &orphans {
                // An error means that it has ended.
                kill_process(*orphan, Signal::KILL).ok();
            }
            thread::sleep(Duration::from_millis(2));
            for orphan in orphans {
                waitpid(Some(orphan), WaitOptions::NOHANG).ok();
            }
        }
    }

    /// When the first run began.
    pub static FIRST: OnceLock<StartTime> = OnceLock::new();

    /// Those that are alive. A dead child may be one of ours that is about to be waited for.
    fn find(since: StartTime) -> Vec<Pid> {
        // Held, so that what we are starting just now is known.
        let ours = lock(&ALL);
        let Ok(processes) = fs::read_dir("/proc") else { return Vec::new() };
        let names = processes.flatten().map(|process| process.file_name());
        names
            .filter_map(|name| name.to_str()?.parse::<u32>().ok())
            .filter(|id| !ours.processes.contains_key(id))
            .filter(|&id| {
                stat(id).is_some_and(|stat| {
                    stat.alive
                        && stat.started >= since
                        && stat.parent == getpid().as_raw_nonzero().get()
                })
            })
            .filter(|&id| !belongs_to_another_run(id))
            .filter_map(|id| Pid::from_raw(i32::try_from(id).ok()?))
            .collect()
    }

    /// Whether it has the mark of a run: that run ends it, if it has not done so.
    fn belongs_to_another_run(id: u32) -> bool {
        let mark = format!("{MARK}={}", own_marks()).into_bytes();
        let environment = fs::read(format!("/proc/{id}/environ")).unwrap_or_default();
        environment.split(|byte| *byte == 0).any(|it| it.starts_with(&mark))
    }

    /// What `/proc` tells of a process.
    pub struct Stat {
        pub alive: bool,
        pub parent: i32,
        pub started: StartTime,
    }

    pub fn stat(id: u32) -> Option<Stat> {
        let stat = fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
        // The name comes before, in brackets, and may hold anything.
        let (_, rest) = stat.rsplit_once(')')?;
        let mut fields = rest.split_whitespace();
        let alive = !matches!(fields.next()?, "Z" | "X");
        let parent = fields.next()?.parse().ok()?;
        let started = StartTime(fields.nth(17)?.parse().ok()?);
        Some(Stat { alive, parent, started })
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        #[test]
        fn reads_what_the_system_tells_of_a_process() {
            let own = stat(std::process::id()).expect("we are there");
            assert_eq!(
                Some(own.parent),
                rustix::process::getppid().map(|id| id.as_raw_nonzero().get())
            );
            let mut child = std::process::Command::new("/bin/true").spawn().expect("it starts");
            let child_stat = stat(child.id()).expect("it is not waited for");
            assert_eq!(child_stat.parent, i32::try_from(std::process::id()).expect("an id"));
            assert!(child_stat.started >= own.started);
            child.wait().expect("it ends");
            assert!(stat(child.id()).is_none());
        }
    }
}
