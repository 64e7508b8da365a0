//! A page with its directives replaced by what they stand for.

use crate::directive::{self, Place};
use crate::problem::Problem;
use workbook::pages::book_context::BookContext;
use workbook::pages::directives;
use workbook::pages::directives::sections::{self, By};

/// The page as mdBook is to read it, or all that is wrong with it.
///
/// `name` is the page's path in the book without its ending; it makes ids unique in the print
/// page, where all pages stand in one file.
pub fn page(
    context: &BookContext,
    file: &str,
    name: &str,
    text: &str,
) -> Result<String, Vec<Problem>> {
    let expanded = directives::page(context, text).map_err(|mistakes| {
        let problem = |mistake| Problem { file: file.to_owned(), mistake };
        mistakes.into_iter().map(problem).collect::<Vec<_>>()
    })?;
    let sections = sections::of(context, text);
    let section = |line| {
        let above = sections.iter().rfind(|it| it.line < line && it.by != By::Refused);
        above.map(|section| section.title.clone())
    };
    let mut out = String::with_capacity(text.len() * 2);
    let mut done = 0;
    for (number, one) in (1..).zip(expanded) {
        out.push_str(&text[done..one.place.start]);
        done = one.place.end;
        let id = format!("{}-{}-{number}", name.replace('/', "-"), one.name);
        // A block of its own, whatever stands on the lines around it.
        out.push('\n');
        let place = Place { id, page: name, section: section(one.line) };
        out.push_str(directive::markdown(&one.content, &place).trim_end());
        out.push('\n');
    }
    out.push_str(&text[done..]);
    Ok(out)
}
