//! Colours, on a terminal that wants them.

use std::env;
use std::fmt::{self, Display};
use std::io::IsTerminal as _;

use anstyle::{AnsiColor, Style};

/// Whether and how to colour what is written.
#[derive(Clone, Copy, Debug)]
pub struct Paint {
    /// Whether there are colours at all.
    pub colours: bool,
}

impl Paint {
    /// Colours if standard output is a terminal and `NO_COLOR` is not set.
    pub fn stdout() -> Self {
        let refused = env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        Self { colours: std::io::stdout().is_terminal() && !refused }
    }

    /// No colours.
    pub fn plain() -> Self {
        Self { colours: false }
    }

    /// Something that is as it should be.
    pub fn good<T: Display>(self, text: T) -> impl Display {
        self.with(AnsiColor::Green.on_default(), text)
    }

    /// Something that is not.
    pub fn bad<T: Display>(self, text: T) -> impl Display {
        self.with(AnsiColor::Red.on_default(), text)
    }

    /// Something to be seen first.
    pub fn bold<T: Display>(self, text: T) -> impl Display {
        self.with(Style::new().bold(), text)
    }

    /// Something to be seen last.
    pub fn dim<T: Display>(self, text: T) -> impl Display {
        self.with(Style::new().dimmed(), text)
    }

    fn with<T: Display>(self, style: Style, text: T) -> Painted<T> {
        Painted { style: if self.colours { style } else { Style::new() }, text }
    }
}

struct Painted<T> {
    style: Style,
    text: T,
}

impl<T: Display> Display for Painted<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}{:#}", self.style, self.text, self.style)
    }
}
