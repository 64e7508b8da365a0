//! The state as lines of a terminal. Nothing here needs one.

use std::time::Instant;

use super::check_view::{self, CheckAll};
use super::keys::{Ask, KEYS};
use super::list_lines;
use super::state::{State, View};
use super::terminal_caps::NARROW;
use super::views;
use crate::terminal::bar::bar;
use crate::terminal::text::{cut, padded, plain, width, wrap};

/// What the screen shows, and how far it can be scrolled.
pub struct Frame {
    /// One line for each row, none wider than the screen.
    pub lines: Vec<String>,
    /// The most lines that can be above the screen.
    pub most: usize,
    /// How many lines of the body there is room for.
    pub page: usize,
}

/// Below so many rows only the most needed is shown around the body.
const LOW: usize = 16;
/// Below so many rows a solved exercise's goal is not shown.
const GOAL_AND_LEARNT: usize = 30;
/// How many columns the bar in the header has.
const BAR: usize = 10;
/// The keys that a narrow screen names.
const NEEDED: [Ask; 6] = [Ask::Next, Ask::List, Ask::Hint, Ask::Failures, Ask::Keys, Ask::Quit];

/// Draws the state on a screen of that size.
pub fn draw(state: &State, columns: usize, rows: usize, now: Instant) -> Frame {
    let caps = state.caps;
    let columns = columns.max(1);
    let rule_below = |mut head: Vec<String>| {
        head.push(caps.paint.dim(line(state, columns)).to_string());
        head
    };
    let mut top = match (&state.view, &state.check) {
        (View::List(list), _) => rule_below(list_lines::head(state, list, columns)),
        (View::Check, Some(check)) => rule_below(check_view::head(state, check)),
        _ => header(state, columns, rows),
    };
    let mut bottom = messages(state, columns);
    bottom.extend(footer(state, columns, rows));
    // On the smallest of screens, what is said of the exercise comes first.
    bottom.truncate(rows.saturating_sub(6).max(1));
    top.truncate(rows.saturating_sub(bottom.len() + 2));

    let body = views::lines(state, columns, now);
    let page = rows.saturating_sub(top.len() + bottom.len() + 1);
    let most = body.lines.len().saturating_sub(page);
    let scroll = match body.follow {
        // The chosen line stays in the middle.
        Some(line) => line.saturating_sub(page / 2),
        None => state.scroll,
    };
    let scroll = scroll.min(most);
    let shown = body.lines.iter().skip(scroll).take(page);
    let mut lines = top;
    lines.extend(shown.cloned());
    lines.resize(rows.saturating_sub(bottom.len() + 1), String::new());
    lines.push(rule(state, columns, scroll, most - scroll));
    lines.extend(bottom);
    lines.truncate(rows);
    let lines = lines.iter().map(|line| cut(line, columns, state.caps.ascii)).collect();
    Frame { lines, most, page }
}

