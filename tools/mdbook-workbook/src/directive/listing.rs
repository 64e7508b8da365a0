//! A listing with a caption that names its file: what the item, script and quiz directives share.

use crate::html::escape;
use crate::problem::Trouble;

/// More lines than this are not read on a page; they are two listings, or one with a hole.
pub const LINES: usize = 25;
/// Wider lines scroll sideways even on a wide screen.
const COLUMNS: usize = 80;

/// Markdown of a listing in a figure whose caption names the file, and says when it is an
/// anti-pattern: it must not be taken for the pattern by somebody who only looks at the code.
pub fn figure(file: &str, language: &str, code: &str) -> Result<String, Trouble> {
    fits(file, code)?;
    let (class, kind) = if file.contains("/src/anti/") {
        (" listing-anti", "<span class=\"listing-kind\">✗ Anti-pattern</span> ")
    } else if file.contains("/src/alt/") {
        (" listing-alt", "<span class=\"listing-kind\">✓ Another right answer</span> ")
    } else {
        ("", "")
    };
    Ok(format!(
        "<figure class=\"listing{class}\">\n<figcaption>{kind}<code>{}</code></figcaption>\n\n\
         {}\n</figure>\n",
        escape(file),
        fenced(language, code)
    ))
}

/// Markdown of a listing that says nothing about itself, for a question whose answer it would
/// give away.
pub fn bare(file: &str, language: &str, code: &str) -> Result<String, Trouble> {
    fits(file, code)?;
    Ok(fenced(language, code))
}

fn fenced(language: &str, code: &str) -> String {
    let fence = "`".repeat(longest_run_of_backticks(code).max(2) + 1);
    format!("{fence}{language}\n{code}\n{fence}\n")
}

fn fits(file: &str, code: &str) -> Result<(), Trouble> {
    let lines = code.lines().count();
    if lines > LINES {
        return Err(Trouble::new(
            format!("the listing of {file} has {lines} lines; a listing has at most {LINES}"),
            "name fewer or smaller items, or split the item in the file",
        ));
    }
    for line in code.lines() {
        let columns = line.chars().count();
        if columns > COLUMNS {
            return Err(Trouble::new(
                format!(
                    "a line of the listing of {file} has {columns} columns; \
                     a listing has at most {COLUMNS}: `{}`",
                    line.trim()
                ),
                "break the line in the file",
            ));
        }
    }
    Ok(())
}

fn longest_run_of_backticks(code: &str) -> usize {
    code.split(|character| character != '`').map(str::len).max().unwrap_or(0)
}
