//! What a command comes to, and the exit code that says so.

use std::process::ExitCode;

use anyhow::Result;
use serde::Serialize;

use crate::catalogue::workspace::Workspace;
use crate::engine::judge::Judgement;
use crate::engine::obstacle::Obstacle;

/// The exit code of a command that could not do what was asked: an unknown exercise, a missing
/// file, a broken manifest, or a mistake on the command line.
pub const USAGE: u8 = 3;

/// What a file, or all of the workbook, comes to. Its exit code is part of the interface.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// All is as it should be: exit code 0.
    Accepted,
    /// A test failed, or an invariant does not hold: exit code 1.
    Rejected,
    /// The compiler refuses it: exit code 2.
    #[serde(rename = "does not compile")]
    DoesNotCompile,
    /// No test failed, and some could not be judged or none could be built, because the machine was
    /// in the way: exit code 4.
    #[serde(rename = "not judged")]
    NotJudged,
}

impl Verdict {
    /// What a test of the learner's code comes to. Where the machine was in the way of it, that is
    /// said, and the code is not judged.
    pub fn unless_obstructed(workspace: &Workspace, done: Result<Self>) -> Result<Self> {
        let error = match done {
            Ok(verdict) => return Ok(verdict),
            Err(error) => error,
        };
        let Some(obstacle) = Obstacle::in_error(&error, &workspace.target) else {
            return Err(error);
        };
        eprintln!("\nNot judged: {obstacle}");
        Ok(Self::NotJudged)
    }
}

impl From<&Judgement> for Verdict {
    fn from(judgement: &Judgement) -> Self {
        if judgement.accepted() {
            Self::Accepted
        } else if judgement.failing().next().is_none() && judgement.not_judged().next().is_some() {
            Self::NotJudged
        } else {
            Self::Rejected
        }
    }
}

impl From<Verdict> for ExitCode {
    fn from(verdict: Verdict) -> Self {
        Self::from(match verdict {
            Verdict::Accepted => 0,
            Verdict::Rejected => 1,
            Verdict::DoesNotCompile => 2,
            Verdict::NotJudged => 4,
        })
    }
}
