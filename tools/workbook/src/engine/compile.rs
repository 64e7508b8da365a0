//! Cargo, and what it said about each candidate.

use std::cell::Cell;
use std::collections::HashMap;
use std::env;
use std::io::{BufRead as _, BufReader, IsTerminal as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use serde::Deserialize;

use crate::catalogue::workspace::Workspace;
use crate::engine::build_record::{Artifact, Unrecorded, examine};
use crate::engine::cargo_progress;
use crate::engine::obstacle::Obstacle;
use crate::engine::process_group::{CancelToken, ChildGroup};
use crate::engine::scratch_workspace::ScratchWorkspace;
use crate::engine::snapshot::Snapshot;
use crate::terminal::paint::Paint;

/// The second builds what had to be removed. More are needed only where another cargo gets in
/// between, and builds it first.
const ATTEMPTS: usize = 3;

/// What cargo made of one package.
#[derive(Clone, Debug, Default)]
pub struct Built {
    /// The test binary, where it could be built.
    pub executable: Option<PathBuf>,
    /// The compiler's errors, as it prints them.
    pub errors: Vec<String>,
    /// The compiler's warnings, as it prints them.
    pub warnings: Vec<String>,
    /// Where lints have reported something, at whatever level.
    pub lints: Vec<Lint>,
}

/// A lint's report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lint {
    /// Its name: `unused_must_use`, `clippy::let_underscore_future`.
    pub name: String,
    /// The file that it points into.
    pub file: PathBuf,
    /// The line, counted from one.
    pub line: usize,
}

/// The program that runs this command, or the one on the path.
pub fn cargo() -> Command {
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    // `cargo run` describes this package to us. That is no business of the builds that we start,
    // and some build scripts would run again because of it.
    for (name, _) in env::vars_os() {
        let name = name.to_string_lossy();
        if ["CARGO_PKG_", "CARGO_MANIFEST_", "CARGO_BIN_"].iter().any(|own| name.starts_with(own)) {
            command.env_remove(&*name);
        }
    }
    command
}

/// Builds all candidates of a scratch workspace. One that does not compile does not hide the
/// others.
///
/// `colours`: the compiler's messages carry them.
pub fn build(
    workspace: &Workspace,
    scratch: &ScratchWorkspace,
    colours: bool,
) -> Result<Vec<Built>> {
    run_on(workspace, scratch, &["build", "--tests"], &[], colours, None)
}

/// The same for files that may be hostile: a constant whose evaluation does not end, say. An error
/// when cargo has had nothing to say for as long as `patience`.
pub fn build_within(
    workspace: &Workspace,
    scratch: &ScratchWorkspace,
    colours: bool,
    patience: Duration,
) -> Result<Vec<Built>> {
    run_on(workspace, scratch, &["build", "--tests"], &[], colours, Some(patience))
}

/// Lints all candidates of a scratch workspace. What clippy says is among the warnings. Their tests
/// are those of the exercises, which are linted once, with the main workspace.
pub fn lint(
    workspace: &Workspace,
    scratch: &ScratchWorkspace,
    colours: bool,
) -> Result<Vec<Built>> {
    run_on(workspace, scratch, &["clippy", "--lib"], &[], colours, None)
}

/// What lints report for the one package of a scratch workspace: `what` is `check` or `clippy`,
/// which may be asked to `warn` of more than it does by default.
pub fn lints(
    workspace: &Workspace,
    scratch: &ScratchWorkspace,
    what: &str,
    warn: &[&str],
) -> Result<Vec<Lint>> {
    let mut after = Vec::new();
    for lint in warn {
        after.extend(["-W", lint]);
    }
    let built = run_on(workspace, scratch, &[what], &after, false, None)?;
    let Some(built) = built.into_iter().next() else { return Ok(Vec::new()) };
    // An error may be that of a lint which is denied by default.
    let broken = |error: &String| error.starts_with("error[E");
    if built.errors.iter().any(broken) || !built.errors.is_empty() && built.lints.is_empty() {
        bail!("the cases of [lints] do not compile\n\n{}", built.errors.join("\n"));
    }
    Ok(built.lints)
}

