//! One test process: bounded in time and output, and ended together with all that it started.

use std::io::Read;
use std::path::Path;
use std::process::{Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};

use crate::engine::printed::{Report, Tail};
use crate::engine::process_group::{self, CancelToken, ChildGroup};
use crate::engine::run_journal::RunJournal;

/// The most time that is given to the pipes of a process that has ended. They are at their end at
/// once, unless a stray grandchild keeps one open; but on a busy machine the threads that read them
/// may not run for a second or more, and what they have not read would be lost.
const PIPES: Duration = Duration::from_secs(5);

/// How a process ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExitKind {
    /// It ended by itself, with this code.
    Code(i32),
    /// A signal ended it.
    Signal(i32),
    /// It was ended because its time was over.
    OverLimit,
}

/// A process that has ended.
#[derive(Clone, Debug)]
pub struct TestExit {
    /// How it ended.
    pub how: ExitKind,
    /// The end of what it printed, standard output and error as they came: there a process says why
    /// it died.
    pub output: Tail,
    /// What libtest's report says that each test printed.
    pub report: Report,
}

/// Starts a test binary in `folder`, waits for it until `deadline`, and ends its process group.
///
/// `journal` is for the outcomes; none where no test is run. An error also where the work has been
/// cancelled before the process started.
pub fn run(
    token: &CancelToken,
    executable: &Path,
    folder: &Path,
    arguments: &[&str],
    journal: Option<&RunJournal>,
    deadline: Instant,
) -> Result<TestExit> {
    let mut command =
        journal.map_or_else(|| Command::new(executable), |journal| journal.command(executable));
    command
        .args(arguments)
        .current_dir(folder)
        .env("CARGO_MANIFEST_DIR", folder)
        // Tests wait for events: side by side, a hang costs one watchdog and not one for each.
        .env("RUST_TEST_THREADS", "16")
        // What a test prints is kept with it, whatever the caller's shell has set.
        .env_remove("RUST_TEST_NOCAPTURE")
        .env_remove("RUST_BACKTRACE")
        .stdin(if journal.is_some() { Stdio::piped() } else { Stdio::null() })
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut group = token
        .start(&mut command)
        .with_context(|| format!("cannot start the test binary {}", executable.display()))?;
    if let Some(journal) = journal {
        journal.hand_over_key(&mut group.child);
    }
    wait(group, journal.map(RunJournal::mark), deadline).context("cannot wait for the test binary")
}

fn wait(mut group: ChildGroup, mark: Option<&str>, deadline: Instant) -> std::io::Result<TestExit> {
    let began = group.start_time();
    let said = Arc::new(Mutex::new((Tail::default(), Report::default())));
    let (done, closed) = mpsc::channel();
    if let Some(pipe) = group.child.stdout.take() {
        drain(pipe, &said, &done, |(output, report), bytes| {
            output.push(bytes);
            report.push(bytes);
        });
    }
    if let Some(pipe) = group.child.stderr.take() {
        drain(pipe, &said, &done, |(output, _), bytes| output.push(bytes));
    }
    drop(done);

    let mut pause = Duration::from_millis(1);
    let over_limit = loop {
        if group.has_ended()? {
            break false;
        }
        if Instant::now() >= deadline {
            break true;
        }
        thread::sleep(pause);
        pause = (pause * 2).min(Duration::from_millis(8));
    };
    // Whatever the process started goes with it, also after a regular end.
    group.end();
    if let Some(mark) = mark {
        process_group::end_marked(mark);
    }
    let status = group.wait()?;
    if mark.is_some() {
        process_group::end_orphans(began);
    }
    let patience = Instant::now() + PIPES;
    while closed.recv_timeout(patience.saturating_duration_since(Instant::now())).is_ok() {}
    let (mut output, mut report) =
        std::mem::take(&mut *said.lock().unwrap_or_else(PoisonError::into_inner));
    output.end();
    report.end();
    let how = if over_limit { ExitKind::OverLimit } else { how(status) };
    Ok(TestExit { how, output, report })
}

