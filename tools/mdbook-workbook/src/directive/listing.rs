//! Listings: what the item, script and quiz directives share.

use crate::html::escape;
use workbook::pages::directives::listing::Listing;

/// Markdown of a listing in a figure whose caption names the file, and says when it is an
/// anti-pattern: it must not be taken for the pattern by somebody who only looks at the code.
///
/// The guilty line, counted from one, is marked by the style sheet, which knows where it stands:
/// the code itself is coloured by a script, which would take a mark in it away.
pub fn figure(listing: &Listing, guilty: Option<usize>) -> String {
    let file = &listing.file;
    let (class, kind) = if file.contains("/src/anti/") {
        (" listing-anti", "<span class=\"listing-kind\">✗ Anti-pattern</span> ")
    } else if file.contains("/src/alt/") {
        (" listing-alt", "<span class=\"listing-kind\">✓ Another right answer</span> ")
    } else {
        ("", "")
    };
    let (mark, words) = match guilty {
        Some(line) => (
            format!(" style=\"--guilty: {line}\""),
            format!("<span class=\"unseen\">Line {line} is to blame.</span>"),
        ),
        None => Default::default(),
    };
    format!(
        "<figure class=\"listing{class}\"{mark}>\n<figcaption>{kind}<code>{}</code>{words}\
         </figcaption>\n\n{}\n</figure>\n",
        escape(file),
        bare(listing)
    )
}

/// Markdown of a few lines around a guilty one, of a listing that is shown in full nearby.
pub fn excerpt(listing: &Listing, guilty: usize) -> String {
    format!(
        "<figure class=\"listing listing-anti\" style=\"--guilty: {guilty}\">\n\
         <figcaption class=\"unseen\">✗ Anti-pattern. Line {guilty} is to blame.</figcaption>\n\n\
         {}\n</figure>\n",
        bare(listing)
    )
}

/// Markdown of a listing that says nothing about itself, for a question whose answer it would
/// give away.
pub fn bare(Listing { language, code, .. }: &Listing) -> String {
    let fence = "`".repeat(longest_run_of_backticks(code).max(2) + 1);
    format!("{fence}{language}\n{code}\n{fence}\n")
}

fn longest_run_of_backticks(code: &str) -> usize {
    code.split(|character| character != '`').map(str::len).max().unwrap_or(0)
}
