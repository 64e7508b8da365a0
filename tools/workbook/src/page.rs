//! Headings and directives of a page of the book, as far as `verify` has to know them.
//!
//! The book's builder expands the directives. Here it is only told whether what they name exists,
//! so that `verify` finds a broken page without building the book.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use crate::catalogue::{Catalogue, Exercise};
use crate::manifest::nearest;
use crate::record;

/// The directives that the book's builder knows.
pub const DIRECTIVES: [&str; 7] =
    ["item", "transcript", "timeline", "exercise", "quiz", "bench", "script"];

/// A directive: `{{#name argument argument}}`, alone on its line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Directive {
    /// The line on which it stands, from 1.
    pub line: usize,
    /// The word after `#`.
    pub name: String,
    /// What follows, split at spaces; text in double quotes is one argument.
    pub arguments: Vec<String>,
}

/// The file of a page.
pub fn file(root: &Path, page: &str) -> PathBuf {
    root.join("book").join("src").join(format!("{page}.md"))
}

/// The pages that `book/src/SUMMARY.md` links to, in its order, without `.md`. Empty where there
/// is no such file: the exercises are then in the order of their names.
pub fn order_of_the_book(root: &Path) -> Vec<String> {
    let summary = fs::read_to_string(file(root, "SUMMARY")).unwrap_or_default();
    links(&summary)
}

fn links(summary: &str) -> Vec<String> {
    let targets = summary.split("](").skip(1).filter_map(|rest| rest.split(')').next());
    targets
        .filter_map(|target| target.trim_start_matches("./").strip_suffix(".md"))
        .map(str::to_owned)
        .collect()
}

/// The lines of `markdown` outside fenced code blocks, numbered from 1.
fn prose(markdown: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut fence: Option<&str> = None;
    markdown.lines().enumerate().filter_map(move |(index, line)| {
        let text = line.trim_start();
        let marks = |mark: char| &text[..text.len() - text.trim_start_matches(mark).len()];
        let here = if text.starts_with("~~~") { marks('~') } else { marks('`') };
        match fence {
            None if here.len() >= 3 => fence = Some(here),
            None => return Some((index + 1, line)),
            Some(open) if here.starts_with(open) && text.trim_end() == here => fence = None,
            Some(_) => {}
        }
        None
    })
}

/// The headings of a page, as plain text (see [`plain`]).
pub fn headings(markdown: &str) -> Vec<String> {
    prose(markdown)
        .filter_map(|(_, line)| {
            let text = line.trim_start_matches('#');
            let depth = line.len() - text.len();
            ((1..=6).contains(&depth) && text.starts_with(' ')).then(|| plain(text))
        })
        .collect()
}

