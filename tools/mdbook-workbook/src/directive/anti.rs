//! An anti-pattern that the page teaches. How to mend it is the prose below the directive.

use super::{Place, listing, transcript};
use crate::html::{escape, inline, seal};
use workbook::pages::directives::anti::Anti;
use workbook::pages::page;

/// Its code is shown, and how it fails is folded: a page has eight of them.
pub fn section(anti: &Anti, place: &Place) -> String {
    let Anti { wrong, listing, guilty, transcript } = anti;
    let headline = transcript.said.lines().next().unwrap_or_default();
    // Where one reads on is here.
    let section = Some(page::plain(&wrong.title));
    let here = Place { id: place.id.clone(), page: place.page, section };
    let fails = seal(&format!(
        "<details class=\"anti-fails\">\n<summary>How it fails<span class=\"unseen\">, {}</span>: \
         {}</summary>\n{}\n</details>",
        inline(&wrong.title),
        escape(headline),
        transcript::figure(transcript, &here)
    ));
    format!(
        "### {}\n\n**Symptom.** {}\n\n{}\n{fails}\n",
        wrong.title.trim(),
        wrong.symptom.trim(),
        listing::figure(listing, *guilty)
    )
}