fn header(state: &State, columns: usize, rows: usize) -> Vec<String> {
    let (caps, exercise) = (state.caps, state.exercise());
    let manifest = &exercise.manifest;
    let solved = state.solved();
    let all = state.catalogue.exercises.len();
    let far = if columns < NARROW {
        format!("{solved}/{all}, {} min ", manifest.minutes)
    } else {
        format!("{solved} of {all} solved, {} min ", manifest.minutes)
    };
    let title = caps.text(&crate::pages::page::plain(&manifest.title));
    let board = if state.on_board { "  on the board" } else { "" };
    let left = format!(" {}  {title}{}", caps.paint.bold(&exercise.name), caps.paint.dim(board));
    let bar = bar(caps.paint, caps.ascii, solved, all, BAR);
    // Where there is room for all of the title beside it.
    let with_bar = width(&left) + 1 + BAR + 1 + far.len() <= columns;
    let far = caps.paint.dim(&far).to_string();
    let far = if with_bar { format!("{bar} {far}") } else { far };
    let room = columns.saturating_sub(width(&far) + 1);
    let mut lines = vec![format!("{} {far}", padded(&left, room, caps.ascii))];
    let most = match rows {
        // What was asked for has been done: what was learnt has its place.
        ..GOAL_AND_LEARNT if state.has_passed() => 0,
        ..LOW => 0,
        LOW..24 => 2,
        _ => 3,
    };
    let goal = wrap(&caps.text(&manifest.goal), columns.min(100).saturating_sub(2));
    lines.extend(goal.into_iter().take(most).map(|line| format!(" {line}")));

    let link = |file: std::path::PathBuf| {
        let name = state.workspace.shown(&file);
        caps.paint.good(caps.link(&file, &name)).to_string()
    };
    let edit = format!(" edit {}", link(exercise.answer_file()));
    let read = match state.book.of(&exercise.name, None) {
        Some(address) => {
            let page = caps.paint.good(caps.link_to(&address, "the page"));
            format!(" read {page}: {}", caps.paint.bold("b"))
        }
        None => format!(" read {}", link(exercise.page())),
    };
    if width(&edit) + width(&read) + 2 <= columns {
        lines.push(format!("{edit}   {read}"));
    } else if rows >= LOW {
        lines.extend([edit, read]);
    } else {
        lines.push(edit);
    }
    lines.push(caps.paint.dim(line(state, columns)).to_string());
    lines
}

fn line(state: &State, columns: usize) -> String {
    if state.caps.ascii { "-".repeat(columns) } else { "─".repeat(columns) }
}

/// The line above the keys, which says what is out of sight.
fn rule(state: &State, columns: usize, above: usize, below: usize) -> String {
    let caps = state.caps;
    let words = match (above, below) {
        (0, 0) => String::new(),
        (0, below) => format!(" {below} more ↓ "),
        (above, 0) => format!(" ↑ {above} above "),
        (above, below) => format!(" ↑ {above} above, {below} more ↓ "),
    };
    let words = caps.text(&words);
    let rest = columns.saturating_sub(width(&words) + 2);
    let rule = line(state, columns);
    let start: String = rule.chars().take(rest).collect();
    let end: String = rule.chars().take(columns - rest.min(columns)).take(2).collect();
    if words.is_empty() {
        return caps.paint.dim(rule).to_string();
    }
    format!("{}{}{}", caps.paint.dim(start), caps.paint.bold(words), caps.paint.dim(end))
}

fn messages(state: &State, columns: usize) -> Vec<String> {
    let caps = state.caps;
    let sentences = state.messages.iter().flat_map(|sentence| sentence.lines());
    sentences
        .flat_map(|sentence| wrap(&caps.text(sentence), columns.saturating_sub(2)))
        .map(|line| format!(" {}", caps.paint.bold(line)))
        .collect()
}

