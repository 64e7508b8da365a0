//! Bare `cargo workbook`: the screen that a learner leaves open.
//!
//! # Layout
//!
//! Everything that happens comes through one channel as an `event`, changes the `state`, and is
//! drawn:
//!
//! - `input`: keys and sizes of the terminal
//! - `save_watcher`: saves of the exercise's files
//! - `runner`: runs of the tests, the newest in the place of the one before
//!
//! What is shown is pure and needs no terminal:
//!
//! - `state`: what the screen is about, and what a key makes of it; `keys` names the keys, and
//!   `question` is what wants an answer first, `list_view` the list
//! - `recalled`: what is known of an exercise before its first run has ended
//! - `layout`, `views`, `list_lines`, `check_view` and `explain`: the state as lines;
//!   `terminal_caps` knows what the terminal can show
//!
//! And around it: `actions` does what the keys ask for, `checking` runs all exercises, `terminal`
//! takes and gives back the terminal, `external` starts the learner's editor, a browser and the
//! book's server.

mod actions;
mod check_view;
mod checking;
mod event;
mod explain;
mod external;
mod input;
mod keys;
mod layout;
mod list_lines;
mod list_view;
mod question;
mod recalled;
pub(super) mod run_outcome;
pub(super) mod runner;
mod save_watcher;
mod state;
pub mod terminal;
mod terminal_caps;
mod views;

use std::env;
use std::fs;
use std::io::{self, IsTerminal as _};
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::{Instant, SystemTime};

use anyhow::{Context, Result, bail};

use crate::catalogue::workspace::Workspace;
use crate::catalogue::{Catalogue, Exercise, toolchain};
use crate::learner::board;
use crate::learner::progress::totals::Totals;
use crate::learner::progress::{self, Progress, State as Stage, store};
use crate::pages::book_address::BookAddress;
use crate::pages::page;
use crate::terminal::report_text::count;
use event::Event;
use external::Server;
use input::Input;
use recalled::Recalled;
use run_outcome::{Found, RunOutcome};
use runner::{FIRST_RUN, Runner};
use save_watcher::SaveWatcher;
use state::{Running, State, View};
use terminal::Terminal;
use terminal_caps::TerminalCaps;

/// Whether there is a terminal that can be drawn on.
pub fn is_possible() -> bool {
    let dumb = env::var_os("TERM").is_some_and(|term| term == "dumb");
    io::stdin().is_terminal() && io::stdout().is_terminal() && !dumb
}

/// Shows the screen until the learner ends it. `poll`: look for saves instead of being told.
pub fn run(workspace: &Workspace, poll: bool) -> Result<()> {
    // Whether anything has changed since the last run depends on it, and it is slow to answer.
    toolchain::ask_ahead();
    let is_new = !store::folder(workspace).exists();
    let (catalogue, left_out) = Catalogue::load_sound(&workspace.root)?;
    if catalogue.exercises.is_empty() {
        bail!("there is no exercise in {}", workspace.root.join("exercises").display());
    }
    let mut progress = Progress::read(workspace, &catalogue);
    let messages = [left_out, std::mem::take(&mut progress.notices)].concat();
    let mut state = State {
        workspace: workspace.clone(),
        catalogue,
        progress: Progress::default(),
        stages: Vec::new(),
        changed: Vec::new(),
        on_board: board::joined(workspace).is_some(),
        book: BookAddress::of_workbook(&workspace.root),
        caps: TerminalCaps::of_terminal(),
        at: 0,
        recalled: Recalled::Nothing,
        running: None,
        outcome: None,
        welcome: false,
        view: View::Exercise,
        scroll: 0,
        page: 0,
        messages,
        said_of_save: false,
        question: None,
        check: None,
    };
    state.learn(progress);
    state.welcome = is_new && state.stages.iter().all(|stage| *stage == Stage::Untouched);
    state.go(state.stages.iter().position(|stage| *stage != Stage::Solved).unwrap_or(0));
    let terminal = Terminal::take().context("cannot take the terminal")?;
    let (tell, events) = channel();
    let saved = tell.clone();
    let save_watcher = SaveWatcher::start(&workspace.root.join("exercises"), poll, move || {
        saved.send(Event::Saved).is_ok()
    });
    let runner = Runner::new(workspace, state.caps.paint.colours, tell.clone());
    let input = Input::start(tell.clone()).context("cannot read the terminal")?;
    let manifests = manifests(workspace);
    let mut watch = Watch {
        state,
        terminal,
        save_watcher,
        runner,
        input,
        events,
        tell,
        server: None,
        telling: None,
        manifests,
    };
    // What is known already is there to be read before anything runs.
    watch.look();
    let ended = watch.draw().and_then(|()| {
        watch.start();
        watch.listen()
    });
    let Watch { state, terminal, runner, server, .. } = watch;
    drop(terminal);
    drop((runner, server));
    ended.context("cannot draw on the terminal")?;
    farewell(&state);
    Ok(())
}

