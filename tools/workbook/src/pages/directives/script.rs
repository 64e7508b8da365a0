//! `{{#script asyncio/gather.py}}`: the Python side, whole or some of its definitions by name.

use super::listing::{LINES, Listing};
use super::unlike;
use crate::pages::book_context::BookContext;
use crate::pages::directive::Word;
use crate::pages::problem::{Trouble, listed};

const USAGE: &str = "{{#script asyncio/gather.py}}` or `{{#script asyncio/gather.py NAME …}}";

pub(super) fn read(context: &BookContext, words: &[Word]) -> Result<Listing, Trouble> {
    let words: Vec<&str> = words.iter().map(|word| word.text.as_str()).collect();
    let [path, names @ ..] = &words[..] else { return Err(unlike(USAGE)) };
    let file = context.in_book(path);
    let text = context.read(&file, "name a Python script by its path from the book's folder")?;
    let known = definitions(&text);
    let code = if names.is_empty() {
        let lines = text.trim_end().lines().count();
        if lines > LINES {
            return Err(Trouble::new(
                format!("{file} has {lines} lines; a listing has at most {LINES}"),
                format!(
                    "name the definitions to show, as in `{{{{#script {path} NAME}}}}`: {}",
                    listed(known.iter().map(|(name, _)| *name))
                ),
            ));
        }
        text.trim_end().to_owned()
    } else {
        let shown: Result<Vec<&str>, Trouble> =
            names.iter().map(|name| find(&file, &known, name)).collect();
        shown?.join("\n\n\n")
    };
    Listing::new(&file, "python", code)
}

fn find<'a>(file: &str, known: &[(&str, &'a str)], name: &str) -> Result<&'a str, Trouble> {
    let mut found = known.iter().filter(|(known, _)| *known == name);
    match (found.next(), found.next()) {
        (Some((_, text)), None) => Ok(text),
        (Some(_), Some(_)) => Err(Trouble::new(
            format!("`{name}` is defined more than once in {file}"),
            "give each definition a name of its own",
        )),
        (None, _) => Err(Trouble::new(
            format!("{file} does not define `{name}`"),
            format!("name one of its definitions: {}", listed(known.iter().map(|(name, _)| *name))),
        )),
    }
}

/// The definitions at the left margin (`def`, `async def`, `class`), each with its decorators and
/// its indented body.
fn definitions(text: &str) -> Vec<(&str, &str)> {
    let mut found = Vec::new();
    let mut open: Option<(&str, usize)> = None;
    let mut decorated: Option<usize> = None;
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let start = at;
        at += line.len();
        let inside = line.starts_with([' ', '\t', ')', ']', '}']) || line.trim().is_empty();
        if inside {
            continue;
        }
        if let Some((name, from)) = open.take() {
            found.push((name, text[from..start].trim_end()));
        }
        let rest = line.strip_prefix("async ").unwrap_or(line);
        let rest = rest.strip_prefix("def ").or_else(|| rest.strip_prefix("class "));
        if let Some(rest) = rest {
            let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
            open = Some((&rest[..end], decorated.take().unwrap_or(start)));
        } else if line.starts_with('@') {
            decorated = decorated.or(Some(start));
        } else {
            decorated = None;
        }
    }
    if let Some((name, from)) = open {
        found.push((name, text[from..].trim_end()));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_definition_has_its_decorators_and_its_body() {
        let text = "import x\n\n@a\n@b\nasync def one(\n    n,\n):\n    pass\n\n    return 1\n\n\n# two\ndef two():\n    pass\n\nx.run(two())\n";
        assert_eq!(
            definitions(text),
            [
                ("one", "@a\n@b\nasync def one(\n    n,\n):\n    pass\n\n    return 1"),
                ("two", "def two():\n    pass"),
            ]
        );
    }
}
