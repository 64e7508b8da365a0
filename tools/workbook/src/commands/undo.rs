//! `cargo workbook undo`: takes back what `reset`, `solution --apply` or `undo` has overwritten.

use std::fs;

use anyhow::{Context, Result, bail};

use crate::catalogue::workspace::Workspace;
use crate::catalogue::{Catalogue, Exercise};
use crate::learner::backup::{self, Backup, Change, Changed};
use crate::learner::progress;
use crate::terminal::paint::Paint;

/// What was taken back.
#[derive(Clone, Debug)]
pub struct Undone<'a> {
    /// The copy that is the learner's file again.
    pub restored: Backup,
    /// The exercise, and what `undo` itself has replaced: `undo` again takes that back.
    pub changed: Changed<'a>,
}

/// Restores the newest kept copy of the exercise, or without a name of all: those files that one
/// command has overwritten come back together. Notices say what could not be remembered of it.
pub fn undo<'a>(
    workspace: &Workspace,
    catalogue: &'a Catalogue,
    typed: Option<&str>,
) -> Result<(Vec<Undone<'a>>, Vec<String>)> {
    let of: Vec<&Exercise> = match typed {
        Some(typed) => vec![catalogue.find(typed)?],
        None => catalogue.exercises.iter().collect(),
    };
    let newest = |exercise: &&'a Exercise| {
        backup::copies(workspace, exercise).pop().map(|copy| (*exercise, copy))
    };
    let mut copies: Vec<(&Exercise, Backup)> = of.iter().filter_map(newest).collect();
    let Some(moment) = copies.iter().map(|(_, copy)| copy.moment.clone()).max() else {
        let what = match (typed, of.as_slice()) {
            (Some(_), [one]) => format!(" of {}", one.name),
            _ => String::new(),
        };
        bail!(
            "there is no kept copy{what} to restore: only `reset`, `solution --apply` and `undo` \
             overwrite a file, and they keep one"
        );
    };
    copies.retain(|(_, copy)| copy.moment == moment);
    let mut wanted = Vec::new();
    for (exercise, copy) in &copies {
        let contents = fs::read(&copy.file)
            .with_context(|| format!("cannot read {}", workspace.shown(&copy.file)))?;
        wanted.push(Change { exercise, contents });
    }
    let changed = backup::overwrite(workspace, wanted, "undo")?;
    if changed.is_empty() {
        let newest: Vec<String> =
            copies.iter().map(|(_, copy)| workspace.shown(&copy.file)).collect();
        bail!(
            "nothing to undo: the file is already what the newest copy holds, {}\n\
             Older copies lie in the same folder.",
            newest.join(", ")
        );
    }
    let restored = |changed: Changed<'a>| {
        let copy = copies.iter().find(|(exercise, _)| exercise.name == changed.exercise.name);
        copy.map(|(_, copy)| Undone { restored: copy.clone(), changed })
    };
    let exercises: Vec<&Exercise> = changed.iter().map(|changed| changed.exercise).collect();
    let notices = progress::start_again(workspace, &exercises);
    Ok((changed.into_iter().filter_map(restored).collect(), notices))
}

/// Restores and says what.
pub fn run(workspace: &Workspace, name: Option<&str>) -> Result<()> {
    let catalogue = Catalogue::load_around(&workspace.root, name)?;
    let (undone, notices) = undo(workspace, &catalogue, name)?;
    let paint = Paint::stdout();
    for Undone { restored, changed } in &undone {
        let file = workspace.shown(&changed.exercise.answer_file());
        println!("{file} is again what it was before `{}`.", restored.by);
        if let Some(kept) = &changed.kept {
            let copy = workspace.shown(&kept.file);
            println!("{}", paint.dim(format!("What it held until now is kept as {copy}.")));
        }
    }
    if undone.iter().any(|undone| undone.changed.kept.is_some()) {
        println!("`cargo workbook undo` again takes that back.");
    }
    crate::terminal::report_text::notices(&notices);
    Ok(())
}
