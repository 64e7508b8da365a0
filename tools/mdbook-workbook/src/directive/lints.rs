//! Who reports which mistake, as a table in groups: from what every compiler says to what nobody
//! does.

use crate::html::{self, escape, inline, seal};
use std::fmt::Write as _;
use workbook::catalogue::lints::Reports;
use workbook::pages::directives::lints::Table;

pub fn figure(Table { exercise, rustc, asked, rows }: &Table) -> String {
    let mut html = "<figure class=\"lints\">\n<div class=\"table-scroll\" tabindex=\"0\" \
                    role=\"group\" aria-label=\"Table: who reports the mistake\">\n<table>\n\
                    <thead><tr><th scope=\"col\">The mistake</th>\
                    <th scope=\"col\">The lints</th></tr></thead>\n"
        .to_owned();
    for who in Who::ALL {
        let mut rows = rows.iter().filter(|(_, reports)| Who::reports(reports) == who).peekable();
        if rows.peek().is_none() {
            continue;
        }
        // Writing to a String cannot fail.
        _ = writeln!(
            html,
            "<tbody class=\"{}\">\n<tr><th scope=\"rowgroup\" colspan=\"2\">{}</th></tr>",
            who.class(),
            who.words()
        );
        for (title, reports) in rows {
            _ = writeln!(
                html,
                "<tr><th scope=\"row\">{}</th><td>{}</td></tr>",
                inline(title),
                lints(reports)
            );
        }
        html.push_str("</tbody>\n");
    }
    _ = write!(
        html,
        "</table>\n</div>\n<figcaption>What rustc {} and its clippy report of the files in \
         <code>solutions/{exercise}/src/lints/</code>, each at its defaults; and what they report \
         when asked for {}. Recorded by <code>cargo workbook verify {exercise} --bless --lint\
         </code>.</figcaption>\n</figure>\n",
        escape(rustc),
        names(asked),
    );
    seal(&html)
}

/// The first to report a mistake, by how much a project has to do for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Who {
    Rustc,
    Clippy,
    Asked,
    Nobody,
}

impl Who {
    const ALL: [Self; 4] = [Self::Rustc, Self::Clippy, Self::Asked, Self::Nobody];

    fn reports(Reports { rustc, clippy, asked }: &Reports) -> Self {
        match (rustc.is_empty(), clippy.is_empty(), asked.is_empty()) {
            (false, ..) => Self::Rustc,
            (true, false, _) => Self::Clippy,
            (true, true, false) => Self::Asked,
            (true, true, true) => Self::Nobody,
        }
    }

    fn words(self) -> &'static str {
        match self {
            Self::Rustc => "✓ rustc reports it",
            Self::Clippy => "✓ clippy reports it, rustc does not",
            Self::Asked => "Only reported when asked for",
            Self::Nobody => "✗ Nobody reports it",
        }
    }

    fn class(self) -> &'static str {
        match self {
            Self::Rustc | Self::Clippy => "lints-reported",
            Self::Asked => "lints-asked",
            Self::Nobody => "lints-nobody",
        }
    }
}

fn lints(Reports { rustc, clippy, asked }: &Reports) -> String {
    let by_default = names(rustc.iter().chain(clippy));
    match (by_default.is_empty(), asked.is_empty()) {
        (true, true) => "–".to_owned(),
        (true, false) => names(asked),
        (false, true) => by_default,
        (false, false) => format!("{by_default}; when asked: {}", names(asked)),
    }
}

fn names<'a>(names: impl IntoIterator<Item = &'a String>) -> String {
    names.into_iter().map(|name| html::name(name)).collect::<Vec<_>>().join(", ")
}
