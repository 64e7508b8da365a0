//! What the screen is about, and what a key makes of it. Nothing here touches the world.

use std::time::{Duration, Instant};

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use super::check_view::{CheckAll, CheckStage};
use super::keys::{Ask, asked};
use super::list_view::{ListAsk, ListView};
use super::question::{Answer, Question, Subject};
use super::recalled::Recalled;
use super::run_outcome::{Found, RunOutcome};
use super::terminal_caps::TerminalCaps;
use crate::catalogue::workspace::Workspace;
use crate::catalogue::{Catalogue, Exercise};
use crate::commands::list;
use crate::engine::judge::{Judgement, TestResult};
use crate::learner::backup;
use crate::learner::progress::{Progress, State as Stage};
use crate::pages::book_address::BookAddress;
use crate::terminal::diff::Piece;

/// How often the seconds of a run are counted on.
pub const SECOND: Duration = Duration::from_secs(1);
/// How often the age of a run is counted on.
const MINUTE: Duration = Duration::from_mins(1);

/// All that the screen shows.
pub struct State {
    /// Where things lie.
    pub workspace: Workspace,
    /// The exercises.
    pub catalogue: Catalogue,
    /// How far the learner is.
    pub progress: Progress,
    /// The same by exercise, in the order of the catalogue.
    pub stages: Vec<Stage>,
    /// Which of them are solved by another file than the one that is there now.
    pub changed: Vec<bool>,
    /// Where the book is read.
    pub book: BookAddress,
    /// Whether the board of a workshop shows how far the learner is.
    pub on_board: bool,
    /// What the terminal can show.
    pub caps: TerminalCaps,
    /// The exercise at hand.
    pub at: usize,
    /// What an earlier session found out about it.
    pub recalled: Recalled,
    /// The run under way.
    pub running: Option<Running>,
    /// What the last run of this exercise came to.
    pub outcome: Option<RunOutcome>,
    /// Whether somebody who is new here is told how to begin.
    pub welcome: bool,
    /// What is shown.
    pub view: View,
    /// How many lines of it are above the screen.
    pub scroll: usize,
    /// How many lines of it the screen has room for.
    pub page: usize,
    /// Sentences for the learner, until the next key.
    pub messages: Vec<String>,
    /// Whether they are about a save that is about to be told.
    pub said_of_save: bool,
    /// What the learner is asked, and has not answered yet.
    pub question: Option<Question>,
    /// The last check of all exercises.
    pub check: Option<CheckAll>,
}

/// A run under way.
pub struct Running {
    /// Its number.
    pub number: u64,
    /// When it began.
    pub since: Instant,
    /// What it does, as cargo says; empty once the tests run.
    pub doing: String,
}

/// What is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum View {
    /// The exercise, and its first failure.
    Exercise,
    /// Every failure.
    Failures,
    /// The timeline of the test of that index, among those that have one.
    Timeline(usize),
    /// The exercises, or some of them.
    List(ListView),
    /// The reference.
    Solution {
        /// Its text.
        text: String,
        /// The place of its first line of code that the learner's file does not have there.
        first: usize,
    },
    /// The learner's code beside the reference.
    Diff(Vec<Piece>),
    /// The check of all exercises.
    Check,
    /// The keys.
    Keys,
}

/// What is to be done about a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Show what there is.
    Draw,
    /// Go to the exercise of that index.
    Go(usize),
    /// Show one more hint.
    Hint,
    /// Run again.
    Run,
    /// Run every exercise that has been started.
    CheckAll,
    /// Stop doing that.
    StopCheck,
    /// Open the file.
    Edit,
    /// Open the page.
    Page,
    /// Show the reference.
    Solution,
    /// Show the learner's code beside it.
    Diff,
    /// Put the reference in the file's place.
    Apply,
    /// Give the file of the exercise of that index its starting point again.
    Reset(usize),
    /// Bring the newest copy back.
    Undo,
    /// Let the shell have the terminal.
    Suspend,
    /// Draw all of it anew.
    Redraw,
    /// End.
    Quit,
}

