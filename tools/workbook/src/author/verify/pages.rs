//! What the book says, compared with the manifests and with what the tests say.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use super::report::Problem;
use super::runs::Ran;
use super::shown;
use crate::catalogue::Exercise;
use crate::catalogue::manifest::{Rank, nearest};
use crate::catalogue::workspace::Workspace;
use crate::engine::judge::TestOutcome;
use crate::pages::book_context::BookContext;
use crate::pages::directive::{self, Directive};
use crate::pages::directives::sections::{self, By};
use crate::pages::directives::{self, Expanded};
use crate::pages::markdown;
use crate::pages::page;
use crate::pages::problem::Mistake;

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
        let untitled = titles(workspace, context, exercise, &markdown);
        match directives(workspace, context, &exercise.page(), &markdown) {
            Ok(expanded) => {
                let mut missing = shown::all(workspace, exercise, &expanded);
                // A section that is not there at all is told once.
                missing.retain(|one| {
                    one.candidate.is_none()
                        || untitled.iter().all(|other| other.candidate != one.candidate)
                });
                problems.extend(missing);
            }
            Err(mistakes) => problems.extend(mistakes),
        }
        problems.extend(untitled);
    }
    problems.extend(read_on(workspace, context, exercise, ran));
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
    problems.extend(stands_once(
        workspace,
        exercise,
        "exercise",
        "Write it under the heading of the exercise.",
    ));
    if exercise.manifest.wrong_answers().any(|wrong| wrong.rank == Rank::Refused) {
        problems.extend(stands_once(
            workspace,
            exercise,
            "refused",
            "Write it below the anti-patterns that the page teaches.",
        ));
    }
    problems
}

/// The directive, with the name of the exercise alone, stands on its page once, and nowhere else.
fn stands_once(
    workspace: &Workspace,
    exercise: &Exercise,
    directive: &str,
    remedy: &str,
) -> Option<Problem> {
    let name = &exercise.name;
    let page = workspace.shown(&exercise.page());
    let places: Vec<String> = pages(workspace)
        .iter()
        .flat_map(|page| {
            let markdown = fs::read_to_string(page).unwrap_or_default();
            let of_this = written(&markdown).into_iter().filter(|(_, it)| {
                it.name == directive
                    && it.words.iter().map(|word| word.text.as_str()).eq([name.as_str()])
            });
            of_this.map(|(line, _)| format!("{}:{line}", workspace.shown(page))).collect::<Vec<_>>()
        })
        .collect();
    if places.len() == 1 && places[0].starts_with(&format!("{page}:")) {
        return None;
    }
    let happened = match places.as_slice() {
        [] => "it stands nowhere".to_owned(),
        _ => format!("it stands at {}", places.join(", ")),
    };
    Some(Problem::of(name).says(
        format!("{{{{#{directive} {name}}}}} stands in {page} once, and nowhere else"),
        happened,
        remedy,
    ))
}

/// The table of [`page::BRIDGE`] has a row for each exercise, which begins with the link to its page.
fn from_asyncio(workspace: &Workspace, exercise: &Exercise) -> Option<Problem> {
    let name = &exercise.name;
    let row = format!("| [{name}]({name}.md)");
    let file = page::file(&workspace.root, page::BRIDGE);
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

/// Every anti-pattern that is taught and every alternative has a heading on the page.
fn titles(
    workspace: &Workspace,
    context: &BookContext,
    exercise: &Exercise,
    markdown: &str,
) -> Vec<Problem> {
    let mut headings = sections::of(context, markdown);
    headings.retain(|section| section.by != By::Refused);
    let manifest = &exercise.manifest;
    let alternatives = manifest.alternatives.iter().map(|(name, of)| (name, &of.title, None));
    let taught = manifest.taught().map(|wrong| {
        let directive = format!("`{{{{#anti {}/{}}}}}`", exercise.name, wrong.name);
        (&wrong.name, &wrong.title, Some(directive))
    });
    alternatives
        .chain(taught)
        .filter(|(_, title, _)| {
            let title = page::plain(title);
            headings.iter().all(|heading| heading.title != title)
        })
        .map(|(name, title, directive)| {
            let known = headings.iter().map(|heading| heading.title.as_str());
            let near = nearest(&page::plain(title), known);
            let section = directive.unwrap_or_else(|| "the section".to_owned());
            Problem::of(&exercise.name).candidate(name).says(
                format!("\"{title}\" is a heading of {}", workspace.shown(&exercise.page())),
                "there is no such heading",
                format!("Write {section}, or correct the title in exercise.toml.{near}"),
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
    let of_exercises =
        ["transcript", "anti", "refused", "symptoms", "timeline", "exercise", "bench", "lints"];
    let Some(word) = directive.words.first() else { return false };
    let name = word.text.split('/').next().unwrap_or_default();
    of_exercises.contains(&directive.name.as_str())
        && context.catalogue.root.join("exercises").join(name).is_dir()
        && context.exercise(name).is_err()
}

/// Each place to which a failure sends its reader exists.
fn read_on(
    workspace: &Workspace,
    context: &BookContext,
    exercise: &Exercise,
    ran: &[Ran],
) -> Vec<Problem> {
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
            let wanted = page::plain(&place.section);
            let happened = match fs::read_to_string(&file) {
                Err(_) => format!("there is no {shown}"),
                Ok(markdown) => {
                    let sections = sections::of(context, &markdown);
                    if sections.iter().any(|section| section.title == wanted) {
                        continue;
                    }
                    let known = sections.iter().map(|section| section.title.as_str());
                    format!("{shown} has no such section.{}", nearest(&wanted, known))
                }
            };
            let problem = Problem::of(&exercise.name).candidate(&ran.candidate.name);
            problems.push(problem.test(&judged.test).says(
                format!(
                    "\"{}\" is a section of {shown}, where the failure sends its reader",
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
