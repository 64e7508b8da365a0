//! What the book says, compared with the manifests and with what the tests say.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use super::report::Problem;
use super::runs::Ran;
use super::shown;
use crate::catalogue::Exercise;
use crate::catalogue::manifest::nearest;
use crate::catalogue::workspace::Workspace;
use crate::engine::judge::TestOutcome;
use crate::pages::book_context::BookContext;
use crate::pages::directive::{self, Directive};
use crate::pages::directives::{self, Expanded};
use crate::pages::markdown;
use crate::pages::page;
use crate::pages::problem::Mistake;

/// The page with one table for all patterns.
const BRIDGE: &str = "from-asyncio";

/// Everything about an exercise's page.
pub fn all(
    workspace: &Workspace,
    context: &BookContext,
    exercise: &Exercise,
    ran: &[Ran],
) -> Vec<Problem> {
    let mut problems = one_page(workspace, exercise);
    problems.extend(from_asyncio(workspace, exercise));
    if let Ok(markdown) = fs::read_to_string(exercise.page()) {
        problems.extend(titles(workspace, exercise, &markdown));
        match directives(workspace, context, &exercise.page(), &markdown) {
            Ok(expanded) => problems.extend(shown::all(workspace, exercise, &expanded)),
            Err(mistakes) => problems.extend(mistakes),
        }
    }
    problems.extend(read_on(workspace, exercise, ran));
    problems
}

/// The directives of the pages that are no exercise's.
pub fn others(workspace: &Workspace, context: &BookContext) -> Vec<Problem> {
    let of_exercises: Vec<PathBuf> =
        context.catalogue.exercises.iter().map(Exercise::page).collect();
    let mut problems = Vec::new();
    for page in pages(workspace) {
        if !of_exercises.contains(&page)
            && let Ok(markdown) = fs::read_to_string(&page)
        {
            problems
                .extend(directives(workspace, context, &page, &markdown).err().unwrap_or_default());
        }
    }
    problems
}

fn pages(workspace: &Workspace) -> Vec<PathBuf> {
    // Without a folder there are no pages: each exercise is told that it has none.
    page::files(&workspace.root.join("book").join("src")).unwrap_or_default()
}

/// Each exercise has exactly one page: linked once, with its box once, and nowhere else.
fn one_page(workspace: &Workspace, exercise: &Exercise) -> Vec<Problem> {
    let name = &exercise.name;
    let page = workspace.shown(&exercise.page());
    if !exercise.page().is_file() {
        return vec![Problem::of(name).says(
            "it has exactly one page",
            format!("there is no {page}"),
            "Write it, and link it in book/src/SUMMARY.md.",
        )];
    }
    let mut problems = Vec::new();
    let links = page::order_of_the_book(&workspace.root).iter().filter(|it| *it == name).count();
    if links != 1 {
        problems.push(Problem::of(name).says(
            "book/src/SUMMARY.md links its page once",
            format!("it has {links} links to {name}.md"),
            "The order of the book is the order of the exercises: link it at its place.",
        ));
    }
    let boxes: Vec<String> = pages(workspace)
        .iter()
        .flat_map(|page| {
            let markdown = fs::read_to_string(page).unwrap_or_default();
            let of_this = written(&markdown).into_iter().filter(|(_, directive)| {
                directive.name == "exercise"
                    && directive.words.iter().map(|word| word.text.as_str()).eq([name.as_str()])
            });
            of_this.map(|(line, _)| format!("{}:{line}", workspace.shown(page))).collect::<Vec<_>>()
        })
        .collect();
    if boxes.len() != 1 || !boxes[0].starts_with(&format!("{page}:")) {
        let happened = match boxes.as_slice() {
            [] => "it stands nowhere".to_owned(),
            _ => format!("it stands at {}", boxes.join(", ")),
        };
        problems.push(Problem::of(name).says(
            format!("{{{{#exercise {name}}}}} stands in {page} once, and nowhere else"),
            happened,
            "Write it under the heading of the exercise.",
        ));
    }
    problems
}

/// The table of [`BRIDGE`] has a row for each exercise, which begins with the link to its page.
fn from_asyncio(workspace: &Workspace, exercise: &Exercise) -> Option<Problem> {
    let name = &exercise.name;
    let row = format!("| [{name}]({name}.md)");
    let file = page::file(&workspace.root, BRIDGE);
    let shown = workspace.shown(&file);
    let happened = match fs::read_to_string(file) {
        Err(_) => format!("there is no {shown}"),
        Ok(markdown) => {
            let prose = markdown::parse(&markdown).prose;
            if prose.iter().any(|line| markdown[line.place.clone()].starts_with(&row)) {
                return None;
            }
            format!("no row of its table begins with `{row}`")
        }
    };
    Some(Problem::of(name).says(
        format!("{shown} links its page"),
        happened,
        format!(
            "Link the row of `{name}`, or write it: what one says in asyncio, what in Rust, and \
             the one difference."
        ),
    ))
}