fn footer(state: &State, columns: usize, rows: usize) -> Vec<String> {
    let caps = state.caps;
    if let Some(question) = &state.question {
        let words = caps.text(&question.words(state));
        let mut lines: Vec<String> = wrap(&words, columns.saturating_sub(2))
            .into_iter()
            .map(|line| format!(" {}", caps.paint.bold(line)))
            .collect();
        let typed = format!(" > {}_", caps.text(&plain(&question.typed)));
        let keys = items(state, &[("y Enter", "yes"), ("Esc", "no")], columns);
        // The answer first: on a low screen the rest is cut off.
        match keys.as_slice() {
            [keys] if width(&typed) + 4 + width(keys) <= columns => {
                lines.push(format!("{typed}    {keys}"));
            }
            _ => lines.extend([vec![typed], keys].concat()),
        }
        return lines;
    }
    let back = ("Esc", "back");
    let scroll = ("↑↓", "scroll");
    match &state.view {
        View::List(list) if list.searching => {
            let keys = [("type", "to search"), ("↑↓", "choose"), ("Enter", "go there")];
            items(state, &[&keys[..], &[("Esc", "end the search")]].concat(), columns)
        }
        View::List(_) => {
            let keys = [
                ("j k ↑↓", "choose"),
                ("g G", "first, last"),
                ("Enter", "go there"),
                ("/", "search"),
                ("d", "done"),
                ("p", "pending"),
                ("x", "reset"),
                ("c", "check all"),
                back,
                ("q", "quit"),
            ];
            items(state, &keys, columns)
        }
        View::Check if state.check.as_ref().is_some_and(CheckAll::is_under_way) => {
            items(state, &[("Esc q", "stop")], columns)
        }
        View::Timeline(_) => {
            items(state, &[("←→", "other tests"), scroll, back, ("q", "quit")], columns)
        }
        View::Solution { .. } => {
            let keys = [("a", "put it in my file"), ("d", "diff"), scroll, back, ("q", "quit")];
            items(state, &keys, columns)
        }
        View::Diff(_) => {
            items(state, &[("s", "the reference"), scroll, back, ("q", "quit")], columns)
        }
        View::Failures | View::Keys | View::Check => {
            items(state, &[scroll, back, ("q", "quit")], columns)
        }
        View::Exercise if rows < LOW => {
            items(state, &[("h", "hint"), ("n", "next"), ("?", "keys"), ("q", "quit")], columns)
        }
        View::Exercise => {
            let names: Vec<String> = KEYS.iter().map(|key| key.name.to_string()).collect();
            let keys: Vec<(&str, &str)> = KEYS
                .iter()
                .zip(&names)
                // On a narrow screen the rest is behind the question mark.
                .filter(|(key, _)| columns >= NARROW || NEEDED.contains(&key.ask))
                .map(|(key, name)| (name.as_str(), key.short))
                .collect();
            items(state, &keys, columns)
        }
    }
}

/// Keys and what they do, in as few lines as they fit.
fn items(state: &State, keys: &[(&str, &str)], columns: usize) -> Vec<String> {
    let caps = state.caps;
    let mut lines: Vec<String> = Vec::new();
    for (key, what) in keys {
        let item = format!(" {} {what}", caps.paint.bold(caps.text(key)));
        match lines.last_mut() {
            Some(line) if width(line) + 1 + width(&item) <= columns => {
                line.push(' ');
                line.push_str(&item);
            }
            _ => lines.push(item),
        }
    }
    lines
}

#[cfg(test)]
pub(super) mod tests {
    use std::path::Path;
    use std::time::Duration;

    use timeline::outcome::{Failure, Kind, ReadOn};
    use timeline::{Clock, How, Recording};

    use super::super::check_view::{CheckRow, CheckStage};
    use super::super::list_view::{Filter, ListView};
    use super::super::question::{Question, Subject};
    use super::super::recalled::Recalled;
    use super::super::run_outcome::{Found, RunOutcome};
    use super::super::state::Running;
    use super::super::terminal_caps::TerminalCaps;
    use super::*;
    use crate::catalogue::Catalogue;
    use crate::catalogue::workspace::Workspace;
    use crate::commands::test_all::Came;
    use crate::engine::judge::{Crash, Judgement, TestOutcome, TestResult};
    use crate::engine::signature::Lookalike;
    use crate::learner::progress::{Progress, Seen, State as Stage};
    use crate::pages::book_address::BookAddress;
    use crate::terminal::diff;
    use crate::terminal::paint::Paint;

    const REFERENCE: &str =
        "//! The reference.\n\nfn long() { let it = \"go on and on\"; }\nfn more() {}\n";

