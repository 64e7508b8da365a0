//! Whether every crate is here. The network is asked only where one is not.

use anyhow::Result;

use crate::catalogue::workspace::Workspace;
use crate::commands::prepare::problem::Problem;
use crate::engine::compile::{CargoOutput, ProgressSink, cargo, messages};
use crate::engine::process_group::CancelToken;

/// For which systems crates are wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum For {
    /// This machine's: nothing else is built here, and some of the others are large.
    ThisSystem,
    /// Every system, as a folder to hand out needs them.
    EverySystem,
}

/// Downloads what is missing.
pub fn all(workspace: &Workspace, systems: For) -> Result<Result<String, Problem>> {
    if fetch(workspace, systems, &["--offline"], &ProgressSink::Keep)?.succeeded {
        return Ok(Ok("every crate is here".to_owned()));
    }
    // As it comes: it can take minutes on a poor network.
    let aloud = |line: &str| eprintln!("  {line}");
    let said = fetch(workspace, systems, &[], &ProgressSink::Tell(&aloud))?;
    if said.succeeded {
        return Ok(Ok("every crate is here now".to_owned()));
    }
    Ok(Err(judge(&said.progress)))
}

fn fetch(
    workspace: &Workspace,
    systems: For,
    arguments: &[&str],
    hear: &ProgressSink,
) -> Result<CargoOutput> {
    let mut command = cargo();
    command.arg("fetch").args(arguments).current_dir(&workspace.root);
    if systems == For::ThisSystem {
        command.args(["--target", "host-tuple"]);
    }
    messages(&CancelToken::default(), command, hear)
}

/// How cargo says that it reached nobody. The numbers are those of curl.
const UNREACHED: [&str; 9] = [
    "Could not resolve",
    "Couldn't resolve",
    "Could not connect",
    "Couldn't connect",
    "Failed to connect",
    "Timeout was reached",
    "network failure",
    "failed to download",
    "--offline was specified",
];
/// How it says that somebody in between speaks for the other.
const DISTRUSTED: [&str; 3] = ["SSL", "certificate", "TLS"];
/// How it says that there is no such crate.
const UNKNOWN: [&str; 3] = ["no matching package", "failed to select a version", "is not found"];

/// Why `cargo fetch` failed, from what it said.
pub fn judge(said: &str) -> Problem {
    let any = |words: &[&str]| words.iter().any(|words| said.contains(words));
    // Without a network cargo says that it knows no such crate. It says so of itself.
    if any(&UNKNOWN) && !said.contains("offline mode") {
        return Problem::new(
            format!("a crate that Cargo.toml asks for is not to be had\n{}", errors(said)),
            "Take back what was changed in a Cargo.toml or in Cargo.lock: `git diff` shows it.",
        );
    }
    if any(&DISTRUSTED) {
        return Problem::new(
            format!("crates are missing, and a certificate is not trusted\n{}", errors(said)),
            "A network that looks into what it passes on has a certificate of its own: name its \
             file\nin the variable CARGO_HTTP_CAINFO, or use another network.",
        );
    }
    if any(&UNREACHED) || said.contains("offline mode") {
        return Problem::new(
            format!("crates are missing, and the network cannot be reached\n{}", errors(said)),
            "Find a network, or set HTTPS_PROXY=http://HOST:PORT where one wants a proxy, and see\n\
             that CARGO_NET_OFFLINE is not set. Or work in a folder that somebody has made with\n\
             `cargo workbook prepare --vendor FOLDER`: it needs no network.",
        );
    }
    Problem::new(
        format!("crates are missing, and cargo cannot fetch them\n{}", errors(said)),
        "Run `cargo fetch` to see all that it says.",
    )
}

/// From the first error on: before it stands what went well.
fn errors(said: &str) -> String {
    let lines: Vec<&str> = said.lines().skip_while(|line| !line.starts_with("error")).collect();
    let lines = if lines.is_empty() { said.lines().collect() } else { lines };
    lines.into_iter().filter(|line| !line.trim().is_empty()).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    const NO_NETWORK: &str = "    Updating crates.io index
error: failed to get `futures` as a dependency of package `cleanup v0.1.0`

Caused by:
  download of config.json failed

Caused by:
  [7] Could not connect to server (Failed to connect to 127.0.0.1 port 9 after 0 ms)
";

    #[test]
    fn no_network_is_told_with_the_proxy_and_the_folder() {
        let problem = judge(NO_NETWORK);
        assert!(problem.what.contains("the network cannot be reached"), "{}", problem.what);
        assert!(problem.what.contains("port 9"), "{}", problem.what);
        assert!(!problem.what.contains("Updating"), "{}", problem.what);
        assert!(problem.remedy.contains("HTTPS_PROXY") && problem.remedy.contains("--vendor"));
    }

    #[test]
    fn offline_mode_is_no_network_either() {
        let said = "error: no matching package named `thiserror` found\n\
                    As a reminder, you're using offline mode (--offline) which can sometimes";
        assert!(judge(said).remedy.contains("CARGO_NET_OFFLINE"));
    }

    #[test]
    fn a_missing_crate_is_told_apart() {
        let said = "error: no matching package named `no-such-crate` found\n\
                    location searched: crates.io index";
        let problem = judge(said);
        assert!(problem.what.contains("no-such-crate"), "{}", problem.what);
        assert!(problem.remedy.contains("git diff"));
    }

    #[test]
    fn a_certificate_in_between_is_told_apart() {
        let said = "error: failed to download from `https://…`\n  [60] SSL peer certificate or SSH \
                    remote key was not OK";
        assert!(judge(said).remedy.contains("CARGO_HTTP_CAINFO"));
    }

    #[test]
    fn whatever_else_cargo_says_is_shown() {
        assert!(judge("error: the lock file is broken").what.ends_with("the lock file is broken"));
    }
}