fn run_on(
    workspace: &Workspace,
    scratch: &ScratchWorkspace,
    what: &[&str],
    after: &[&str],
    colours: bool,
    patience: Option<Duration>,
) -> Result<Vec<Built>> {
    let attempt = |offline: bool, sink: &ProgressSink| {
        let mut command = cargo();
        command.args(what).args(["--workspace", "--keep-going"]);
        command.arg("--manifest-path").arg(&scratch.manifest);
        command.arg("--target-dir").arg(&workspace.target);
        command.arg(as_json(colours));
        if offline {
            command.arg("--offline");
        }
        if !after.is_empty() {
            command.arg("--").args(after);
        }
        // The folder decides which .cargo/config.toml counts: the workbook's.
        command.current_dir(&workspace.root);
        match patience {
            Some(patience) => messages_within(command, sink, patience),
            None => messages(&CancelToken::default(), command, sink),
        }
    };
    let sink =
        if std::io::stderr().is_terminal() { ProgressSink::Terminal } else { ProgressSink::Keep };
    // Without the network wherever that is possible. Where a crate has not been downloaded yet,
    // nothing has been built, and cargo says so.
    let offline = Cell::new(true);
    let build = || {
        let said = attempt(offline.get(), &sink)?;
        if said.succeeded || !said.built.is_empty() || !offline.replace(false) {
            return Ok(said);
        }
        attempt(false, &sink)
    };
    // The manifests mark the contents of the candidates and of the tests. What those pull in, and
    // what all of them use, is looked at here.
    let base = scratch.manifest.parent().unwrap_or(&workspace.root);
    let (mut said, _) =
        up_to_date(workspace, base, &Snapshot::of([]), Unrecorded::GoByTimes, build)?;
    if let Some(text) = &said.in_the_way {
        in_the_way(text, workspace)?;
    }
    let mut elsewhere = Vec::new();
    for (manifest, built) in &said.built {
        if !scratch.manifests.contains(manifest) {
            elsewhere.extend(built.errors.iter().cloned());
        }
    }
    if !elsewhere.is_empty() {
        bail!("what the candidates depend on does not compile\n\n{}", elsewhere.join("\n"));
    }
    if !said.succeeded && said.errors().next().is_none() {
        let words = said.words(|| attempt(offline.get(), &ProgressSink::Keep))?;
        in_the_way(&words, workspace)?;
        bail!("cargo could not build the candidates\n\n{}", words.trim_end());
    }
    let of = |manifest| said.built.remove(manifest).unwrap_or_default();
    Ok(scratch.manifests.iter().map(of).collect())
}

/// The tests of an exercise, built against the learner's file.
#[derive(Clone, Debug)]
pub struct LearnersBuild {
    /// The test binary.
    pub executable: PathBuf,
    /// Every file on this disk that it was built from, as rustc lists them.
    pub sources: Vec<PathBuf>,
}

/// Builds an exercise's tests against the learner's file. Cargo's progress and the compiler's
/// messages go to the terminal as they come. `None`: it does not compile.
///
/// `snapshot`: of the files as they are, taken before. What cargo has built from others is built
/// again, whatever the times of the files.
pub fn exercise(
    workspace: &Workspace,
    name: &str,
    snapshot: &Snapshot,
) -> Result<Option<LearnersBuild>> {
    let colours = std::io::stderr().is_terminal() && Paint::stdout().colours;
    let attempt = |sink: &ProgressSink| {
        let mut command = for_learners(workspace, name);
        command.arg(as_json(colours));
        messages(&CancelToken::default(), command, sink)
    };
    let build = || attempt(&ProgressSink::Everything);
    let (said, sources) = learners_up_to_date(workspace, name, snapshot, build)?;
    let executable = said.built.values().find_map(|built| built.executable.clone());
    if let Some(executable) = executable {
        return Ok(Some(LearnersBuild { executable, sources }));
    }
    not_built(workspace, name, &said, || attempt(&ProgressSink::Keep))?;
    Ok(None)
}

/// The errors of the compiler. Where it has none, or where the machine is in its way, this is an
/// error: nothing is wrong with the learner's code then. `again` does the same once more, quietly.
fn not_built(
    workspace: &Workspace,
    name: &str,
    said: &CargoOutput,
    again: impl FnOnce() -> Result<CargoOutput>,
) -> Result<Vec<String>> {
    if let Some(text) = &said.in_the_way {
        in_the_way(text, workspace)?;
    }
    let errors: Vec<String> = said.errors().cloned().collect();
    if errors.is_empty() {
        let words = said.words(again)?;
        in_the_way(&words, workspace)?;
        bail!("cargo could not build the tests of {name}\n\n{}", words.trim_end());
    }
    Ok(errors)
}