    #[test]
    fn the_reference_opens_at_the_first_line_of_code_that_differs() {
        let mut state = state(None, true);
        // On the narrower of the screens, each of the lines before it takes two.
        let long = format!("    line({});\n", "0".repeat(50));
        let text = long.repeat(25) + "    line(25);\n" + &"    line(9);\n".repeat(14);
        let own = text.replace("line(25", "own(25");
        let opened = |state: &mut State, columns| {
            state.scroll = views::opening(state, columns);
            draw(state, columns, 20, Instant::now()).lines
        };
        state.show(View::Solution {
            first: diff::first_difference(&own, &text),
            text: text.clone(),
        });
        for columns in [80, 40] {
            let lines = opened(&mut state, columns);
            let at = lines.iter().position(|line| line.contains("line(25")).expect("it is shown");
            // Below the header and its rule, with two lines before it.
            let rule = lines.iter().position(|line| line.starts_with("---")).expect("a rule");
            assert_eq!(at, rule + 3, "{lines:#?}");
        }
        state.show(View::Diff(diff::compare(&own, &text)));
        let lines = opened(&mut state, 80);
        let line = |words: &str| lines.iter().position(|line| line.contains(words));
        assert_eq!(line("-    own(25").expect("one's own") + 1, line("+    line(25").expect("it"));
        let wide = opened(&mut state, 120);
        let both = |line: &String| line.contains("-    own(25") && line.contains("+    line(25");
        assert!(wide.iter().any(both), "{wide:#?}");
        // At the top, where the first difference is near it, or where nothing differs.
        state.show(View::Diff(diff::compare("fn own() {}\n", "fn its() {}\n")));
        assert!(opened(&mut state, 80).iter().any(|line| line.contains("- yours")));
        state.show(View::Diff(diff::compare(&text, &text)));
        assert!(opened(&mut state, 80).iter().any(|it| it.contains("Your code is the reference")));
    }

    /// The screen of the workbook itself, of which nothing has been run but this.
    pub fn state(found: Option<Found>, ascii: bool) -> State {
        let root = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."));
        let workspace = Workspace::around(root).expect("the workbook");
        let catalogue = Catalogue::load(&workspace.root).expect("a sound catalogue");
        let seen = Seen::of(&catalogue.exercises[0]);
        let mut state = State {
            book: BookAddress::of_workbook(root),
            workspace,
            catalogue,
            progress: Progress::default(),
            stages: Vec::new(),
            changed: Vec::new(),
            on_board: false,
            caps: TerminalCaps { paint: Paint { colours: !ascii }, ascii, links: !ascii },
            at: 0,
            recalled: Recalled::Nothing,
            running: None,
            outcome: found.map(|found| RunOutcome {
                number: 1,
                ended: Instant::now(),
                seen,
                saved: Vec::new(),
                found,
                lookalikes: lookalikes(),
            }),
            welcome: false,
            view: View::Exercise,
            scroll: 0,
            page: 0,
            messages: vec!["Something that takes a sentence or two to say → so.".to_owned()],
            said_of_save: false,
            question: None,
            check: Some(check()),
        };
        state.learn(Progress::default());
        state
    }

    /// A check of all exercises that is at its sixth.
    fn check() -> CheckAll {
        let failing = 12;
        let fails = Came::Fails { first: "漢字_and_all → ".repeat(9), failing, of: 20 };
        let came = [
            Some(Came::Untouched),
            Some(Came::Solved),
            Some(fails),
            Some(Came::NotCounted("something was saved meanwhile")),
            Some(Came::Trouble("no cargo\n\x1b[2J".to_owned())),
            None,
            None,
        ];
        let row = |came| CheckRow { name: "transactions".to_owned(), came };
        CheckAll {
            number: 1,
            rows: came.map(row).into(),
            doing: Some((5, "Compiling → gather".to_owned())),
            stage: CheckStage::UnderWay,
            interrupted: false,
        }
    }

    #[test]
    fn a_check_of_all_says_what_has_come_what_is_done_and_the_totals() {
        let mut state = state(None, true);
        state.show(View::Check);
        let shown = |state: &State| draw(state, 80, 24, Instant::now()).lines.join("\n");
        let lines = shown(&state);
        for words in [
            "Checking all: 4 of 6",
            "1 solved, 2 fail, 1 could not be run, 1 untouched.",
            "+ transactions  solved",
            "> transactions  Compiling -> gather",
            "x transactions  passes, but is not solved: something was saved meanwhile",
            "x transactions  cannot be run: no cargo",
            "Esc q stop",
        ] {
            assert!(lines.contains(words), "{words} is missing in:\n{lines}");
        }
        state.stop_check();
        let lines = shown(&state);
        assert!(lines.contains("Stopped after 4 of 6") && lines.contains("Esc back"), "{lines}");
        assert!(!lines.contains("Compiling"), "{lines}");
    }

