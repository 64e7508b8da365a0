//! What stands between the header and the keys.

use std::fs;
use std::time::{Duration, Instant};

use timeline::Timeline;
use timeline::text::{Style, by_order, by_time};

use super::check_view;
use super::keys::KEYS;
use super::list_lines;
use super::run_outcome::{Found, RunOutcome};
use super::state::{State, View};
use crate::catalogue::recording_paths::trace_name;
use crate::commands::test;
use crate::engine::judge::{Judgement, TestOutcome};
use crate::learner::shipped;
use crate::pages::page;
use crate::terminal::diff::{Drawing, Drawn, Piece, WIDE};
use crate::terminal::report_text::count;
use crate::terminal::text::{fold, padded, plain, reflow, width, wrap};

/// No sentence is wider than this, however wide the screen is.
const WIDEST: usize = 100;
/// From this width on, two drawings stand side by side.
const SIDE_BY_SIDE: usize = 76;

/// Lines, and which of them has to be in sight.
#[derive(Default)]
pub struct Body {
    /// The lines. They may be too long.
    pub lines: Vec<String>,
    /// The line to follow.
    pub follow: Option<usize>,
}

/// What is to be seen of the state.
pub fn lines(state: &State, columns: usize, now: Instant) -> Body {
    let writer = Writer::new(state, columns);
    let lines = match &state.view {
        View::Exercise => writer.exercise(now),
        View::Failures => writer.failures(),
        View::Timeline(at) => writer.timeline(*at),
        View::List(list) => return list_lines::rows(state, list, columns),
        View::Check => {
            return state
                .check
                .as_ref()
                .map_or_else(Body::default, |it| check_view::rows(state, it));
        }
        // Code may be as wide as the screen: it has no margin.
        View::Solution { text, .. } => {
            return Body { lines: writer.solution(text, columns), follow: None };
        }
        View::Diff(pieces) => {
            return Body { lines: writer.diff(pieces, columns).lines, follow: None };
        }
        View::Keys => writer.keys(),
    };
    let margin = |line: String| if line.is_empty() { line } else { format!(" {line}") };
    Body { lines: lines.into_iter().map(margin).collect(), follow: None }
}

/// How many lines of the view to leave above the screen at first: with the reference, what comes
/// before the first difference, but for a little of it. What begins near the top is shown from there.
pub fn opening(state: &State, columns: usize) -> usize {
    const BEFORE: usize = 2;
    const NEAR: usize = 8;
    let writer = Writer::new(state, columns);
    let first = match &state.view {
        View::Solution { text, first } => {
            let before: Vec<&str> = text.lines().take(*first).collect();
            2 + writer.code(&before.join("\n"), columns).len()
        }
        View::Diff(pieces) => writer.diff(pieces, columns).first.unwrap_or(0),
        _ => 0,
    };
    if first <= NEAR { 0 } else { first - BEFORE }
}

/// Writes what is to be seen of a state.
pub struct Writer<'a> {
    /// The state.
    pub state: &'a State,
    /// The room for text, without the margins.
    pub columns: usize,
}

impl<'a> Writer<'a> {
    /// Writes for a screen that is so wide.
    fn new(state: &'a State, columns: usize) -> Self {
        Self { state, columns: columns.saturating_sub(2).clamp(1, WIDEST) }
    }
}

