//! `.workbook/progress.toml`: read whatever it holds, write it whole, one command at a time.

use std::collections::BTreeMap;
use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow};
use serde::{Deserialize, Serialize};
use toml::Table;

use crate::catalogue::workspace::Workspace;
use crate::learner::atomic_write;
use crate::learner::timestamp;

/// The version of the file that is read and written here.
const VERSION: u32 = 1;

/// Another command holds the lock for milliseconds. One that was stopped must not stop all others.
const PATIENCE: Duration = Duration::from_secs(5);

const HEADER: &str = "\
# What `cargo workbook` remembers of this copy. It is yours alone: git ignores it, and nothing is
# lost with it but hints. Without it, running an exercise finds out again whether it is solved.

";

/// All of the file. What is unknown is kept: another version may know it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Document {
    version: u32,
    #[serde(default)]
    pub(super) exercises: BTreeMap<String, Entry>,
    #[serde(flatten)]
    rest: Table,
}

/// What is remembered of one exercise.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Entry {
    /// Whether the last run of the tests as shipped passed, and nothing was reset since.
    #[serde(default)]
    pub(super) solved: bool,
    /// The last run that passed.
    pub(super) passed: Option<Run>,
    /// The last run that failed.
    pub(super) failed: Option<Run>,
    /// How many hints were shown, by test.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) hints: BTreeMap<String, usize>,
    #[serde(flatten)]
    rest: Table,
}

/// A run of the tests.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Run {
    /// The fingerprint of the learner's file.
    pub(super) file: String,
    /// The fingerprint of the tests.
    pub(super) tests: String,
    /// The hash of everything that decided how it came out. Former versions did not write it: what
    /// they remember of a run says nothing, and the tests run again.
    pub(super) inputs: Option<String>,
    /// The files in that hash which only rustc could name, from the workbook's root.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) also: Vec<String>,
    /// The first test that failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) test: Option<String>,
}

impl Default for Document {
    fn default() -> Self {
        Self { version: VERSION, exercises: BTreeMap::new(), rest: Table::new() }
    }
}

/// Where the workbook keeps what is the learner's and no part of the book.
pub fn folder(workspace: &Workspace) -> PathBuf {
    workspace.root.join(".workbook")
}

fn path(workspace: &Workspace) -> PathBuf {
    folder(workspace).join("progress.toml")
}

/// Reads the file. One that cannot be understood is moved aside, and a notice says so.
pub(super) fn read(workspace: &Workspace, notices: &mut Vec<String>) -> Document {
    match parse(&path(workspace)) {
        Ok(document) => document,
        Err(_) => update(workspace, notices, |_| {}),
    }
}

/// Changes the file and hands back what it holds then. Where it cannot be written, a notice says
/// so, and the change counts for this command alone.
pub(super) fn update(
    workspace: &Workspace,
    notices: &mut Vec<String>,
    change: impl FnOnce(&mut Document),
) -> Document {
    let path = path(workspace);
    let mut document = Document::default();
    let attempt = || -> Result<()> {
        let _lock = lock(workspace)?;
        match parse(&path) {
            Ok(found) => document = found,
            Err(problem) => notices.push(set_aside(workspace, &path, &problem)?),
        }
        let before = document.clone();
        change(&mut document);
        if document == before && path.is_file() {
            return Ok(());
        }
        let text = format!("{HEADER}{}", toml::to_string(&document)?);
        atomic_write::write(&path, text.as_bytes()).context("cannot write it")
    };
    if let Err(problem) = attempt() {
        let shown = workspace.shown(&path);
        notices.push(format!(
            "{shown} cannot be brought up to date ({problem:#}): all else works, and what is new \
             is forgotten until you may write there again"
        ));
    }
    document
}

/// No such file is an empty one.
fn parse(path: &Path) -> Result<Document> {
    let bytes = match fs::read(path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Document::default()),
        Err(error) => return Err(error).context("cannot read it"),
    };
    let text = String::from_utf8(bytes).map_err(|_| anyhow!("it is not text"))?;
    let table: Table = toml::from_str(&text).map_err(|error| {
        let line = error.span().map_or(1, |span| crate::pages::problem::line_of(&text, span.start));
        anyhow!("line {line} is damaged")
    })?;
    match table.get("version").and_then(toml::Value::as_integer) {
        Some(version) if version == i64::from(VERSION) => {}
        Some(version) if version > i64::from(VERSION) => {
            return Err(anyhow!("a newer workbook has written it, in version {version}"));
        }
        _ => return Err(anyhow!("it does not say `version = {VERSION}`")),
    }
    Document::deserialize(table).map_err(|error| anyhow!("{}", error.message()))
}

fn set_aside(workspace: &Workspace, path: &Path, problem: &anyhow::Error) -> Result<String> {
    let aside = path.with_file_name(format!("progress.toml.kept-{}", timestamp::now()));
    let (from, to) = (workspace.shown(path), workspace.shown(&aside));
    fs::rename(path, &aside)
        .with_context(|| format!("{problem:#}, and it cannot be moved aside to {to}"))?;
    Ok(format!(
        "{from} could not be used ({problem:#}); it is kept as {to}, and `cargo workbook` finds \
         out again what is solved by running it"
    ))
}

/// Holds every other command back that wants to write, until it is dropped.
pub fn lock(workspace: &Workspace) -> Result<File> {
    let folder = folder(workspace);
    let shown = workspace.shown(&folder);
    fs::create_dir_all(&folder).with_context(|| format!("cannot create the folder {shown}"))?;
    let path = folder.join("lock");
    let file = File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .open(&path)
        .with_context(|| format!("cannot write {}", workspace.shown(&path)))?;
    let deadline = Instant::now() + PATIENCE;
    // Where a file system knows no locks, two commands at once are the learner's to avoid.
    while let Err(TryLockError::WouldBlock) = file.try_lock() {
        if Instant::now() >= deadline {
            return Err(anyhow!(
                "another `cargo workbook` has held {} for {} s; end it first",
                workspace.shown(&path),
                PATIENCE.as_secs()
            ));
        }
        thread::sleep(Duration::from_millis(5));
    }
    Ok(file)
}
