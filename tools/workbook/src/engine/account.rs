//! What the command says of a test, in the form of the tests' own accounts.

use timeline::outcome::{Failure, Kind};

use crate::terminal::text;

/// The lines are as long as those of the tests' own explanations.
pub const WIDTH: usize = 76;

/// A failure with all of its text.
pub fn account(kind: Kind, headline: &str, facts: &[String], why: &str) -> Failure {
    let wrapped = |text: &str| text::wrap(text, WIDTH).join("\n");
    let shown = |fact: &String| format!("  {}\n", wrapped(fact).replace('\n', "\n    "));
    let shown: String = facts.iter().map(shown).collect();
    Failure {
        text: format!("{headline}\n\n{shown}\n{}\n", wrapped(why)),
        headline: headline.to_owned(),
        facts: facts.to_vec(),
        why: why.to_owned(),
        ..Failure::new(kind)
    }
}
