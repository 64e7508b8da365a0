//! What the terminal can show.

use std::path::Path;

use supports_hyperlinks::supports_hyperlinks;
use supports_unicode::supports_unicode;

use crate::pages::book_address::file_address;
use crate::terminal::paint::Paint;

/// Below so many columns only the most needed is shown.
pub const NARROW: usize = 60;

/// What the terminal can show.
#[derive(Clone, Copy, Debug)]
pub struct TerminalCaps {
    /// Its colours.
    pub paint: Paint,
    /// Whether only ASCII characters can be trusted to show.
    pub ascii: bool,
    /// Whether a file's name can be a link to it.
    pub links: bool,
}

impl TerminalCaps {
    /// As the environment tells.
    pub fn of_terminal() -> Self {
        let (unicode, links) = (supports_unicode(), supports_hyperlinks());
        Self { paint: Paint::stdout(), ascii: !unicode, links }
    }

    /// A text, in ASCII where it must be.
    pub fn text(self, text: &str) -> String {
        if self.ascii { crate::terminal::text::ascii(text) } else { text.to_owned() }
    }

    /// The name of a file, as a link to it where the terminal can do that.
    pub fn link(self, file: &Path, name: &str) -> String {
        self.link_to(&file_address(file), name)
    }

    /// Words, as a link to an address where the terminal can do that.
    pub fn link_to(self, address: &str, words: &str) -> String {
        if !self.links {
            return words.to_owned();
        }
        format!("\x1b]8;;{address}\x1b\\{words}\x1b]8;;\x1b\\")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_holds_the_path_as_an_address() {
        let caps = TerminalCaps { paint: Paint::plain(), ascii: false, links: true };
        let link = caps.link(Path::new("/a b/ü.rs"), "it");
        assert_eq!(link, "\x1b]8;;file:///a%20b/%C3%BC.rs\x1b\\it\x1b]8;;\x1b\\");
    }
}
