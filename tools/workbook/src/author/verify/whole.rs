//! Whether an exercise is whole: nothing of it is still the skeleton that `new` has written, and
//! nothing is missing that every exercise has.

use std::collections::BTreeMap;
use std::fs;

use toml::Value;

use super::report::Problem;
use crate::author::new::book_lines;
use crate::author::new::skeleton::{self, SkeletonFile};
use crate::catalogue::Exercise;
use crate::catalogue::workspace::Workspace;
use crate::pages::directive;
use crate::pages::markdown;
use crate::pages::page;
use crate::terminal::report_text::count;

/// With fewer, nothing shows that the tests judge behaviour and not the reference's form.
const LEAST_ALTERNATIVES: usize = 2;

/// The headings that every exercise's page has. A benchmark's numbers have one more.
const SECTIONS: [&str; 10] = [
    "The case",
    "Predict",
    "What happens",
    "Exercise",
    "The pattern",
    "From asyncio",
    "Anti-patterns",
    "Other right answers",
    "When not to",
    "Go deeper",
];

/// Everything that is missing, in the order in which an author works.
pub fn all(workspace: &Workspace, exercise: &Exercise) -> Vec<Problem> {
    let mut problems: Vec<Problem> = skeleton::files(&exercise.name)
        .iter()
        .filter_map(|file| still_the_skeleton(workspace, exercise, file))
        .collect();
    problems.extend(lines_of_the_skeleton(workspace, exercise));
    problems.extend(alternatives(exercise));
    problems.extend(sections(workspace, exercise));
    problems
}

fn still_the_skeleton(
    workspace: &Workspace,
    exercise: &Exercise,
    file: &SkeletonFile,
) -> Option<Problem> {
    let remedy = file.remedy?;
    // What is not there has been reported, where every exercise has it.
    let text = fs::read_to_string(workspace.root.join(&file.path)).ok()?.replace("\r\n", "\n");
    let happened = if file.path.ends_with("exercise.toml") {
        let same = same_fields(&file.text, &text);
        (!same.is_empty()).then(|| format!("it still has the skeleton's {}", same.join(", ")))
    } else if file.path.ends_with(".md") {
        let same = same_paragraphs(&file.text, &text);
        (!same.is_empty()).then(|| format!("it still has the skeleton's\n{}", same.join("\n")))
    } else {
        (text == file.text).then(|| "it is still the skeleton's".to_owned())
    };
    let problem = Problem::of(&exercise.name);
    happened.map(|happened| problem.says(format!("{} is your own", file.path), happened, remedy))
}

/// The fields of the manifest that hold the same words in both.
fn same_fields(skeleton: &str, text: &str) -> Vec<String> {
    let words = |text: &str| {
        let mut words = BTreeMap::new();
        // What cannot be read has been reported.
        if let Ok(table) = text.parse() {
            collect("", &Value::Table(table), &mut words);
        }
        words
    };
    let (skeleton, words) = (words(skeleton), words(text));
    let same = skeleton.into_iter().filter(|(field, said)| words.get(field) == Some(said));
    same.map(|(field, _)| format!("`{field}`")).collect()
}

/// What is for the author to say: texts, and no names of tests or lines of code. Titles below the
/// first may well stay: another exercise can have the same mistake.
fn collect(prefix: &str, value: &Value, words: &mut BTreeMap<String, Value>) {
    let Value::Table(table) = value else { return };
    for (key, value) in table {
        let field = if prefix.is_empty() { key.clone() } else { format!("{prefix}.{key}") };
        let said = matches!(key.as_str(), "goal" | "learnt" | "hints" | "when" | "symptom");
        if said || field == "title" {
            words.insert(field, value.clone());
        } else {
            collect(&field, value, words);
        }
    }
}

/// The skeleton's first heading and its paragraphs that the page has, however they are wrapped.
fn same_paragraphs(skeleton: &str, page: &str) -> Vec<String> {
    let page = paragraphs(page);
    let mut same = paragraphs(skeleton);
    same.retain(|paragraph| page.contains(paragraph));
    same
}

/// The first heading and the paragraphs of a page, each on one line, without directives.
fn paragraphs(page: &str) -> Vec<String> {
    let prose = markdown::parse(page).prose;
    let directives = directive::directives(page, &prose);
    let mut paragraphs = vec![String::new()];
    for line in prose {
        let text = page[line.place].trim();
        let apart = text.is_empty()
            || text.starts_with("##")
            || directives.iter().any(|directive| directive.number == line.line);
        match paragraphs.last_mut() {
            Some(last) if !apart && last.is_empty() => text.clone_into(last),
            Some(last) if !apart => *last = format!("{last} {text}"),
            _ => paragraphs.push(String::new()),
        }
    }
    paragraphs.retain(|paragraph| !paragraph.is_empty());
    paragraphs
}

/// The lines that `new` has put into pages that were there.
fn lines_of_the_skeleton(workspace: &Workspace, exercise: &Exercise) -> Vec<Problem> {
    let name = &exercise.name;
    let lines = [
        ("SUMMARY", book_lines::link(name), "Write the title of your exercise there."),
        (
            page::BRIDGE,
            book_lines::row(name),
            "Write the row: what one says in asyncio, what in Rust, and the one difference.",
        ),
    ];
    let still = lines.into_iter().filter_map(|(page, line, remedy)| {
        let file = page::file(&workspace.root, page);
        let text = fs::read_to_string(&file).ok()?;
        text.lines().any(|other| other == line).then(|| {
            Problem::of(name).says(
                format!("the line of `{name}` in {} is your own", workspace.shown(&file)),
                "it is still the skeleton's",
                remedy,
            )
        })
    });
    still.collect()
}

fn alternatives(exercise: &Exercise) -> Option<Problem> {
    let known = exercise.manifest.alternatives.len();
    (known < LEAST_ALTERNATIVES).then(|| {
        Problem::of(&exercise.name).says(
            format!("it has at least {LEAST_ALTERNATIVES} alternatives"),
            format!("exercise.toml lists {}", count(known, "alternative")),
            format!(
                "Write another right answer, of another form than the reference, in \
                 solutions/{}/src/alt: tests that refuse right answers are found in no other way.",
                exercise.name
            ),
        )
    })
}

fn sections(workspace: &Workspace, exercise: &Exercise) -> Option<Problem> {
    // That there is no page is another problem.
    let markdown = fs::read_to_string(exercise.page()).ok()?;
    let headings: Vec<String> = markdown::parse(&markdown)
        .prose
        .into_iter()
        .filter_map(|line| markdown[line.place].strip_prefix("## ").map(page::plain))
        .collect();
    let missing: Vec<&str> =
        SECTIONS.into_iter().filter(|section| !headings.iter().any(|it| it == section)).collect();
    (!missing.is_empty()).then(|| {
        Problem::of(&exercise.name).says(
            format!("{} has the sections of every page", workspace.shown(&exercise.page())),
            format!("missing: {}", missing.join(", ")),
            "Write them. `gather` shows what each is for.",
        )
    })
}
