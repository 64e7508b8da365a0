//! One test process: bounded in time and output, and ended together with all that it started.

use std::collections::VecDeque;
use std::io::Read;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};

/// As much of the output is kept: the end, where a process says why it died.
const KEPT: usize = 64 * 1024;

/// How a process ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    /// It ended by itself, with this code.
    Code(i32),
    /// A signal ended it.
    Signal(i32),
    /// It was ended because its time was over.
    OverLimit,
}

/// A process that has ended.
#[derive(Clone, Debug)]
pub struct Ended {
    /// How it ended.
    pub how: How,
    /// The end of what it printed, standard output and error as they came.
    pub output: String,
}

/// Starts a test binary in `folder`, waits for it until `deadline`, and ends its process group.
///
/// `journal` is the folder for outcome files and the mark that they carry.
pub fn run(
    executable: &Path,
    folder: &Path,
    arguments: &[&str],
    journal: Option<(&Path, &str)>,
    deadline: Instant,
) -> Result<Ended> {
    let mut command = Command::new(executable);
    command
        .args(arguments)
        .current_dir(folder)
        .env("CARGO_MANIFEST_DIR", folder)
        // Tests wait for events: side by side, a hang costs one watchdog and not one for each.
        .env("RUST_TEST_THREADS", "16")
        // What a test prints is kept with it, whatever the caller's shell has set.
        .env_remove("RUST_TEST_NOCAPTURE")
        .env_remove("RUST_BACKTRACE")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    if let Some((folder, mark)) = journal {
        command.env("WORKBOOK_JOURNAL", folder).env("WORKBOOK_RUN", mark);
    }
    own_group(&mut command);
    let child = command
        .spawn()
        .with_context(|| format!("cannot start the test binary {}", executable.display()))?;
    wait(child, deadline).context("cannot wait for the test binary")
}

fn wait(mut child: Child, deadline: Instant) -> std::io::Result<Ended> {
    let output = Arc::new(Mutex::new(VecDeque::new()));
    let (done, closed) = mpsc::channel();
    if let Some(pipe) = child.stdout.take() {
        drain(pipe, &output, &done);
    }
    if let Some(pipe) = child.stderr.take() {
        drain(pipe, &output, &done);
    }
    drop(done);

    let mut pause = Duration::from_millis(1);
    let status = loop {
        if let Some(status) = child.try_wait()? {
            break Some(status);
        }
        if Instant::now() >= deadline {
            break None;
        }
        thread::sleep(pause);
        pause = (pause * 2).min(Duration::from_millis(8));
    };
    // Whatever the process started goes with it, also after a regular end.
    end_group(&child);
    if status.is_none() {
        child.kill()?;
        child.wait()?;
    }
    // A pipe that a stray grandchild keeps open must not keep us.
    let patience = Instant::now() + Duration::from_millis(500);
    while closed.recv_timeout(patience.saturating_duration_since(Instant::now())).is_ok() {}
    let kept = output.lock().unwrap_or_else(PoisonError::into_inner);
    let bytes: Vec<u8> = kept.iter().copied().collect();
    Ok(Ended {
        how: status.map_or(How::OverLimit, how),
        output: String::from_utf8_lossy(&bytes).into_owned(),
    })
}

/// Reads a pipe to its end on a thread of its own, so that the process never waits for us.
fn drain(
    mut pipe: impl Read + Send + 'static,
    output: &Arc<Mutex<VecDeque<u8>>>,
    done: &mpsc::Sender<()>,
) {
    let output = Arc::clone(output);
    let done = done.clone();
    thread::spawn(move || {
        let mut buffer = [0; 8192];
        while let Ok(count @ 1..) = pipe.read(&mut buffer) {
            let mut kept = output.lock().unwrap_or_else(PoisonError::into_inner);
            kept.extend(&buffer[..count]);
            let excess = kept.len().saturating_sub(KEPT);
            kept.drain(..excess);
        }
        // Nobody listens any more where the process was slow to let go of its pipes.
        done.send(()).ok();
    });
}

#[cfg(unix)]
fn how(status: ExitStatus) -> How {
    use std::os::unix::process::ExitStatusExt as _;
    match (status.code(), status.signal()) {
        (Some(code), _) => How::Code(code),
        (None, signal) => How::Signal(signal.unwrap_or_default()),
    }
}

#[cfg(not(unix))]
fn how(status: ExitStatus) -> How {
    How::Code(status.code().unwrap_or_default())
}

#[cfg(unix)]
fn own_group(command: &mut Command) {
    use std::os::unix::process::CommandExt as _;
    command.process_group(0);
}

#[cfg(unix)]
fn end_group(child: &Child) {
    use rustix::process::{Pid, Signal, kill_process_group};
    // An error means that no process of the group is left, which is what is wanted.
    if let Some(group) = i32::try_from(child.id()).ok().and_then(Pid::from_raw) {
        kill_process_group(group, Signal::KILL).ok();
    }
}

#[cfg(not(unix))]
fn own_group(_: &mut Command) {}

#[cfg(not(unix))]
fn end_group(_: &Child) {}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    fn shell(script: &str, limit: Duration) -> Ended {
        let folder = std::env::temp_dir();
        run(Path::new("/bin/sh"), &folder, &["-c", script], None, Instant::now() + limit)
            .expect("a shell")
    }

    #[test]
    fn tells_codes_signals_and_the_limit_apart() {
        let minute = Duration::from_mins(1);
        assert_eq!(shell("exit 3", minute).how, How::Code(3));
        assert_eq!(shell("kill -ABRT $$", minute).how, How::Signal(6));
        assert_eq!(shell("sleep 60", Duration::from_millis(50)).how, How::OverLimit);
    }

    #[test]
    fn ends_what_the_process_left_behind() {
        let began = Instant::now();
        let ended = shell("sleep 60 & echo $!", Duration::from_mins(1));
        assert_eq!(ended.how, How::Code(0));
        assert!(began.elapsed() < Duration::from_secs(30), "it waited for the grandchild");
        let left = Path::new("/proc").join(ended.output.trim());
        let state = || std::fs::read_to_string(left.join("stat")).unwrap_or_default();
        // Dead, or dead and not yet collected by its new parent.
        let gone = (0..100).any(|_| {
            thread::sleep(Duration::from_millis(10));
            state().is_empty() || state().contains(") Z ")
        });
        assert!(gone, "the grandchild lives: {}", state());
    }

    #[test]
    fn keeps_the_end_of_a_flood() {
        let ended = shell("yes | head -c 1000000; echo last words", Duration::from_mins(1));
        assert!(ended.output.len() <= KEPT);
        assert!(ended.output.ends_with("last words\n"));
    }
}
