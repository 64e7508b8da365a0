//! The causes of an exercise, and whether a wrong answer fails for each of them.

use std::fs;

use proc_macro2::{TokenStream, TokenTree};
use syn::Item;

use super::behaviour::met_by_wrong;
use super::report::Problem;
use super::runs::Ran;
use crate::catalogue::Exercise;
use crate::catalogue::workspace::Workspace;

/// The ids of the causes that the exercise's `causes.rs` declares with `testkit::causes!`, in the
/// order of the file: the names of the constants in lower case.
///
/// None where the file is not there, which is a flaw of the exercise.
pub fn ids(workspace: &Workspace, exercise: &Exercise) -> Result<Vec<String>, Box<Problem>> {
    let file = exercise.causes_file();
    let Ok(text) = fs::read_to_string(&file) else { return Ok(Vec::new()) };
    let shown = workspace.shown(&file);
    let problem = |happened: String, remedy: &str| {
        Box::new(Problem::of(&exercise.name).says(
            format!("{shown} declares the causes, with `testkit::causes!`"),
            happened,
            remedy,
        ))
    };
    let parsed = syn::parse_file(&text).map_err(|error| {
        let line = error.span().start().line;
        problem(format!("line {line} cannot be read: {error}"), "Correct the line.")
    })?;
    let declared = parsed.items.into_iter().find_map(|item| match item {
        Item::Macro(item) => {
            let name = item.mac.path.segments.last()?.ident.to_string();
            (name == "causes").then_some(item.mac.tokens)
        }
        _ => None,
    });
    declared.map(names).ok_or_else(|| {
        problem(
            "it does not call it".to_owned(),
            "Write `testkit::causes! { \"NAME\", include_str!(\"../../exercise.toml\"); … }`.",
        )
    })
}

/// The names before the equals signs, in lower case.
fn names(tokens: TokenStream) -> Vec<String> {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let pairs = tokens.windows(2).filter_map(|pair| match pair {
        [TokenTree::Ident(name), TokenTree::Punct(sign)] if sign.as_char() == '=' => {
            Some(name.to_string().to_ascii_lowercase())
        }
        _ => None,
    });
    pairs.collect()
}

/// The causes with which no wrong answer fails. None while there is nothing to tell them by.
pub fn dead<'a>(ids: &'a [String], ran: &[Ran]) -> Vec<&'a str> {
    let Some(met) = met_by_wrong(ran, |judged| judged.outcome.cause()) else { return Vec::new() };
    ids.iter().map(String::as_str).filter(|id| !met.contains(id)).collect()
}

/// Every dead cause as a problem.
pub fn problems(workspace: &Workspace, exercise: &Exercise, dead: &[&str]) -> Vec<Problem> {
    let shown = workspace.shown(&exercise.causes_file());
    let problem = |id: &&str| {
        Problem::of(&exercise.name).says(
            format!("a wrong answer fails with the cause `{id}` of {shown}"),
            "none does",
            "Add a wrong answer that it is true of, or take the cause out: nothing shows that it \
             is ever given, or right.",
        )
    };
    dead.iter().map(problem).collect()
}