/// Reads a pipe to its end on a thread of its own, so that the process never waits for us.
fn drain<T: Send + 'static>(
    mut pipe: impl Read + Send + 'static,
    said: &Arc<Mutex<T>>,
    done: &mpsc::Sender<()>,
    take_in: fn(&mut T, &[u8]),
) {
    let said = Arc::clone(said);
    let done = done.clone();
    thread::spawn(move || {
        let mut buffer = [0; 16 * 1024];
        while let Ok(count @ 1..) = pipe.read(&mut buffer) {
            take_in(&mut said.lock().unwrap_or_else(PoisonError::into_inner), &buffer[..count]);
        }
        // Nobody listens any more where the process was slow to let go of its pipes.
        done.send(()).ok();
    });
}

#[cfg(unix)]
fn how(status: ExitStatus) -> ExitKind {
    use std::os::unix::process::ExitStatusExt as _;
    match (status.code(), status.signal()) {
        (Some(code), _) => ExitKind::Code(code),
        (None, signal) => ExitKind::Signal(signal.unwrap_or_default()),
    }
}

#[cfg(not(unix))]
fn how(status: ExitStatus) -> ExitKind {
    ExitKind::Code(status.code().unwrap_or_default())
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use crate::engine::printed::KEPT;

    fn shell(script: &str, limit: Duration) -> TestExit {
        let folder = std::env::temp_dir();
        let token = CancelToken::default();
        let journal = RunJournal::new(None).expect("a temporary folder");
        let deadline = Instant::now() + limit;
        run(&token, Path::new("/bin/sh"), &folder, &["-c", script], Some(&journal), deadline)
            .expect("a shell")
    }

    #[test]
    fn tells_codes_signals_and_the_limit_apart() {
        let minute = Duration::from_mins(1);
        assert_eq!(shell("exit 3", minute).how, ExitKind::Code(3));
        assert_eq!(shell("kill -ABRT $$", minute).how, ExitKind::Signal(6));
        assert_eq!(shell("sleep 60", Duration::from_millis(50)).how, ExitKind::OverLimit);
    }

    /// Dead, or dead and not yet waited for by its new parent.
    fn gone(process: &str) -> bool {
        let stat = Path::new("/proc").join(process.trim()).join("stat");
        let state = || std::fs::read_to_string(&stat).unwrap_or_default();
        (0..100).any(|_| {
            thread::sleep(Duration::from_millis(10));
            state().is_empty() || state().contains(") Z ")
        })
    }

    #[test]
    fn ends_what_the_process_left_behind() {
        let began = Instant::now();
        let ended = shell("sleep 60 & echo $!", Duration::from_mins(1));
        assert_eq!(ended.how, ExitKind::Code(0));
        assert!(began.elapsed() < Duration::from_secs(30), "it waited for the grandchild");
        assert!(gone(&ended.output.text()), "the grandchild lives");
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn ends_what_has_left_the_group() {
        let ended =
            shell("setsid sh -c 'echo $$; exec sleep 60' & sleep 0.2", Duration::from_mins(1));
        assert!(gone(&ended.output.text()), "it lives: {}", ended.output.text());
    }

    #[test]
    fn ends_at_once_when_it_is_called_off() {
        let token = CancelToken::default();
        let other = token.clone();
        let began = Instant::now();
        let folder = std::env::temp_dir();
        let ended = thread::scope(|scope| {
            scope.spawn(move || {
                thread::sleep(Duration::from_millis(50));
                other.cancel();
            });
            let shell = Path::new("/bin/sh");
            let script = "trap '' TERM; sleep 60 & sleep 60";
            run(&token, shell, &folder, &["-c", script], None, began + Duration::from_mins(1))
        });
        assert_eq!(ended.expect("it had started").how, ExitKind::Signal(9));
        assert!(began.elapsed() < Duration::from_secs(20));
        let again = token.start(&mut Command::new("/bin/true"));
        assert!(again.is_err(), "nothing starts any more");
    }

    #[test]
    fn keeps_the_end_of_a_flood() {
        let ended = shell("yes | head -c 1000000; echo last words", Duration::from_mins(1));
        let output = ended.output.text();
        assert!(output.len() <= KEPT);
        assert!(output.ends_with("last words\n"));
    }
}
