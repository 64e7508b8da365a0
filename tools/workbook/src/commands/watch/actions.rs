//! What the keys ask for, done.

use std::env;
use std::fs;
use std::io;
use std::path::Path;
use std::process::ExitStatus;

use super::Watch;
use super::external::{self, Editing, Server};
use super::run_outcome::{Found, RunOutcome};
use super::state::{Action, View};
use super::{terminal, views};
use crate::catalogue::workspace::Workspace;
use crate::commands::{hint, reset, solution, undo};
use crate::engine::compile::points_into;
use crate::engine::judge::Judgement;
use crate::engine::signals::ignoring_interrupts;
use crate::learner::backup::Changed;
use crate::pages::book_address::page_of;
use crate::terminal::diff;

/// How to have the book on this machine.
const OFFLINE: &str = "\nWithout a network: `cargo workbook book build` in another terminal, and b \
                       shows that. It compiles for minutes, and tests wait for it.";

impl Watch {
    /// Does what a key asks for. Whether to go on.
    pub fn act(&mut self, action: Action) -> io::Result<bool> {
        match action {
            Action::Draw => {}
            Action::Redraw => self.terminal.forget(),
            Action::Quit => return Ok(false),
            Action::Go(at) => self.go(at),
            Action::Run => self.saved(),
            Action::CheckAll => self.check_all(),
            Action::StopCheck => self.stop_check(),
            Action::Hint => self.hint(),
            Action::Edit => self.edit()?,
            Action::Page => self.page(),
            Action::Suspend => self.suspend()?,
            Action::Solution | Action::Diff => self.reference(action),
            Action::Apply => self.apply(),
            Action::Reset(at) => self.reset(at),
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
            state.go(at);
            self.start();
        }
    }

    fn hint(&mut self) {
        let state = &mut self.state;
        state.show(View::Exercise);
        if let Some(RunOutcome { found: Found::NotBuilt(_), .. }) = &state.outcome {
            return self
                .say("It does not compile yet: hints are about tests that fail.".to_owned());
        }
        let Some(test) = state.test_for_hints() else {
            let passes = state.judgement().is_some_and(Judgement::accepted);
            let why = if passes { "Every test passes" } else { "No test has failed" };
            return self.say(format!("{why}: nothing is left to hint at."));
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

    /// Shows the reference, or what the learner's file and the reference do not share, from the
    /// first difference on.
    fn reference(&mut self, action: Action) {
        let state = &mut self.state;
        let exercise = state.exercise();
        let text = match solution::text(&state.workspace, exercise) {
            Ok(text) => text,
            Err(error) => return self.say(format!("{error:#}")),
        };
        // A file that is not there has no lines.
        let own = fs::read_to_string(exercise.answer_file()).unwrap_or_default();
        state.show(if action == Action::Diff {
            View::Diff(diff::compare(&own, &text))
        } else {
            View::Solution { first: diff::first_difference(&own, &text), text }
        });
        let (columns, _) = terminal::size();
        state.scroll = views::opening(state, columns);
    }

    fn edit(&mut self) -> io::Result<()> {
        let file = self.state.exercise().answer_file();
        let shown = self.state.workspace.shown(&file);
        let variable = |name: &str| env::var(name).ok().filter(|value| !value.trim().is_empty());
        let mut said = format!("Open {shown} in your editor; or set EDITOR, and e opens it.");
        for Editing { mut command, in_terminal } in
            external::editors(&file, self.line_to_edit(), variable)
        {
            let program = command.get_program().to_string_lossy().into_owned();
            let started = if in_terminal {
                let (terminal, input) = (&mut self.terminal, &self.input);
                // Ctrl-C in the editor is the editor's.
                input.away(|| terminal.lend(|| ignoring_interrupts(|| command.status())))?
            } else {
                external::beside(command).map(|()| ExitStatus::default())
            };
            match started {
                Ok(_) if in_terminal => return Ok(()),
                Ok(_) => {
                    said = format!("{shown} is open in {program}.");
                    break;
                }
                Err(error) => said = format!("{program} cannot be started ({error}). Set EDITOR."),
            }
        }
        self.say(said);
        Ok(())
    }

    /// The line that the compiler complains about, or that waits to be written, or the first.
    fn line_to_edit(&self) -> usize {
        let state = &self.state;
        let file = state.exercise().answer_file();
        let shown = state.workspace.shown(&file);
        if let Some(RunOutcome { found: Found::NotBuilt(messages), .. }) = &state.outcome {
            let its = messages.iter().map(|message| crate::terminal::text::plain(message));
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

    /// Shows the exercise's page, at the section that the first failure names. Nothing is compiled
    /// for it: the tests would wait for that.
    pub fn page(&mut self) {
        self.state.book.look();
        let state = &self.state;
        let (exercise, section) = (state.exercise(), state.section());
        let shown = state.workspace.shown(&exercise.page());
        let builder = external::builder(&state.workspace);
        if let Some(address) = state.book.here(&exercise.name, section) {
            self.browse(&address, "");
        } else if self.server.is_some() {
            self.say(format!("The book is being built; until then the page is {shown}."));
        } else if builder.is_file() {
            self.serve(&builder);
        } else if let Some(address) = state.book.of(&exercise.name, section) {
            self.browse(&address, OFFLINE);
        } else {
            self.say(format!("The page is {shown}."));
        }
    }

    fn serve(&mut self, builder: &Path) {
        match Server::start(builder, &self.state.workspace, &self.tell) {
            Ok(server) => {
                self.server = Some(server);
                self.say("The book is being built.".to_owned());
            }
            Err(error) => self.say(format!("The book cannot be served: {error}.")),
        }
    }

    fn browse(&mut self, address: &str, more: &str) {
        external::browse(address);
        // Also where a browser was found: it may be on another screen. Without the section it is
        // short enough to be copied.
        self.say(format!("The page: {}{more}", page_of(address)));
    }

    fn reset(&mut self, at: usize) {
        let (workspace, exercise) = (&self.state.workspace, &self.state.catalogue.exercises[at]);
        let said = match reset::reset(workspace, &[exercise]) {
            Ok((changed, notices)) => {
                let kept = changed.into_iter().next().map(|changed| kept(workspace, &changed));
                let first = format!(
                    "{}: the starting point is back.{}",
                    exercise.name,
                    kept.unwrap_or_default()
                );
                [vec![first], notices].concat()
            }
            Err(error) => vec![format!("{error:#}")],
        };
        self.replaced(said);
    }

    fn apply(&mut self) {
        let (workspace, exercise) = (&self.state.workspace, self.state.exercise());
        let file = workspace.shown(&exercise.answer_file());
        let said = match solution::apply(workspace, exercise) {
            Ok((None, _)) => vec![format!("{file} is the reference already.")],
            Ok((Some(changed), notices)) => {
                let kept = kept(workspace, &changed);
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
        use std::time::{Duration, Instant};

        use super::state::SECOND;
        use rustix::process::{Signal, kill_current_process_group};

        self.stop_check();
        let was_running = self.state.running.take().is_some();
        // Its time would go on while ours stands still.
        self.runner.cancel();
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

/// Where what was overwritten is now, as a sentence; nothing where nothing was there.
fn kept(workspace: &Workspace, changed: &Changed) -> String {
    match (&changed.kept, &changed.moved) {
        (Some(copy), _) => {
            format!(" What you had is kept as {}; u brings it back.", workspace.shown(&copy.file))
        }
        (None, Some(moved)) => {
            format!(" What was there cannot be read; it is now {}.", workspace.shown(moved))
        }
        (None, None) => String::new(),
    }
}
