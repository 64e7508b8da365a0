//! One red and one green test, offline, as the learner will see them.

use std::env;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result};

use crate::catalogue::Exercise;
use crate::catalogue::workspace::Workspace;
use crate::commands::prepare::OFFLINE;
use crate::commands::prepare::problem::Problem;
use crate::engine::process_group::CancelToken;

/// The exercise as it is shipped fails its tests.
pub fn red(workspace: &Workspace, exercise: &Exercise) -> Result<Result<String, Problem>> {
    let code = check(workspace, exercise, &exercise.start())?;
    Ok(judge(code, 1, &exercise.name, "as it is shipped", &workspace.shown(&exercise.start())))
}

/// Its reference passes them.
pub fn green(workspace: &Workspace, exercise: &Exercise) -> Result<Result<String, Problem>> {
    let file = exercise.reference();
    let code = check(workspace, exercise, &file)?;
    Ok(judge(code, 0, &exercise.name, "as the reference has it", &workspace.shown(&file)))
}

/// Whether `cargo workbook check` came to that code.
pub fn judge(
    code: Option<i32>,
    wanted: i32,
    name: &str,
    which: &str,
    file: &str,
) -> Result<String, Problem> {
    let colour = if wanted == 0 { "green" } else { "red" };
    if code == Some(wanted) {
        return Ok(format!("{name}, {which}, is {colour} without the network, as it should be"));
    }
    let instead = match code {
        Some(0) => "it is green",
        Some(1) => "it is red",
        Some(2) => "it does not compile",
        _ => "it could not be tested",
    };
    Err(Problem::new(
        format!("{name}, {which}, should be {colour} without the network, and {instead}"),
        format!(
            "Run `cargo workbook check {name} {file}` to see why. Tests that talk to servers on\n\
             127.0.0.1 can be stopped by a firewall, or by a proxy that is set for local addresses\n\
             too: set NO_PROXY=127.0.0.1."
        ),
    ))
}

/// This very program, so that nothing is tested in another way than learners do. Its report is of
/// no interest; what cargo says is.
fn check(workspace: &Workspace, exercise: &Exercise, file: &Path) -> Result<Option<i32>> {
    let mut command = Command::new(env::current_exe().context("this program has no path")?);
    command.args(["check", &exercise.name]).arg(file).arg("--root").arg(&workspace.root);
    command.env(OFFLINE.0, OFFLINE.1).stdin(Stdio::null()).stdout(Stdio::null());
    let mut group =
        CancelToken::default().start_in_front(&mut command).context("cannot run the check")?;
    Ok(group.wait().context("cannot wait for the check")?.code())
}

#[cfg(test)]
mod tests {
    use super::judge;

    #[test]
    fn only_the_wanted_colour_is_a_proof() {
        for wanted in [0, 1] {
            for code in [Some(0), Some(1), Some(2), Some(3), None] {
                let found = judge(code, wanted, "gather", "as it is shipped", "start.rs");
                assert_eq!(found.is_ok(), code == Some(wanted), "{found:?}");
            }
        }
        let problem = judge(Some(2), 1, "gather", "as it is shipped", "solutions/start.rs");
        let problem = problem.expect_err("it does not compile");
        assert!(problem.what.ends_with("and it does not compile"), "{}", problem.what);
        assert!(problem.remedy.contains("cargo workbook check gather solutions/start.rs"));
    }
}