impl State {
    /// The exercise at hand.
    pub fn exercise(&self) -> &Exercise {
        &self.catalogue.exercises[self.at]
    }

    /// Makes another exercise the one at hand. It has not been run yet.
    pub fn go(&mut self, at: usize) {
        self.at = at;
        self.outcome = None;
    }

    /// Compares the files as they are now with those of the last session's run. Needless as soon as
    /// a run of this session has ended.
    pub fn recall(&mut self) {
        if self.outcome.is_none() {
            self.recalled = Recalled::of(&self.progress, self.exercise());
        }
    }

    /// After how long the screen is another one although nothing happens. `None`: never.
    pub fn changes_after(&self, now: Instant) -> Option<Duration> {
        if self.running.is_some() {
            return Some(SECOND);
        }
        let age = now.saturating_duration_since(self.outcome.as_ref()?.ended);
        let minutes = u32::try_from(age.as_secs() / MINUTE.as_secs()).ok()?;
        Some((MINUTE * (minutes + 1)).saturating_sub(age))
    }

    /// Whether it is solved.
    pub fn is_solved(&self) -> bool {
        self.stages[self.at] == Stage::Solved
    }

    /// Whether the reference is no secret: it is solved, or the reference is on the screen.
    fn may_see_reference(&self) -> bool {
        self.is_solved() || matches!(self.view, View::Solution { .. } | View::Diff(_))
    }

    /// How many are solved.
    pub fn solved(&self) -> usize {
        self.stages.iter().filter(|stage| **stage == Stage::Solved).count()
    }

    /// Takes note of how far the learner is now. It reads files, and so is not done at each look.
    pub fn learn(&mut self, progress: Progress) {
        let stage = |exercise| progress.state(exercise);
        self.stages = self.catalogue.exercises.iter().map(stage).collect();
        let changed = |exercise| progress.is_changed_since_solved(exercise);
        self.changed = self.catalogue.exercises.iter().map(changed).collect();
        self.progress = progress;
    }

    /// What became of its tests.
    pub fn judgement(&self) -> Option<&Judgement> {
        match &self.outcome.as_ref()?.found {
            Found::Judged(judgement) => Some(judgement),
            _ => None,
        }
    }

    /// The section that the first failure sends its reader to, on the exercise's own page.
    pub fn section(&self) -> Option<&str> {
        let on = self.judgement()?.failing().next()?.outcome.read_on()?;
        (on.page == self.exercise().name).then_some(on.section.as_str())
    }

    /// Whether the tests have passed, are those that were shipped, and nothing was saved meanwhile.
    pub fn has_passed(&self) -> bool {
        let counts = |outcome: &RunOutcome| outcome.seen.as_shipped() && outcome.saved.is_empty();
        self.outcome.as_ref().is_some_and(counts)
            && self.judgement().is_some_and(Judgement::accepted)
    }

    /// The test that a hint is for: the first that fails, or where it does not compile the one
    /// that failed last.
    pub fn test_for_hints(&self) -> Option<String> {
        if let Some(judgement) = self.judgement() {
            return judgement.failing().next().map(|judged| judged.test.clone());
        }
        let exercise = self.exercise();
        let last = self.progress.failed_last(exercise);
        last.or(exercise.manifest.tests.keys().next().map(String::as_str)).map(str::to_owned)
    }

    /// The tests whose timelines can be shown: the failing ones first.
    pub fn drawn(&self) -> Vec<&TestResult> {
        let Some(judgement) = self.judgement() else { return Vec::new() };
        let has = |judged: &&TestResult| {
            judged.timeline.as_ref().is_some_and(|timeline| !timeline.lanes.is_empty())
        };
        let failing: Vec<&TestResult> = judgement.failing().filter(has).collect();
        let others = judgement.tests.iter().filter(has);
        let others = others.filter(|judged| !failing.iter().any(|it| it.test == judged.test));
        failing.iter().copied().chain(others).collect()
    }

