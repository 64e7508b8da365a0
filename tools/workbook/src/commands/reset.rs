//! `cargo workbook reset`: the shipped starting point again, with a copy of what was there.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};

use crate::catalogue::lookup;
use crate::catalogue::workspace::Workspace;
use crate::catalogue::{Catalogue, Exercise};
use crate::commands::which;
use crate::learner::backup::{self, Change, Changed};
use crate::learner::pristine;
use crate::learner::progress::{self, Progress};
use crate::learner::shipped::{self, Restored};
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
            let remedy = shipped::remedy(&workspace.root, std::slice::from_ref(&shown));
            format!("cannot read {shown}, nothing was changed; {remedy}")
        })?;
        wanted.push(Change { exercise, contents });
    }
    let changed = backup::overwrite(workspace, wanted, "reset")?;
    let exercises: Vec<&Exercise> = changed.iter().map(|changed| changed.exercise).collect();
    let notices = progress::start_again(workspace, &exercises);
    Ok((changed, notices))
}

/// Which exercises to reset.
#[derive(Clone, Copy, Debug)]
pub enum Which<'a> {
    /// All of them.
    All,
    /// The one that was named, else the first that is not solved.
    One(Option<&'a str>),
}

/// Resets one exercise, or all, and says where the copies are. `yes`: without asking.
///
/// Other files that were shipped come back first if they are missing. An error if one cannot.
pub fn run(workspace: &Workspace, which: Which<'_>, yes: bool) -> Result<()> {
    let Restored { back, lost } = restore(workspace, which)?;
    for file in &back {
        println!("{file} is back, as shipped.");
    }
    if let Which::One(Some(_)) = which
        && !lost.is_empty()
    {
        bail!("{}", still_missing(workspace, &lost));
    }
    starting_points(workspace, which, yes, !back.is_empty())?;
    if !lost.is_empty() {
        bail!("{}", still_missing(workspace, &lost));
    }
    Ok(())
}

/// Brings back what is missing of the exercise that was named, or of all.
fn restore(workspace: &Workspace, which: Which<'_>) -> Result<Restored> {
    let known = folders(&workspace.root.join("solutions"))?;
    let known: Vec<&str> = known.iter().map(String::as_str).collect();
    let names = match which {
        Which::All => known,
        // The first that is not solved is found among those that miss nothing.
        Which::One(None) => Vec::new(),
        // An unknown name is told when the exercise itself is looked for.
        Which::One(Some(typed)) => lookup::name(typed, &known).into_iter().collect(),
    };
    let mut all = Restored::default();
    for name in names {
        let Restored { back, lost } = shipped::restore(&workspace.root, name)
            .with_context(|| format!("cannot bring back what is missing of {name}"))?;
        all.back.extend(back);
        all.lost.extend(lost);
    }
    Ok(all)
}

/// The names of the folders in a folder.
fn folders(folder: &Path) -> Result<Vec<String>> {
    let entries = fs::read_dir(folder)
        .with_context(|| format!("cannot read the folder {}", folder.display()))?;
    let folders = entries.flatten().filter(|entry| entry.path().is_dir());
    let mut names: Vec<String> =
        folders.filter_map(|entry| entry.file_name().into_string().ok()).collect();
    names.sort();
    Ok(names)
}

fn still_missing(workspace: &Workspace, lost: &[String]) -> String {
    let remedy = shipped::remedy(&workspace.root, lost);
    format!("missing, and no copy is here: {}\nTo go on: {remedy}.", lost.join(", "))
}

/// Gives the learner's files their starting points. `restored`: something else has been done.
fn starting_points(
    workspace: &Workspace,
    which: Which<'_>,
    yes: bool,
    restored: bool,
) -> Result<()> {
    let (catalogue, exercises);
    match which {
        Which::All => {
            catalogue = Catalogue::load_around(&workspace.root, None)?;
            exercises = catalogue.exercises.iter().collect();
        }
        Which::One(typed) => {
            catalogue = Catalogue::load_around(&workspace.root, typed)?;
            let progress = Progress::read(workspace, &catalogue);
            exercises = vec![which::named_exercise(&catalogue, &progress, typed, yes, "reset")?];
        }
    }
    let what = match (which, exercises.as_slice()) {
        (Which::All, _) | (_, []) => "every exercise".to_owned(),
        (Which::One(Some(_)), [one, ..]) => one.name.clone(),
        (Which::One(None), [one, ..]) => format!("{}, the first that is not solved,", one.name),
    };
    let touched: Vec<&Exercise> =
        exercises.into_iter().filter(|exercise| !pristine::is_start(exercise)).collect();
    if touched.is_empty() {
        if !restored {
            println!("Nothing to do: {what} is as shipped.");
        }
        return Ok(());
    }
    if !confirmed(&question(workspace, &touched), yes)? {
        println!("Nothing was changed.");
        return Ok(());
    }
    let (changed, said) = reset(workspace, &touched)?;
    for Changed { exercise, kept, moved } in &changed {
        println!("{} is as shipped again.", workspace.shown(&exercise.answer_file()));
        if let Some(kept) = kept {
            println!("  What it held is kept as {}", workspace.shown(&kept.file));
        }
        if let Some(moved) = moved {
            println!("  What was there cannot be read. It is now {}", workspace.shown(moved));
        }
    }
    match changed.iter().filter(|changed| changed.kept.is_some()).count() {
        0 => {}
        1 => println!("`cargo workbook undo` brings it back."),
        _ => println!("`cargo workbook undo` brings them back."),
    }
    notices(&said);
    Ok(())
}

/// Asks for what is to be done. Where nothing is there, nothing is kept.
fn question(workspace: &Workspace, touched: &[&Exercise]) -> String {
    if let [exercise] = touched {
        let file = exercise.answer_file();
        let shown = workspace.shown(&file);
        let kept = if file.exists() { " What it holds is kept." } else { "" };
        return format!("Give {shown} its starting point again?{kept}");
    }
    let names: Vec<&str> = touched.iter().map(|exercise| &*exercise.name).collect();
    let files = count(touched.len(), "file");
    let names = names.join(", ");
    format!("Give {files} their starting points again ({names})? What they hold is kept.")
}
