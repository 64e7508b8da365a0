//! What the terminal can show.

use std::path::Path;

use supports_hyperlinks::supports_hyperlinks;
use supports_unicode::supports_unicode;

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
        if !self.links {
            return name.to_owned();
        }
        let path: String = file.to_string_lossy().bytes().map(in_address).collect();
        let slash = if path.starts_with('/') { "" } else { "/" };
        format!("\x1b]8;;file://{slash}{path}\x1b\\{name}\x1b]8;;\x1b\\")
    }
}

/// A byte of a path as it stands in an address.
fn in_address(byte: u8) -> String {
    match byte {
        b'\\' => "/".to_owned(),
        b'/' | b'-' | b'.' | b'_' | b'~' | b':' => char::from(byte).to_string(),
        _ if byte.is_ascii_alphanumeric() => char::from(byte).to_string(),
        _ => format!("%{byte:02X}"),
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
