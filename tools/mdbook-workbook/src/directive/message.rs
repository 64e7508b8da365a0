//! An error message. What it means is the prose below the directive.

use super::listing;
use crate::html::{escape, inline, seal};
use workbook::pages::directives::message::Message;

/// The words to find it by are a heading; the program and all it is told are folded.
pub fn section(Message { title, listing, told, recording, compiler }: &Message) -> String {
    let says = if *compiler { "what the compiler says" } else { "what it says" };
    let opened = seal(&format!(
        "<details class=\"message\">\n<summary>A program<span class=\"unseen\"> for {}</span>, \
         and {says}</summary>",
        inline(title)
    ));
    let told = seal(&format!(
        "<figure class=\"transcript\">\n<figcaption><code>{}</code></figcaption>\n\
         <pre tabindex=\"0\"><code class=\"nohighlight\">{}</code></pre>\n</figure>\n</details>",
        escape(recording),
        escape(told)
    ));
    format!("### {title}\n\n{opened}\n\n{}\n{told}\n", listing::figure(listing, None))
}