    /// The exercises that a list shows, by index.
    pub fn listed(&self, list: &ListView) -> Vec<usize> {
        let shown = |at: &usize| {
            list.filter.shows(self.stages[*at] == Stage::Solved)
                && list::mentions(&self.catalogue.exercises[*at], &list.word)
        };
        (0..self.catalogue.exercises.len()).filter(shown).collect()
    }

    /// Shows something else, from its top.
    pub fn show(&mut self, view: View) {
        self.view = view;
        self.scroll = 0;
    }

    /// Takes a key.
    pub fn key(&mut self, key: KeyEvent) -> Action {
        self.messages.clear();
        self.said_of_save = false;
        self.welcome = false;
        if key.modifiers.contains(KeyModifiers::CONTROL) {
            match key.code {
                KeyCode::Char('c') => return Action::Quit,
                KeyCode::Char('z') => return Action::Suspend,
                KeyCode::Char('l') => return Action::Redraw,
                _ => {}
            }
        }
        if self.question.is_some() {
            return self.key_in_question(key);
        }
        if let View::List(_) = self.view {
            return self.key_in_list(key);
        }
        if self.view == View::Check && self.check.as_ref().is_some_and(CheckAll::is_under_way) {
            // Nothing else begins meanwhile.
            return match key.code {
                KeyCode::Esc | KeyCode::Char('q' | 'Q') => Action::StopCheck,
                _ => Action::Draw,
            };
        }
        if self.scrolls(key.code) {
            return Action::Draw;
        }
        match key.code {
            KeyCode::Esc | KeyCode::Backspace => {
                self.show(View::Exercise);
                return Action::Draw;
            }
            KeyCode::Enter if self.view == View::Exercise && self.has_passed() => {
                return self.ask(Ask::Next);
            }
            KeyCode::Left | KeyCode::Right | KeyCode::Tab => {
                self.turn(key.code == KeyCode::Left);
                return Action::Draw;
            }
            _ => {}
        }
        match asked(key) {
            // On the page of the reference this key means something of its own.
            Some(Ask::Failures) if matches!(self.view, View::Solution { .. }) => {
                self.ask_first(Subject::Apply, self.at)
            }
            Some(ask) => self.ask(ask),
            None => Action::Draw,
        }
    }

    fn ask(&mut self, ask: Ask) -> Action {
        // The same key leads to a view and back.
        let toggle = |state: &mut Self, view: View| {
            let same = std::mem::discriminant(&state.view) == std::mem::discriminant(&view);
            state.show(if same { View::Exercise } else { view });
            Action::Draw
        };
        let last = self.catalogue.exercises.len() - 1;
        match ask {
            Ask::Next if self.at < last => Action::Go(self.at + 1),
            Ask::Next => self.say("This is the last exercise. l lists them all."),
            Ask::Previous if self.at > 0 => Action::Go(self.at - 1),
            Ask::Previous => self.say("This is the first exercise."),
            Ask::List => {
                self.show(View::List(ListView::at(self.at)));
                Action::Draw
            }
            Ask::Hint => Action::Hint,
            Ask::Failures => toggle(self, View::Failures),
            Ask::Timeline => toggle(self, View::Timeline(0)),
            Ask::Run => Action::Run,
            Ask::CheckAll => Action::CheckAll,
            Ask::Edit => Action::Edit,
            Ask::Page => Action::Page,
            Ask::Solution if matches!(self.view, View::Solution { .. }) => {
                self.show(View::Exercise);
                Action::Draw
            }
            Ask::Diff if matches!(self.view, View::Diff(_)) => {
                self.show(View::Exercise);
                Action::Draw
            }
            Ask::Solution if self.may_see_reference() => Action::Solution,
            Ask::Diff if self.may_see_reference() => Action::Diff,
            Ask::Diff => self.ask_first(Subject::Diff, self.at),
            Ask::Solution => self.ask_first(Subject::Solution, self.at),
            Ask::Reset => self.ask_to_reset(self.at),
            // Without a copy there is nothing to ask for, and it is said why.
            Ask::Undo if backup::copies(&self.workspace, self.exercise()).is_empty() => {
                Action::Undo
            }
            Ask::Undo => self.ask_first(Subject::Undo, self.at),
            Ask::Keys => toggle(self, View::Keys),
            Ask::Quit => Action::Quit,
        }
    }

