//! Each exercise as a learner's first command would build it, and the references.
//!
//! Offline: whatever builds here builds on a train.

use std::path::PathBuf;

use anyhow::Result;

use crate::catalogue::workspace::Workspace;
use crate::catalogue::{Catalogue, Exercise};
use crate::commands::prepare::problem::Problem;
use crate::engine::build_record::Unrecorded;
use crate::engine::compile::{CargoOutput, ProgressSink, cargo, messages, up_to_date};
use crate::engine::process_group::CancelToken;
use crate::engine::snapshot::Snapshot;

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
        Err(failed(&said, "the references", "cargo test -p '*-solution'"))
    })
}

/// Builds what `cargo test -p NAME` builds. One by one, because cargo gives a library other
/// features where it serves several exercises, and the learner's first run would build it again.
pub fn exercise(workspace: &Workspace, exercise: &Exercise) -> Result<Result<String, Problem>> {
    let name = exercise.name.as_str();
    let said = build(workspace, &["test", "--no-run", "--package", name, "--test", name])?;
    if said.succeeded {
        return Ok(Ok(name.to_owned()));
    }
    Ok(if only_the_learners(&said, &exercise.folder().join("Cargo.toml")) {
        Ok(format!("{name}, but for your own file, which does not compile yet"))
    } else {
        Err(failed(&said, name, &format!("cargo test -p {name}")))
    })
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
fn only_the_learners(said: &CargoOutput, manifest: &PathBuf) -> bool {
    let refused = |built: &crate::engine::compile::Built| !built.errors.is_empty();
    let mut refused = said.built.iter().filter(|(_, built)| refused(built)).peekable();
    refused.peek().is_some() && refused.all(|(at, _)| at == manifest)
}

fn failed(said: &CargoOutput, what: &str, command: &str) -> Problem {
    let errors: Vec<&str> =
        said.built.values().flat_map(|built| &built.errors).map(|error| error.trim()).collect();
    let why = if errors.is_empty() { "what cargo says stands above" } else { &errors.join("\n") };
    Problem::new(
        format!("{what} cannot be built\n{why}"),
        format!(
            "Run `{command}` to see it alone. A full disk and a virus scanner can do that; so can \
             a\nchange to anything but exercises/*/src/answer.rs: `git status` shows which there are."
        ),
    )
}

#[cfg(test)]
mod tests {
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

    #[test]
    fn the_compilers_words_are_shown() {
        let problem =
            failed(&said(&[("x", "error: linker `cc` not found")]), "gather", "cargo test");
        assert!(problem.what.contains("linker `cc` not found"));
        assert!(failed(&said(&[]), "gather", "cargo test").what.contains("stands above"));
    }
}