/// An error if the text names something on the machine that is in the way.
fn in_the_way(text: &str, workspace: &Workspace) -> Result<()> {
    match Obstacle::in_text(text, &workspace.target) {
        Some(obstacle) => Err(obstacle.into()),
        None => Ok(()),
    }
}

/// The same, with nothing on the terminal: `tell` gets each line of cargo's progress as it comes.
///
/// `colours`: the compiler's messages carry them.
pub fn build_streaming(
    workspace: &Workspace,
    name: &str,
    snapshot: &Snapshot,
    token: &CancelToken,
    colours: bool,
    tell: &(dyn Fn(&str) + Sync),
) -> Result<Result<LearnersBuild, Vec<String>>> {
    let attempt = || {
        let mut command = for_learners(workspace, name);
        command.arg(as_json(colours));
        cargo_progress::ask_for(&mut command);
        messages(token, command, &ProgressSink::Tell(tell))
    };
    let (said, sources) = learners_up_to_date(workspace, name, snapshot, attempt)?;
    let executable = said.built.values().find_map(|built| built.executable.clone());
    if let Some(executable) = executable.filter(|_| said.succeeded) {
        return Ok(Ok(LearnersBuild { executable, sources }));
    }
    not_built(workspace, name, &said, attempt).map(Err)
}

fn learners_up_to_date(
    workspace: &Workspace,
    name: &str,
    snapshot: &Snapshot,
    attempt: impl Fn() -> Result<CargoOutput>,
) -> Result<(CargoOutput, Vec<PathBuf>)> {
    let manifest = workspace.root.join("exercises").join(name).join("Cargo.toml");
    let unrecorded = Unrecorded::BuildAgain(&manifest);
    up_to_date(workspace, &workspace.root, snapshot, unrecorded, attempt)
}

/// Builds, and again if cargo took something for up to date that was built from other contents. What
/// cargo said the last time, and the files that all of it was built from.
///
/// `base`: the folder of the workspace that is built. `snapshot`: of the files as they are, taken
/// before. `attempt` runs cargo.
pub fn up_to_date(
    workspace: &Workspace,
    base: &Path,
    snapshot: &Snapshot,
    unrecorded: Unrecorded,
    attempt: impl Fn() -> Result<CargoOutput>,
) -> Result<(CargoOutput, Vec<PathBuf>)> {
    let examine =
        |said: &CargoOutput| examine(workspace, base, snapshot, &said.artifacts, unrecorded);
    let mut removed = Vec::new();
    for _ in 0..ATTEMPTS {
        let said = attempt()?;
        let examined = examine(&said)?;
        if examined.removed.is_empty() {
            return Ok((said, examined.sources));
        }
        removed = examined.removed;
    }
    let removed: Vec<String> = removed.iter().map(|file| file.display().to_string()).collect();
    bail!(
        "cargo did not build these from the files as they are: {}\nEnd other builds in this folder, \
         or run `cargo clean`, and try again.",
        removed.join(", ")
    )
}

/// The switch by which cargo's messages can be read, with or without the compiler's colours.
fn as_json(colours: bool) -> &'static str {
    if colours { "--message-format=json-diagnostic-rendered-ansi" } else { "--message-format=json" }
}

/// What plain `cargo test -p NAME` would build, so that nothing is built twice.
fn for_learners(workspace: &Workspace, name: &str) -> Command {
    let mut command = cargo();
    command.args(["test", "--package", name, "--test", name, "--no-run"]);
    command.current_dir(&workspace.root);
    command
}

/// What cargo said.
#[derive(Debug, Default)]
pub struct CargoOutput {
    /// By the `Cargo.toml` of each package, where JSON was asked for.
    pub built: HashMap<PathBuf, Built>,
    /// What it has of the packages on this disk, where JSON was asked for.
    pub artifacts: Vec<Artifact>,
    /// Whether it did all that it was asked.
    pub succeeded: bool,
    /// What it wrote to the standard error, unless that is the terminal.
    pub progress: String,
    /// Errors that point at no code, as the compiler prints them: the machine may be in its way.
    pub in_the_way: Option<String>,
}