/// A heading without its markup: `` `buffered`: the bound {#bound} `` is `buffered: the bound`.
pub fn plain(heading: &str) -> String {
    let text = heading.trim().trim_end_matches('#').trim_end();
    let text = match text.rsplit_once(" {") {
        Some((before, attributes)) if attributes.ends_with('}') => before,
        _ => text,
    };
    let text: String = text.chars().filter(|mark| !matches!(mark, '`' | '*' | '\\')).collect();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The directives of a page. What looks like one and is not closed is handed back as an error.
pub fn directives(markdown: &str) -> Vec<Result<Directive, usize>> {
    prose(markdown)
        .filter_map(|(line, text)| {
            let inner = text.trim().strip_prefix("{{#")?;
            let Some(inner) = inner.strip_suffix("}}") else { return Some(Err(line)) };
            let mut words = words(inner).into_iter();
            let name = words.next().unwrap_or_default();
            Some(Ok(Directive { line, name, arguments: words.collect() }))
        })
        .collect()
}

fn words(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    for (index, part) in text.split('"').enumerate() {
        if index % 2 == 1 {
            words.push(part.to_owned());
        } else {
            words.extend(part.split_whitespace().map(str::to_owned));
        }
    }
    words
}

/// What a page's directives name that does not exist, each with its line and what to do.
pub fn missing(markdown: &str, catalogue: &Catalogue) -> Vec<(usize, String)> {
    let mut problems = Vec::new();
    for directive in directives(markdown) {
        match directive {
            Err(line) => problems.push((
                line,
                "a directive is not closed, or not alone on its line. End the line with `}}`."
                    .to_owned(),
            )),
            Ok(directive) => {
                if let Err(problem) = resolve(&directive, catalogue) {
                    problems.push((directive.line, problem));
                }
            }
        }
    }
    problems
}

fn resolve(directive: &Directive, catalogue: &Catalogue) -> Result<(), String> {
    let root = &catalogue.root;
    let arguments: Vec<&str> = directive.arguments.iter().map(String::as_str).collect();
    let exercise = |name: &str| {
        let found = catalogue.exercises.iter().find(|exercise| exercise.name == name);
        found.ok_or_else(|| {
            let near = nearest(name, catalogue.exercises.iter().map(|known| known.name.as_str()));
            format!("no exercise is called `{name}`.{near}")
        })
    };
    let name = directive.name.as_str();
    if let ("transcript" | "timeline" | "exercise" | "bench", [of, ..]) = (name, &*arguments) {
        let of = of.split('/').next().unwrap_or(of);
        if exercise(of).is_err() && root.join("exercises").join(of).is_dir() {
            // Its manifest is broken, which has been reported: the page is not to blame.
            return Ok(());
        }
    }
    match (name, arguments.as_slice()) {
        ("item", [path, items @ ..]) if !items.is_empty() => {
            let source = fs::read_to_string(root.join(path)).map_err(|_| {
                format!("there is no file `{path}`. Name it from the workbook's root.")
            })?;
            let known = items_of(&source).map_err(|error| format!("`{path}`: {error}"))?;
            // `impl Type` is written as two words and is one item.
            let joined = items.join(" ").replace("impl ", "impl\u{a0}");
            for item in joined.split(' ').map(|item| item.replace('\u{a0}', " ")) {
                if !known.contains(&item) {
                    let near = nearest(&item, known.iter().map(String::as_str));
                    return Err(format!("`{path}` has no item `{item}`.{near}"));
                }
            }
            Ok(())
        }
        ("transcript", [what, rest @ ..]) if rest.len() <= 1 => {
            let Some((of, candidate)) = what.split_once('/') else {
                return Err(format!("`{what}` is not of the form EXERCISE/CANDIDATE."));
            };
            transcript(exercise(of)?, candidate, rest.first().copied())
        }
        ("timeline", [of, traces @ .., _caption]) if !traces.is_empty() => {
            let exercise = exercise(of)?;
            traces.iter().try_for_each(|trace| figure(exercise, trace))
        }
        ("exercise", [name]) => exercise(name).map(drop),
        ("quiz", [name]) => exists(root, &format!("book/quiz/{name}.toml")),
        ("bench", [name, rest @ ..]) if rest.len() <= 1 => {
            // Whether the numbers are recorded is a matter of the recordings.
            let group = rest.first().unwrap_or(name);
            let planned = exercise(name)?.manifest.bench.contains_key(*group);
            planned.then_some(()).ok_or_else(|| {
                format!("exercises/{name}/exercise.toml has no table [bench.{group}]. Write it.")
            })
        }
        ("script", [path, ..]) => exists(root, &format!("book/{path}")),
        _ if DIRECTIVES.contains(&name) => {
            Err(format!("`{{{{#{name} …}}}}` does not have the arguments that it needs."))
        }
        _ => Err(format!(
            "no directive is called `{name}`.{} Known: {}.",
            nearest(name, DIRECTIVES.into_iter()),
            DIRECTIVES.join(", ")
        )),
    }
}

fn exists(root: &Path, path: &str) -> Result<(), String> {
    if root.join(path).is_file() {
        return Ok(());
    }
    Err(format!("there is no file `{path}`. Write it, or correct the name."))
}

fn transcript(exercise: &Exercise, candidate: &str, test: Option<&str>) -> Result<(), String> {
    let recordings = record::transcripts(exercise);
    let mut of = recordings.iter().filter(|(name, _)| name == candidate);
    let found = match test {
        None => of.next(),
        Some(test) => of.find(|(_, listed)| listed == test),
    };
    let Some((_, test)) = found else {
        let near = nearest(candidate, recordings.iter().map(|(name, _)| name.as_str()));
        return Err(format!(
            "no transcript of `{candidate}` with that test is listed in {}'s exercise.toml.{near}",
            exercise.name
        ));
    };
    recorded(exercise, &record::transcript_name(candidate, test))
}

fn figure(exercise: &Exercise, trace: &str) -> Result<(), String> {
    let listed =
        |figure: &&crate::manifest::Figure| format!("{}.{}", figure.of, figure.test) == trace;
    let Some(figure) = exercise.manifest.figures.iter().find(listed) else {
        return Err(format!(
            "the trace `{trace}` is not among the [[figures]] of {}'s exercise.toml. Add it there, \
             and run `cargo workbook verify {} --bless`.",
            exercise.name, exercise.name
        ));
    };
    recorded(exercise, &record::trace_name(&figure.of, &figure.test))
}

fn recorded(exercise: &Exercise, name: &str) -> Result<(), String> {
    if exercise.recorded().join(name).is_file() {
        return Ok(());
    }
    Err(format!("`{name}` is not recorded. Run `cargo workbook verify {} --bless`.", exercise.name))
}

/// The items of a file by the names that `{{#item}}` knows: `name`, `module::name`,
/// `Type::method`, `impl Type`.
fn items_of(source: &str) -> Result<BTreeSet<String>, String> {
    let file = syn::parse_file(source).map_err(|error| format!("is not Rust: {error}"))?;
    let mut names = BTreeSet::new();
    collect(&file.items, "", &mut names);
    Ok(names)
}

fn collect(items: &[syn::Item], prefix: &str, names: &mut BTreeSet<String>) {
    for item in items {
        let name = match item {
            syn::Item::Const(item) => &item.ident,
            syn::Item::Enum(item) => &item.ident,
            syn::Item::Fn(item) => &item.sig.ident,
            syn::Item::Static(item) => &item.ident,
            syn::Item::Struct(item) => &item.ident,
            syn::Item::Trait(item) => &item.ident,
            syn::Item::Type(item) => &item.ident,
            syn::Item::Mod(item) => {
                if let Some((_, inner)) = &item.content {
                    collect(inner, &format!("{prefix}{}::", item.ident), names);
                }
                &item.ident
            }
            syn::Item::Impl(item) => {
                implementation(item, prefix, names);
                continue;
            }
            _ => continue,
        };
        names.insert(format!("{prefix}{name}"));
    }
}

fn implementation(item: &syn::ItemImpl, prefix: &str, names: &mut BTreeSet<String>) {
    let syn::Type::Path(of) = &*item.self_ty else { return };
    let Some(last) = of.path.segments.last() else { return };
    let name = &last.ident;
    names.insert(format!("impl {prefix}{name}"));
    for member in &item.items {
        if let syn::ImplItem::Fn(method) = member {
            names.insert(format!("{prefix}{name}::{}", method.sig.ident));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_order_is_that_of_the_links() {
        let summary =
            "# Summary\n\n[Welcome](index.md)\n\n- [Gather](./gather.md)\n  - [x](y/z.md)\n";
        assert_eq!(links(summary), ["index", "gather", "y/z"]);
    }

    #[test]
    fn headings_are_compared_as_plain_text() {
        let page = "# One\n```\n# not one\n```\n### `buffered`: *the* bound {#bound}\n#no\n";
        assert_eq!(headings(page), ["One", "buffered: the bound"]);
    }

    #[test]
    fn directives_are_found_outside_fences() {
        let page = "{{#exercise gather}}\n````md\n```\n{{#exercise no}}\n```\n````\n{{#quiz\n\
                    {{#timeline gather a.b \"What to notice\"}}\n";
        let found = directives(page);
        assert_eq!(found.len(), 3);
        assert_eq!(found[1], Err(7));
        let timeline = found[2].as_ref().expect("a directive");
        assert_eq!(timeline.arguments, ["gather", "a.b", "What to notice"]);
    }

    #[test]
    fn items_have_the_names_of_the_directive() {
        let names = items_of(
            "pub fn a() {} mod m { struct B; } struct C<T>(T); impl<T> C<T> { fn d() {} }",
        )
        .expect("Rust");
        let names: Vec<_> = names.iter().map(String::as_str).collect();
        assert_eq!(names, ["C", "C::d", "a", "impl C", "m", "m::B"]);
    }
}
