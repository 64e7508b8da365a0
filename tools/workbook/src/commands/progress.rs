//! `cargo workbook progress`: how far the learner is in all, and what is next.
//!
//! [`list`](super::list) shows the exercises one by one.

use anyhow::Result;
use serde::Serialize;

use crate::catalogue::workspace::Workspace;
use crate::commands::survey::Survey;
use crate::learner::progress::State;
use crate::learner::progress::totals::{Numbers, Totals};
use crate::pages::page;
use crate::terminal::bar::cells;
use crate::terminal::paint::Paint;
use crate::terminal::report_text::count;

/// How long the bar is.
const BAR: usize = 40;

#[derive(Serialize)]
struct Report<'a> {
    #[serde(flatten)]
    numbers: Numbers,
    next: Option<&'a str>,
    states: Vec<Standing<'a>>,
}

#[derive(Serialize)]
struct Standing<'a> {
    name: &'a str,
    state: State,
    minutes: u32,
}

/// Prints the totals, and what is next.
pub fn run(workspace: &Workspace, json: bool) -> Result<()> {
    let Survey { catalogue, progress, .. } = Survey::read(workspace)?;
    let totals = Totals::of(&progress, &catalogue);
    if json {
        println!("{}", serde_json::to_string_pretty(&report(&totals))?);
    } else {
        print!("{}", text(&totals, Paint::stdout()));
    }
    Ok(())
}

fn report<'a>(totals: &Totals<'a>) -> Report<'a> {
    let states = totals.states.iter().map(|(exercise, state)| Standing {
        name: &exercise.name,
        state: *state,
        minutes: exercise.manifest.minutes,
    });
    Report {
        numbers: totals.numbers(),
        next: totals.next().map(|exercise| exercise.name.as_str()),
        states: states.collect(),
    }
}

fn text(totals: &Totals<'_>, paint: Paint) -> String {
    let numbers = totals.numbers();
    let Numbers { exercises, solved, started, untouched, minutes, minutes_left } = numbers;
    let all = count(exercises, "exercise");
    let bar = bar(solved, exercises);
    let next = match totals.next() {
        Some(next) => format!(
            "Next: {}, {}, {}.\n`cargo workbook` opens it. `cargo workbook list` shows them all.\n",
            paint.bold(&next.name),
            page::plain(&next.manifest.title),
            count(next.manifest.minutes as usize, "minute"),
        ),
        None => "Every exercise is solved.\n".to_owned(),
    };
    format!(
        "[{}]  {} of {all}\n\n{solved} solved, {started} started, {untouched} untouched. \
         {minutes_left} of {} to go.\n{next}",
        paint.good(bar),
        paint.bold(solved),
        count(minutes as usize, "minute"),
    )
}

/// In ASCII, so that it looks the same everywhere.
fn bar(solved: usize, exercises: usize) -> String {
    let full = cells(solved, exercises, BAR);
    format!("{}{}", "#".repeat(full), ".".repeat(BAR - full))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bar_is_full_only_when_all_is_solved_and_empty_only_when_nothing_is() {
        assert_eq!(bar(0, 19), ".".repeat(BAR));
        assert_eq!(bar(1, 100), format!("#{}", ".".repeat(BAR - 1)));
        assert_eq!(bar(99, 100), format!("{}.", "#".repeat(BAR - 1)));
        assert_eq!(bar(19, 19), "#".repeat(BAR));
        assert_eq!(bar(0, 0), ".".repeat(BAR));
    }
}
