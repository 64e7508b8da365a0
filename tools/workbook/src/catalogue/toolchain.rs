//! What the installed tools say of themselves.

use std::env;
use std::ffi::OsString;
use std::process::Command;
use std::sync::OnceLock;
use std::thread;

/// What a program prints, without the white space around it; `None` where it cannot be started.
pub fn said(program: &str, arguments: &[&str]) -> Option<String> {
    let output = Command::new(program).args(arguments).output().ok()?;
    Some(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// The version of rustc: `1.95.0`.
pub fn rustc() -> Option<String> {
    said("rustc", &["--version"])?.split_whitespace().nth(1).map(str::to_owned)
}

/// All that the compiler says of itself (`rustc -vV`), asked once; empty where it says nothing.
///
/// It takes some hundredths of a second: [`ask_ahead`] where something else is to be done first.
pub fn compiler() -> &'static str {
    static COMPILER: OnceLock<String> = OnceLock::new();
    COMPILER.get_or_init(|| {
        let rustc = env::var_os("RUSTC").unwrap_or_else(|| OsString::from("rustc"));
        let output = Command::new(rustc).arg("-vV").output();
        output
            .map(|output| String::from_utf8_lossy(&output.stdout).into_owned())
            .unwrap_or_default()
    })
}

/// Asks the compiler on another thread, so that [`compiler`] need not wait later.
pub fn ask_ahead() {
    // Where there is no thread to be had, it is asked when it is needed.
    thread::Builder::new().spawn(compiler).ok();
}
