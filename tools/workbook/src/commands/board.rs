//! `cargo workbook board`: how far everybody in the room is, on one page.
//!
//! The server is a program of its own, so that a learner's first command need not compile it.

use std::net::IpAddr;
use std::process::ExitCode;

use anyhow::{Context, Result};

use crate::catalogue::workspace::Workspace;
use crate::engine::compile::cargo;
use crate::engine::process_group::CancelToken;

/// What is asked of the server.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The port.
    pub port: Option<u16>,
    /// For this machine alone.
    pub local: bool,
    /// The address that is shown.
    pub address: Option<IpAddr>,
}

/// Runs the server through cargo until it is ended, and ends with its exit code.
pub fn run(workspace: &Workspace, options: &Options) -> Result<ExitCode> {
    let mut command = cargo();
    command.args(["run", "--package", "workbook-board", "--bin", "workbook-board", "--"]);
    command.arg("--root").arg(&workspace.root).current_dir(&workspace.root);
    if let Some(port) = options.port {
        command.args(["--port", &port.to_string()]);
    }
    if options.local {
        command.arg("--local");
    }
    if let Some(address) = options.address {
        command.args(["--address", &address.to_string()]);
    }
    // What ends us ends it as well: a server would go on.
    let started = CancelToken::default().start_in_front(&mut command);
    let mut group = started.context("cannot start cargo; is it on the PATH?")?;
    let status = group.wait().context("cannot wait for the board")?;
    let code = status.code().and_then(|code| u8::try_from(code).ok()).unwrap_or(1);
    Ok(ExitCode::from(code))
}
