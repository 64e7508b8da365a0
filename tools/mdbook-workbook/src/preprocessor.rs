//! The preprocessor as mdBook sees it.

use crate::expand;
use crate::problem::Problems;
use anyhow::{Result, bail};
use mdbook_preprocessor::book::{Book, BookItem};
use mdbook_preprocessor::{Preprocessor, PreprocessorContext, parse_input};
use std::io::{Read, Write};
use workbook::pages::book_context::BookContext;

/// Replaces the directives of every page.
pub struct Workbook;

impl Preprocessor for Workbook {
    /// The name under which `book.toml` has it. Registered under the same name, it takes the place
    /// of the command that stands there, and no second process is started.
    fn name(&self) -> &'static str {
        "workbook"
    }

    fn run(&self, context: &PreprocessorContext, mut book: Book) -> Result<Book> {
        let book_context = BookContext::around(&context.root)?;
        let mut problems = Vec::new();
        book.for_each_mut(|item| {
            let BookItem::Chapter(chapter) = item else { return };
            let Some(path) = &chapter.source_path else { return };
            let source = context.config.book.src.join(path);
            let file = book_context.in_book(&source.to_string_lossy().replace('\\', "/"));
            let name = path.with_extension("").to_string_lossy().replace('\\', "/");
            match expand::page(&book_context, &file, &name, &chapter.content) {
                Ok(expanded) => chapter.content = expanded,
                Err(found) => problems.extend(found),
            }
        });
        if problems.is_empty() { Ok(book) } else { bail!(Problems(problems)) }
    }
}

/// mdBook's protocol: a context and a book as JSON come in, the book goes out.
pub fn filter(input: impl Read, output: impl Write) -> Result<()> {
    let (context, book) = parse_input(input)?;
    serde_json::to_writer(output, &Workbook.run(&context, book)?)?;
    Ok(())
}
