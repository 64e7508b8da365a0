//! An anti-pattern that the page teaches. How to mend it is the prose below the directive.

use super::{Place, listing, transcript};
use crate::html::{inline, seal};
use workbook::pages::directives::anti::Anti;
use workbook::pages::directives::listing::Listing;
use workbook::pages::page;

/// The guilty line is shown with what stands around it; the code and how it fails are folded. A page
/// has eight of them.
pub fn section(anti: &Anti, place: &Place) -> String {
    let Anti { wrong, listing, guilty, transcript } = anti;
    // Where one reads on is here.
    let section = Some(page::plain(&wrong.title));
    let here = Place { id: place.id.clone(), page: place.page, section };
    let opened = seal(&format!(
        "<details class=\"anti-fails\">\n<summary>The code<span class=\"unseen\"> of {}</span>, \
         and how it fails</summary>",
        inline(&wrong.title)
    ));
    let fails = seal(&format!("{}\n</details>", transcript::figure(transcript, &here)));
    let around = guilty.map(|line| {
        let (excerpt, line) = around(listing, line);
        listing::excerpt(&excerpt, line)
    });
    format!(
        "### {}\n\n**Symptom.** {}\n\n{}\n\n{opened}\n\n{}\n{fails}\n",
        wrong.title.trim(),
        wrong.symptom.trim(),
        around.unwrap_or_default(),
        listing::figure(listing, *guilty)
    )
}

/// The lines around line `guilty` of a listing, moved to the margin, and which of them that is.
fn around(listing: &Listing, guilty: usize) -> (Listing, usize) {
    const EACH_SIDE: usize = 2;
    let first = guilty.saturating_sub(1 + EACH_SIDE);
    let lines: Vec<&str> = listing.code.lines().skip(first).take(2 * EACH_SIDE + 1).collect();
    let indent = |line: &&str| line.len() - line.trim_start().len();
    let margin = lines.iter().filter(|line| !line.trim().is_empty()).map(indent).min();
    let margin = margin.unwrap_or(0);
    let code: Vec<&str> = lines.iter().map(|line| line.get(margin..).unwrap_or("")).collect();
    (Listing { code: code.join("\n"), ..listing.clone() }, guilty - first)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_excerpt_is_moved_to_the_margin() {
        let code = "fn a() {\n    let b = 1;\n    for c in d {\n        e(c).await;\n    }\n}";
        let listing = Listing {
            file: "solutions/x/src/anti/a.rs".into(),
            language: "rust",
            code: code.into(),
        };
        let (excerpt, guilty) = around(&listing, 4);
        assert_eq!(excerpt.code, "    let b = 1;\n    for c in d {\n        e(c).await;\n    }\n}");
        assert_eq!(guilty, 3);
        assert_eq!(around(&listing, 1).1, 1);
    }
}