impl CargoOutput {
    /// The compiler's errors in all packages.
    pub fn errors(&self) -> impl Iterator<Item = &String> {
        self.built.values().flat_map(|built| &built.errors)
    }

    /// What cargo itself said. If the terminal has that, cargo is asked `again`.
    fn words(&self, again: impl FnOnce() -> Result<Self>) -> Result<String> {
        if self.progress.is_empty() { Ok(again()?.progress) } else { Ok(self.progress.clone()) }
    }
}

/// Where cargo's progress goes.
pub enum ProgressSink<'a> {
    /// To the terminal, as it comes.
    Terminal,
    /// The same, and the compiler's messages as well.
    Everything,
    /// Nowhere: it is kept, to be shown if cargo fails.
    Keep,
    /// To this function as well, line by line.
    Tell(&'a (dyn Fn(&str) + Sync)),
}

/// Runs cargo and sorts its messages by package.
pub fn messages(
    token: &CancelToken,
    mut command: Command,
    sink: &ProgressSink,
) -> Result<CargoOutput> {
    command.stdin(Stdio::null()).stdout(Stdio::piped());
    let started = match sink {
        ProgressSink::Terminal | ProgressSink::Everything => {
            token.start_in_front(command.stderr(Stdio::inherit()))
        }
        ProgressSink::Keep | ProgressSink::Tell(_) => token.start(command.stderr(Stdio::piped())),
    };
    let group = started.context("cannot start cargo; is it on the PATH?")?;
    read(group, sink, &|| ())
}

/// The same, unless it has nothing to say for as long as `patience`: then it is ended, with the
/// compilers that it has started.
fn messages_within(
    mut command: Command,
    sink: &ProgressSink,
    patience: Duration,
) -> Result<CargoOutput> {
    command.stdin(Stdio::null()).stdout(Stdio::piped());
    command.stderr(match sink {
        ProgressSink::Terminal | ProgressSink::Everything => Stdio::inherit(),
        ProgressSink::Keep | ProgressSink::Tell(_) => Stdio::piped(),
    });
    let token = CancelToken::default();
    // With a group of its own, also on a terminal: cargo alone would leave its compilers behind.
    let group = token.start(&mut command).context("cannot start cargo; is it on the PATH?")?;
    let (heard, lines) = mpsc::channel();
    let said = thread::scope(|scope| {
        let its = &token;
        scope.spawn(move || {
            while lines.recv_timeout(patience) == Ok(()) {}
            // Either the messages are at an end, or it took too long for another to come.
            if lines.recv_timeout(Duration::ZERO) == Err(RecvTimeoutError::Timeout) {
                its.cancel();
            }
        });
        let tell = || {
            // Nobody listens any more once it took too long.
            heard.send(()).ok();
        };
        let said = read(group, sink, &tell);
        drop(heard);
        said
    });
    if token.is_cancelled() {
        bail!(
            "nothing was compiled for {} s, so the compiler was ended\nLook for a constant in the \
             file whose evaluation does not end. If the machine is slow, allow more with --limit.",
            patience.as_secs()
        );
    }
    said
}

/// Reads what cargo says to its end. `heard` is called at each line of its messages.
fn read(mut group: ChildGroup, sink: &ProgressSink, heard: &dyn Fn()) -> Result<CargoOutput> {
    let mut said = CargoOutput::default();
    let (stdout, stderr) = (group.child.stdout.take(), group.child.stderr.take());
    said.progress = thread::scope(|scope| -> Result<String> {
        let tell = match sink {
            ProgressSink::Tell(tell) => Some(*tell),
            ProgressSink::Terminal | ProgressSink::Everything | ProgressSink::Keep => None,
        };
        let progress = stderr.map(|pipe| scope.spawn(move || cargo_progress::read(pipe, tell)));
        if let Some(pipe) = stdout {
            for line in BufReader::new(pipe).lines() {
                let line = line.context("cannot read what cargo says")?;
                heard();
                // Build scripts and old wrappers may print other lines; they are not for us.
                if let Ok(message) = serde_json::from_str::<Message>(&line) {
                    if let (ProgressSink::Everything, Message::Diagnostic { message, .. }) =
                        (sink, &message)
                    {
                        message.show();
                    }
                    message.sort_into(&mut said);
                }
            }
        }
        Ok(progress.and_then(|thread| thread.join().ok()).unwrap_or_default())
    })?;
    said.succeeded = group.wait().context("cannot wait for cargo")?.success();
    Ok(said)
}

