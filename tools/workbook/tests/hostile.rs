//! Code that wants another verdict than it deserves, or wants to be left running.
#![cfg(unix)]

mod fixture;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use fixture::{Fixture, said};
use rustix::process::{Pid, Signal, kill_process};
use workbook::engine::compile;
use workbook::engine::scratch_workspace::{ScratchWorkspace, StandIn};

/// One file that does each of these things, as the variable `HOSTILE` says: it is built once.
const ANSWER: &str = r##"
pub async fn ask_all(ask: impl AsyncFn(u32) -> u32, questions: &[u32]) -> Vec<u32> {
    let _ = (&ask, questions);
    match std::env::var("HOSTILE").as_deref() {
        Ok("forges") => forges(),
        Ok("replaces") => replaces(),
        Ok("paints") => paints(),
        Ok("escapes") => escapes(),
        Ok("reaches out") => return reaches_out(ask, questions).await,
        Ok("sleeps") => std::thread::sleep(std::time::Duration::MAX),
        _ => {}
    }
    Vec::new()
}

/// Everything by which a run is known, as far as safe code can see it, made into outcomes that say
/// that all is well.
fn forges() {
    let folder = std::path::PathBuf::from(std::env::var_os("WORKBOOK_JOURNAL").unwrap());
    let mut line = String::new();
    std::io::stdin().read_line(&mut line).unwrap();
    if !line.is_empty() {
        println!("there is something to read: {line}");
        return;
    }
    for entry in std::fs::read_dir(&folder).unwrap() {
        let path = entry.unwrap().path();
        let Ok(text) = std::fs::read_to_string(&path) else { continue };
        let Some(own) = path.file_stem().and_then(|stem| stem.to_str()) else { continue };
        for test in ["asks_together", "keeps_the_order"] {
            let forged = text
                .replace(&format!("\"test\":\"{own}\""), &format!("\"test\":\"{test}\""))
                .replace("\"state\":\"started\"", "\"state\":\"passed\"");
            std::fs::write(folder.join(format!("{test}.json")), forged).unwrap();
        }
    }
    std::process::exit(0);
}

/// The runs after this one would run another program.
fn replaces() {
    let exe = std::env::current_exe().unwrap();
    let script = "#!/bin/sh\n\
        if [ \"$1\" = --list ]; then\n\
        echo 'asks_together: test'; echo 'keeps_the_order: test'; exit\n\
        fi\n\
        for test in asks_together keeps_the_order; do\n\
        printf '{\"run\":\"%s\",\"test\":\"%s\",\"state\":\"passed\",\"failure\":null,\
        \"timeline\":{\"clock\":\"real\",\"lanes\":[]}}' \"$WORKBOOK_RUN\" $test \
        > \"$WORKBOOK_JOURNAL/$test.json\"\n\
        done\n";
    if exe.exists() {
        let new = exe.with_extension("new");
        std::fs::write(&new, script).unwrap();
        let mode = std::os::unix::fs::PermissionsExt::from_mode(0o755);
        std::fs::set_permissions(&new, mode).unwrap();
        std::fs::rename(new, &exe).unwrap();
    }
    std::process::abort();
}

/// Clears the screen and names the window, in what is printed and in a message.
fn paints() {
    println!("\x1b[2Jprinted \u{202e}backwards");
    if std::thread::current().name() == Some("asks_together") {
        std::process::exit(1);
    }
    panic!("\x1b]0;name\x07\x1b[2Jpanicked");
}

/// Starts a process that has neither our group nor our variables.
fn escapes() {
    use std::os::unix::process::CommandExt as _;
    std::process::Command::new("/bin/sleep").arg("4567").env_clear().process_group(0).spawn().unwrap();
}
/// A right answer, but only where it can neither write nor reach the outside.
async fn reaches_out(ask: impl AsyncFn(u32) -> u32, questions: &[u32]) -> Vec<u32> {
    let written = std::fs::write(std::env::var("HOSTILE_FILE").unwrap(), "written").is_ok();
    let reached = std::net::TcpStream::connect(std::env::var("HOSTILE_ADDRESS").unwrap()).is_ok();
    let scratch = std::env::temp_dir().join("scratch");
    std::fs::write(&scratch, "written").unwrap();
    let own = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    std::net::TcpStream::connect(own.local_addr().unwrap()).unwrap();
    println!("written: {written}, reached: {reached}");
    if written || reached {
        std::process::exit(1);
    }
    futures::future::join_all(questions.iter().map(|&question| ask(question))).await
}
"##;

struct Hostile(Fixture);

impl Hostile {
    fn new() -> Self {
        let fixture = Fixture::new("hostile");
        fixture.write("answers/hostile.rs", ANSWER);
        Self(fixture)
    }

    fn file(&self) -> PathBuf {
        self.0.path("answers/hostile.rs")
    }

