//! From a symptom to the anti-pattern that shows it.

use super::Place;
use crate::html::seal;
use std::fmt::Write as _;
use workbook::catalogue::manifest::{Rank, WrongAnswer};
use workbook::pages::directives::all_symptoms::AllSymptoms;
use workbook::pages::directives::symptoms::Symptoms;

/// Those that a page teaches, folded.
pub fn list(Symptoms { exercise, taught }: &Symptoms, place: &Place) -> String {
    let entries = entries(exercise, taught.iter().copied(), place);
    folded("by-symptom", "By symptom", &entries)
}

/// Those of all pages: a section for each, in which the rarer ones are folded.
pub fn of_the_book(AllSymptoms { exercises }: &AllSymptoms, place: &Place) -> String {
    let mut markdown = String::new();
    for exercise in exercises {
        let (name, manifest) = (&exercise.name, &exercise.manifest);
        let refused = manifest.wrong_answers().filter(|wrong| wrong.rank == Rank::Refused);
        let rarer = entries(name, refused, place);
        // Writing to a String cannot fail.
        _ = writeln!(
            markdown,
            "## {}\n\n{}",
            manifest.title.trim(),
            entries(name, manifest.taught(), place)
        );
        if !rarer.is_empty() {
            let unseen = format!("<span class=\"unseen\"> of {name}</span>");
            markdown.push_str(&folded("by-symptom", &format!("Rarer symptoms{unseen}"), &rarer));
            markdown.push_str("\n\n");
        }
    }
    markdown
}

/// A list entry for each wrong answer.
fn entries<'a>(
    exercise: &str,
    wrong: impl Iterator<Item = &'a WrongAnswer>,
    place: &Place,
) -> String {
    let mut markdown = String::new();
    for wrong in wrong {
        let symptom = wrong.symptom.trim();
        // Writing to a String cannot fail.
        _ = writeln!(
            markdown,
            "- {} → [{}]({})",
            symptom.strip_suffix('.').unwrap_or(symptom),
            wrong.title.trim(),
            place.link(exercise, &wrong.title)
        );
    }
    markdown
}

/// `summary` is HTML, and `markdown` what it unfolds.
fn folded(class: &str, summary: &str, markdown: &str) -> String {
    let opened = seal(&format!("<details class=\"{class}\">\n<summary>{summary}</summary>"));
    format!("{opened}\n\n{markdown}\n{}", seal("</details>"))
}
