//! What the book says, compared with the manifests and with what the tests say.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use super::report::Problem;
use super::runs::Ran;
use crate::catalogue::{Catalogue, Exercise};
use crate::judge::Fate;
use crate::manifest::nearest;
use crate::page;
use crate::workspace::Workspace;

/// Everything about an exercise's page.
pub fn all(
    workspace: &Workspace,
    catalogue: &Catalogue,
    exercise: &Exercise,
    ran: &[Ran],
) -> Vec<Problem> {
    let mut problems = one_page(workspace, exercise);
    if let Ok(markdown) = fs::read_to_string(exercise.page()) {
        problems.extend(titles(workspace, exercise, &markdown));
        problems.extend(directives(workspace, catalogue, &exercise.page(), &markdown));
    }
    problems.extend(read_on(workspace, exercise, ran));
    problems
}

/// The directives of the pages that are no exercise's.
pub fn others(workspace: &Workspace, catalogue: &Catalogue) -> Vec<Problem> {
    let of_exercises: Vec<PathBuf> = catalogue.exercises.iter().map(Exercise::page).collect();
    let mut problems = Vec::new();
    for page in pages(workspace) {
        if !of_exercises.contains(&page)
            && let Ok(markdown) = fs::read_to_string(&page)
        {
            problems.extend(directives(workspace, catalogue, &page, &markdown));
        }
    }
    problems
}

fn pages(workspace: &Workspace) -> Vec<PathBuf> {
    let mut pages = Vec::new();
    let mut folders = vec![workspace.root.join("book").join("src")];
    while let Some(folder) = folders.pop() {
        let entries = fs::read_dir(&folder).into_iter().flatten().filter_map(Result::ok);
        for path in entries.map(|entry| entry.path()) {
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "md") {
                pages.push(path);
            }
        }
    }
    pages.sort();
    pages
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
            let of_this = page::directives(&markdown).into_iter().flatten().filter(|directive| {
                directive.name == "exercise" && directive.arguments == [name.as_str()]
            });
            of_this
                .map(|directive| format!("{}:{}", workspace.shown(page), directive.line))
                .collect::<Vec<_>>()
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

/// Every anti-pattern and every alternative is a heading of the page.
fn titles(workspace: &Workspace, exercise: &Exercise, markdown: &str) -> Vec<Problem> {
    let headings = page::headings(markdown);
    let manifest = &exercise.manifest;
    let alternatives = manifest.alternatives.iter().map(|(name, of)| (name, &of.title));
    let anti = manifest.anti.iter().map(|(name, of)| (name, &of.title));
    alternatives
        .chain(anti)
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

fn directives(
    workspace: &Workspace,
    catalogue: &Catalogue,
    page: &Path,
    markdown: &str,
) -> Vec<Problem> {
    page::missing(markdown, catalogue)
        .into_iter()
        .map(|(line, problem)| {
            Problem::of(&format!("{}:{line}", workspace.shown(page))).says(
                "what a directive names exists",
                problem,
                "Correct the directive, or add what it names.",
            )
        })
        .collect()
}

/// Each place to which a failure sends its reader exists.
fn read_on(workspace: &Workspace, exercise: &Exercise, ran: &[Ran]) -> Vec<Problem> {
    let mut seen = BTreeSet::new();
    let mut problems = Vec::new();
    for ran in ran {
        for judged in ran.judgements.iter().flat_map(|judgement| &judgement.tests) {
            let Fate::Failed(failure) = &judged.fate else { continue };
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