/// What tells that the catalogue is another one: reading it takes far longer.
fn manifests(workspace: &Workspace) -> Vec<(PathBuf, SystemTime)> {
    let folders = fs::read_dir(workspace.root.join("exercises")).into_iter().flatten().flatten();
    let files = folders.map(|folder| folder.path().join("exercise.toml"));
    let modified = |file: PathBuf| Some((file.clone(), fs::metadata(file).ok()?.modified().ok()?));
    let mut manifests: Vec<_> =
        files.chain([page::file(&workspace.root, "SUMMARY")]).filter_map(modified).collect();
    manifests.sort();
    manifests
}

fn farewell(state: &State) {
    let solved = state.solved();
    let all = count(state.catalogue.exercises.len(), "exercise");
    println!("{solved} of {all} solved. `cargo workbook` goes on from there.");
}

/// The screen and everything that it stands on.
struct Watch {
    state: State,
    terminal: Terminal,
    save_watcher: SaveWatcher,
    runner: Runner,
    input: Input,
    events: Receiver<Event>,
    tell: Sender<Event>,
    server: Option<Server>,
    /// A report on its way to the board of a workshop.
    telling: Option<board::Telling>,
    manifests: Vec<(PathBuf, SystemTime)>,
}

impl Watch {
    /// Watches the exercise's files, and only then reads them: no save is missed in between.
    fn look(&mut self) {
        self.save_watcher.watch(&self.state.exercise().folder());
        self.state.book.look();
        self.state.recall();
    }

    /// Runs the exercise at hand, and watches its files.
    fn start(&mut self) {
        self.look();
        let number = self.runner.start(self.state.exercise());
        let doing = "building".to_owned();
        self.state.running = Some(Running { number, since: Instant::now(), doing });
    }

    /// Waits for events and draws what they change, until the learner ends it.
    fn listen(&mut self) -> io::Result<()> {
        loop {
            self.draw()?;
            let first = match self.state.changes_after(Instant::now()) {
                Some(wait) => self.events.recv_timeout(wait),
                None => self.events.recv().map_err(|_| RecvTimeoutError::Disconnected),
            };
            match first {
                Ok(event) => {
                    if !self.take(event)? {
                        return Ok(());
                    }
                }
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return Ok(()),
            }
            // What has come meanwhile is drawn at once.
            while let Ok(event) = self.events.try_recv() {
                if !self.take(event)? {
                    return Ok(());
                }
            }
        }
    }

    fn draw(&mut self) -> io::Result<()> {
        let (columns, rows) = terminal::size();
        let frame = layout::draw(&self.state, columns, rows, Instant::now());
        self.state.scroll = self.state.scroll.min(frame.most);
        self.state.page = frame.page;
        self.terminal.show(&frame.lines)
    }

    /// Takes an event. Whether to go on.
    fn take(&mut self, event: Event) -> io::Result<bool> {
        match event {
            Event::Key(key) => {
                let listed = |state: &State| matches!(state.view, View::List(_));
                let was_listed = listed(&self.state);
                let action = self.state.key(key);
                if listed(&self.state) && !was_listed {
                    // Others than the exercise at hand may have been edited.
                    self.remember();
                }
                return self.act(action);
            }
            Event::Closed => return Ok(false),
            Event::Resized => self.terminal.forget(),
            Event::Continued => {
                let input = &self.input;
                input.away(|| self.terminal.lend(|| ()))?;
            }
            Event::Saved => self.saved(),
            Event::Progress(number, line) => self.progress(number, line),
            Event::Ended(outcome) => self.ended(*outcome)?,
            Event::Checked(number, place, checked) => self.checked(number, place, checked),
            Event::CheckEnded(number) => self.check_ended(number),
            Event::BookProgress(line) => self.state.messages = vec![format!("The book: {line}")],
            Event::Book(Ok(address)) => {
                self.state.book.served = Some(address);
                self.page();
            }
            Event::Book(Err(why)) => {
                (self.server, self.state.book.served) = (None, None);
                let state = &mut self.state;
                state.book.look();
                state.messages = vec![format!("The book is not served: {why}")];
                let address = state.book.of(&state.exercise().name, state.section());
                state.messages.extend(address.map(|address| format!("The page: {address}")));
            }
        }
        Ok(true)
    }