/// Every anti-pattern that is taught and every alternative is a heading of the page.
fn titles(workspace: &Workspace, exercise: &Exercise, markdown: &str) -> Vec<Problem> {
    let headings = page::headings(markdown);
    let manifest = &exercise.manifest;
    let alternatives = manifest.alternatives.iter().map(|(name, of)| (name, &of.title));
    let taught = manifest.taught().map(|wrong| (&wrong.name, &wrong.title));
    alternatives
        .chain(taught)
        .filter(|(_, title)| !headings.contains(&page::plain(title)))
        .map(|(name, title)| {
            let near = nearest(&page::plain(title), headings.iter().map(String::as_str));
            Problem::of(&exercise.name).candidate(name).says(
                format!("\"{title}\" is a heading of {}", workspace.shown(&exercise.page())),
                "there is no such heading",
                format!("Write the section, or correct the title in exercise.toml.{near}"),
            )
        })
        .collect()
}

/// What the directives of a page stand for, or everything for which the book's builder would
/// refuse the page.
fn directives<'a>(
    workspace: &Workspace,
    context: &'a BookContext,
    page: &Path,
    markdown: &str,
) -> Result<Vec<Expanded<'a>>, Vec<Problem>> {
    let mistakes = match directives::page(context, markdown) {
        Ok(expanded) => return Ok(expanded),
        Err(mistakes) => mistakes,
    };
    // Where a manifest is broken, which has been reported, the page is not to blame.
    let excused: Vec<usize> = written(markdown)
        .into_iter()
        .filter(|(_, directive)| of_a_broken_exercise(context, directive))
        .map(|(line, _)| line)
        .collect();
    let problems = mistakes.into_iter().filter(|mistake| !excused.contains(&mistake.line)).map(
        |Mistake { line, trouble }| {
            Problem::of(&format!("{}:{line}", workspace.shown(page))).says(
                "the page can be built",
                trouble.what,
                trouble.remedy,
            )
        },
    );
    Err(problems.collect())
}

/// The directives of a page that are well written, each with its line.
fn written(markdown: &str) -> Vec<(usize, Directive)> {
    directive::directives(markdown, &markdown::parse(markdown).prose)
        .into_iter()
        .filter_map(|line| line.directive.ok().map(|directive| (line.number, directive)))
        .collect()
}

fn of_a_broken_exercise(context: &BookContext, directive: &Directive) -> bool {
    let of_exercises = ["transcript", "timeline", "exercise", "bench", "lints"];
    let Some(word) = directive.words.first() else { return false };
    let name = word.text.split('/').next().unwrap_or_default();
    of_exercises.contains(&directive.name.as_str())
        && context.catalogue.root.join("exercises").join(name).is_dir()
        && context.exercise(name).is_err()
}

/// Each place to which a failure sends its reader exists.
fn read_on(workspace: &Workspace, exercise: &Exercise, ran: &[Ran]) -> Vec<Problem> {
    let mut seen = BTreeSet::new();
    let mut problems = Vec::new();
    for ran in ran {
        for judged in ran.judgements.iter().flat_map(|judgement| &judgement.tests) {
            let TestOutcome::Failed(failure) = &judged.outcome else { continue };
            let Some(place) = &failure.read_on else { continue };
            if !seen.insert((&place.page, &place.section)) {
                continue;
            }
            let file = page::file(&workspace.root, &place.page);
            let shown = workspace.shown(&file);
            let headings = fs::read_to_string(&file).ok().map(|text| page::headings(&text));
            let happened = match headings {
                None => format!("there is no {shown}"),
                Some(headings) if headings.contains(&page::plain(&place.section)) => continue,
                Some(headings) => {
                    let wanted = page::plain(&place.section);
                    let near = nearest(&wanted, headings.iter().map(String::as_str));
                    format!("{shown} has no such heading.{near}")
                }
            };
            let problem = Problem::of(&exercise.name).candidate(&ran.candidate.name);
            problems.push(problem.test(&judged.test).says(
                format!(
                    "\"{}\" is a heading of {shown}, where the failure sends its reader",
                    place.section
                ),
                happened,
                format!(
                    "Write the section, or correct the verdict in {}.",
                    workspace.shown(&exercise.spec())
                ),
            ));
        }
    }
    problems
}
