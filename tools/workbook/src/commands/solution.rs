//! `cargo workbook solution`: the reference, to compare with or to go on from.

use std::fs;
use std::io::{self, IsTerminal as _};

use anyhow::{Context, Result};

use crate::catalogue::workspace::Workspace;
use crate::catalogue::{Catalogue, Exercise};
use crate::commands::watch::terminal;
use crate::commands::which;
use crate::learner::backup::{self, Change, Changed};
use crate::learner::progress::{self, Progress, State};
use crate::learner::shipped;
use crate::terminal::confirm::confirmed;
use crate::terminal::diff::{self, Drawing, WIDE};
use crate::terminal::paint::Paint;
use crate::terminal::report_text::notices;

/// The text of the reference.
pub fn text(workspace: &Workspace, exercise: &Exercise) -> Result<String> {
    let file = exercise.reference();
    fs::read_to_string(&file).with_context(|| {
        let shown = workspace.shown(&file);
        let remedy = shipped::remedy(&workspace.root, std::slice::from_ref(&shown));
        format!("cannot read {shown}; {remedy}")
    })
}

/// Puts the reference in the place of the learner's file. `None`: it is there already. Notices
/// say what could not be remembered of it.
pub fn apply<'a>(
    workspace: &Workspace,
    exercise: &'a Exercise,
) -> Result<(Option<Changed<'a>>, Vec<String>)> {
    let contents = text(workspace, exercise)?.into_bytes();
    let changed = backup::overwrite(workspace, vec![Change { exercise, contents }], "solution")?;
    let notices = progress::start_again(workspace, &[exercise]);
    Ok((changed.into_iter().next(), notices))
}

/// What to do with the reference.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wish {
    /// Show it.
    Show,
    /// Show what the learner's file and the reference do not share.
    Diff,
    /// Put it in the place of the learner's file.
    Apply,
}

/// Does that; with the reference of the first exercise that is not solved, if none is named. `yes`:
/// without asking, though it is not solved.
pub fn run(workspace: &Workspace, typed: Option<&str>, wish: Wish, yes: bool) -> Result<()> {
    let catalogue = Catalogue::load_around(&workspace.root, typed)?;
    let progress = Progress::read(workspace, &catalogue);
    notices(&progress.notices);
    let applies = wish == Wish::Apply;
    let command = if applies { "solution --apply" } else { "solution" };
    let unasked = applies && yes;
    let exercise = which::named_exercise(&catalogue, &progress, typed, unasked, command)?;
    let name = exercise.name.as_str();
    let file = workspace.shown(&exercise.answer_file());
    let solved = progress.state(exercise) == State::Solved;
    let question = if applies {
        let kept = if exercise.answer_file().exists() { " What it holds is kept." } else { "" };
        format!("You have not solved {name} yet. Put the reference into {file}?{kept}")
    } else {
        format!(
            "You have not solved {name} yet. Show the reference? `cargo workbook hint {name}` says less."
        )
    };
    if !solved && !confirmed(&question, yes)? {
        println!("Nothing was changed.");
        return Ok(());
    }
    match wish {
        Wish::Apply => {}
        Wish::Show => {
            print!("{}", shown(workspace, exercise, Paint::stdout())?);
            return Ok(());
        }
        Wish::Diff => {
            print!("{}", compared(workspace, exercise, Paint::stdout())?);
            return Ok(());
        }
    }
    let (changed, said) = apply(workspace, exercise)?;
    match changed {
        None => println!("{file} is the reference already."),
        Some(Changed { kept, moved, .. }) => {
            println!("{file} is the reference now. `cargo workbook test {name}` runs it.");
            if let Some(moved) = moved {
                println!("  What was there cannot be read. It is now {}", workspace.shown(&moved));
            }
            if let Some(kept) = kept {
                println!("  What it held is kept as {}", workspace.shown(&kept.file));
                println!("`cargo workbook undo {name}` brings it back.");
            }
        }
    }
    notices(&said);
    Ok(())
}

/// The learner's file beside the reference. Where nobody watches, no line is folded.
fn compared(workspace: &Workspace, exercise: &Exercise, paint: Paint) -> Result<String> {
    let reference = text(workspace, exercise)?;
    let file = exercise.answer_file();
    let own = fs::read_to_string(&file)
        .with_context(|| format!("cannot read {}", workspace.shown(&file)))?;
    let watched = io::stdout().is_terminal();
    let columns = if watched { terminal::size().0 } else { usize::MAX };
    let side_by_side = watched && columns >= WIDE;
    let ascii = watched && !supports_unicode::supports_unicode();
    let drawing = Drawing { columns, side_by_side, paint, ascii };
    let drawn = drawing.draw(&diff::compare(&own, &reference));
    let same =
        if drawn.first.is_none() { "Your code is the reference, line by line.\n" } else { "" };
    Ok(format!("{}\n{same}", drawn.lines.join("\n")))
}

fn shown(workspace: &Workspace, exercise: &Exercise, paint: Paint) -> Result<String> {
    let text = text(workspace, exercise)?;
    let file = workspace.shown(&exercise.reference());
    let others = exercise.manifest.alternatives.values();
    let titles: Vec<&str> = others.map(|alternative| &*alternative.title).collect();
    let more = if titles.is_empty() {
        String::new()
    } else {
        let folder = workspace.shown(&exercise.solution().join("src").join("alt"));
        format!("\nOther right answers, in {folder}: {}\n", titles.join("; "))
    };
    Ok(format!("{}\n\n{text}{more}", paint.bold(file)))
}
