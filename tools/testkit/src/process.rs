//! A test that needs a process of its own: its binary is started again, for this test alone.
//!
//! ```no_run
//! use testkit::process::{self, Process};
//!
//! // In a spec this is a `#[test] fn ends_well()`.
//! if process::is_child() {
//!     process::say("here");
//!     std::process::exit(0);
//! }
//! testkit::run(async || {
//!     let mut child = Process::start(module_path!(), "ends_well");
//!     assert_eq!(child.says().await.as_deref(), Some("here"));
//!     child.terminate().await;
//!     assert!(child.ended().await.is_some());
//! });
//! ```

use std::{
    env,
    fmt::{Debug, Display},
    io::{Read, Write, stdin, stdout},
    path::PathBuf,
    process::{ExitStatus, Stdio},
    thread,
    time::Duration,
};

use tokio::{
    io::{AsyncBufReadExt, BufReader, Lines},
    net::{TcpListener, TcpStream},
    process::{Child, ChildStdin, ChildStdout, Command},
    runtime::Runtime,
};

use crate::{fair_clock::Limit, memory::Connection, outcome, refusal::provided};

/// Set in the child.
const CHILD: &str = "TESTKIT_CHILD";

/// What the child says begins with this; the rest is libtest's.
const SAYS: &str = "child: ";

/// Longer than anything takes that is going to happen.
const NEVER: Duration = Duration::from_millis(1500);

/// Whether this process was started by [`Process::start`]. If so, it ends with the one that started
/// it, or before: call this first.
pub fn is_child() -> bool {
    let child = env::var_os(CHILD).is_some();
    if child {
        thread::spawn(|| {
            // The parent holds the other end, and never writes.
            let _ = stdin().read(&mut [0]);
            std::process::exit(1);
        });
    }
    child
}

/// In the child: says a line to [`Process::says`].
pub fn say(line: impl Display) {
    // Not `println!`, which libtest captures. An error means that nobody listens any more.
    let _ = writeln!(stdout(), "{SAYS}{line}");
}

/// In the child: runs `main` on a runtime with several threads, says what it returned, and ends the
/// process as at the end of a `main`: the runtime is dropped, which waits for blocking work. In any
/// other process it does nothing.
///
/// # Panics
///
/// In a child that gets no runtime.
pub fn be_child<T: Debug>(main: impl AsyncFnOnce() -> T) {
    if !is_child() {
        return;
    }
    let runtime = Runtime::new().expect("a process needs a few threads");
    let returned = runtime.block_on(main());
    say(format!("returned {returned:?}"));
    drop(runtime);
    std::process::exit(0);
}

/// In the child: a listener on loopback, whose port is said to [`Process::connect`].
///
/// # Panics
///
/// When no port is left.
pub async fn listen() -> TcpListener {
    let listener = TcpListener::bind("127.0.0.1:0").await;
    let listener = provided(listener, "loopback has a free port");
    say(listener.local_addr().expect("it is bound").port());
    listener
}

/// This binary, also where it has no path any more.
fn own_binary() -> PathBuf {
    if cfg!(target_os = "linux") {
        return PathBuf::from("/proc/self/exe");
    }
    env::current_exe().expect("a test has a binary")
}

/// The child, in the eyes of the test. Dropping it kills it.
pub struct Process {
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
    /// Closed, it ends the child.
    _stdin: ChildStdin,
}

impl Process {
    /// Starts this binary again, for the test of this name in `module`, which is `module_path!()`.
    ///
    /// # Panics
    ///
    /// When the system has no process left.
    pub fn start(module: &str, test: &str) -> Self {
        // libtest leaves out the name of the binary's crate.
        let test = match module.split_once("::") {
            Some((_, module)) => format!("{module}::{test}"),
            None => test.to_owned(),
        };
        let child = Command::new(own_binary())
            .args(["--exact", &test, "--nocapture"])
            .env(CHILD, "yes")
            // Its standard input holds no key.
            .env_remove(outcome::SEAL)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn();
        let mut child = provided(child, "a test can start a process");
        // Not left in the child: waiting for a child closes it.
        let stdin = child.stdin.take().expect("it is piped");
        let stdout = child.stdout.take().expect("it is piped");
        Self { child, lines: BufReader::new(stdout).lines(), _stdin: stdin }
    }

    /// The next line that it says; `None` where none comes.
    pub async fn says(&mut self) -> Option<String> {
        let line = async {
            loop {
                let line = self.lines.next_line().await.ok()??;
                if let Some(line) = line.strip_prefix(SAYS) {
                    return Some(line.to_owned());
                }
            }
        };
        Limit::of(NEVER).bounds(line).await.flatten()
    }

    /// Connects to the port that it says first. On a busy machine a process may start slowly, so it
    /// has twice the time of [`says`](Self::says). `None` where it does not listen.
    pub async fn connect(&mut self) -> Option<Connection<TcpStream>> {
        let mut port = self.says().await;
        if port.is_none() {
            port = self.says().await;
        }
        let stream = TcpStream::connect(format!("127.0.0.1:{}", port?)).await;
        stream.ok().map(Connection)
    }

    /// Sends SIGTERM, as a process manager does. On Unix only.
    ///
    /// # Panics
    ///
    /// Where there is no shell.
    pub async fn terminate(&self) {
        if let Some(id) = self.child.id() {
            let kill = format!("kill -TERM {id}");
            let done = Command::new("sh").args(["-c", &kill]).status().await;
            done.expect("there is a shell, which knows `kill`");
        }
    }

    /// How it has ended; `None` where it does not.
    pub async fn ended(&mut self) -> Option<ExitStatus> {
        Limit::of(NEVER).bounds(self.child.wait()).await?.ok()
    }
}
