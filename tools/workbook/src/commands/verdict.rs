//! What a command comes to, and the exit code that says so.

use std::process::ExitCode;

use serde::Serialize;

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
}

impl From<Verdict> for ExitCode {
    fn from(verdict: Verdict) -> Self {
        Self::from(match verdict {
            Verdict::Accepted => 0,
            Verdict::Rejected => 1,
            Verdict::DoesNotCompile => 2,
        })
    }
}