    fn judgement(outcome: TestOutcome) -> Found {
        let mut recording = Recording::new(Clock::Real);
        for name in ["a request with a long name", "b", "c"] {
            let span = recording.start(name, 0);
            recording.end(span, How::Cancelled, 5);
        }
        let judged = |test: &str, outcome| TestResult {
            test: test.to_owned(),
            outcome,
            timeline: Some(recording.timeline()),
            printed: None,
        };
        let tests =
            vec![judged("a_test_that_has_passed", TestOutcome::Passed), judged("another", outcome)];
        Found::Judged(Judgement { tests, took: Duration::from_millis(123) })
    }

    fn failure() -> TestOutcome {
        TestOutcome::Failed(Box::new(Failure {
            headline: "the requests → were sent one after another, 漢字 and all".to_owned(),
            asked: "ten at once".to_owned(),
            drawing: "drawn".to_owned(),
            facts: vec!["in flight at once: 1, wanted: 10   ✗".to_owned()],
            why: "Awaiting inside the loop finishes each before the next.".to_owned(),
            read_on: Some(ReadOn { page: "gather".to_owned(), section: "A loop".to_owned() }),
            ..Failure::new(Kind::Verdict)
        }))
    }

    /// One whose section the failure above names, one with another, and one without.
    fn lookalikes() -> Vec<Lookalike> {
        let lookalike = |title: &str, taught: bool| Lookalike {
            name: "name".to_owned(),
            title: title.to_owned(),
            read_on: taught
                .then(|| ReadOn { page: "gather".to_owned(), section: title.to_owned() }),
        };
        let long = "`async` blocks → that nothing drives, 漢字 and all, to their end";
        vec![lookalike("A loop", true), lookalike(long, true), lookalike("Refused", false)]
    }

    fn not_judged() -> TestOutcome {
        let TestOutcome::Failed(failure) = failure() else { unreachable!("it fails") };
        TestOutcome::NotJudged(failure)
    }

    fn founds() -> Vec<Option<Found>> {
        let crash = Crash {
            headline: "it died".to_owned(),
            why: "Because.".to_owned(),
            output: "the last \x1b[2Jwords\n".repeat(9),
            over_limit: false,
        };
        let error = "\x1b[1m\x1b[31merror\x1b[0m: expected one of these, found that\n  --> a.rs\n";
        vec![
            None,
            Some(judgement(TestOutcome::Passed)),
            Some(judgement(failure())),
            Some(judgement(TestOutcome::NotFinished(crash))),
            Some(judgement(not_judged())),
            Some(Found::NotBuilt(vec![error.to_owned(); 3])),
            Some(Found::Trouble("cargo cannot be started".to_owned())),
        ]
    }

    #[test]
    fn every_screen_fits_every_terminal() {
        let views = [
            View::Exercise,
            View::Failures,
            View::Timeline(1),
            View::List(ListView::at(2)),
            View::List(ListView { word: "r".to_owned(), searching: true, ..ListView::at(99) }),
            View::Solution { text: REFERENCE.to_owned(), first: 2 },
            View::Diff(diff::compare(
                "fn long() { 漢字漢字漢字漢字漢字漢字漢字(\"\x1b[2J\"); }",
                REFERENCE,
            )),
            View::Check,
            View::Keys,
        ];
        for ascii in [false, true] {
            for found in founds() {
                let mut state = state(found, ascii);
                for view in &views {
                    state.show(view.clone());
                    for question in [None, Some(Question::new(Subject::Reset, 0))] {
                        state.question = question;
                        for (columns, rows) in
                            [(80, 24), (120, 40), (40, 20), (20, 8), (7, 3), (1, 1), (300, 2)]
                        {
                            fits(&state, columns, rows);
                        }
                    }
                }
                state.running =
                    Some(Running { number: 2, since: Instant::now(), doing: "x".repeat(200) });
                state.show(View::Exercise);
                state.welcome = true;
                state.recalled = Recalled::Failed("a_test_with_a_name".repeat(9));
                fits(&state, 30, 12);
                state.welcome = false;
                fits(&state, 30, 12);
            }
        }
    }

