//! Whether Rust is new enough.

use std::env;
use std::fs;
use std::process::Command;

use toml::Table;

use crate::catalogue::workspace::Workspace;
use crate::commands::prepare::problem::Problem;

/// Compares the compiler with what the workbook's `Cargo.toml` asks for.
pub fn look(workspace: &Workspace) -> Result<String, Problem> {
    let compiler = env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    // The folder counts: rustup can give each its own toolchain.
    let said = Command::new(compiler).arg("--version").current_dir(&workspace.root).output();
    let said = said.map(|output| String::from_utf8_lossy(&output.stdout).into_owned());
    judge(said.ok().as_deref(), wanted(workspace).as_deref())
}

/// Judges what `rustc --version` said. `None`: there is no such program.
pub fn judge(said: Option<&str>, wanted: Option<&str>) -> Result<String, Problem> {
    let Some(said) = said else {
        return Err(Problem::new(
            "there is no Rust compiler: `rustc` cannot be started",
            "Install it from https://rustup.rs, and open a new terminal.",
        ));
    };
    let found = said.split_whitespace().nth(1).unwrap_or_default();
    let Some(version) = version(found) else {
        return Err(Problem::new(
            format!("`rustc --version` said {said:?}, in which there is no version"),
            "Run `rustup update stable`, and look at what `rustup show` says.",
        ));
    };
    let Some((wanted, least)) = wanted.and_then(|wanted| Some((wanted, self::version(wanted)?)))
    else {
        return Ok(format!("Rust {found}"));
    };
    if version >= least {
        return Ok(format!("Rust {found}; {wanted} or later is needed"));
    }
    Err(Problem::new(
        format!("Rust is {found}, and {wanted} or later is needed"),
        "Run `rustup update stable`. Where `rustc --version` still says the same, `rustup show`\n\
         tells what holds it back: an override for this folder, or RUSTUP_TOOLCHAIN.",
    ))
}

/// `rust-version` of the workspace.
fn wanted(workspace: &Workspace) -> Option<String> {
    let text = fs::read_to_string(workspace.root.join("Cargo.toml")).ok()?;
    let manifest: Table = text.parse().ok()?;
    let version = manifest.get("workspace")?.get("package")?.get("rust-version")?;
    version.as_str().map(str::to_owned)
}

/// `1.95`, `1.95.0` and `1.97.0-nightly` as numbers.
fn version(text: &str) -> Option<(u32, u32, u32)> {
    let release = text.split(['-', '+']).next()?;
    let mut numbers = release.split('.').map(str::parse);
    let mut next = || numbers.next().transpose().ok();
    Some((next()??, next()??, next()?.unwrap_or(0)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_enough_compiler_is_fine() {
        for said in [
            "rustc 1.95.0 (f2d3ce0bd 2026-03-21)",
            "rustc 1.95.1",
            "rustc 2.0.0",
            "rustc 1.97.0-nightly (abc 2026-05-01)",
            "rustc 1.100.0 (abc 2026-05-01)",
        ] {
            judge(Some(said), Some("1.95")).expect(said);
        }
        judge(Some("rustc 1.70.0"), None).expect("nothing is asked for");
    }

    #[test]
    fn an_old_one_is_told_with_how_to_update_it() {
        for said in ["rustc 1.94.1 (abc 2026-01-01)", "rustc 1.9.0"] {
            let problem = judge(Some(said), Some("1.95")).expect_err(said);
            assert!(problem.what.contains("1.95 or later is needed"), "{}", problem.what);
            assert!(problem.remedy.contains("rustup update stable"));
        }
    }

    #[test]
    fn none_at_all_and_one_that_talks_nonsense_are_told_apart() {
        let none = judge(None, Some("1.95")).expect_err("there is none");
        assert!(none.remedy.contains("rustup.rs"));
        let odd = judge(Some("error: no default toolchain"), Some("1.95")).expect_err("odd");
        assert!(odd.what.contains("no default toolchain"));
    }
}