    fn say(&mut self, sentence: &str) -> Action {
        self.messages = vec![sentence.to_owned()];
        Action::Draw
    }

    /// Asks about an exercise before anything is done.
    pub fn ask_first(&mut self, subject: Subject, at: usize) -> Action {
        self.question = Some(Question::new(subject, at));
        Action::Draw
    }

    fn ask_to_reset(&mut self, at: usize) -> Action {
        let exercise = &self.catalogue.exercises[at];
        if self.progress.state(exercise) == Stage::Untouched {
            let sentence = format!("There is nothing to reset: {} is as shipped.", exercise.name);
            return self.say(&sentence);
        }
        self.ask_first(Subject::Reset, at)
    }

    fn key_in_question(&mut self, key: KeyEvent) -> Action {
        let Some(question) = &mut self.question else { return Action::Draw };
        let (subject, at) = (question.subject, question.at);
        let answer = question.key(key);
        if answer == Answer::Open {
            return Action::Draw;
        }
        self.question = None;
        if answer == Answer::No {
            return self.say("Nothing was changed.");
        }
        match subject {
            Subject::Reset => Action::Reset(at),
            Subject::Solution => Action::Solution,
            Subject::Diff => Action::Diff,
            Subject::Apply => Action::Apply,
            Subject::Undo => Action::Undo,
        }
    }

    /// The check of all of that number, if it goes on.
    pub fn check_under_way(&mut self, number: u64) -> Option<&mut CheckAll> {
        self.check.as_mut().filter(|check| check.number == number && check.is_under_way())
    }

    /// Takes note that the check of all is stopped. `None` if none goes on, else whether it had
    /// taken the place of another run.
    pub fn stop_check(&mut self) -> Option<bool> {
        let check = self.check.as_mut().filter(|check| check.is_under_way())?;
        check.stage = CheckStage::Stopped;
        Some(check.interrupted)
    }

    fn key_in_list(&mut self, key: KeyEvent) -> Action {
        let View::List(before) = &self.view else { return Action::Draw };
        let mut list = before.clone();
        // Fewer may be listed now than when one was chosen.
        let listed = self.listed(&list);
        list.chosen = list.chosen.min(listed.len().saturating_sub(1));
        let was = listed.get(list.chosen).copied();
        let filter = list.filter;
        let ask = list.key(key, self.page);
        let listed = self.listed(&list);
        if list.filter != filter {
            // The same one stays chosen, if it is still there.
            list.chosen = listed.iter().position(|at| Some(*at) == was).unwrap_or(0);
        }
        list.chosen = list.chosen.min(listed.len().saturating_sub(1));
        let chosen = listed.get(list.chosen).copied();
        self.view = View::List(list);
        match (ask, chosen) {
            (ListAsk::Back, _) => self.show(View::Exercise),
            (ListAsk::CheckAll, _) => return Action::CheckAll,
            (ListAsk::Quit, _) => return Action::Quit,
            (ListAsk::Go, Some(at)) => return Action::Go(at),
            (ListAsk::Reset, Some(at)) => return self.ask_to_reset(at),
            (ListAsk::Draw, _) | (ListAsk::Go | ListAsk::Reset, None) => {}
        }
        Action::Draw
    }

