//! `cargo workbook board`: how far everybody in the room is, on one page.
//!
//! The server is a program of its own, so that a learner's first command need not compile it.

use std::net::IpAddr;
use std::process::ExitCode;

use anyhow::Result;
use clap::Args;

use crate::catalogue::workspace::Workspace;
use crate::commands::book::run_in_front;
use crate::engine::compile::cargo;

/// What is asked of the server, which reads the same from its own command line.
#[derive(Clone, Debug, Args)]
pub struct Options {
    /// The port [default: 4880, or a free one if that is taken]
    #[arg(long)]
    pub port: Option<u16>,
    /// For this machine alone, to try it
    #[arg(long)]
    pub local: bool,
    /// The address that is shown to learners, if this machine has several
    #[arg(long, value_name = "IP", conflicts_with = "local")]
    pub address: Option<IpAddr>,
    /// The most people from one network address, of 64 in all, for a class that shares one
    /// [default: 32]
    #[arg(long, value_name = "PEOPLE", value_parser = clap::value_parser!(u8).range(1..))]
    pub at_one_address: Option<u8>,
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
    if let Some(most) = options.at_one_address {
        command.args(["--at-one-address", &most.to_string()]);
    }
    run_in_front(&mut command)
}
