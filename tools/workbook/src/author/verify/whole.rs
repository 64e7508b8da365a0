//! Whether an exercise is whole: nothing of it is still the skeleton that `new` has written, and
//! nothing is missing that every exercise has.

use std::{fs, path::Path};

use toml::Value;

use super::report::Problem;
use crate::{
    author::new::{
        book_lines,
        skeleton::{self, SkeletonFile},
    },
    catalogue::{Exercise, workspace::Workspace},
    pages::{directive, markdown, page},
    terminal::report_text::count,
};

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
        .filter_map(|file| unwritten_file(workspace, exercise, file))
        .collect();
    problems.extend(unwritten_lines(workspace, exercise));
    problems.extend(too_few_alternatives(exercise));
    problems.extend(missing_sections(workspace, exercise));
    problems
}

fn unwritten_file(
    workspace: &Workspace,
    exercise: &Exercise,
    file: &SkeletonFile,
) -> Option<Problem> {
    let remedy = file.remedy?;
    // What is not there has been reported, where every exercise has it.
    let text = fs::read_to_string(workspace.root.join(&file.path)).ok()?.replace("\r\n", "\n");
    let path = Path::new(&file.path);
    let same = if path.ends_with("exercise.toml") {
        same_fields(&file.text, &text)
    } else if path.extension().is_some_and(|extension| extension == "md") {
        same_paragraphs(&file.text, &text)
    } else if text == file.text {
        vec!["whole text".to_owned()]
    } else {
        Vec::new()
    };
    (!same.is_empty()).then(|| {
        Problem::of(&exercise.name).says(
            format!("{} is your own", file.path),
            format!("it still has the skeleton's\n{}", same.join("\n")),
            remedy,
        )
    })
}

/// The fields of the manifest that hold the same words in both.
fn same_fields(skeleton: &str, text: &str) -> Vec<String> {
    let words = |text: &str| {
        let mut words = Vec::new();
        // What cannot be read has been reported.
        if let Ok(table) = text.parse() {
            collect("", &Value::Table(table), &mut words);
        }
        words
    };
    let mut same = words(skeleton);
    let words = words(text);
    same.retain(|field| words.contains(field));
    same.into_iter().map(|(field, _)| format!("`{field}`")).collect()
}

/// What is for the author to say: texts, and no names of tests or lines of code. Titles below the
/// first may well stay: another exercise can have the same mistake.
fn collect(prefix: &str, value: &Value, words: &mut Vec<(String, Value)>) {
    let Value::Table(table) = value else { return };
    for (key, value) in table {
        let field = if prefix.is_empty() { key.clone() } else { format!("{prefix}.{key}") };
        let said = matches!(key.as_str(), "goal" | "learnt" | "hints" | "when" | "symptom");
        if said || field == "title" {
            words.push((field, value.clone()));
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

/// The first heading and the paragraphs of a page, each on one line, without directives
/// and folds.
fn paragraphs(page: &str) -> Vec<String> {
    let prose = markdown::parse(page).prose;
    let directives = directive::directives(page, &prose);
    let mut paragraphs = vec![String::new()];
    for line in prose {
        let text = page[line.place].trim();
        let apart = text.is_empty()
            || text.starts_with("##")
            || text.starts_with('<')
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
fn unwritten_lines(workspace: &Workspace, exercise: &Exercise) -> Vec<Problem> {
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

fn too_few_alternatives(exercise: &Exercise) -> Option<Problem> {
    let known = exercise.manifest.alternatives.len();
    (known < LEAST_ALTERNATIVES).then(|| {
        Problem::of(&exercise.name).says(
            format!("it has at least {LEAST_ALTERNATIVES} alternatives"),
            format!("exercise.toml lists {}", count(known, "alternative")),
            format!(
                "Write another right answer, of another form than the reference, in \
                 solutions/{}/src/alt, and its table [alternatives.NAME]: tests that refuse right \
                 answers are found in no other way.",
                exercise.name
            ),
        )
    })
}

fn missing_sections(workspace: &Workspace, exercise: &Exercise) -> Option<Problem> {
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
