//! Each exercise as a learner's first command would build it, and the references.
//!
//! Offline: whatever builds here builds on a train.

use std::path::Path;

use anyhow::Result;

use crate::catalogue::workspace::Workspace;
use crate::catalogue::{Catalogue, Exercise};
use crate::commands::prepare::problem::Problem;
use crate::engine::build_record::Unrecorded;
use crate::engine::compile::{CargoOutput, ProgressSink, cargo, messages, up_to_date};
use crate::engine::obstacle::Obstacle;
use crate::engine::process_group::CancelToken;
use crate::engine::snapshot::Snapshot;
use crate::learner::shipped::is_in_git;

/// Builds the tests of all references at once: it is the quickest way to all libraries.
pub fn references(workspace: &Workspace, catalogue: &Catalogue) -> Result<Result<String, Problem>> {
    let manifests = catalogue.exercises.iter().map(|it| it.solution().join("Cargo.toml"));
    let names: Vec<String> = catalogue
        .exercises
        .iter()
        .zip(manifests)
        .filter(|(_, manifest)| manifest.is_file())
        .map(|(exercise, _)| format!("{}-solution", exercise.name))
        .collect();
    if names.is_empty() {
        return Ok(Ok("no reference has tests of its own".to_owned()));
    }
    let mut arguments = vec!["build", "--tests"];
    arguments.extend(names.iter().flat_map(|name| ["--package", name.as_str()]));
    let said = build(workspace, &arguments)?;
    Ok(if said.succeeded {
        Ok(format!("the tests of {} references", names.len()))
    } else {
        Err(failed(workspace, &said, "the references", "cargo test -p '*-solution'"))
    })
}

/// Builds what `cargo test -p NAME` builds. One by one, because cargo gives a library other
/// features where it serves several exercises, and the learner's first run would build it again.
pub fn exercise(workspace: &Workspace, exercise: &Exercise) -> Result<Result<String, Problem>> {
    let name = exercise.name.as_str();
    let said = build(workspace, &["test", "--no-run", "--package", name, "--test", name])?;
    let manifest = exercise.folder().join("Cargo.toml");
    Ok(told(workspace, name, &manifest, &said))
}

/// What came of an exercise, whose manifest this is.
fn told(
    workspace: &Workspace,
    name: &str,
    manifest: &Path,
    said: &CargoOutput,
) -> Result<String, Problem> {
    if said.succeeded {
        Ok(name.to_owned())
    } else if obstacle(workspace, said).is_none() && only_the_learners(said, manifest) {
        Ok(format!("{name}, but for your own file, which does not compile yet"))
    } else {
        Err(failed(workspace, said, name, &format!("cargo test -p {name}")))
    }
}

fn build(workspace: &Workspace, arguments: &[&str]) -> Result<CargoOutput> {
    let attempt = || {
        let mut command = cargo();
        command.args(arguments).args(["--offline", "--message-format=json"]);
        command.current_dir(&workspace.root);
        // With cargo's bar on a terminal: the first build takes minutes.
        messages(&CancelToken::default(), command, &ProgressSink::Terminal)
    };
    // The learner's first run then knows what all of this was built from.
    let snapshot = Snapshot::of([]);
    let times = Unrecorded::GoByTimes;
    Ok(up_to_date(workspace, &workspace.root, &snapshot, times, attempt)?.0)
}

/// Whether the compiler refused the learner's own work and nothing else.
fn only_the_learners(said: &CargoOutput, manifest: &Path) -> bool {
    let refused = |built: &crate::engine::compile::Built| !built.errors.is_empty();
    let mut refused = said.built.iter().filter(|(_, built)| refused(built)).peekable();
    refused.peek().is_some() && refused.all(|(at, _)| at == manifest)
}

/// What on the machine the compiler came upon.
fn obstacle(workspace: &Workspace, said: &CargoOutput) -> Option<Obstacle> {
    Obstacle::in_text(said.in_the_way.as_ref()?, &workspace.target)
}

fn failed(workspace: &Workspace, said: &CargoOutput, what: &str, command: &str) -> Problem {
    if let Some(found) = obstacle(workspace, said) {
        let why = format!("{what} cannot be built: {}\n{}", found.what(), found.said);
        return Problem::new(why, found.remedy());
    }
    let errors: Vec<&str> = said.errors().map(|error| error.trim()).collect();
    let why = if errors.is_empty() { "what cargo says stands above" } else { &errors.join("\n") };
    let changes = if is_in_git(&workspace.root) {
        ": `git status` shows which there are"
    } else {
        ", so compare with the workbook as you got it"
    };
    Problem::new(
        format!("{what} cannot be built\n{why}"),
        format!(
            "Run `{command}` to see it alone. A full disk and a virus scanner can do that; so can \
             a\nchange to anything but exercises/*/src/answer.rs{changes}."
        ),
    )
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;
    use crate::engine::compile::Built;

    fn said(errors: &[(&str, &str)]) -> CargoOutput {
        let built = |error: &str| Built { errors: vec![error.to_owned()], ..Built::default() };
        let built = errors.iter().map(|(at, error)| (PathBuf::from(at), built(error))).collect();
        CargoOutput { built, ..CargoOutput::default() }
    }

    #[test]
    fn a_file_half_written_is_not_the_machines_fault() {
        let own = PathBuf::from("exercises/gather/Cargo.toml");
        let other = ("tools/testkit/Cargo.toml", "error: no space left on device");
        let unfinished = ("exercises/gather/Cargo.toml", "error: expected `;`");
        assert!(only_the_learners(&said(&[unfinished]), &own));
        assert!(!only_the_learners(&said(&[unfinished, other]), &own));
        assert!(!only_the_learners(&said(&[]), &own), "cargo itself failed");
    }

    fn shown(said: &CargoOutput) -> Problem {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let root = folder.path().to_path_buf();
        let workspace = Workspace { target: root.join("target"), root };
        told(&workspace, "gather", Path::new("own"), said).expect_err("it cannot be built")
    }

    #[test]
    fn the_compilers_words_are_shown() {
        assert!(shown(&said(&[("x", "error: no such thing")])).what.contains("no such thing"));
        let nothing = shown(&said(&[]));
        assert!(nothing.what.contains("stands above"));
        assert!(!nothing.remedy.contains("git"), "there is none: {}", nothing.remedy);
    }

    #[test]
    fn a_missing_linker_is_named_with_what_installs_one() {
        let mut said = said(&[("own", "error: linker `cc` not found")]);
        said.in_the_way = Some("error: linker `cc` not found\n".to_owned());
        let problem = shown(&said);
        assert!(problem.what.starts_with("gather cannot be built: Rust needs a C compiler"));
        assert!(problem.remedy.contains("apt install build-essential"), "{}", problem.remedy);
    }
}
