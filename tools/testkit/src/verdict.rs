//! The one way in which a test fails: what was asked, what happened (drawn), why, where to read on.

use std::fmt::Write as _;

use timeline::{
    MOST_EVENTS, Timeline,
    outcome::{Failure, Kind, ReadOn},
    text::{self, Style},
    visible,
};

use crate::cause::Cause;

/// A failure that speaks. Built up and ended by [`Verdict::fail`]:
///
/// ```
/// # let failure = testkit::run::failure_of(async || {
/// testkit::Verdict::new("the second answer came first")
///     .asked("answers in the order of the ids")
///     .fact("position 0: wanted user 1, got user 2")
///     .why("A JoinSet hands out results as the tasks finish.")
///     .read_on("gather", "Results in completion order")
///     .fail();
/// # });
/// # assert_eq!(failure.unwrap().text, "\
/// # the second answer came first
/// # asked: answers in the order of the ids
/// #
/// #   position 0: wanted user 1, got user 2
/// #
/// # A JoinSet hands out results as the tasks finish.
/// # Read on: gather, \"Results in completion order\" (book/src/gather.md)
/// # ".replace("\n# ", "\n"));
/// ```
#[must_use = "a verdict does nothing until `fail` is called"]
#[derive(Debug, Clone, Default)]
pub struct Verdict {
    headline: String,
    asked: String,
    facts: Vec<String>,
    cause: String,
    why: String,
    read_on: Option<ReadOn>,
    undrawn: bool,
}

impl Verdict {
    /// Starts a verdict with what happened, in one line, without a full stop.
    pub fn new(headline: impl Into<String>) -> Self {
        Self { headline: headline.into(), ..Self::default() }
    }

    /// What the task asks for at this point.
    pub fn asked(mut self, asked: impl Into<String>) -> Self {
        self.asked = asked.into();
        self
    }

    /// An observation, with the figure seen and the figure wanted. May be called again for more.
    /// Give no duration of a real clock here: the text is compared with its recording.
    pub fn fact(mut self, fact: impl Into<String>) -> Self {
        self.facts.push(fact.into());
        self
    }

    /// The cause: its id, its sentence, and where to read on. A wrong cause is worse than none: name
    /// only what the observation proves.
    pub fn because(mut self, cause: Cause) -> Self {
        self.cause = cause.id();
        cause.why().clone_into(&mut self.why);
        self.read_on = cause.read_on();
        self
    }

    /// An explanation that is no cause: what the facts mean, whatever brought them about.
    pub fn why(mut self, why: impl Into<String>) -> Self {
        self.why = why.into();
        self
    }

    /// The book's page and the heading on it that explains this failure.
    pub fn read_on(mut self, page: &str, section: &str) -> Self {
        self.read_on = Some(ReadOn { page: page.to_owned(), section: section.to_owned() });
        self
    }

    /// Leaves the drawing out, where the order of events says nothing about the failure.
    pub fn without_drawing(mut self) -> Self {
        self.undrawn = true;
        self
    }

    /// This verdict with both lists as facts, side by side, unless they agree.
    pub(crate) fn unless_same<W: AsRef<str>, G: AsRef<str>>(
        mut self,
        wanted: &[W],
        got: &[G],
    ) -> Option<Self> {
        if wanted.iter().map(AsRef::as_ref).eq(got.iter().map(AsRef::as_ref)) {
            return None;
        }
        let width = wanted.iter().map(|one| one.as_ref().chars().count()).max().unwrap_or(0);
        self = self.fact(format!("results: {}, wanted: {}", got.len(), wanted.len()));
        for place in 0..wanted.len().max(got.len()) {
            let wanted = wanted.get(place).map_or("nothing", AsRef::as_ref);
            let got = got.get(place).map_or("nothing", AsRef::as_ref);
            let mark = if wanted == got { "" } else { "   ✗" };
            self = self.fact(format!("[{place}] wanted {wanted:width$}   got {got}{mark}"));
        }
        Some(self)
    }

    /// The failure to report, with the drawing of what happened.
    pub(crate) fn into_failure(self, kind: Kind, timeline: &Timeline) -> Failure {
        let drawing = if self.undrawn || timeline.lanes.is_empty() {
            String::new()
        } else {
            text::by_order(timeline, &Style::default())
        };
        // A panic's message, say, may hold anything: what a terminal would obey.
        let shown = |text: String| visible(&text).into_owned();
        let mut failure = Failure {
            headline: shown(self.headline),
            asked: shown(self.asked),
            drawing,
            facts: self.facts.into_iter().map(shown).collect(),
            cause: self.cause,
            why: shown(self.why),
            read_on: self.read_on,
            ..Failure::new(kind)
        };
        if timeline.events() >= MOST_EVENTS {
            failure.facts.push(format!(
                "recorded were the first {MOST_EVENTS} events: what came after them is not drawn"
            ));
        }
        failure.text = full_text(&failure);
        failure
    }
}

/// The whole failure as plain `cargo test` shows it.
fn full_text(failure: &Failure) -> String {
    let mut text = format!("{}\n", failure.headline);
    if !failure.asked.is_empty() {
        let _ = writeln!(text, "asked: {}", failure.asked);
    }
    if !failure.drawing.is_empty() {
        let _ = write!(text, "\n{}", failure.drawing);
    }
    if !failure.facts.is_empty() {
        text.push('\n');
        for line in failure.facts.iter().flat_map(|fact| fact.lines()) {
            let _ = writeln!(text, "  {}", wrapped(line).replace('\n', "\n    "));
        }
    }
    if !failure.why.is_empty() || failure.read_on.is_some() {
        text.push('\n');
    }
    if !failure.why.is_empty() {
        let _ = writeln!(text, "{}", wrapped(&failure.why));
    }
    if let Some(ReadOn { page, section }) = &failure.read_on {
        let _ = writeln!(text, "Read on: {page}, \"{section}\" (book/src/{page}.md)");
    }
    text
}

/// Breaks what is too long for a terminal of 80 columns into lines; what fits stays as it stands.
/// Spaces within a line are kept: they may be part of a message, or make a column.
fn wrapped(paragraph: &str) -> String {
    const COLUMNS: usize = 76;
    if paragraph.chars().count() <= COLUMNS {
        return paragraph.to_owned();
    }
    let mut lines = Vec::new();
    let mut rest = paragraph.trim_end_matches(' ');
    while let Some((beyond, _)) = rest.char_indices().nth(COLUMNS) {
        let indent = rest.len() - rest.trim_start_matches(' ').len();
        // A space right behind the last column is a place to break, too; a word that is longer
        // than a line stays whole.
        let within = rest[..beyond].rfind(' ').filter(|at| *at > indent);
        let behind = || rest[indent..].find(' ').map(|at| indent + at);
        let at = if rest[beyond..].starts_with(' ') { Some(beyond) } else { within };
        let Some(at) = at.or_else(behind) else { break };
        lines.push(rest[..at].trim_end_matches(' '));
        rest = rest[at..].trim_start_matches(' ');
    }
    lines.push(rest);
    lines.join("\n")
}
