//! From what somebody typed to the name of an exercise.
//!
//! People type `FETCH`, press Tab and get `exercises/fetch/`, drag a file into the terminal, or copy
//! the name of a page or a package. Each of these names one exercise, and is understood. A misspelt
//! word may name any: it is refused, with the nearest name.

use crate::catalogue::manifest::nearest;

/// The folders in which a subfolder is called like its exercise.
const HOMES: [&str; 2] = ["exercises", "solutions"];

/// What a name may end with: pages, the file of the tests, the package of the solution.
const ENDINGS: [&str; 4] = [".md", ".html", ".rs", "-solution"];

/// The one of `known` that `typed` names. Unknown or ambiguous: an error that suggests the nearest.
pub fn name<'a>(typed: &str, known: &[&'a str]) -> Result<&'a str, String> {
    if let Some(found) = understood(typed, known) {
        return Ok(found);
    }
    let near = nearest(&word(typed), known.iter().copied());
    Err(format!("no exercise is called `{typed}`.{near} `cargo workbook list` shows them all."))
}

fn understood<'a>(typed: &str, known: &[&'a str]) -> Option<&'a str> {
    let path = path(typed);
    let parts: Vec<(&str, Option<&'a str>)> =
        path.split('/').map(|part| (part, named(part, known))).collect();
    // A workbook may be anywhere, even in a folder that is called like an exercise.
    let at_home = parts.windows(2).rev().find_map(|pair| match pair {
        [(home, _), (_, found)] if HOMES.contains(&home.to_lowercase().as_str()) => *found,
        _ => None,
    });
    if at_home.is_some() {
        return at_home;
    }
    if let Some((_, Some(last))) = parts.last() {
        return Some(last);
    }
    let mut found = parts.iter().filter_map(|(_, found)| *found);
    found.next().filter(|one| found.all(|other| other == *one))
}

/// With `/` between its parts, and without the anchor of a page's address.
fn path(typed: &str) -> String {
    let text = typed.trim().replace('\\', "/");
    let text = text.split(['#', '?']).next().unwrap_or_default();
    text.trim_end_matches('/').to_owned()
}

/// The name in a part of a path.
fn named<'a>(part: &str, known: &[&'a str]) -> Option<&'a str> {
    let part = part.to_lowercase();
    let is =
        |name: &&&str| part == **name || ENDINGS.iter().any(|end| part == format!("{name}{end}"));
    known.iter().find(is).copied()
}

/// The word that was meant as a name, to be compared with names.
fn word(typed: &str) -> String {
    let path = path(typed).to_lowercase();
    let last = path.rsplit('/').next().unwrap_or_default();
    let stem = ENDINGS.iter().find_map(|end| last.strip_suffix(end));
    stem.unwrap_or(last).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    const KNOWN: [&str; 3] = ["fetch", "gather", "streams"];

    #[test]
    fn a_name_is_understood_in_every_form_in_which_people_meet_it() {
        let forms = [
            "fetch",
            "FETCH",
            " fetch ",
            "fetch/",
            "exercises/fetch",
            "./exercises/fetch/",
            "exercises/fetch/src/answer.rs",
            "exercises\\fetch\\src\\answer.rs",
            "exercises/fetch/tests/fetch/causes.rs",
            "/home/me/gather/workbook/Exercises/Fetch/src/given.rs",
            "fetch/src/answer.rs",
            "solutions/fetch/src/anti/blocking.rs",
            "fetch-solution",
            "fetch.md",
            "book/src/fetch.md",
            "https://example.org/workbook/streams/fetch.html#a-section",
        ];
        for form in forms {
            assert_eq!(name(form, &KNOWN), Ok("fetch"), "{form}");
        }
    }

    #[test]
    fn a_misspelt_word_is_a_question_and_no_answer() {
        for typed in ["ftech", "Fecth", "exercises/fecth/", "fetchh.md"] {
            let said = name(typed, &KNOWN).expect_err(typed);
            assert!(said.contains(&format!("`{typed}`. Did you mean `fetch`?")), "{said}");
        }
        let said = name("bananas", &KNOWN).expect_err("there is none");
        assert_eq!(said, "no exercise is called `bananas`. `cargo workbook list` shows them all.");
        for typed in ["", "/", "..", "gather/fetch/answer"] {
            name(typed, &KNOWN).expect_err("it names none, or two");
        }
    }
}