impl Writer<'_> {
    pub fn style(&self, columns: usize) -> Style {
        Style { width: columns, ascii: self.state.caps.ascii }
    }

    /// A sentence in lines, moved in by `indent`.
    pub fn sentence(&self, text: &str, indent: usize) -> Vec<String> {
        let text = self.state.caps.text(&plain(text));
        let blanks = " ".repeat(indent);
        let lines = wrap(&text, self.columns.saturating_sub(indent));
        lines.into_iter().map(|line| format!("{blanks}{line}")).collect()
    }

    /// Text whose lines are as they are, as far as there is room.
    pub fn block(&self, text: &str, indent: usize) -> Vec<String> {
        let text = self.state.caps.text(&plain(text));
        let blanks = " ".repeat(indent);
        let room = self.columns.saturating_sub(indent);
        let lines = text.lines().flat_map(|line| reflow(line, room));
        lines.map(|line| format!("{blanks}{line}").trim_end().to_owned()).collect()
    }

    fn exercise(&self, now: Instant) -> Vec<String> {
        let state = self.state;
        let mut lines = vec![self.status(now)];
        if state.welcome {
            lines.push(String::new());
            lines.extend(self.welcome());
        }
        match state.outcome.as_ref().map(|outcome| &outcome.found) {
            None if state.welcome => {}
            None => lines.extend(self.not_run_yet()),
            Some(Found::Judged(judgement)) if judgement.accepted() => {
                lines.extend(self.passed(judgement));
            }
            Some(Found::Judged(judgement)) => lines.extend(self.failed(judgement)),
            Some(Found::NotBuilt(messages)) => lines.extend(self.not_built(messages)),
            Some(Found::Trouble(why)) => {
                lines.push(String::new());
                lines.extend(self.block(why, 0));
            }
        }
        lines
    }

    /// Four lines for the first time.
    fn welcome(&self) -> Vec<String> {
        let caps = self.state.caps;
        let file = self.state.workspace.shown(&self.state.exercise().answer_file());
        let open = format!("{file} in your editor, beside this window.");
        let lines = [
            ("Open", open.as_str()),
            ("Save", "it, and the tests run by themselves. The first failure is shown here."),
            ("Keys", "h for a hint, a for all failures, n for the next exercise, q to quit."),
            ("Help", "? explains every key; b opens this exercise's page of the book."),
        ];
        let write = |(label, words): (&str, &str)| {
            let mut sentence = self.sentence(words, 6);
            if let Some(first) = sentence.first_mut() {
                *first = format!("{}  {}", caps.paint.bold(label), first.trim_start());
            }
            sentence
        };
        lines.into_iter().flat_map(write).collect()
    }

    /// What is known before the first run has ended.
    fn not_run_yet(&self) -> Vec<String> {
        let mut lines = vec![String::new()];
        if let Some(last) = self.state.recalled.sentence() {
            lines.extend(self.sentence(&last, 0));
            lines.extend(self.hints());
            lines.push(String::new());
        }
        lines.extend(self.sentence(
            "Edit the file in your editor and save: the tests run by themselves. The first \
             failure is shown here.",
            0,
        ));
        lines
    }

    /// What the last run came to, or what the one under way does.
    fn status(&self, now: Instant) -> String {
        let (state, caps) = (self.state, self.state.caps);
        if let Some(running) = &state.running {
            let seconds = now.saturating_duration_since(running.since).as_secs();
            let doing = if running.doing.is_empty() { "testing" } else { running.doing.as_str() };
            let dots = caps.text("…");
            let after = if seconds > 1 { format!("  {seconds} s") } else { String::new() };
            let line = caps.paint.bold(format!("{dots} {}{after}", plain(doing)));
            // What stays on the screen meanwhile is not of this run.
            let old =
                state.outcome.as_ref().map(|outcome| format!("  below: run {}", outcome.number));
            return format!("{line}{}", caps.paint.dim(old.unwrap_or_default()));
        }
        let Some(outcome) = &state.outcome else {
            // That run is about to begin.
            return caps.paint.bold(format!("{} building", caps.text("…"))).to_string();
        };
        let age = age(now.saturating_duration_since(outcome.ended));
        let run = format!("run {}, {age}", outcome.number);
        let (good, bad) = (caps.text("✓"), caps.text("✗"));
        match &outcome.found {
            Found::Judged(judgement) => {
                let all = count(judgement.tests.len(), "test");
                let seconds = judgement.took.as_secs_f64();
                let run = caps.paint.dim(format!("{seconds:.1} s  {run}"));
                let words = if state.has_passed() {
                    caps.paint.good(format!("{good} Solved: {all} passed")).to_string()
                } else if judgement.accepted() {
                    let why = if outcome.saved.is_empty() {
                        "other files are not as shipped"
                    } else {
                        "something was saved meanwhile"
                    };
                    caps.paint.bad(format!("{bad} Not solved: {why}")).to_string()
                } else {
                    let failing = judgement.failing().count();
                    let not_judged = judgement.not_judged().count();
                    let words = match failing {
                        0 => format!("? Not judged: {not_judged} of {all}"),
                        _ => format!("{bad} {failing} of {all} to go"),
                    };
                    caps.paint.bad(words).to_string()
                };
                format!("{words}  {run}")
            }
            Found::NotBuilt(_) => {
                let words = caps.paint.bad(format!("{bad} It does not compile"));
                format!("{words}  {}", caps.paint.dim(run))
            }
            Found::Trouble(_) => {
                let words = caps.paint.bad(format!("{bad} It cannot be run"));
                format!("{words}  {}", caps.paint.dim(run))
            }
        }
    }

    fn failed(&self, judgement: &Judgement) -> Vec<String> {
        let first = judgement.failing().chain(judgement.not_judged()).next();
        let Some(first) = first else { return Vec::new() };
        let mut lines = vec![String::new()];
        lines.extend(self.judged(first, &self.hints()));
        if let Some(outcome) = &self.state.outcome {
            lines.extend(self.lookalikes(judgement, &outcome.lookalikes));
        }
        lines.extend(self.printed(first));
        let others = judgement.failing().count().saturating_sub(1);
        if others > 0 {
            let fail = if others == 1 { "fails" } else { "fail" };
            let others = count(others, "more test");
            lines.push(String::new());
            let words = format!("{others} {fail}: a shows them.");
            lines.push(self.state.caps.paint.dim(words).to_string());
        }
        lines
    }

    fn not_built(&self, messages: &[String]) -> Vec<String> {
        let mut lines = vec![String::new()];
        let (workspace, exercise) = (&self.state.workspace, self.state.exercise());
        if let Some(sentence) = test::no_answer(workspace, exercise) {
            lines.extend(self.sentence(&sentence, 0));
            lines.push(String::new());
        }
        if let Some(first) = messages.first() {
            lines.extend(self.compilers(first));
        }
        if messages.len() > 1 {
            let more = count(messages.len() - 1, "more message");
            lines.push(self.state.caps.paint.dim(format!("{more}: a shows all.")).to_string());
        }
        lines
    }

    fn failures(&self) -> Vec<String> {
        let caps = self.state.caps;
        match self.state.outcome.as_ref().map(|outcome| &outcome.found) {
            Some(Found::NotBuilt(messages)) => {
                messages.iter().flat_map(|message| self.compilers(message)).collect()
            }
            Some(Found::Judged(judgement)) => {
                let mut lines = Vec::new();
                for judged in &judgement.tests {
                    lines.push(match judged.outcome {
                        TestOutcome::Passed => {
                            format!("{} {}", caps.paint.good(caps.text("✓")), judged.test)
                        }
                        TestOutcome::NotJudged(_) => {
                            format!("{} {}", caps.paint.bad("?"), judged.test)
                        }
                        _ => format!("{} {}", caps.paint.bad(caps.text("✗")), judged.test),
                    });
                }
                for judged in judgement.failing().chain(judgement.not_judged()) {
                    let rule = caps.text("─").repeat(self.columns);
                    lines.extend([String::new(), caps.paint.dim(rule).to_string()]);
                    lines.extend(self.judged(judged, &[]));
                    lines.extend(self.printed(judged));
                }
                lines
            }
            Some(Found::Trouble(why)) => self.block(why, 0),
            None => self.sentence("No run has ended yet.", 0),
        }
    }

    fn passed(&self, judgement: &Judgement) -> Vec<String> {
        let (state, caps) = (self.state, self.state.caps);
        let exercise = state.exercise();
        let mut lines = Vec::new();
        if !state.has_passed() {
            let Some(RunOutcome { saved, seen, .. }) = &state.outcome else { return lines };
            let sentence = if saved.is_empty() {
                let files = &seen.tests.changed;
                let remedy = shipped::remedy(&state.workspace.root, files);
                format!("They differ in {}; {remedy}.", files.join(" "))
            } else {
                let files = saved.join(" ");
                format!("{files} changed while the tests were built or run. r runs them again.")
            };
            lines.push(String::new());
            lines.extend(self.sentence(&sentence, 0));
            return lines;
        }
        lines.push(String::new());
        lines.extend(self.sentence(&exercise.manifest.learnt, 0));
        lines.push(String::new());
        let reference = exercise.reference();
        let name = caps.link(&reference, &state.workspace.shown(&reference));
        let (reference, keys) = (format!("The reference: {name}"), "s shows it, d compares");
        let keys = caps.paint.dim(keys).to_string();
        if width(&reference) + 2 + width(&keys) <= self.columns {
            lines.push(format!("{reference}  {keys}"));
        } else {
            lines.extend([reference, keys]);
        }
        let next = state.catalogue.exercises.get(state.at + 1);
        let all = state.solved() == state.catalogue.exercises.len();
        if all {
            lines.push(caps.paint.good("Every exercise is solved.").to_string());
        }
        if let Some(next) = next {
            let title = page::plain(&next.manifest.title);
            let words = format!("Next: {}, {title}. Press n.", next.name);
            lines.extend(self.sentence(&words, 0));
        }
        // Last: on a low screen its end is out of sight, and the way on is not.
        lines.extend(self.comparison(judgement));
        lines
    }

    /// The learner's timeline of a test, and beside it what an anti-pattern makes of the same.
    fn comparison(&self, judgement: &Judgement) -> Vec<String> {
        let exercise = self.state.exercise();
        let manifest = &exercise.manifest;
        let found = manifest.figures.iter().find_map(|figure| {
            let recorded = self.recorded(&figure.of, &figure.test)?;
            let own = judgement.of(&figure.test)?.timeline.as_ref()?;
            Some((own, recorded, page::plain(&manifest.wrong_answer(&figure.of)?.title)))
        });
        let Some((own, recorded, title)) = found else { return Vec::new() };
        let mut lines = vec![String::new()];
        lines.extend(self.beside(("Yours", own), (&title, &recorded)));
        lines
    }

    /// A trace that `verify` has recorded.
    fn recorded(&self, candidate: &str, test: &str) -> Option<Timeline> {
        let file = self.state.exercise().recorded().join(trace_name(candidate, test));
        serde_json::from_slice(&fs::read(file).ok()?).ok()
    }

    fn beside(&self, left: (&str, &Timeline), right: (&str, &Timeline)) -> Vec<String> {
        let caps = self.state.caps;
        let draw = |(title, timeline): (&str, &Timeline), columns| {
            let mut lines = vec![caps.paint.bold(caps.text(title)).to_string()];
            lines.extend(by_order(timeline, &self.style(columns)).lines().map(str::to_owned));
            lines
        };
        if self.columns < SIDE_BY_SIDE {
            let mut lines = draw(left, self.columns);
            lines.push(String::new());
            lines.extend(draw(right, self.columns));
            return lines;
        }
        let half = (self.columns - 2) / 2;
        let (left, right) = (draw(left, half), draw(right, half));
        let empty = String::new();
        (0..left.len().max(right.len()))
            .map(|row| {
                let left = padded(left.get(row).unwrap_or(&empty), half, caps.ascii);
                let right = right.get(row).unwrap_or(&empty);
                format!("{left}  {right}").trim_end().to_owned()
            })
            .collect()
    }

    fn timeline(&self, at: usize) -> Vec<String> {
        let caps = self.state.caps;
        let drawn = self.state.drawn();
        let Some((judged, own)) = drawn
            .get(at.min(drawn.len().saturating_sub(1)))
            .and_then(|judged| Some((judged, judged.timeline.as_ref()?)))
        else {
            return self.sentence("No test has left a timeline in the last run.", 0);
        };
        let place = format!("{} of {}", at + 1, drawn.len());
        let mut lines =
            vec![format!("{}  {}", caps.paint.bold(&judged.test), caps.paint.dim(place))];
        let mut section = |title: String, drawing: String| {
            lines.extend([String::new(), caps.paint.bold(caps.text(&title)).to_string()]);
            lines.extend(drawing.lines().map(str::to_owned));
        };
        let style = self.style(self.columns);
        section("Yours, in the order of events".to_owned(), by_order(own, &style));
        section("Yours, to scale".to_owned(), by_time(own, &style));
        let manifest = &self.state.exercise().manifest;
        for figure in manifest.figures.iter().filter(|figure| figure.test == judged.test) {
            if let Some(recorded) = self.recorded(&figure.of, &figure.test) {
                let title = page::plain(manifest.title_of(&figure.of));
                section(format!("Recorded: {title}"), by_order(&recorded, &style));
            }
        }
        lines
    }

    fn solution(&self, text: &str, columns: usize) -> Vec<String> {
        let (state, caps) = (self.state, self.state.caps);
        let reference = state.exercise().reference();
        let name = caps.link(&reference, &state.workspace.shown(&reference));
        let mut lines = vec![format!(" {}", caps.paint.bold(name)), String::new()];
        lines.extend(self.code(text, columns));
        let others = state.exercise().manifest.alternatives.values();
        let others: Vec<String> = others.map(|other| page::plain(&other.title)).collect();
        if !others.is_empty() {
            let folder = state.workspace.shown(&state.exercise().solution().join("src/alt"));
            lines.push(String::new());
            let words = format!("Other right answers, in {folder}: {}", others.join("; "));
            lines.extend(self.sentence(&words, 1));
        }
        lines
    }

    /// Code whose lines are as they are, as far as there is room.
    fn code(&self, text: &str, columns: usize) -> Vec<String> {
        let text = self.state.caps.text(&plain(text));
        text.lines().flat_map(|line| fold(line, columns)).collect()
    }

    /// The learner's code beside the reference: on a wide screen really beside it.
    fn diff(&self, pieces: &[Piece], columns: usize) -> Drawn {
        let caps = self.state.caps;
        let side_by_side = columns >= WIDE;
        let drawing = Drawing { columns, side_by_side, paint: caps.paint, ascii: caps.ascii };
        let mut drawn = drawing.draw(pieces);
        if drawn.first.is_none() {
            let same = self.sentence("Your code is the reference, line by line.", 1);
            drawn.lines = [same, vec![String::new()], drawn.lines].concat();
        }
        drawn
    }

    fn keys(&self) -> Vec<String> {
        let caps = self.state.caps;
        let mut lines = Vec::new();
        for key in &KEYS {
            let mut words = self.sentence(key.long, 3).into_iter();
            let first = words.next().unwrap_or_default();
            lines.push(format!("{}  {}", caps.paint.bold(key.name), first.trim_start()));
            lines.extend(words);
        }
        lines
    }
}

/// How long ago something was, as far as it matters.
fn age(age: Duration) -> String {
    match age.as_secs() / 60 {
        0 => "just now".to_owned(),
        minutes @ 1..60 => format!("{minutes} min ago"),
        minutes => format!("{} h ago", minutes / 60),
    }
}
