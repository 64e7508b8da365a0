//! What the installed tools say of themselves.

use std::process::Command;

/// What a program prints, without the white space around it; `None` where it cannot be started.
pub fn said(program: &str, arguments: &[&str]) -> Option<String> {
    let output = Command::new(program).args(arguments).output().ok()?;
    Some(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// The version of rustc: `1.95.0`.
pub fn rustc() -> Option<String> {
    said("rustc", &["--version"])?.split_whitespace().nth(1).map(str::to_owned)
}
