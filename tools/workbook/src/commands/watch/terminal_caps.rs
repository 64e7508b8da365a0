//! What the terminal can show.

use std::env;
use std::path::Path;

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
        let variable = |name: &str| env::var(name).ok().filter(|value| !value.is_empty());
        Self { paint: Paint::stdout(), ascii: !utf8(variable), links: links(variable) }
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

/// Whether the locale says that text is UTF-8. Systems without locales show it in any case.
fn utf8(variable: impl Fn(&str) -> Option<String>) -> bool {
    match ["LC_ALL", "LC_CTYPE", "LANG"].into_iter().find_map(variable) {
        Some(locale) => {
            let locale = locale.to_lowercase();
            locale.contains("utf-8") || locale.contains("utf8")
        }
        None => cfg!(any(windows, target_os = "macos")),
    }
}

/// The terminals with links among those that give their name.
const PROGRAMS: [&str; 7] =
    ["iTerm.app", "WezTerm", "vscode", "ghostty", "zed", "rio", "WarpTerminal"];

/// Whether the terminal is one of those known for links. Others may show them as rubbish.
fn links(variable: impl Fn(&str) -> Option<String>) -> bool {
    if let Some(forced) = variable("FORCE_HYPERLINK") {
        return forced != "0";
    }
    let program = variable("TERM_PROGRAM");
    let term = variable("TERM").unwrap_or_default();
    let at_least = |name: &str, version: u32| {
        variable(name).and_then(|value| value.parse().ok()).is_some_and(|it: u32| it >= version)
    };
    program.is_some_and(|program| PROGRAMS.contains(&program.as_str()))
        || ["kitty", "alacritty", "foot", "ghostty", "wezterm"].iter().any(|it| term.contains(it))
        || variable("WT_SESSION").is_some()
        || at_least("VTE_VERSION", 5000)
        || at_least("KONSOLE_VERSION", 201_200)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set<'a>(pairs: &'a [(&str, &str)]) -> impl Fn(&str) -> Option<String> + 'a {
        |name| pairs.iter().find(|pair| pair.0 == name).map(|pair| pair.1.to_owned())
    }

    #[test]
    fn the_first_locale_that_is_set_decides() {
        assert!(utf8(set(&[("LANG", "en_GB.UTF-8")])));
        assert!(utf8(set(&[("LC_CTYPE", "C.utf8"), ("LANG", "C")])));
        assert!(!utf8(set(&[("LC_ALL", "C"), ("LANG", "en_GB.UTF-8")])));
    }

    #[test]
    fn links_only_where_they_are_known_to_work() {
        assert!(links(set(&[("TERM_PROGRAM", "vscode")])));
        assert!(links(set(&[("VTE_VERSION", "7600")])));
        assert!(!links(set(&[("TERM", "xterm-256color")])));
        assert!(!links(set(&[("TERM", "xterm-kitty"), ("FORCE_HYPERLINK", "0")])));
        let caps = TerminalCaps { paint: Paint::plain(), ascii: false, links: true };
        let link = caps.link(Path::new("/a b/ü.rs"), "it");
        assert_eq!(link, "\x1b]8;;file:///a%20b/%C3%BC.rs\x1b\\it\x1b]8;;\x1b\\");
    }
}
