//! Bare `cargo workbook`: the screen that a learner leaves open.
//!
//! # Layout
//!
//! Everything that happens comes through one channel as an [`event`], changes the [`state`], and is
//! drawn:
//!
//! - [`input`]: keys and sizes of the terminal
//! - [`files`]: saves of the exercise's files
//! - [`runner`]: runs of the tests, the newest in the place of the one before
//!
//! What is shown is pure and needs no terminal:
//!
//! - [`state`]: what the screen is about, and what a key makes of it; [`keys`] names the keys
//! - [`screen`] and [`body`]: the state as lines; [`text`] makes them fit; [`look`] knows what the
//!   terminal can show
//!
//! And around it: [`terminal`] takes and gives back the terminal, [`open`] starts the learner's
//! editor, a browser and the book's server.

mod body;
mod event;
mod files;
mod input;
mod keys;
mod look;
mod open;
mod runner;
mod screen;
mod state;
pub mod terminal;
mod text;

use std::env;
use std::fs;
use std::io::{self, IsTerminal as _};
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::{Duration, Instant, SystemTime};

use anyhow::{Context, Result, bail};

use crate::catalogue::{Catalogue, Exercise};
use crate::compile::points_into;
use crate::progress::{self, Progress};
use crate::show::count;
use crate::signals::ignoring_interrupts;
use crate::workspace::Workspace;
use crate::{hint, page, reset, solution, undo};
use event::Event;
use files::Files;
use input::Input;
use look::Look;
use open::Server;
use runner::{Found, Outcome, Runner};
use state::{Action, Question, Running, State, View};
use terminal::Terminal;

/// How often the seconds of a run are counted on.
const SECOND: Duration = Duration::from_secs(1);

/// Whether there is a terminal that can be drawn on.
pub fn is_possible() -> bool {
    let dumb = env::var_os("TERM").is_some_and(|term| term == "dumb");
    io::stdin().is_terminal() && io::stdout().is_terminal() && !dumb
}

/// Shows the screen until the learner ends it. `poll`: look for saves instead of being told.
pub fn run(workspace: &Workspace, poll: bool) -> Result<()> {
    let catalogue = Catalogue::load(&workspace.root)?;
    if catalogue.exercises.is_empty() {
        bail!("there is no exercise in {}", workspace.root.join("exercises").display());
    }
    let mut progress = Progress::read(workspace, &catalogue);
    let messages = std::mem::take(&mut progress.notices);
    let first = progress.first_unsolved(&catalogue).map(|exercise| exercise.name.clone());
    let at = catalogue.exercises.iter().position(|it| Some(&it.name) == first.as_ref());
    let mut state = State {
        workspace: workspace.clone(),
        catalogue,
        progress: Progress::default(),
        stages: Vec::new(),
        look: Look::of_terminal(),
        at: at.unwrap_or(0),
        running: None,
        outcome: None,
        view: View::Exercise,
        scroll: 0,
        page: 0,
        messages,
        said_of_save: false,
        question: None,
    };
    state.learn(progress);
    let (tell, events) = channel();
    let saved = tell.clone();
    let files = Files::start(&workspace.root.join("exercises"), poll, move || {
        saved.send(Event::Saved).is_ok()
    });
    let runner = Runner::new(workspace, state.look.paint.colours, tell.clone());
    let terminal = Terminal::take().context("cannot take the terminal")?;
    let input = Input::start(tell.clone()).context("cannot read the terminal")?;
    let manifests = manifests(workspace);
    let mut watch = Watch {
        state,
        terminal,
        files,
        runner,
        input,
        events,
        tell,
        server: None,
        served: None,
        manifests,
    };
    watch.start();
    let ended = watch.listen();
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
    files: Files,
    runner: Runner,
    input: Input,
    events: Receiver<Event>,
    tell: Sender<Event>,
    server: Option<Server>,
    /// Where the book is, once it is served.
    served: Option<String>,
    manifests: Vec<(PathBuf, SystemTime)>,
}

impl Watch {
    /// Runs the exercise at hand, and watches its files.
    fn start(&mut self) {
        let exercise = self.state.exercise();
        self.files.watch(&exercise.folder());
        let number = self.runner.start(exercise);
        let doing = "building".to_owned();
        self.state.running = Some(Running { number, since: Instant::now(), doing });
    }

