//! `cargo workbook book`: builds or serves the book.
//!
//! The builder is a program of its own, so that a learner's first command need not compile mdBook.

use std::ffi::OsString;
use std::process::ExitCode;

use anyhow::{Context, Result};

use crate::compile::cargo;
use crate::workspace::Workspace;

/// Runs `mdbook-workbook ACTION …` through cargo, and ends with its exit code.
pub fn run(workspace: &Workspace, action: &str, arguments: &[OsString]) -> Result<ExitCode> {
    let status = cargo()
        // Not `--quiet`: compiling mdBook takes a while the first time, and should show that it does.
        .args(["run", "--package", "mdbook-workbook", "--bin", "mdbook-workbook", "--"])
        .arg(action)
        .args(arguments)
        .current_dir(&workspace.root)
        .status()
        .context("cannot start cargo; is it on the PATH?")?;
    let code = status.code().and_then(|code| u8::try_from(code).ok()).unwrap_or(1);
    Ok(ExitCode::from(code))
}