    fn saved(&mut self) {
        // What was said of a save that we have made ourselves is still to be read.
        if !std::mem::take(&mut self.state.said_of_save) {
            self.state.messages.clear();
        }
        // What was saved is what the learner waits for.
        if self.state.stop_check().is_some() {
            self.state.show(View::Exercise);
            let stopped = "A file was saved, so the check of all was stopped. c starts it again.";
            self.state.messages.push(stopped.to_owned());
        }
        // At once: the learner waits for it.
        self.start();
        self.reload();
    }

    /// Reads the catalogue again, if a pull or an author has changed it.
    fn reload(&mut self) {
        let manifests = manifests(&self.state.workspace);
        if manifests == self.manifests {
            return;
        }
        self.manifests = manifests;
        let state = &mut self.state;
        // One with a mistake in it is not taken: the old one is good enough until it is mended.
        if let Ok(catalogue) = Catalogue::load(&state.workspace.root) {
            let name = state.exercise().name.clone();
            // It may have another name now.
            let is_it = |exercise: &Exercise| exercise.names().any(|known| known == name);
            if let Some(at) = catalogue.exercises.iter().position(is_it) {
                state.at = at;
                state.catalogue = catalogue;
                // It may have been about another one.
                state.question = None;
            }
        }
        self.remember();
    }

    /// Reads the learner's progress again.
    fn remember(&mut self) {
        let state = &mut self.state;
        let mut progress = Progress::read(&state.workspace, &state.catalogue);
        state.messages.append(&mut progress.notices);
        state.learn(progress);
    }

    fn progress(&mut self, number: u64, line: String) {
        if let Some(running) = &mut self.state.running
            && running.number == number
        {
            running.doing = match line.strip_prefix("Blocking waiting for file lock") {
                Some(_) => "waiting: another cargo is building here".to_owned(),
                None => line,
            };
        }
    }

    fn ended(&mut self, outcome: RunOutcome) -> io::Result<()> {
        let state = &mut self.state;
        if state.running.as_ref().is_none_or(|running| running.number != outcome.number) {
            return Ok(());
        }
        state.running = None;
        // The first run is ours: the welcome stays until the learner has saved something.
        state.welcome &= outcome.number == FIRST_RUN;
        let other_test = state.test_for_hints();
        state.outcome = Some(outcome);
        if state.view == View::Exercise && state.test_for_hints() != other_test {
            state.scroll = 0;
        }
        // The learner waits for this, and not for what is written down about it.
        self.draw()?;
        let state = &mut self.state;
        let Some(outcome) = &state.outcome else { return Ok(()) };
        let judgement = match &outcome.found {
            Found::Judged(judgement) => Some(judgement),
            Found::NotBuilt(_) => None,
            Found::Trouble(_) => return Ok(()),
        };
        let recorded =
            progress::record(&state.workspace, state.exercise(), &outcome.seen, judgement);
        state.messages.extend(recorded.notices);
        self.remember();
        self.tell_the_board();
        Ok(())
    }

    /// Sends how far the learner is, if a board was joined. What became of the report before is
    /// said now: the learner waits for neither.
    fn tell_the_board(&mut self) {
        let state = &mut self.state;
        state.messages.extend(self.telling.take().and_then(|telling| telling.news()));
        let pairs = state.catalogue.exercises.iter().zip(state.stages.iter().copied());
        let totals = Totals { states: pairs.collect() };
        self.telling = board::tell(&state.workspace, board::states(&totals));
        // It may have been joined, or have ended, while the screen was open.
        state.on_board = self.telling.is_some();
    }
}
