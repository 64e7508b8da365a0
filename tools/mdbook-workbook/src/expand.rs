//! A page with its directives replaced by what they give.

use crate::directive::{self, Place};
use crate::page;
use crate::problem::{Problem, Trouble};
use crate::site::Site;

/// The page as mdBook is to read it, or all that is wrong with it.
///
/// `name` is the page's path in the book without its ending; it makes ids unique in the print
/// page, where all pages stand in one file.
pub fn page(site: &Site, file: &str, name: &str, text: &str) -> Result<String, Vec<Problem>> {
    let mut problems = refused_fences(file, text);
    let directives = match page::directives(file, text) {
        Ok(directives) => directives,
        Err(badly_written) => {
            problems.extend(badly_written);
            Vec::new()
        }
    };
    let mut out = String::with_capacity(text.len() * 2);
    let mut done = 0;
    for (number, found) in directives.into_iter().enumerate() {
        out.push_str(&text[done..found.place.start]);
        done = found.place.end;
        let id = format!("{}-{}-{}", name.replace('/', "-"), found.name, number + 1);
        match directive::expand(site, &found.name, &found.words, &Place { id }) {
            Ok(markdown) => {
                // A block of its own, whatever stands on the lines around it.
                out.push('\n');
                out.push_str(markdown.trim_end());
                out.push('\n');
            }
            Err(trouble) => problems.push(trouble.at(file, found.line)),
        }
    }
    out.push_str(&text[done..]);
    problems.sort_by_key(|problem| problem.line);
    if problems.is_empty() { Ok(out) } else { Err(problems) }
}

/// Rust written by hand drifts from what compiles: only what can be compiled on its own may stand.
fn refused_fences(file: &str, text: &str) -> Vec<Problem> {
    page::fences(text)
        .into_iter()
        .filter(|fence| fence.is_rust() && !fence.is_std_only())
        .map(|fence| {
            Trouble::new(
                "Rust written by hand is compiled by nobody",
                "show an item of a checked file with `{{#item FILE NAME}}`; \
                 code that needs nothing but the standard library may stand as \
                 ```rust,std-only",
            )
            .at(file, fence.line)
        })
        .collect()
}
