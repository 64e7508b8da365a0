//! From a symptom to the anti-pattern that shows it.

use super::Place;
use crate::html::seal;
use std::fmt::Write as _;
use workbook::pages::directives::symptoms::Symptoms;

pub fn list(Symptoms { exercise, taught }: &Symptoms, place: &Place) -> String {
    let mut markdown = seal("<details class=\"by-symptom\">\n<summary>By symptom</summary>");
    markdown.push_str("\n\n");
    for wrong in taught {
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
    markdown.push('\n');
    markdown.push_str(&seal("</details>"));
    markdown
}
