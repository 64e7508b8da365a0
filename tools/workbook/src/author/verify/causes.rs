//! The causes of an exercise, and whether a wrong answer fails for each of them.

use std::collections::BTreeSet;
use std::fs;

use syn::{Expr, Item, Lit, Type};

use super::report::Problem;
use super::runs::Ran;
use crate::catalogue::workspace::Workspace;
use crate::catalogue::{Exercise, Kind};
use crate::engine::judge::Judgement;

/// The ids of the constants of type `Cause` in the exercise's `causes.rs`, in the order of the file.
///
/// None where the file is not there, which is a flaw of the exercise.
pub fn ids(workspace: &Workspace, exercise: &Exercise) -> Result<Vec<String>, Box<Problem>> {
    let file = exercise.causes_file();
    let Ok(text) = fs::read_to_string(&file) else { return Ok(Vec::new()) };
    let shown = workspace.shown(&file);
    let problem = |happened: String, remedy: &str| {
        Box::new(Problem::of(&exercise.name).says(
            format!("{shown} has the causes, each a `const NAME: Cause` with its id"),
            happened,
            remedy,
        ))
    };
    let parsed = syn::parse_file(&text).map_err(|error| {
        let line = error.span().start().line;
        problem(format!("line {line} cannot be read: {error}"), "Correct the line.")
    })?;
    let mut ids = Vec::new();
    for item in parsed.items {
        let Item::Const(constant) = item else { continue };
        if !is_cause(&constant.ty) {
            continue;
        }
        let id = first_text(&constant.expr).filter(|text| is_an_id(text)).ok_or_else(|| {
            problem(
                format!("`{}` has no id", constant.ident),
                "Give the id as the first string: `cause(\"in_sequence\", \"…\")`.",
            )
        })?;
        ids.push(id);
    }
    Ok(ids)
}

/// The causes with which no wrong answer fails. None while there is nothing to tell them by.
pub fn dead<'a>(ids: &'a [String], ran: &[Ran]) -> Vec<&'a str> {
    let wrong = || ran.iter().filter(|ran| ran.candidate.kind == Kind::Anti);
    if wrong().all(|ran| ran.judgements.is_empty()) {
        return Vec::new();
    }
    let met: BTreeSet<&str> = wrong()
        .flat_map(|ran| &ran.judgements)
        .flat_map(Judgement::failing)
        .map(|judged| judged.outcome.cause())
        .collect();
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

fn is_cause(of: &Type) -> bool {
    let Type::Path(path) = of else { return false };
    path.path.segments.last().is_some_and(|last| last.ident == "Cause")
}

/// A sentence is none.
fn is_an_id(text: &str) -> bool {
    !text.is_empty()
        && text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
}

/// The first string in an expression such as `cause("id", "why").explained_in("page", "section")`.
fn first_text(expression: &Expr) -> Option<String> {
    match expression {
        Expr::Lit(literal) => match &literal.lit {
            Lit::Str(text) => Some(text.value()),
            _ => None,
        },
        Expr::Call(call) => call.args.iter().find_map(first_text),
        Expr::MethodCall(call) => {
            first_text(&call.receiver).or_else(|| call.args.iter().find_map(first_text))
        }
        Expr::Paren(inner) => first_text(&inner.expr),
        Expr::Group(inner) => first_text(&inner.expr),
        Expr::Reference(inner) => first_text(&inner.expr),
        _ => None,
    }
}