    #[test]
    fn a_run_during_which_something_was_saved_is_not_shown_as_solved() {
        let mut state = state(Some(judgement(TestOutcome::Passed)), true);
        let outcome = state.outcome.as_mut().expect("it has run");
        outcome.seen.tests.changed.clear();
        let shown = |state: &State| draw(state, 120, 40, Instant::now()).lines.join("\n");
        assert!(shown(&state).contains("Solved: 2 tests passed"));
        state.outcome.as_mut().expect("it has run").saved = vec!["src/answer.rs".to_owned()];
        let shown = shown(&state);
        assert!(shown.contains("Not solved: something was saved meanwhile"), "{shown}");
        assert!(shown.contains("src/answer.rs changed while the tests were built"), "{shown}");
    }

    fn fits(state: &State, columns: usize, rows: usize) {
        let frame = draw(state, columns, rows, Instant::now());
        let size = format!("{columns} columns, {rows} rows, {:?}", state.view);
        assert!(frame.lines.len() <= rows, "{size}: {} lines", frame.lines.len());
        for line in &frame.lines {
            assert!(width(line) <= columns, "{size}: {line:?}");
            assert!(!line.contains('\n') && !line.contains("\x1b[2J"), "{size}: {line:?}");
            assert!(!state.caps.ascii || line.is_ascii(), "{size}: {line:?}");
        }
    }

    #[test]
    fn what_fails_alike_is_named_below_the_first_failure() {
        let mut state = state(Some(judgement(failure())), true);
        let body = |state: &State| draw(state, 80, 60, Instant::now()).lines;
        let lines = body(&state);
        let line = |words: &str| lines.iter().position(|line| line.contains(words));
        let why = line("Read on: gather, \"A loop\"").expect("the first failure's");
        let sentence =
            line("This fails exactly as the anti-patterns \"A loop\", \"async blocks ->");
        let further = line("Read on: gather, \"`async` blocks").expect("the other section");
        assert!(why < sentence.expect("it is shown") && sentence.expect("it is shown") < further);
        let count = lines.iter().filter(|line| line.contains("Read on:")).count();
        assert_eq!(count, 2, "a section is named once, and a refused answer has none: {lines:#?}");

        if let Some(outcome) = &mut state.outcome {
            outcome.lookalikes.clear();
        }
        assert!(!body(&state).iter().any(|line| line.contains("exactly as")));
    }

    #[test]
    fn what_is_out_of_sight_is_said_and_can_be_reached() {
        let mut state = state(Some(judgement(failure())), true);
        state.show(View::Failures);
        let top = draw(&state, 60, 14, Instant::now());
        assert!(top.most > 0);
        assert!(top.lines.iter().any(|line| line.contains(&format!(" {} more v ", top.most))));
        state.scroll = usize::MAX;
        let end = draw(&state, 60, 14, Instant::now());
        assert!(end.lines.iter().any(|line| line.contains("Read on: gather")));
        assert!(end.lines.iter().any(|line| line.contains(&format!(" ^ {} above ", top.most))));
    }