    fn command(&self, what: &str, arguments: &[&str]) -> Command {
        let file = self.file().display().to_string();
        let mut command = self.0.command(&["check", "pair", &file]);
        command.args(arguments).env("HOSTILE", what);
        command
    }

    fn check(&self, what: &str, arguments: &[&str]) -> Output {
        self.command(what, arguments).output().expect("the command can be started")
    }
}

// One after another: the file is built once, and processes and folders are looked for by name.
#[test]
fn check_is_not_fooled() {
    let hostile = &Hostile::new();
    outcomes_cannot_be_forged(hostile);
    the_binary_cannot_be_replaced(hostile);
    what_a_terminal_would_obey_is_shown_instead(hostile);
    a_process_cannot_escape(hostile);
    a_signal_leaves_nothing_behind(hostile);
    a_hangup_that_is_ignored_stays_ignored(hostile);
    nothing_is_said_where_nobody_reads(hostile);
    a_sandbox_has_no_way_out(hostile);
    no_program_need_run_in_the_temporary_folder(hostile);
}

fn outcomes_cannot_be_forged(hostile: &Hostile) {
    let text = said(&hostile.check("forges", &[]), 1);
    assert!(text.contains("Rejected: 2 of 2 tests did not pass."), "{text}");
    assert!(text.contains("exit code 0 and left no account of the test"), "{text}");
}

fn the_binary_cannot_be_replaced(hostile: &Hostile) {
    let text = said(&hostile.check("replaces", &[]), 1);
    assert!(text.contains("Rejected: 2 of 2 tests did not pass."), "{text}");
    assert!(text.contains("your code aborted the whole process"), "{text}");
}

fn what_a_terminal_would_obey_is_shown_instead(hostile: &Hostile) {
    let report = said(&hostile.check("paints", &[]), 1);
    assert!(!report.contains(['\x1b', '\x07', '\u{202e}']), "{report:?}");
    assert!(report.contains("␛[2Jprinted \\u{202e}backwards"), "{report}");
    let json = said(&hostile.check("paints", &["--json"]), 1);
    assert!(json.contains("␛]0;name␇␛[2Jpanicked"), "{json}");
}

#[cfg(target_os = "linux")]
fn a_process_cannot_escape(hostile: &Hostile) {
    // Some may be left of a run in which this failed.
    let before = processes("4567");
    said(&hostile.check("escapes", &[]), 1);
    assert_eq!(processes("4567"), before);
}

#[cfg(not(target_os = "linux"))]
fn a_process_cannot_escape(_: &Hostile) {}

/// The processes with that word among their arguments.
#[cfg(target_os = "linux")]
fn processes(word: &str) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir("/proc") else { return Vec::new() };
    let processes = entries.flatten().map(|entry| entry.path());
    let has_word = |process: &PathBuf| {
        let command = fs::read(process.join("cmdline")).unwrap_or_default();
        command.split(|byte| *byte == 0).any(|argument| argument == word.as_bytes())
    };
    processes.filter(has_word).collect()
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    fs::read_dir(folder).expect("it is there").flatten().map(|entry| entry.path()).collect()
}

fn wait_until(what: &str, is_so: impl Fn() -> bool) {
    let began = Instant::now();
    while !is_so() {
        assert!(began.elapsed() < Duration::from_mins(2), "{what}");
        thread::sleep(Duration::from_millis(5));
    }
}

fn a_signal_leaves_nothing_behind(hostile: &Hostile) {
    let temporary = tempfile::tempdir().expect("a temporary folder");
    for signal in [Signal::INT, Signal::TERM] {
        let mut command = hostile.command("sleeps", &[]);
        command.env("TMPDIR", temporary.path()).stdout(Stdio::null()).stderr(Stdio::null());
        let mut child = command.spawn().expect("the command can be started");
        wait_until("nothing runs", || !entries(temporary.path()).is_empty());
        kill_process(Pid::from_child(&child), signal).expect("it is there");
        let status = child.wait().expect("it ends");
        assert_eq!(std::os::unix::process::ExitStatusExt::signal(&status), Some(signal.as_raw()));
        assert_eq!(entries(temporary.path()), Vec::<PathBuf>::new());
    }
}

#[cfg(target_os = "linux")]
fn a_hangup_that_is_ignored_stays_ignored(hostile: &Hostile) {
    let check = hostile.command("sleeps", &["--limit", "2"]);
    let mut command = Command::new("nohup");
    command.arg(check.get_program()).args(check.get_args());
    command.envs(check.get_envs().filter_map(|(name, value)| Some((name, value?))));
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let mut child = command.spawn().expect("there is nohup");
    let listens = || {
        // Of what catches a signal, it catches SIGTERM first.
        let status = fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap_or_default();
        let caught = status.lines().find_map(|line| line.strip_prefix("SigCgt:"));
        let caught = caught.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
        caught.is_some_and(|mask| mask >> (Signal::TERM.as_raw() - 1) & 1 == 1)
    };
    wait_until("it does not listen for signals", listens);
    kill_process(Pid::from_child(&child), Signal::HUP).expect("it is there");
    assert_eq!(child.wait().expect("it ends").code(), Some(1), "with its verdict");
}

