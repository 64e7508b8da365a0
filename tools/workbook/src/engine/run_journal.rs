//! Where one run of a test binary leaves its outcomes, and how they are known to be its own.
//!
//! Two secrets and their uses must not be mixed up. The *key* seals outcomes. It goes to the test
//! kit through the process's standard input, which the test kit reads before any of the learner's
//! code runs. The *mark* is in the environment of everything that the run starts, for anyone to see:
//! by it those processes are found again and ended.

use std::collections::HashMap;
use std::fs;
use std::hash::{BuildHasher as _, RandomState};
use std::io::Write as _;
use std::path::Path;
use std::process::{Child, Command};

use anyhow::{Context, Result, bail};
use timeline::outcome::Outcome;
use timeline::seal::Key;

use crate::engine::process_group::{self, new_mark};
use crate::engine::sandbox::{self, Sandbox};
use crate::engine::temporary_folder::TemporaryFolder;

/// No outcome is longer, unless the code has made it so: in memory it would be in our way. In bytes.
pub const LONGEST: u64 = 16 * 1024 * 1024;

/// What a run has left behind, by test.
#[derive(Debug, Default)]
pub struct Left {
    /// The outcomes that the test kit has written in this run.
    pub outcomes: HashMap<String, Outcome>,
    /// Outcomes that are too long to be read, and their lengths in bytes.
    pub too_long: HashMap<String, u64>,
}

/// The outcomes of one run.
#[derive(Debug)]
pub struct RunJournal<'a> {
    folder: TemporaryFolder,
    mark: String,
    key: Key,
    sandbox: Option<&'a Sandbox>,
}

impl<'a> RunJournal<'a> {
    /// A folder, a mark and a key that no other run has. In a sandbox, the run can write to that
    /// folder only.
    pub fn new(sandbox: Option<&'a Sandbox>) -> Result<Self> {
        let folder = TemporaryFolder::new().context("cannot create a temporary folder")?;
        let mark = new_mark();
        // The standard library's hashers have keys from the system's source of randomness. What
        // they make of a mark cannot be guessed without them.
        let key = Key::new([1_u8, 2].map(|half| RandomState::new().hash_one((half, &mark))));
        Ok(Self { folder, mark, key, sandbox })
    }

    /// By which the processes of this run are found again.
    pub fn mark(&self) -> &str {
        &self.mark
    }

    /// A command for a test binary, which is told where to write and how it gets the key.
    pub fn command(&self, executable: &Path) -> Command {
        let mut command = match self.sandbox {
            Some(sandbox) => sandbox.start(executable, self.folder.path()),
            None => Command::new(executable),
        };
        command
            .env("WORKBOOK_JOURNAL", self.folder.path())
            .env("WORKBOOK_SEAL", "stdin")
            .env(process_group::MARK, &self.mark);
        command
    }

    /// Gives the key to a test binary that has just been started, and closes its input behind it.
    pub fn hand_over_key(&self, child: &mut Child) {
        if let Some(mut input) = child.stdin.take() {
            // It is shorter than any pipe, so this never waits. An error means that the process has
            // ended by now, and then it seals nothing.
            writeln!(input, "{}", self.key).ok();
        }
    }

    /// What the test kit has written in this run. What anybody else has written is left out: the test
    /// without an outcome is then looked at by itself.
    pub fn left(&self) -> Result<Left> {
        if self.sandbox.is_some() && !sandbox::is_confined(self.folder.path()) {
            bail!(
                "the sandbox could not be set up this time, or the code removed what proves it\n\
                 Check again. If it stays so, check without --sandbox, in a container."
            );
        }
        let mut left = Left::default();
        let entries =
            fs::read_dir(self.folder.path()).context("cannot read the journal's folder")?;
        for entry in entries {
            let path = entry.context("cannot read the journal's folder")?.path();
            let Some(name) = path.file_name().and_then(|name| name.to_str()) else { continue };
            let Some(test) = name.strip_suffix(".json") else { continue };
            let Some(length) = length_of(&path) else { continue };
            if length > LONGEST {
                left.too_long.insert(test.to_owned(), length);
            } else if let Ok(text) = fs::read(&path)
                && let Ok(outcome) = serde_json::from_slice::<Outcome>(&text)
                && outcome.is_sealed_by(&self.key)
            {
                left.outcomes.insert(outcome.test.clone(), outcome);
            }
        }
        Ok(left)
    }
}

/// Of a file, and of nothing else that might never come to an end.
fn length_of(path: &Path) -> Option<u64> {
    let metadata = fs::symlink_metadata(path).ok()?;
    metadata.is_file().then_some(metadata.len())
}

#[cfg(test)]
mod tests {
    use timeline::outcome::State;
    use timeline::{Clock, Recording};

    use super::*;

    #[test]
    fn only_what_was_sealed_in_this_run_counts() {
        let journal = RunJournal::new(None).expect("a temporary folder");
        let other = RunJournal::new(None).expect("a temporary folder");
        let write = |file: &str, test: &str, key: Option<&Key>| {
            let outcome = Outcome {
                seal: String::new(),
                test: test.to_owned(),
                state: State::Passed,
                failure: None,
                timeline: Recording::new(Clock::Real).timeline(),
            };
            let outcome = key.map_or(outcome.clone(), |key| outcome.sealed(key));
            let json = serde_json::to_vec(&outcome).expect("plain data");
            fs::write(journal.folder.path().join(file), json).expect("a file");
        };
        write("ours.json", "ours", Some(&journal.key));
        write("theirs.json", "theirs", Some(&other.key));
        write("unsealed.json", "unsealed", None);
        fs::write(journal.folder.path().join("nothing.json"), "{}").expect("a file");
        fs::create_dir(journal.folder.path().join("folder.json")).expect("a folder");

        let outcomes = journal.left().expect("the folder can be read").outcomes;
        assert_eq!(outcomes.keys().collect::<Vec<_>>(), ["ours"]);
    }
}