    #[test]
    fn the_list_says_what_is_shown_and_what_has_changed() {
        let mut state = state(None, true);
        state.stages[0] = Stage::Solved;
        state.stages[1] = Stage::Solved;
        state.changed[1] = true;
        state.messages.clear();
        state.show(View::List(ListView { filter: Filter::Done, ..ListView::at(0) }));
        let lines = draw(&state, 80, 24, Instant::now()).lines;
        let all = state.stages.len();
        assert!(
            lines[0].contains(&format!("[#-----------------]  2 of {all} solved")),
            "{lines:#?}"
        );
        assert!(lines[0].trim_end().ends_with("show:  all  [done]  pending"), "{lines:#?}");
        assert!(lines[2].starts_with(" > + solved  "), "{lines:#?}");
        assert!(lines[3].starts_with("   + solved, changed since "), "{lines:#?}");
        assert_eq!(lines[4].trim(), "");
        state.show(View::List(ListView::at(0)));
        let lines = draw(&state, 80, 24, Instant::now()).lines.join("\n");
        let last = &state.catalogue.exercises.last().expect("one").name;
        assert!(lines.contains(&format!(" {last} ")), "all of them fit 24 rows:\n{lines}");
        state.stages.fill(Stage::Untouched);
        state.show(View::List(ListView { filter: Filter::Done, ..ListView::at(0) }));
        let lines = draw(&state, 80, 24, Instant::now()).lines.join("\n");
        assert!(lines.contains("No exercise is solved yet."), "{lines}");
    }

    #[test]
    fn on_a_low_screen_a_solved_exercise_shows_the_way_on_and_no_goal() {
        let mut found = judgement(TestOutcome::Passed);
        let mut state = state(None, true);
        let figure = state.catalogue.exercises[0].manifest.figures[0].clone();
        if let Found::Judged(judgement) = &mut found {
            judgement.tests[0].test.clone_from(&figure.test);
        }
        let mut seen = Seen::of(state.exercise());
        seen.tests.changed.clear();
        let (number, saved, lookalikes) = (1, Vec::new(), Vec::new());
        let ended = Instant::now();
        state.outcome = Some(RunOutcome { number, ended, seen, saved, found, lookalikes });
        state.messages.clear();
        let goal = &state.exercise().manifest.goal[..20];
        let shown = |rows| draw(&state, 80, rows, Instant::now()).lines.join("\n");
        assert!(shown(40).contains(goal) && !shown(24).contains(goal));
        let low = shown(24);
        let place = |words: &str| low.find(words).unwrap_or_else(|| panic!("{words}:\n{low}"));
        assert!(place("s shows it, d compares") < place("Press n."));
        assert!(place("Press n.") < place("Yours "), "the drawing is last:\n{low}");
    }

    #[test]
    fn a_question_names_the_exercise_the_file_and_the_answer_so_far() {
        let mut state = state(None, true);
        state.ask_first(Subject::Apply, 1);
        state.question.as_mut().expect("it is asked").typed = "ye".to_owned();
        let lines = draw(&state, 80, 24, Instant::now()).lines.join("\n");
        let name = &state.catalogue.exercises[1].name;
        for words in [
            &*format!("Apply the reference of {name}?"),
            &format!("exercises/{name}/src/answer.rs"),
            "kept.",
            " > ye_ ",
            "y Enter yes",
            "Esc no",
        ] {
            assert!(lines.contains(words), "{words} is missing in:\n{lines}");
        }
    }

    #[test]
    fn two_runs_with_the_same_failure_can_be_told_apart() {
        let mut state = state(Some(judgement(failure())), true);
        let ended = Instant::now();
        let outcome = state.outcome.as_mut().expect("it has run");
        (outcome.number, outcome.ended) = (4, ended);
        let after = |state: &State, seconds| {
            let now = ended + Duration::from_secs(seconds);
            (draw(state, 80, 24, now).lines.join("\n"), state.changes_after(now))
        };
        let (shown, changes) = after(&state, 1);
        assert!(shown.contains("1 of 2 tests to go  0.1 s  run 4, just now"), "{shown}");
        assert_eq!(changes, Some(Duration::from_secs(59)), "idle, it is drawn once a minute");
        let (shown, changes) = after(&state, 121);
        assert!(shown.contains("run 4, 2 min ago"), "{shown}");
        assert_eq!(changes, Some(Duration::from_secs(59)));
        assert!(after(&state, 7200).0.contains("run 4, 2 h ago"));
        state.running = Some(Running { number: 5, since: ended, doing: "building".to_owned() });
        assert!(after(&state, 0).0.contains("... building  below: run 4"), "what is shown is old");
        (state.running, state.outcome) = (None, None);
        assert_eq!(state.changes_after(ended), None);
    }

