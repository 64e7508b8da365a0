//! Which lints report a mistake: what the book's table of lints stands on.
//!
//! Each case of an exercise's `[lints]` is a small file of its own in `src/lints/`, with two
//! functions: `wrong` makes the mistake, and `right` does the same without it. What is reported for
//! `wrong` and not for `right` is about the mistake. The files are compiled as a learner's own crate
//! would be, with every lint at its default and not with the levels of the workspace.

use std::collections::BTreeSet;
use std::fs;
use std::ops::RangeInclusive;

use anyhow::{Context, Result, bail};
use indexmap::IndexMap;

use crate::catalogue::Exercise;
use crate::catalogue::lints::{Lints, Reports};
use crate::catalogue::toolchain;
use crate::catalogue::workspace::Workspace;
use crate::engine::compile::{self, Lint};
use crate::engine::scratch_workspace::ScratchWorkspace;
use crate::pages::rust_item;

/// What is allowed by default, and is asked for in the last column of the table.
pub const ASKED: [&str; 5] = [
    "clippy::pedantic",
    "clippy::nursery",
    "clippy::restriction",
    "let_underscore_drop",
    "unused_results",
];

/// What the compiler says of an exercise's cases.
#[derive(Clone, Debug)]
pub struct Observed {
    /// What is to be recorded.
    pub lints: Lints,
    /// The cases whose `right` is reported too, each with the lints.
    pub noisy: Vec<(String, BTreeSet<String>)>,
}

/// Compiles the cases of an exercise and notes what is reported for them.
pub fn observe(workspace: &Workspace, exercise: &Exercise) -> Result<Observed> {
    let scratch = ScratchWorkspace::of_lints(workspace, exercise)?;
    let check = compile::lints(workspace, &scratch, "check", &[])?;
    let clippy = compile::lints(workspace, &scratch, "clippy", &[])?;
    let asked = compile::lints(workspace, &scratch, "clippy", &ASKED)?;

    let mut cases = IndexMap::new();
    let mut noisy = Vec::new();
    for name in exercise.manifest.lints.keys() {
        let [wrong, right] = places(workspace, exercise, name)?;
        let file = format!("{name}.rs");
        let within = |lints: &[Lint], lines: &RangeInclusive<usize>| -> BTreeSet<String> {
            let here = |lint: &&Lint| lint.file.ends_with(&file) && lines.contains(&lint.line);
            lints.iter().filter(here).map(|lint| lint.name.clone()).collect()
        };
        let of_the_cure = within(&clippy, &right);
        if !of_the_cure.is_empty() {
            noisy.push((name.clone(), of_the_cure));
        }
        let rustc = within(&check, &wrong);
        let clippy = &within(&clippy, &wrong) - &rustc;
        // Many of these are about style: only what the cure does not have is about the mistake.
        let asked = &(&within(&asked, &wrong) - &within(&asked, &right)) - &(&rustc | &clippy);
        cases.insert(name.clone(), Reports { rustc, clippy, asked });
    }
    let rustc = toolchain::rustc().context("rustc does not tell its version")?;
    let asked = ASKED.map(str::to_owned).to_vec();
    Ok(Observed { lints: Lints { rustc, asked, cases }, noisy })
}

/// The lines of `wrong` and `right` in the file of a case.
fn places(
    workspace: &Workspace,
    exercise: &Exercise,
    name: &str,
) -> Result<[RangeInclusive<usize>; 2]> {
    let file = exercise.lint_case(name);
    let shown = workspace.shown(&file);
    let text = fs::read_to_string(&file).with_context(|| format!("cannot read {shown}"))?;
    let lines = |name| match rust_item::lines(&shown, &text, name) {
        Ok(lines) => Ok(lines),
        Err(trouble) => bail!("{}; {}", trouble.what, trouble.remedy),
    };
    Ok([lines("wrong")?, lines("right")?])
}
