//! Which exercise a command is about, where it may be left out.

use anyhow::{Result, bail};

use crate::catalogue::{Catalogue, Exercise};
use crate::learner::progress::Progress;

/// The exercise that was named, else the first that is not solved. `None`: every one is solved.
pub fn exercise<'a>(
    catalogue: &'a Catalogue,
    progress: &Progress,
    typed: Option<&str>,
) -> Result<Option<&'a Exercise>> {
    match typed {
        Some(typed) => catalogue.find(typed).map(Some),
        None => Ok(progress.first_unsolved(catalogue)),
    }
}

/// As [`exercise`], for a command that overwrites the learner's file. Where nobody is asked whether
/// that is the one that was meant, it has to be named; `command` says how. A command that shows
/// something of every exercise wants a name too once all are solved.
pub fn named_exercise<'a>(
    catalogue: &'a Catalogue,
    progress: &Progress,
    typed: Option<&str>,
    unasked: bool,
    command: &str,
) -> Result<&'a Exercise> {
    match exercise(catalogue, progress, typed)? {
        Some(exercise) if typed.is_none() && unasked => bail!(
            "with --yes nobody is asked whether {name} is meant, the first that is not solved\n\
             Name the exercise too: `cargo workbook {command} {name} --yes`.",
            name = exercise.name
        ),
        Some(exercise) => Ok(exercise),
        None => bail!(
            "every exercise is solved, so it must be said which one is meant\nName it: `cargo \
             workbook {command} NAME`. `cargo workbook list` shows their names."
        ),
    }
}