    #[test]
    fn what_the_last_run_found_is_shown_until_the_next_has_ended() {
        let mut state = state(None, true);
        let shown = |state: &State| draw(state, 80, 24, Instant::now()).lines.join("\n");
        assert!(shown(&state).contains("... building"), "no run has begun, and one will");
        assert!(!shown(&state).contains("Last run"));
        for (recalled, words) in [
            (Recalled::Passed, "Last run: every test passed, and nothing has changed since."),
            (Recalled::Failed("x".to_owned()), "Last run: x failed first, and nothing has changed"),
            (Recalled::Changed(Some("x".to_owned())), "x failed first. Something has changed"),
            (Recalled::Changed(None), "every test passed. Something has changed since."),
        ] {
            state.recalled = recalled;
            assert!(shown(&state).contains(words), "{}", shown(&state));
        }
        state.outcome = self::state(Some(judgement(failure())), true).outcome;
        assert!(!shown(&state).contains("Last run"), "it is of no interest any more");
    }

    #[test]
    fn whoever_is_new_is_told_how_to_begin_beside_the_task_and_the_first_failure() {
        for found in [None, Some(judgement(failure()))] {
            let failed = found.is_some();
            let mut state = state(found, true);
            state.messages.clear();
            state.welcome = true;
            let lines = draw(&state, 80, 24, Instant::now()).lines;
            let has = |words: &str| lines.iter().any(|line| line.starts_with(words));
            let file = state.workspace.shown(&state.exercise().answer_file());
            assert!(has(&format!(" Open  {file} in your editor")), "{lines:#?}");
            assert!(has(" Save  it,") && has(" Keys  h for a hint,") && has(" Help  ? explains"));
            assert!(has(" edit ") && (!failed || has(" the requests -> were sent one after")));
            let key = crossterm::event::KeyEvent::from(crossterm::event::KeyCode::Down);
            state.key(key);
            let lines = draw(&state, 80, 24, Instant::now()).lines;
            assert!(!lines.iter().any(|line| line.starts_with(" Save ")), "any key ends it");
        }
    }

    #[test]
    fn a_failure_sends_to_the_page_that_can_be_read() {
        let mut state = state(Some(judgement(failure())), true);
        state.book.served = Some("http://127.0.0.1:3000".to_owned());
        let shown = |state: &State| draw(state, 80, 60, Instant::now()).lines.join("\n");
        let words = " Read on: gather, \"A loop\"\n http://127.0.0.1:3000/gather.html#a-loop\n";
        assert!(shown(&state).contains(words), "{}", shown(&state));
        assert!(shown(&state).contains(" read the page: b"));
        state.book.served = Some(format!("http://{}", "a".repeat(55)));
        let words = "aaa/gather.html\n";
        assert!(shown(&state).contains(words), "it is not cut in two: {}", shown(&state));
        assert_eq!(state.section(), None, "b shows the page of the exercise at hand");
        state.at = state.catalogue.exercises.iter().position(|it| it.name == "gather").expect("it");
        assert_eq!(state.section(), Some("A loop"));
        state.book = BookAddress::default();
        let words = " Read on: gather, \"A loop\" (book/src/gather.md)\n";
        assert!(shown(&state).contains(words), "{}", shown(&state));
    }

    #[test]
    fn what_is_not_judged_is_no_failure() {
        let state = state(Some(judgement(not_judged())), true);
        let lines = draw(&state, 100, 40, Instant::now()).lines.join("\n");
        assert!(lines.contains("? Not judged: 1 of 2 tests"), "{lines}");
        assert!(lines.contains("another\n"), "it is explained: {lines}");
        assert!(!lines.contains("to go"), "{lines}");
    }
}
