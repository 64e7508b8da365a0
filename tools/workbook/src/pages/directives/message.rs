//! `{{#message no_reactor}}`: a program, and what it is told by the compiler or as it runs.

use super::listing::Listing;
use super::unlike;
use crate::pages::book_context::BookContext;
use crate::pages::directive::Word;
use crate::pages::problem::Trouble;

/// Longer ones go on about where the crates lie in which a bound is written.
const LINES: usize = 20;

const USAGE: &str = "{{#message NAME}}` or `{{#message NAME \"the words to find it by\"}}";

/// An error message with a program that is told so.
#[derive(Clone, Debug)]
pub struct Message {
    /// The words to find it by, as Markdown.
    pub title: String,
    /// The program.
    pub listing: Listing,
    /// What it is told, shortened.
    pub told: String,
    /// The file that records it, relative to the root of the workspace.
    pub recording: String,
    /// Whether the compiler says it.
    pub compiler: bool,
}

pub(super) fn read(context: &BookContext, words: &[Word]) -> Result<Message, Trouble> {
    let (name, title) = match words {
        [name] if !name.quoted => (&name.text, None),
        [name, title] if !name.quoted && title.quoted => (&name.text, Some(&title.text)),
        _ => return Err(unlike(USAGE)),
    };
    let compiler = context.has(&context.in_book(&format!("messages/compile/{name}.rs")));
    let (folder, ending) = if compiler { ("compile", "stderr") } else { ("src/bin", "txt") };
    let file = context.in_book(&format!("messages/{folder}/{name}.rs"));
    let recording = context.in_book(&format!("messages/{folder}/{name}.{ending}"));

    let code = context.read(&file, "name a program of book/messages, without its ending")?;
    let told = context.read(&recording, "run `TRYBUILD=overwrite cargo test -p messages`")?;
    let title = match title {
        Some(title) if told.contains(title.as_str()) => title.clone(),
        Some(title) => {
            return Err(Trouble::new(
                format!("{recording} does not say \"{title}\""),
                "quote it word for word",
            ));
        }
        None => headline(&told).to_owned(),
    };
    let listing = Listing::new(&file, "rust", code.trim_end().to_owned())?;
    Ok(Message { title, listing, told: shortened(&told), recording, compiler })
}

/// The first sentence, without the compiler's number of the error.
fn headline(told: &str) -> &str {
    let line = told.lines().next().unwrap_or_default();
    let line = if line.starts_with("error") {
        line.split_once(": ").map_or(line, |(_, rest)| rest)
    } else {
        line
    };
    line.split_once(". ").map_or(line, |(sentence, _)| sentence)
}

/// The first error, to as many lines as a page has room for.
fn shortened(told: &str) -> String {
    let later = |line: &&str| line.starts_with("error");
    let first = told.lines().take(1).chain(told.lines().skip(1).take_while(|line| !later(line)));
    let mut lines: Vec<&str> = first.collect();
    while lines.last().is_some_and(|line| line.trim().is_empty()) {
        lines.pop();
    }
    if lines.len() > LINES {
        lines.truncate(LINES);
        lines.push("…");
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_headline_is_what_one_searches_for() {
        assert_eq!(headline("error[E0728]: `await` is only\n --> a.rs"), "`await` is only");
        assert_eq!(headline("error: unused `Future`\n"), "unused `Future`");
        assert_eq!(headline("Cannot start a runtime. This is\n"), "Cannot start a runtime");
    }

    #[test]
    fn only_the_first_error_is_shown() {
        assert_eq!(shortened("error: a\n  |\n\nerror: b\n"), "error: a\n  |");
        let long = format!("error: a\n{}", "  |\n".repeat(30));
        assert_eq!(shortened(&long).lines().count(), LINES + 1);
    }
}
