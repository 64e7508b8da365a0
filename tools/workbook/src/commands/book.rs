//! `cargo workbook book`: builds or serves the book.
//!
//! The builder is a program of its own, so that a learner's first command need not compile mdBook.

use std::ffi::OsString;
use std::path::Path;
use std::process::{Command, ExitCode, ExitStatus, Stdio};

use anyhow::{Context, Result};

use crate::catalogue::workspace::Workspace;
use crate::engine::compile::cargo;
use crate::engine::process_group::CancelToken;

/// Runs `mdbook-workbook ACTION …` through cargo, and ends with its exit code.
pub fn run(workspace: &Workspace, action: &str, arguments: &[OsString]) -> Result<ExitCode> {
    let mut command = builder(workspace);
    command.arg(action).args(arguments);
    run_in_front(&mut command)
}

/// Runs a program of the workbook through cargo, and ends with its exit code.
pub fn run_in_front(command: &mut Command) -> Result<ExitCode> {
    let code = wait_in_front(command)?.code().and_then(|code| u8::try_from(code).ok());
    Ok(ExitCode::from(code.unwrap_or(1)))
}

fn wait_in_front(command: &mut Command) -> Result<ExitStatus> {
    // What ends us ends it as well: a server would go on.
    let started = CancelToken::default().start_in_front(command);
    let mut group = started.context("cannot start cargo; is it on the PATH?")?;
    group.wait().context("cannot wait for the program")
}

/// Builds the book into a folder, with these variables set. Whether it could be done; what went
/// wrong stands on the standard error then.
pub fn build(workspace: &Workspace, folder: &Path, variables: &[(&str, &str)]) -> Result<bool> {
    let mut command = builder(workspace);
    command.args(["build", "--dest-dir"]).arg(folder).envs(variables.iter().copied());
    command.stdin(Stdio::null()).stdout(Stdio::null());
    Ok(wait_in_front(&mut command)?.success())
}

fn builder(workspace: &Workspace) -> Command {
    let mut command = cargo();
    // Not `--quiet`: compiling mdBook takes a while the first time, and should show that it does.
    command.args(["run", "--package", "mdbook-workbook", "--bin", "mdbook-workbook", "--"]);
    command.current_dir(&workspace.root);
    command
}
