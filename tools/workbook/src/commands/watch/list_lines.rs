//! The list of exercises as lines.

use super::list_view::{Filter, ListView};
use super::state::State;
use super::terminal_caps::NARROW;
use super::views::Body;
use crate::commands::list::far;
use crate::learner::progress::State as Stage;
use crate::pages::page;
use crate::terminal::bar::bar;
use crate::terminal::text::{plain, width};

/// How many columns the bar has.
const BAR: usize = 20;

/// What is above the list: how much is solved, what is shown, and the word that is searched for.
pub fn head(state: &State, list: &ListView, columns: usize) -> Vec<String> {
    let caps = state.caps;
    let (solved, all) = (state.solved(), state.catalogue.exercises.len());
    let bar = bar(caps.paint, caps.ascii, solved, all, BAR);
    let solved = format!(" {bar}  {solved} of {all} solved");
    let filter = |filter: Filter| {
        if filter == list.filter {
            caps.paint.bold(format!("[{}]", filter.word())).to_string()
        } else {
            format!(" {} ", filter.word())
        }
    };
    let filters = format!(" show: {}", Filter::ALL.map(filter).join(" "));
    let mut lines = if width(&solved) + 3 + width(&filters) <= columns {
        vec![format!("{solved}   {filters}")]
    } else {
        vec![solved, filters]
    };
    if list.searching {
        let word = caps.text(&plain(&list.word));
        lines.push(format!(" search: {}_", caps.paint.bold(word)));
    }
    lines
}

/// A line for each exercise that is shown.
pub fn rows(state: &State, list: &ListView, columns: usize) -> Body {
    let caps = state.caps;
    let listed = state.listed(list);
    let chosen = list.chosen.min(listed.len().saturating_sub(1));
    let exercises = &state.catalogue.exercises;
    let longest = exercises.iter().map(|exercise| exercise.name.len()).max().unwrap_or(0);
    let word = |at: usize| far(state.stages[at], state.changed[at]);
    // The same whatever is listed, so that nothing moves sideways.
    let widest = (0..exercises.len()).map(|at| word(at).len()).max().unwrap_or(0);
    let mut lines = Vec::new();
    for (place, at) in listed.iter().enumerate() {
        let exercise = &exercises[*at];
        let sign = match state.stages[*at] {
            Stage::Solved => caps.paint.good(caps.text("✓")).to_string(),
            Stage::Started => caps.text("●"),
            Stage::Untouched => " ".to_owned(),
        };
        let so_far = if columns < NARROW {
            sign
        } else {
            let word = word(*at);
            format!("{sign} {}", caps.paint.dim(format!("{word:widest$}")))
        };
        let name = format!("{:longest$}", exercise.name);
        let title = caps.text(&page::plain(&exercise.manifest.title));
        let minutes = caps.paint.dim(format!("{:>2} min", exercise.manifest.minutes));
        let mark = if place == chosen { caps.text("›") } else { " ".to_owned() };
        let name = if place == chosen { caps.paint.bold(name).to_string() } else { name };
        lines.push(format!(" {mark} {so_far} {name}  {minutes}  {title}"));
    }
    if listed.is_empty() {
        lines.push(match (list.filter, list.word.is_empty()) {
            (Filter::All, _) => format!("   Nothing mentions `{}`.", plain(&list.word)),
            (Filter::Done, true) => "   No exercise is solved yet.".to_owned(),
            (Filter::Pending, true) => "   Every exercise is solved.".to_owned(),
            (Filter::Done, false) => {
                format!("   No solved exercise mentions `{}`.", plain(&list.word))
            }
            (Filter::Pending, false) => {
                format!("   No exercise that is not solved mentions `{}`.", plain(&list.word))
            }
        });
    }
    Body { lines, follow: Some(chosen) }
}
