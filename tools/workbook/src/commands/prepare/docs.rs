//! `prepare --docs`: the documentation of the libraries that the exercises use, on this machine.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use toml::Table;

use crate::catalogue::workspace::Workspace;
use crate::catalogue::{Catalogue, Exercise};
use crate::commands::prepare::problem::Problem;
use crate::engine::compile::{ProgressSink, cargo, messages};
use crate::engine::process_group::CancelToken;

/// Builds it, offline.
pub fn build(workspace: &Workspace, catalogue: &Catalogue) -> Result<Result<String, Problem>> {
    let crates = crates(workspace, catalogue)?;
    let Some(first) = crates.iter().find(|name| *name == "tokio").or(crates.first()) else {
        return Ok(Ok("the exercises use no library".to_owned()));
    };
    let mut command = cargo();
    command.args(["doc", "--no-deps", "--offline", "--message-format=json"]);
    command.args(crates.iter().flat_map(|name| ["--package", name.as_str()]));
    command.current_dir(&workspace.root);
    let said = messages(&CancelToken::default(), command, &ProgressSink::Terminal)?;
    if !said.succeeded {
        return Ok(Err(Problem::new(
            "the documentation of the libraries could not be built; what was said is above",
            format!("Run `cargo doc --no-deps -p {first}` to see it again."),
        )));
    }
    let page = folder(workspace).join(first.replace('-', "_")).join("index.html");
    Ok(Ok(format!("the documentation of {}: open {}", crates.join(", "), page.display())))
}

/// Where cargo puts it.
fn folder(workspace: &Workspace) -> PathBuf {
    workspace.target.join("doc")
}

/// Copies what [`build`] has built. Documentation of anything else may be beside it, such as that of
/// the workbook's own tools.
pub fn copy(workspace: &Workspace, catalogue: &Catalogue, to: &Path) -> Result<usize> {
    let wanted = crates(workspace, catalogue)?;
    let wanted: Vec<String> = wanted.iter().map(|name| name.replace('-', "_")).collect();
    copy_those(&wanted, &folder(workspace), to)
}

fn copy_those(wanted: &[String], from: &Path, to: &Path) -> Result<usize> {
    let mut count = 0;
    let entries = fs::read_dir(from).with_context(|| format!("cannot read {}", from.display()))?;
    for entry in entries {
        let path = entry.with_context(|| format!("cannot read {}", from.display()))?.path();
        let Some(name) = path.file_name().map(|name| name.to_string_lossy().into_owned()) else {
            continue;
        };
        // Each crate has such a list; the folders that all share have none.
        let others = path.join("all.html").is_file() && !wanted.contains(&name);
        if !others && !name.starts_with('.') {
            fs::create_dir_all(to)
                .with_context(|| format!("cannot create the folder {}", to.display()))?;
            count += copy_all(&path, &to.join(name))?;
        }
    }
    Ok(count)
}

fn copy_all(from: &Path, to: &Path) -> Result<usize> {
    if !from.is_dir() {
        fs::copy(from, to)
            .with_context(|| format!("cannot copy {} to {}", from.display(), to.display()))?;
        return Ok(1);
    }
    fs::create_dir_all(to).with_context(|| format!("cannot create the folder {}", to.display()))?;
    let mut count = 0;
    let entries = fs::read_dir(from).with_context(|| format!("cannot read {}", from.display()))?;
    for entry in entries {
        let entry = entry.with_context(|| format!("cannot read {}", from.display()))?;
        count += copy_all(&entry.path(), &to.join(entry.file_name()))?;
    }
    Ok(count)
}

/// The libraries that learners' files can use: what the exercises depend on, and somebody else has
/// written.
fn crates(workspace: &Workspace, catalogue: &Catalogue) -> Result<Vec<String>> {
    let locked = workspace.locked()?;
    let foreign = |name: &String| {
        locked.iter().any(|package| package.name == *name && package.source.is_some())
    };
    let mut names = BTreeSet::new();
    for exercise in &catalogue.exercises {
        names.extend(dependencies(exercise)?.into_iter().filter(&foreign));
    }
    Ok(names.into_iter().collect())
}

fn dependencies(exercise: &Exercise) -> Result<Vec<String>> {
    let file = exercise.folder().join("Cargo.toml");
    let text =
        fs::read_to_string(&file).with_context(|| format!("cannot read {}", file.display()))?;
    let manifest: Table =
        text.parse().with_context(|| format!("{} is not TOML", file.display()))?;
    let table = manifest.get("dependencies").and_then(toml::Value::as_table);
    Ok(table.into_iter().flat_map(Table::keys).cloned().collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_documentation_of_other_crates_stays_behind() {
        let folder = tempfile::tempdir().expect("a folder");
        let (from, to) = (folder.path().join("doc"), folder.path().join("docs"));
        let wanted = ["tokio/all.html", "tokio/task/index.html", "static.files/x.css", "help.html"];
        let others = ["workbook/all.html", "workbook/index.html", ".lock"];
        for file in wanted.iter().chain(&others) {
            let file = from.join(file);
            fs::create_dir_all(file.parent().expect("it lies in a folder")).expect("a folder");
            fs::write(file, "").expect("a file");
        }
        let count = copy_those(&["tokio".to_owned()], &from, &to).expect("it is copied");
        assert_eq!(count, wanted.len());
        assert!(wanted.iter().all(|file| to.join(file).is_file()));
        assert!(!to.join("workbook").exists());
    }
}