/// What counts here of cargo's messages. The crate `cargo_metadata` knows all of them; with the six
/// crates that it brings along, a learner's first build took two seconds longer (of twenty).
#[derive(Deserialize)]
#[serde(tag = "reason")]
enum Message {
    #[serde(rename = "compiler-artifact")]
    Artifact {
        package_id: String,
        manifest_path: PathBuf,
        profile: Profile,
        filenames: Vec<PathBuf>,
        executable: Option<PathBuf>,
        fresh: bool,
    },
    #[serde(rename = "compiler-message")]
    Diagnostic { manifest_path: PathBuf, message: Diagnostic },
    #[serde(other)]
    Unknown,
}

#[derive(Deserialize)]
struct Profile {
    test: bool,
}

#[derive(Deserialize)]
struct Diagnostic {
    level: String,
    message: String,
    rendered: Option<String>,
    code: Option<Code>,
    #[serde(default)]
    spans: Vec<Span>,
}

#[derive(Deserialize)]
struct Code {
    code: String,
}

#[derive(Deserialize)]
struct Span {
    file_name: PathBuf,
    line_start: usize,
    is_primary: bool,
}

impl Diagnostic {
    /// Whether it is the compiler's own count at the end, which says nothing new.
    fn is_count(&self) -> bool {
        self.message.starts_with("aborting due to")
            || self.message.ends_with("emitted") && self.message.contains("warning")
    }

    /// Whether it may be about the machine: an error that points at no code.
    fn may_be_in_the_way(&self) -> bool {
        self.level == "error" && self.code.is_none() && self.spans.is_empty() && !self.is_count()
    }

    /// Prints it as cargo does, on a line of its own where cargo draws how far it is.
    fn show(&self) {
        if let Some(rendered) = self.rendered.as_ref().filter(|_| !self.is_count()) {
            let clear = if std::io::stderr().is_terminal() { "\r\x1b[K" } else { "" };
            eprintln!("{clear}{}\n", rendered.trim_end());
        }
    }
}

impl Message {
    fn sort_into(self, said: &mut CargoOutput) {
        let built = &mut said.built;
        match self {
            Self::Artifact { package_id, manifest_path, profile, filenames, executable, fresh } => {
                if package_id.starts_with("path+") {
                    let manifest = manifest_path.clone();
                    said.artifacts.push(Artifact { manifest, files: filenames, fresh });
                }
                let package = built.entry(manifest_path).or_default();
                if profile.test && executable.is_some() {
                    package.executable = executable;
                }
            }
            Self::Diagnostic { manifest_path, message } => {
                let package = built.entry(manifest_path).or_default();
                if message.may_be_in_the_way() {
                    let text = message.rendered.as_ref().unwrap_or(&message.message);
                    said.in_the_way.get_or_insert_default().push_str(text);
                }
                let count = message.is_count();
                let Diagnostic { level, message, rendered, code, spans } = message;
                // The compiler's own errors have a code too: E0308.
                let name = code.map(|code| code.code).filter(|name| !is_an_error(name));
                if let Some(name) = name {
                    let primary = spans.into_iter().filter(|span| span.is_primary);
                    package.lints.extend(primary.map(|span| Lint {
                        name: name.clone(),
                        file: span.file_name,
                        line: span.line_start,
                    }));
                }
                let rendered = rendered.unwrap_or_else(|| format!("{level}: {message}\n"));
                match level.as_str() {
                    _ if count => {}
                    // A library is checked once for itself and once for its tests.
                    "warning" if package.warnings.contains(&rendered) => {}
                    "warning" => package.warnings.push(rendered),
                    "error" | "error: internal compiler error" => package.errors.push(rendered),
                    _ => {}
                }
            }
            Self::Unknown => {}
        }
    }
}

/// Whether the code of a message is that of an error which is no lint's: `E0308`.
fn is_an_error(code: &str) -> bool {
    code.strip_prefix('E').is_some_and(|rest| rest.bytes().all(|byte| byte.is_ascii_digit()))
}

/// Whether a compiler's message points into `file`.
pub fn points_into(message: &str, file: &Path) -> bool {
    message.contains(&*file.to_string_lossy())
}
