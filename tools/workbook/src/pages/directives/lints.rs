//! `{{#lints gather}}`: the recorded table of who reports which mistake.

use super::plain;
use crate::catalogue::lints::{Lints, Reports};
use crate::catalogue::recording_paths::lints_file;
use crate::pages::book_context::BookContext;
use crate::pages::directive::Word;
use crate::pages::problem::Trouble;

/// Mistakes, and who reports them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table<'a> {
    /// The exercise.
    pub exercise: &'a str,
    /// The version of rustc that was asked.
    pub rustc: String,
    /// The lints that were asked for beyond the defaults.
    pub asked: Vec<String>,
    /// One row for each mistake: what it looks like, as Markdown, and who reports it.
    pub rows: Vec<(&'a str, Reports)>,
}

pub(super) fn read<'a>(context: &'a BookContext, words: &[Word]) -> Result<Table<'a>, Trouble> {
    let [name] = plain(words, "{{#lints gather}}")?;
    let exercise = context.exercise(name)?;
    let cases = &exercise.manifest.lints;
    if cases.is_empty() {
        return Err(Trouble::new(
            format!("exercises/{name}/exercise.toml has no table [lints.NAME]"),
            "write one for each mistake, or correct the name",
        ));
    }
    let file = context.shown(&lints_file(exercise));
    let bless = format!("record it with `cargo workbook verify {name} --bless --lint`");
    let mut recorded: Lints = serde_json::from_str(&context.read(&file, &bless)?)
        .map_err(|error| Trouble::new(format!("{file} cannot be read: {error}"), &bless))?;
    if !recorded.cases.keys().eq(cases.keys()) {
        return Err(Trouble::new(
            format!("{file} has other cases than [lints] of exercises/{name}/exercise.toml"),
            bless,
        ));
    }
    let rows = cases
        .iter()
        .map(|(name, case)| {
            (case.title.as_str(), recorded.cases.swap_remove(name).unwrap_or_default())
        })
        .collect();
    let Lints { rustc, asked, .. } = recorded;
    Ok(Table { exercise: &exercise.name, rustc, asked, rows })
}
