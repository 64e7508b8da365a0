//! `cargo workbook prepare`: everything for work without a network, and the proof that it works.
//!
//! For a train, or for fifteen machines on the evening before a workshop. Each check is a module
//! that says what is fine or what is wrong; what is wrong is told all at once, at the end.
//!
//! - [`forecast`]: how long it takes, and how much room
//! - [`toolchain`]: whether Rust is new enough
//! - [`disk_space`]: whether the disk holds what will be built
//! - [`fetch`]: whether every crate is here, and the network where one is not
//! - [`build`]: each exercise as a learner's first command would build it, and the references
//! - [`docs`]: the documentation of the libraries
//! - [`offline_check`]: one red and one green test, offline
//! - [`vendor`]: a folder to hand out, for those who have no network at all

pub mod build;
pub mod disk_space;
pub mod docs;
pub mod fetch;
pub mod forecast;
pub mod offline_check;
pub mod problem;
pub mod toolchain;
pub mod vendor;

use std::path::{Path, PathBuf};

use anyhow::Result;

use crate::catalogue::Catalogue;
use crate::catalogue::workspace::Workspace;
use crate::commands::book;
use crate::commands::prepare::problem::{Findings, Problem};
use crate::commands::verdict::Verdict;
use crate::terminal::paint::Paint;

/// The variable with which cargo, and whatever starts it, does without the network.
pub const OFFLINE: (&str, &str) = ("CARGO_NET_OFFLINE", "true");

/// What is asked for.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The book as well, and what builds it.
    pub book: bool,
    /// The documentation of the libraries as well.
    pub docs: bool,
    /// Instead of preparing this machine: a folder to hand out.
    pub vendor: Option<PathBuf>,
}

/// Prepares, and says what is missing.
pub fn run(workspace: &Workspace, options: &Options) -> Result<Verdict> {
    let again = match options.vendor {
        Some(_) => "cargo workbook prepare --vendor FOLDER",
        None => "cargo workbook prepare",
    };
    let mut findings = Findings::new(Paint::stdout(), again);
    println!("{}\n", forecast::of(workspace, options));
    match &options.vendor {
        Some(folder) => vendor::run(workspace, folder, options.docs, &mut findings)?,
        None => here(workspace, options, &mut findings)?,
    }
    Ok(findings.report())
}

fn here(workspace: &Workspace, options: &Options, findings: &mut Findings) -> Result<()> {
    let catalogue = Catalogue::load_around(&workspace.root, None)?;
    let new_enough = findings.add(toolchain::look(workspace));
    let roomy = findings.add(disk_space::to_build(workspace, options)?);
    // Too old a cargo may not even read the manifests. What it would say is no second problem.
    if !new_enough {
        return Ok(());
    }
    let complete = findings.add(fetch::all(workspace, fetch::For::ThisSystem)?);
    if !roomy || !complete {
        return Ok(());
    }

    findings.step("building the tests of the references");
    findings.add(build::references(workspace, &catalogue)?);
    let count = catalogue.exercises.len();
    for (index, exercise) in catalogue.exercises.iter().enumerate() {
        let name = &exercise.name;
        findings.step(&format!("building the tests of {name} ({} of {count})", index + 1));
        findings.add(build::exercise(workspace, exercise)?);
    }
    if options.docs {
        findings.step("building the documentation of the libraries");
        findings.add(docs::build(workspace, &catalogue)?);
    }
    if options.book {
        findings.step("building the book");
        findings.add(the_book(workspace, &workspace.root.join("book").join("book"))?);
    }
    if findings.all_is_well()
        && let Some(exercise) = catalogue.exercises.first()
    {
        findings.step("two tests without the network");
        findings.add(offline_check::red(workspace, exercise)?);
        findings.add(offline_check::green(workspace, exercise)?);
    }
    findings.ready("`cargo workbook` and every exercise work without a network now.");
    Ok(())
}

/// Builds the book, offline, into the folder.
fn the_book(workspace: &Workspace, folder: &Path) -> Result<Result<String, Problem>> {
    let built = book::build(workspace, folder, &[OFFLINE])?;
    let page = folder.join("index.html");
    Ok(if built {
        Ok(format!("the book, to be read without a network: {}", page.display()))
    } else {
        Err(Problem::new(
            "the book could not be built; what was said stands above",
            "Run `cargo workbook book build` to see it again.",
        ))
    })
}
