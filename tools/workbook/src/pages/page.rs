//! The pages of the book: their files, their order, their headings.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::pages::markdown::parse;

/// The page with one table for all patterns.
pub const BRIDGE: &str = "from-asyncio";

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

/// The Markdown files in a folder and below, by name.
pub fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let entries = fs::read_dir(folder)
        .with_context(|| format!("the pages in {} cannot be read", folder.display()))?;
    for entry in entries {
        let path = entry?.path();
        if path.is_dir() {
            found.extend(files(&path)?);
        } else if path.extension().is_some_and(|extension| extension == "md") {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

fn links(summary: &str) -> Vec<String> {
    let targets = summary.split("](").skip(1).filter_map(|rest| rest.split(')').next());
    targets
        .filter_map(|target| target.trim_start_matches("./").strip_suffix(".md"))
        .map(str::to_owned)
        .collect()
}

/// The headings of a page, as plain text (see [`plain`]), each with its line, counted from one.
pub fn headings(markdown: &str) -> Vec<(usize, String)> {
    parse(markdown)
        .prose
        .into_iter()
        .filter_map(|prose| {
            let line = &markdown[prose.place];
            let text = line.trim_start_matches('#');
            let depth = line.len() - text.len();
            let is_one = (1..=6).contains(&depth) && text.starts_with(' ');
            is_one.then(|| (prose.line, plain(text)))
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
        let wanted = [(1, "One".to_owned()), (5, "buffered: the bound".to_owned())];
        assert_eq!(headings(page), wanted);
    }
}
