//! One failure in full: a test's, the process's, or the compiler's.

use std::borrow::Cow;

use timeline::outcome::{Failure, ReadOn};
use timeline::text::by_order;

use super::views::Writer;
use crate::commands::hint;
use crate::engine::judge::{Crash, Judgement, TestOutcome, TestResult};
use crate::engine::signature::Lookalike;
use crate::pages::book_address::page_of;
use crate::pages::page;
use crate::terminal::report_text::{self, BUSY, LONGEST, PRINTED};
use crate::terminal::text::{bounded, fold, plain, width, wrap};

impl Writer<'_> {
    /// One test that has not passed, in full. `after`: stands below its first lines.
    pub fn judged(&self, judged: &TestResult, after: &[String]) -> Vec<String> {
        let caps = self.state.caps;
        let mut lines = vec![caps.paint.bold(&judged.test).to_string()];
        match &judged.outcome {
            TestOutcome::Passed => {}
            TestOutcome::Failed(failure) => {
                lines.extend(self.failure(judged, failure, after));
                if failure.doubtful {
                    lines.push(String::new());
                    lines.extend(self.sentence(&BUSY.replace('\n', " "), 0));
                }
            }
            TestOutcome::NotJudged(failure) => lines.extend(self.failure(judged, failure, after)),
            TestOutcome::NotFinished(crash) => lines.extend(self.crash(crash, after)),
        }
        lines
    }

    fn failure(&self, judged: &TestResult, failure: &Failure, after: &[String]) -> Vec<String> {
        let caps = self.state.caps;
        let red = |line: String| caps.paint.bad(line).to_string();
        let mut lines: Vec<String> =
            self.sentence(&shortened(&failure.headline), 0).into_iter().map(red).collect();
        if !failure.asked.is_empty() {
            lines.extend(self.sentence(&format!("asked: {}", shortened(&failure.asked)), 0));
        }
        lines.extend_from_slice(after);
        if !failure.drawing.is_empty()
            && let Some(timeline) = &judged.timeline
        {
            lines.push(String::new());
            lines.extend(by_order(timeline, &self.style(self.columns)).lines().map(str::to_owned));
        }
        if !failure.facts.is_empty() {
            lines.push(String::new());
            lines.extend(failure.facts.iter().flat_map(|fact| self.block(&shortened(fact), 2)));
        }
        if !failure.why.is_empty() || failure.read_on.is_some() {
            lines.push(String::new());
        }
        lines.extend(self.sentence(&failure.why, 0));
        if let Some(on) = &failure.read_on {
            lines.extend(self.read_on(on));
        }
        lines
    }

    /// Where the book explains something.
    fn read_on(&self, on: &ReadOn) -> Vec<String> {
        let (state, caps) = (self.state, self.state.caps);
        let words = caps.text(&format!("Read on: {}, \"{}\"", on.page, on.section));
        if let Some(address) = state.book.of(&on.page, Some(&on.section)) {
            let mut lines = wrap(&words, self.columns);
            // In two pieces it cannot be copied: the address of the page alone is of more use.
            let fits = width(&address) <= self.columns;
            let shown = if fits { &address } else { page_of(&address) };
            let pieces = fold(shown, self.columns);
            lines.extend(pieces.iter().map(|piece| caps.link_to(&address, piece)));
            return lines;
        }
        let file = page::file(&state.workspace.root, &on.page);
        let name = caps.link(&file, &state.workspace.shown(&file));
        if width(&words) + width(&name) + 3 <= self.columns {
            return vec![format!("{words} ({name})")];
        }
        let mut lines = wrap(&words, self.columns);
        lines.push(format!("({name})"));
        lines
    }

    /// The recorded wrong answers that fail exactly as the answer does, and where they are
    /// explained, if that is not where the first failure sends its reader.
    pub fn lookalikes(&self, judgement: &Judgement, lookalikes: &[Lookalike]) -> Vec<String> {
        let Some(sentence) = report_text::likeness(lookalikes) else { return Vec::new() };
        let mut lines = vec![String::new()];
        let bold = |line: String| self.state.caps.paint.bold(line).to_string();
        lines.extend(self.sentence(&sentence, 0).into_iter().map(bold));
        let sections = report_text::further_sections(judgement, lookalikes);
        lines.extend(sections.flat_map(|section| self.read_on(section)));
        lines
    }

    /// What the code printed during a test.
    pub fn printed(&self, judged: &TestResult) -> Vec<String> {
        let Some(printed) = &judged.printed else { return Vec::new() };
        let paint = self.state.caps.paint;
        let mut lines = vec![String::new(), paint.bold(PRINTED).to_string(), String::new()];
        lines.extend(printed.left_out().map(|it| format!("  {}", paint.dim(format!("({it})")))));
        lines.extend(self.block(&printed.text, 2));
        lines
    }

    fn crash(&self, crash: &Crash, after: &[String]) -> Vec<String> {
        let caps = self.state.caps;
        let red = |line: String| caps.paint.bad(line).to_string();
        let mut lines: Vec<String> =
            self.sentence(&crash.headline, 0).into_iter().map(red).collect();
        lines.extend_from_slice(after);
        lines.push(String::new());
        lines.extend(self.sentence(&crash.why, 0));
        if !crash.output.is_empty() {
            lines.extend([String::new(), "The last lines that the process printed:".to_owned()]);
            lines.push(String::new());
            lines.extend(self.block(&crash.output, 2));
        }
        lines
    }

    /// The hints that have been shown for the test that fails now.
    pub fn hints(&self) -> Vec<String> {
        let state = self.state;
        let Some(test) = state.test_for_hints() else { return Vec::new() };
        let hints = hint::so_far(&state.progress, state.exercise(), &test);
        let mut lines = Vec::new();
        for (number, hint) in hints.shown.iter().enumerate() {
            let label = format!("hint {} of {}: ", number + 1, hints.of);
            let mut sentence = self.sentence(&format!("{label}{hint}"), 2);
            if let Some(first) = sentence.first_mut() {
                let rest = first.trim_start().strip_prefix(&label).unwrap_or_default();
                *first = format!("  {}{rest}", state.caps.paint.bold(label));
            }
            lines.push(String::new());
            lines.extend(sentence);
        }
        lines
    }

    /// What the compiler says, in its colours.
    pub fn compilers(&self, message: &str) -> Vec<String> {
        let caps = self.state.caps;
        let text = if caps.paint.colours { message.to_owned() } else { plain(message) };
        let text = shortened(&text);
        let lines = text.trim_end().lines();
        let mut lines: Vec<String> =
            lines.flat_map(|line| fold(&caps.text(line), self.columns)).collect();
        lines.push(String::new());
        lines
    }
}

/// As much of a text as anybody reads.
fn shortened(text: &str) -> Cow<'_, str> {
    bounded(text, LONGEST)
}