    /// Waits for events and draws what they change, until the learner ends it.
    fn listen(&mut self) -> io::Result<()> {
        loop {
            self.draw()?;
            let first = if self.state.running.is_some() {
                self.events.recv_timeout(SECOND)
            } else {
                self.events.recv().map_err(|_| RecvTimeoutError::Disconnected)
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
        let frame = screen::draw(&self.state, columns, rows, Instant::now());
        self.state.scroll = self.state.scroll.min(frame.most);
        self.state.page = frame.page;
        self.terminal.show(&frame.lines)
    }

    /// Takes an event. Whether to go on.
    fn take(&mut self, event: Event) -> io::Result<bool> {
        match event {
            Event::Key(key) => {
                let action = self.state.key(key);
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
            Event::BookProgress(line) => self.state.messages = vec![format!("The book: {line}")],
            Event::Book(Ok(address)) => {
                self.browse(&address);
                self.served = Some(address);
            }
            Event::Book(Err(why)) => {
                (self.server, self.served) = (None, None);
                self.state.messages = vec![format!("The book is not served: {why}")];
            }
        }
        Ok(true)
    }

    fn saved(&mut self) {
        // What was said of a save that we have made ourselves is still to be read.
        if !std::mem::take(&mut self.state.said_of_save) {
            self.state.messages.clear();
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

    fn ended(&mut self, outcome: Outcome) -> io::Result<()> {
        let state = &mut self.state;
        if state.running.as_ref().is_none_or(|running| running.number != outcome.number) {
            return Ok(());
        }
        state.running = None;
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
        Ok(())
    }

    /// Does what a key asks for. Whether to go on.
    fn act(&mut self, action: Action) -> io::Result<bool> {
        match action {
            Action::Draw => {}
            Action::Redraw => self.terminal.forget(),
            Action::Quit => return Ok(false),
            Action::Go(at) => self.go(at),
            Action::Run => self.saved(),
            Action::Hint => self.hint(),
            Action::Edit => self.edit()?,
            Action::Page => self.page(),
            Action::Serve => self.serve(),
            Action::Suspend => self.suspend()?,
            Action::Solution => {
                match solution::text(&self.state.workspace, self.state.exercise()) {
                    Ok(text) => self.state.show(View::Solution(text)),
                    Err(error) => self.say(format!("{error:#}")),
                }
            }
            Action::Apply => self.apply(),
            Action::Reset => self.reset(),
            Action::Undo => self.undo(),
        }
        Ok(true)
    }

    fn say(&mut self, sentence: String) {
        self.state.messages = vec![sentence];
    }

    fn go(&mut self, at: usize) {
        let state = &mut self.state;
        state.show(View::Exercise);
        if at != state.at {
            state.at = at;
            state.outcome = None;
            self.start();
        }
    }

    fn hint(&mut self) {
        let state = &mut self.state;
        state.show(View::Exercise);
        let Some(test) = state.test_for_hints() else {
            return self.say("Every test passes: nothing is left to hint at.".to_owned());
        };
        let exercise = state.exercise();
        let before = state.progress.hints_shown(exercise, &test);
        let hints = hint::more(&state.workspace, &state.progress, exercise, &test, false);
        let last = hints.shown.len() == before;
        state.messages = hints.notices;
        if last {
            self.say("These are all the hints. s shows the reference.".to_owned());
        }
        self.remember();
    }

    fn edit(&mut self) -> io::Result<()> {
        let file = self.state.exercise().learners_file();
        let shown = self.state.workspace.shown(&file);
        let variable = |name: &str| env::var(name).ok().filter(|value| !value.trim().is_empty());
        let Some(editing) = open::editor(&file, self.line_to_edit(), variable) else {
            self.say(format!("Open {shown} in your editor; or set EDITOR, and e opens it."));
            return Ok(());
        };
        let program = editing.command.get_program().to_string_lossy().into_owned();
        let mut command = editing.command;
        let started = if editing.in_terminal {
            let (terminal, input) = (&mut self.terminal, &self.input);
            // Ctrl-C in the editor is the editor's.
            input.away(|| terminal.lend(|| ignoring_interrupts(|| command.status())))?.map(|_| ())
        } else {
            open::beside(command)
        };
        match started {
            Ok(()) if editing.in_terminal => {}
            Ok(()) => self.say(format!("{shown} is open in {program}.")),
            Err(error) => self.say(format!("{program} cannot be started ({error}). Set EDITOR.")),
        }
        Ok(())
    }

    /// The line that the compiler complains about, or that waits to be written, or the first.
    fn line_to_edit(&self) -> usize {
        let state = &self.state;
        let file = state.exercise().learners_file();
        let shown = state.workspace.shown(&file);
        if let Some(Outcome { found: Found::NotBuilt(messages), .. }) = &state.outcome {
            let its = messages.iter().map(|message| text::plain(message));
            let mut of_the_file = its.filter(|message| points_into(message, shown.as_ref()));
            let line = |message: String| {
                let rest = message.split(&format!("{shown}:")).nth(1)?.to_owned();
                rest.split(':').next()?.parse().ok()
            };
            if let Some(line) = of_the_file.find_map(line) {
                return line;
            }
        }
        let text = fs::read_to_string(&file).unwrap_or_default();
        text.lines().position(|line| line.contains("todo!(")).map_or(1, |line| line + 1)
    }

    fn page(&mut self) {
        let exercise = self.state.exercise();
        let name = exercise.name.clone();
        let shown = self.state.workspace.shown(&exercise.page());
        let root = &self.state.workspace.root;
        let built = root.join("book").join("book").join(format!("{name}.html"));
        let builder = root.join("tools").join("mdbook-workbook").is_dir();
        if let Some(address) = self.served.clone() {
            self.browse(&address);
        } else if self.server.is_some() {
            self.say(format!("The book is being built; until then the page is {shown}."));
        } else if built.is_file() {
            let address = format!("file://{}", built.display());
            self.browsed(&address);
        } else if builder {
            self.state.question = Some(Question::Serve);
        } else {
            self.say(format!("The page is {shown}."));
        }
    }

    fn serve(&mut self) {
        match Server::start(&self.state.workspace, &self.tell) {
            Ok(server) => {
                self.server = Some(server);
                self.say("The book is being built.".to_owned());
            }
            Err(error) => self.say(format!("The book cannot be served: {error}.")),
        }
    }

    /// Shows the exercise's page of the book that is served at this address.
    fn browse(&mut self, address: &str) {
        let page = format!("{address}/{}.html", self.state.exercise().name);
        self.browsed(&page);
    }

    fn browsed(&mut self, address: &str) {
        open::browse(address);
        // Also where a browser was found: it may be on another screen.
        self.say(format!("The page: {address}"));
    }

    fn reset(&mut self) {
        let (workspace, exercise) = (&self.state.workspace, self.state.exercise());
        let said = match reset::reset(workspace, &[exercise]) {
            Ok((changed, notices)) => {
                let kept = changed.into_iter().next().and_then(|changed| changed.kept);
                let kept = kept.map(|copy| workspace.shown(&copy.file));
                let kept = kept.map_or_else(String::new, |file| {
                    format!(" What you had is kept as {file}; u brings it back.")
                });
                let first = format!("The starting point is back.{kept}");
                [vec![first], notices].concat()
            }
            Err(error) => vec![format!("{error:#}")],
        };
        self.replaced(said);
    }

    fn apply(&mut self) {
        let (workspace, exercise) = (&self.state.workspace, self.state.exercise());
        let file = workspace.shown(&exercise.learners_file());
        let said = match solution::apply(workspace, exercise) {
            Ok((None, _)) => vec![format!("{file} is the reference already.")],
            Ok((Some(changed), notices)) => {
                let kept = changed.kept.map(|copy| workspace.shown(&copy.file));
                let kept = kept.map_or_else(String::new, |file| {
                    format!(" What you had is kept as {file}; u brings it back.")
                });
                let first = format!("{file} is the reference now.{kept}");
                [vec![first], notices].concat()
            }
            Err(error) => vec![format!("{error:#}")],
        };
        self.state.show(View::Exercise);
        self.replaced(said);
    }

    fn undo(&mut self) {
        let state = &self.state;
        let (workspace, exercise) = (&state.workspace, state.exercise());
        let said = match undo::undo(workspace, &state.catalogue, Some(&exercise.name)) {
            Ok((undone, notices)) => {
                let mut said: Vec<String> = undone
                    .iter()
                    .map(|undone| {
                        let by = &undone.restored.by;
                        format!("Your file is what it was before `{by}`; u again takes that back.")
                    })
                    .collect();
                said.extend(notices);
                said
            }
            Err(error) => vec![format!("{error:#}")],
        };
        self.replaced(said);
    }

    /// The learner's file may be another one now. That is a save like any other, and will be told
    /// as one; only what is known of the learner has to be read again.
    fn replaced(&mut self, said: Vec<String>) {
        self.state.messages = said;
        self.state.said_of_save = true;
        self.remember();
    }

    /// Lets the shell have the terminal until it says to go on.
    #[cfg(unix)]
    fn suspend(&mut self) -> io::Result<()> {
        use rustix::process::{Signal, kill_current_process_group};
        let was_running = self.state.running.take().is_some();
        // Its time would go on while ours stands still.
        self.runner.call_off();
        let (terminal, input) = (&mut self.terminal, &self.input);
        input.away(|| {
            terminal.lend(|| {
                input.has_continued();
                kill_current_process_group(Signal::TSTP).ok();
                // The signal may take a moment to arrive. Where nobody would wake us up it is
                // ignored.
                let began = Instant::now();
                while !input.has_continued() && began.elapsed() < SECOND {
                    std::thread::sleep(Duration::from_millis(5));
                }
            })
        })?;
        if was_running {
            self.start();
        }
        Ok(())
    }

    #[cfg(not(unix))]
    #[expect(clippy::unused_self, clippy::unnecessary_wraps, reason = "elsewhere it does more")]
    fn suspend(&mut self) -> io::Result<()> {
        Ok(())
    }
}
