//! `cargo workbook reset`: the shipped starting point again, with a copy of what was there.

use std::fs;

use anyhow::{Context, Result};

use crate::catalogue::workspace::Workspace;
use crate::catalogue::{Catalogue, Exercise};
use crate::learner::backup::{self, Change, Changed};
use crate::learner::pristine;
use crate::learner::progress;
use crate::terminal::confirm::confirmed;
use crate::terminal::report_text::{count, notices};

/// Gives the exercises their starting points again. Those that have it are left alone, and do not
/// come back. Notices say what could not be remembered of it.
pub fn reset<'a>(
    workspace: &Workspace,
    exercises: &[&'a Exercise],
) -> Result<(Vec<Changed<'a>>, Vec<String>)> {
    let mut wanted = Vec::new();
    for exercise in exercises.iter().filter(|exercise| !pristine::is_start(exercise)) {
        let start = exercise.start();
        let contents = fs::read(&start).with_context(|| {
            let shown = workspace.shown(&start);
            format!(
                "cannot read {shown}, nothing was changed; `git checkout -- {shown}` restores it"
            )
        })?;
        wanted.push(Change { exercise, contents });
    }
    let changed = backup::overwrite(workspace, wanted, "reset")?;
    let exercises: Vec<&Exercise> = changed.iter().map(|changed| changed.exercise).collect();
    let notices = progress::start_again(workspace, &exercises);
    Ok((changed, notices))
}

/// Resets one exercise, or all, and says where the copies are. `yes`: without asking.
pub fn run(workspace: &Workspace, name: Option<&str>, yes: bool) -> Result<()> {
    let catalogue = Catalogue::load_around(&workspace.root, name)?;
    let exercises: Vec<&Exercise> = match name {
        Some(name) => vec![catalogue.find(name)?],
        None => catalogue.exercises.iter().collect(),
    };
    let touched: Vec<&Exercise> =
        exercises.into_iter().filter(|exercise| !pristine::is_start(exercise)).collect();
    if touched.is_empty() {
        let what = name.map_or("every exercise".to_owned(), ToOwned::to_owned);
        println!("Nothing to do: {what} is as shipped.");
        return Ok(());
    }
    let question = if let [exercise] = touched[..] {
        let file = workspace.shown(&exercise.learners_file());
        format!("Give {file} its starting point again? What it holds is kept.")
    } else {
        let names: Vec<&str> = touched.iter().map(|exercise| &*exercise.name).collect();
        let files = count(touched.len(), "file");
        let names = names.join(", ");
        format!("Give {files} their starting points again ({names})? What they hold is kept.")
    };
    if !confirmed(&question, yes)? {
        println!("Nothing was changed.");
        return Ok(());
    }
    let (changed, said) = reset(workspace, &touched)?;
    for Changed { exercise, kept } in &changed {
        println!("{} is as shipped again.", workspace.shown(&exercise.learners_file()));
        if let Some(kept) = kept {
            println!("  What it held is kept as {}", workspace.shown(&kept.file));
        }
    }
    println!(
        "`cargo workbook undo` brings {} back.",
        if changed.len() == 1 { "it" } else { "them" }
    );
    notices(&said);
    Ok(())
}