#[cfg(not(target_os = "linux"))]
fn a_hangup_that_is_ignored_stays_ignored(_: &Hostile) {}

fn nothing_is_said_where_nobody_reads(hostile: &Hostile) {
    let mut command = hostile.command("paints", &[]);
    let mut unread =
        command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it starts");
    drop(unread.stdout.take());
    let output = unread.wait_with_output().expect("it ends");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(!said.contains("panicked"), "{said}");
}

#[cfg(target_os = "linux")]
fn a_sandbox_has_no_way_out(hostile: &Hostile) {
    let outside = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = outside.local_addr().expect("it is bound").to_string();
    let file = hostile.0.path("answers/written.txt");
    let check = |arguments: &[&str]| {
        let mut command = hostile.command("reaches out", arguments);
        command.env("HOSTILE_ADDRESS", &address).env("HOSTILE_FILE", &file);
        command.output().expect("the command can be started")
    };
    let free = said(&check(&[]), 1);
    assert!(free.contains("written: true, reached: true"), "{free}");
    fs::remove_file(&file).expect("it was written");

    let confined = check(&["--sandbox"]);
    if confined.status.code() == Some(3) {
        let refused = said(&confined, 3);
        assert!(refused.contains("--sandbox"), "it says why: {refused}");
        return;
    }
    said(&confined, 0);
    assert!(!file.exists());
    // How a process ends is seen as it is without a sandbox.
    let aborted = said(&hostile.check("replaces", &["--sandbox"]), 1);
    assert!(aborted.contains("your code aborted the whole process (SIGABRT)"), "{aborted}");
}

#[cfg(not(target_os = "linux"))]
fn a_sandbox_has_no_way_out(hostile: &Hostile) {
    assert!(said(&hostile.check("", &["--sandbox"]), 3).contains("needs Linux"));
}

/// As on many servers. Where a user may have no namespaces it cannot be tried.
#[cfg(target_os = "linux")]
fn no_program_need_run_in_the_temporary_folder(hostile: &Hostile) {
    let temporary = tempfile::tempdir().expect("a temporary folder");
    let check = hostile.command("", &[]);
    let mounted = "mount -t tmpfs -o noexec none \"$TMPDIR\" && cp /bin/true \"$TMPDIR\" || exit 77\n\
                   \"$TMPDIR/true\" 2>/dev/null && exit 78\n\
                   exec \"$0\" \"$@\"";
    let mut command = Command::new("unshare");
    command.args(["--map-root-user", "--mount", "sh", "-c", mounted]);
    command.arg(check.get_program()).args(check.get_args());
    command.envs(check.get_envs().filter_map(|(name, value)| Some((name, value?))));
    let output = command.env("TMPDIR", temporary.path()).output().expect("there is unshare");
    let refused = String::from_utf8_lossy(&output.stderr).contains("unshare");
    if !refused && output.status.code() != Some(77) {
        assert!(said(&output, 1).contains("Rejected: 2 of 2 tests did not pass."));
    }
}

#[cfg(not(target_os = "linux"))]
fn no_program_need_run_in_the_temporary_folder(_: &Hostile) {}

#[test]
fn the_compiler_is_ended_where_it_comes_to_no_end() {
    let fixture = &Fixture::new("endless");
    let text = "#![allow(long_running_const_eval)]\n\
                pub const NEVER: () = loop {};\n\
                pub async fn ask_all(ask: impl AsyncFn(u32) -> u32, questions: &[u32]) -> Vec<u32> \
                { let _ = (ask, questions, NEVER); vec![] }\n";
    fixture.write("answers/endless.rs", text);
    let file = fixture.path("answers/endless.rs");
    let exercise = &fixture.pair();
    let stand_in = StandIn { exercise, candidate: "check", file: &file, spawned: None };
    let scratch = ScratchWorkspace::write(&fixture.workspace, "endless", &[stand_in]);
    let scratch = scratch.expect("it can be written");
    let patience = Duration::from_secs(2);
    let built = compile::build_within(&fixture.workspace, &scratch, false, patience);
    let error = format!("{:#}", built.expect_err("it cannot come to an end"));
    assert!(error.contains("nothing was compiled for 2 s, so the compiler was ended"), "{error}");
    // Where there is no `/proc`, it cannot be told.
    let compiles = || {
        fs::read_dir("/proc").into_iter().flatten().flatten().any(|process| {
            let folder = fs::read_link(process.path().join("cwd")).unwrap_or_default();
            folder.display().to_string().contains("overlay/endless-")
        })
    };
    wait_until("a compiler is left", || !compiles());
}
