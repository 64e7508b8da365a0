//! What the screen is about, and what a key makes of it. Nothing here touches the world.

use std::time::Instant;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use super::keys::{Ask, asked};
use super::question::{Answer, Question, Subject};
use super::run_outcome::{Found, RunOutcome};
use super::terminal_caps::TerminalCaps;
use crate::catalogue::workspace::Workspace;
use crate::catalogue::{Catalogue, Exercise};
use crate::commands::list;
use crate::engine::judge::{Judgement, TestResult};
use crate::learner::backup;
use crate::learner::progress::{Progress, State as Stage};

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
    /// What the terminal can show.
    pub caps: TerminalCaps,
    /// The exercise at hand.
    pub at: usize,
    /// The run under way.
    pub running: Option<Running>,
    /// What the last run of this exercise came to.
    pub outcome: Option<RunOutcome>,
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
    /// The exercises that mention the word, and which of them is chosen.
    List {
        /// The word.
        word: String,
        /// The chosen one's place among those that mention it.
        chosen: usize,
    },
    /// The reference.
    Solution(String),
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
    /// Open the file.
    Edit,
    /// Open the page.
    Page,
    /// Build and serve the book.
    Serve,
    /// Show the reference.
    Solution,
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

    /// Whether it is solved.
    pub fn is_solved(&self) -> bool {
        self.stages[self.at] == Stage::Solved
    }

    /// How many are solved.
    pub fn solved(&self) -> usize {
        self.stages.iter().filter(|stage| **stage == Stage::Solved).count()
    }

    /// Takes note of how far the learner is now. It reads files, and so is not done at each look.
    pub fn learn(&mut self, progress: Progress) {
        let stage = |exercise| progress.state(exercise);
        self.stages = self.catalogue.exercises.iter().map(stage).collect();
        self.progress = progress;
    }

    /// What became of its tests.
    pub fn judgement(&self) -> Option<&Judgement> {
        match &self.outcome.as_ref()?.found {
            Found::Judged(judgement) => Some(judgement),
            _ => None,
        }
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

    /// The exercises that mention a word, by index.
    pub fn found(&self, word: &str) -> Vec<usize> {
        let all = self.catalogue.exercises.iter().enumerate();
        all.filter(|(_, exercise)| list::mentions(exercise, word)).map(|(at, _)| at).collect()
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
        if let View::List { .. } = self.view {
            return self.key_in_list(key.code);
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
            Some(Ask::Failures) if matches!(self.view, View::Solution(_)) => {
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
                self.show(View::List { word: String::new(), chosen: self.at });
                Action::Draw
            }
            Ask::Hint => Action::Hint,
            Ask::Failures => toggle(self, View::Failures),
            Ask::Timeline => toggle(self, View::Timeline(0)),
            Ask::Run => Action::Run,
            Ask::Edit => Action::Edit,
            Ask::Page => Action::Page,
            Ask::Solution if matches!(self.view, View::Solution(_)) => {
                self.show(View::Exercise);
                Action::Draw
            }
            Ask::Solution if self.is_solved() => Action::Solution,
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
            Subject::Apply => Action::Apply,
            Subject::Undo => Action::Undo,
            Subject::Serve => Action::Serve,
        }
    }

    fn key_in_list(&mut self, code: KeyCode) -> Action {
        let View::List { word, chosen } = &self.view else { return Action::Draw };
        let (mut word, mut chosen) = (word.clone(), *chosen);
        let found = self.found(&word);
        match code {
            KeyCode::Esc => {
                self.show(View::Exercise);
                return Action::Draw;
            }
            KeyCode::Enter => {
                return match found.get(chosen) {
                    Some(&at) => Action::Go(at),
                    None => Action::Draw,
                };
            }
            KeyCode::Up => chosen = chosen.saturating_sub(1),
            KeyCode::Down => chosen += 1,
            KeyCode::PageUp => chosen = chosen.saturating_sub(self.page),
            KeyCode::PageDown => chosen += self.page,
            KeyCode::Home => chosen = 0,
            KeyCode::End => chosen = usize::MAX,
            KeyCode::Backspace => {
                word.pop();
                chosen = 0;
            }
            KeyCode::Char(c) => {
                word.push(c);
                chosen = 0;
            }
            _ => {}
        }
        let last = self.found(&word).len().saturating_sub(1);
        self.view = View::List { word, chosen: chosen.min(last) };
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
        state.ask_first(Subject::Undo, 0);
        assert_eq!(press(&mut state, &[Char('y'), Enter]), Action::Undo);
    }
}