    /// Whether the key moves what is shown. The end is found when it is drawn.
    fn scrolls(&mut self, code: KeyCode) -> bool {
        let page = self.page.saturating_sub(1).max(1);
        match code {
            KeyCode::Down => self.scroll += 1,
            KeyCode::Up => self.scroll = self.scroll.saturating_sub(1),
            KeyCode::PageDown | KeyCode::Char(' ') => self.scroll += page,
            KeyCode::PageUp => self.scroll = self.scroll.saturating_sub(page),
            KeyCode::Home => self.scroll = 0,
            KeyCode::End => self.scroll = usize::MAX,
            _ => return false,
        }
        true
    }

    /// Goes to the next test's timeline, or the one before.
    fn turn(&mut self, back: bool) {
        let count = self.drawn().len();
        if let View::Timeline(at) = self.view
            && count > 0
        {
            let step = if back { count - 1 } else { 1 };
            self.show(View::Timeline((at + step) % count));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::layout::tests::state;
    use super::*;

    /// What the last of these keys asks for.
    fn press(state: &mut State, keys: &[KeyCode]) -> Action {
        let mut action = Action::Draw;
        for key in keys {
            action = state.key(KeyEvent::from(*key));
        }
        action
    }

    #[test]
    fn no_letter_alone_answers_a_question_or_leaves_it() {
        use KeyCode::{Char, Enter, Esc};
        let mut state = state(None, true);
        for letter in ('a'..='z').chain(['?', ' ']) {
            state.ask_first(Subject::Reset, 0);
            assert_eq!(press(&mut state, &[Char(letter)]), Action::Draw, "{letter}");
            assert!(state.question.is_some(), "{letter}");
            let expected = if letter == 'y' { Action::Reset(0) } else { Action::Draw };
            assert_eq!(press(&mut state, &[Enter]), expected, "{letter} Enter");
            assert_eq!(state.question, None, "{letter} Enter");
        }
        state.ask_first(Subject::Apply, 0);
        assert_eq!(press(&mut state, &[Char('y'), Esc]), Action::Draw);
        assert_eq!(state.messages, ["Nothing was changed."]);
        // What is not solved is not shown at a key, and `n` is not the next exercise.
        assert_eq!(press(&mut state, &[Char('s'), Char('n')]), Action::Draw);
        assert_eq!(press(&mut state, &[Enter]), Action::Draw);
        assert_eq!(press(&mut state, &[Char('s'), Char('y'), Enter]), Action::Solution);
        assert_eq!(press(&mut state, &[Char('d')]), Action::Draw, "it shows the reference, too");
        assert_eq!(press(&mut state, &[Char('y'), Enter]), Action::Diff);
        // What is on the screen is asked for no more.
        state.show(View::Diff(Vec::new()));
        assert_eq!(press(&mut state, &[Char('s')]), Action::Solution);
        state.show(View::Solution { text: String::new(), first: 0 });
        assert_eq!(press(&mut state, &[Char('d')]), Action::Diff);
        state.ask_first(Subject::Undo, 0);
        assert_eq!(press(&mut state, &[Char('y'), Enter]), Action::Undo);
    }

    /// The list of a workbook in which the first and the third exercise are solved.
    fn in_list() -> State {
        let mut state = state(None, true);
        state.stages[0] = Stage::Solved;
        state.stages[2] = Stage::Solved;
        state.page = 5;
        press(&mut state, &[KeyCode::Char('l')]);
        state
    }

    fn chosen(state: &State) -> usize {
        let View::List(list) = &state.view else { panic!("the list was left") };
        state.listed(list)[list.chosen]
    }

    #[test]
    fn letters_and_arrows_move_through_the_list() {
        use KeyCode::{Char, Down, End, Enter, Esc, Home, PageDown, PageUp, Up};
        let state = &mut in_list();
        let last = state.stages.len() - 1;
        for (key, expected) in [
            (Char('j'), 1),
            (Down, 2),
            (Char('k'), 1),
            (Up, 0),
            (Up, 0),
            (Char('G'), last),
            (Char('j'), last),
            (Char('g'), 0),
            (End, last),
            (Home, 0),
            (PageDown, 5),
            (PageUp, 0),
        ] {
            assert_eq!(press(state, &[key]), Action::Draw, "{key}");
            assert_eq!(chosen(state), expected, "{key}");
        }
        assert_eq!(press(state, &[Char('j'), Enter]), Action::Go(1));
        press(state, &[Esc]);
        assert_eq!(state.view, View::Exercise);
        // The same key leads there and back.
        press(state, &[Char('l'), Char('l')]);
        assert_eq!(state.view, View::Exercise);
    }

    #[test]
    fn the_list_shows_what_is_done_what_is_pending_or_what_mentions_a_word() {
        use KeyCode::{Backspace, Char, Enter, Esc};
        let state = &mut in_list();
        let all = state.stages.len();
        let listed = |state: &State| {
            let View::List(list) = &state.view else { panic!("the list was left") };
            state.listed(list)
        };
        press(state, &[Char('j'), Char('j'), Char('d')]);
        assert_eq!(listed(state), [0, 2]);
        assert_eq!(chosen(state), 2, "the same one stays chosen");
        press(state, &[Char('p')]);
        assert_eq!(listed(state).len(), all - 2);
        assert_eq!(chosen(state), 1);
        press(state, &[Char('p')]);
        assert_eq!(listed(state).len(), all);
        // Letters are for the word only after a slash.
        press(state, &"/gather".chars().map(Char).collect::<Vec<_>>());
        let gather = state.catalogue.exercises.iter().position(|it| it.name == "gather");
        assert_eq!(listed(state).first().copied(), gather);
        assert_eq!(press(state, &[Char('q'), Char('x')]), Action::Draw);
        assert!(listed(state).is_empty(), "nothing mentions `gatherqx`");
        assert_eq!(press(state, &[Enter]), Action::Draw);
        press(state, &[Backspace, Backspace]);
        assert_eq!(press(state, &[Enter]), Action::Go(gather.expect("it is there")));
        press(state, &[Esc]);
        assert_eq!(listed(state).len(), all, "Esc ends the search, and not the list");
        assert_eq!(press(state, &[Char('q')]), Action::Quit);
    }

    #[test]
    fn a_reset_from_the_list_is_about_the_chosen_one() {
        use KeyCode::{Char, Enter};
        let state = &mut in_list();
        press(state, &[Char('j'), Char('x')]);
        let name = &state.catalogue.exercises[1].name;
        assert_eq!(state.messages, [format!("There is nothing to reset: {name} is as shipped.")]);
        state.ask_first(Subject::Reset, 1);
        assert_eq!(press(state, &[Char('y'), Enter]), Action::Reset(1));
        assert!(matches!(state.view, View::List(_)), "the list is still there");
    }

    #[test]
    fn while_all_are_checked_only_two_keys_do_anything() {
        use KeyCode::{Char, Esc};
        let state = &mut state(None, true);
        assert_eq!(press(state, &[Char('c')]), Action::CheckAll);
        press(state, &[Char('l')]);
        assert_eq!(press(state, &[Char('c')]), Action::CheckAll);
        state.check = Some(CheckAll {
            number: 7,
            rows: Vec::new(),
            doing: None,
            stage: CheckStage::UnderWay,
            interrupted: true,
        });
        state.show(View::Check);
        for letter in ('a'..='z').filter(|letter| *letter != 'q') {
            assert_eq!(press(state, &[Char(letter)]), Action::Draw, "{letter}");
            assert_eq!(state.view, View::Check, "{letter}");
        }
        assert_eq!(press(state, &[Esc]), Action::StopCheck);
        assert_eq!(press(state, &[Char('q')]), Action::StopCheck);
        assert!(state.check_under_way(7).is_some() && state.check_under_way(6).is_none());
        assert_eq!(state.stop_check(), Some(true));
        assert_eq!(state.stop_check(), None, "it is stopped already");
        assert!(state.check_under_way(7).is_none());
        assert_eq!(press(state, &[Char('q')]), Action::Quit);
        press(state, &[Esc]);
        assert_eq!(state.view, View::Exercise);
    }
}
