//! `cargo workbook test --all` and `c` on the screen: every exercise that has been started.
//!
//! One after another: each is built exactly as a single run builds it, so nothing is built twice,
//! and the first results are there while the rest is still to come.

use std::io::{self, IsTerminal as _, Write as _};

use anyhow::{Result, bail};

use crate::catalogue::Exercise;
use crate::catalogue::workspace::Workspace;
use crate::commands::join;
use crate::commands::survey::Survey;
use crate::commands::verdict::Verdict;
use crate::commands::watch::run_outcome::Found;
use crate::commands::watch::{runner, terminal};
use crate::engine::judge::Judgement;
use crate::engine::process_group::CancelToken;
use crate::learner::progress::{self, Recorded, Seen, State};
use crate::terminal::locale;
use crate::terminal::paint::Paint;
use crate::terminal::report_text::{self, count};
use crate::terminal::text::{cut, plain};

/// What an exercise came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Came {
    /// Its file is as shipped, so it was neither built nor run.
    Untouched,
    /// The tests as shipped have passed.
    Solved,
    /// Tests fail: the first of them, and how many of how many.
    Fails {
        /// The test that fails first.
        first: String,
        /// How many fail.
        failing: usize,
        /// Of how many.
        of: usize,
    },
    /// The compiler refuses it.
    DoesNotCompile,
    /// No test fails, and the machine was in the way of some.
    NotJudged,
    /// Every test has passed, and that does not count, for this reason.
    NotCounted(&'static str),
    /// It could not be run, for this reason.
    Trouble(String),
}

impl Came {
    fn of(found: &Found, recorded: &Recorded) -> Self {
        match found {
            Found::Trouble(why) => Self::Trouble(why.clone()),
            Found::NotBuilt(_) => Self::DoesNotCompile,
            Found::Judged(judgement) => Self::of_judgement(judgement, recorded),
        }
    }

    fn of_judgement(judgement: &Judgement, recorded: &Recorded) -> Self {
        if let Some(first) = judgement.failing().next() {
            return Self::Fails {
                first: first.test.clone(),
                failing: judgement.failing().count(),
                of: judgement.tests.len(),
            };
        }
        if !judgement.accepted() {
            return Self::NotJudged;
        }
        if recorded.solved {
            Self::Solved
        } else if recorded.saved.is_empty() {
            Self::NotCounted("other files are not as shipped")
        } else {
            Self::NotCounted("something was saved meanwhile")
        }
    }

    /// The sign before its name.
    fn sign(&self) -> &'static str {
        match self {
            Self::Untouched => " ",
            Self::Solved => "✓",
            Self::NotJudged => "?",
            _ => "✗",
        }
    }

    /// What is said behind its name, in one line.
    pub fn words(&self) -> String {
        match self {
            Self::Untouched => "untouched, so it was not built".to_owned(),
            Self::Solved => "solved".to_owned(),
            Self::Fails { first, failing, of } => {
                let tests = count(*of, "test");
                format!("fails first in {first} ({failing} of {tests})")
            }
            Self::DoesNotCompile => "does not compile".to_owned(),
            Self::NotJudged => "not judged: the machine was in the way".to_owned(),
            Self::NotCounted(why) => format!("passes, but is not solved: {why}"),
            Self::Trouble(why) => {
                let why = plain(why);
                let first = why.lines().find(|line| !line.trim().is_empty());
                format!("cannot be run: {}", first.unwrap_or_default().trim())
            }
        }
    }

    /// Its sign and its words in colours. `text`: as the terminal can show it.
    pub fn painted(&self, paint: Paint, text: impl Fn(&str) -> String) -> (String, String) {
        let (sign, words) = (text(self.sign()), text(&self.words()));
        match self {
            Self::Untouched => (sign, paint.dim(words).to_string()),
            Self::Solved => (paint.good(sign).to_string(), words),
            _ => (paint.bad(sign).to_string(), words),
        }
    }

    /// From the best to the worst, as in the exit code. `None`: it could not be run.
    fn verdict(&self) -> Option<Verdict> {
        match self {
            Self::Untouched | Self::Solved => Some(Verdict::Accepted),
            Self::NotJudged => Some(Verdict::NotJudged),
            Self::Fails { .. } | Self::NotCounted(_) => Some(Verdict::Rejected),
            Self::DoesNotCompile => Some(Verdict::DoesNotCompile),
            Self::Trouble(_) => None,
        }
    }
}

/// What all of them came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    solved: usize,
    failing: usize,
    not_compiling: usize,
    not_judged: usize,
    not_run: usize,
    untouched: usize,
}

impl Totals {
    /// Counts what exercises came to.
    pub fn of<'a>(all: impl IntoIterator<Item = &'a Came>) -> Self {
        let mut totals = Self::default();
        for came in all {
            let kind = match came {
                Came::Untouched => &mut totals.untouched,
                Came::Solved => &mut totals.solved,
                Came::Fails { .. } | Came::NotCounted(_) => &mut totals.failing,
                Came::DoesNotCompile => &mut totals.not_compiling,
                Came::NotJudged => &mut totals.not_judged,
                Came::Trouble(_) => &mut totals.not_run,
            };
            *kind += 1;
        }
        totals
    }

    /// `3 solved, 1 fails, 12 untouched.`
    pub fn words(self) -> String {
        let verb = |number: usize, one: &str, more: &str| {
            let words = if number == 1 { one } else { more };
            (number > 0).then(|| format!("{number} {words}"))
        };
        let parts = [
            Some(format!("{} solved", self.solved)),
            verb(self.failing, "fails", "fail"),
            verb(self.not_compiling, "does not compile", "do not compile"),
            verb(self.not_judged, "not judged", "not judged"),
            verb(self.not_run, "could not be run", "could not be run"),
            verb(self.untouched, "untouched", "untouched"),
        ];
        format!("{}.", parts.into_iter().flatten().collect::<Vec<_>>().join(", "))
    }
}

/// Builds and runs the learner's file of an exercise, and remembers what came of it; `None` if it
/// was cancelled. Sentences for the learner come with it.
pub fn one(
    workspace: &Workspace,
    exercise: &Exercise,
    token: &CancelToken,
    tell: &(dyn Fn(&str) + Sync),
) -> Option<(Came, Vec<String>)> {
    let mut seen = Seen::of(exercise);
    let found = runner::run(workspace, exercise, &mut seen, token, false, tell)
        .unwrap_or_else(|error| Found::Trouble(format!("{error:#}")));
    // What was cancelled half way says nothing.
    if token.is_cancelled() {
        return None;
    }
    let judgement = match &found {
        Found::Judged(judgement) => Some(judgement),
        Found::NotBuilt(_) => None,
        Found::Trouble(_) => return Some((Came::of(&found, &Recorded::default()), Vec::new())),
    };
    let recorded = progress::record(workspace, exercise, &seen, judgement);
    Some((Came::of(&found, &recorded), recorded.notices))
}

/// Tests every exercise that has been started or solved, with a line for each as it comes, and the
/// totals.
pub fn run(workspace: &Workspace) -> Result<Verdict> {
    let paint = Paint::stdout();
    let Survey { catalogue, progress, .. } = Survey::read(workspace)?;
    let longest = catalogue.exercises.iter().map(|it| it.name.len()).max().unwrap_or(0);
    let mut all = Vec::new();
    let mut notices = Vec::new();
    for exercise in &catalogue.exercises {
        let name = &exercise.name;
        let came = if progress.state(exercise) == State::Untouched {
            Came::Untouched
        } else {
            let tell = |line: &str| {
                let doing = if line.is_empty() { "testing" } else { line };
                passing(&format!("  … {name:longest$}  {}", plain(doing)));
            };
            let done = one(workspace, exercise, &CancelToken::default(), &tell);
            passing("");
            let Some((came, said)) = done else { continue };
            notices.extend(said);
            came
        };
        println!("{}", line(paint, &came, name, longest));
        all.push(came);
    }
    let totals = Totals::of(&all);
    println!("\n{}", totals.words());
    if totals.untouched == all.len() {
        println!("Nothing is started yet: `cargo workbook` begins with the first exercise.");
    }
    report_text::notices(&notices);
    join::tell(workspace);
    let Some(verdicts) = all.iter().map(Came::verdict).collect::<Option<Vec<_>>>() else {
        bail!(
            "{} could not be run; `cargo workbook test NAME` says more",
            count(totals.not_run, "exercise")
        );
    };
    Ok(worst(&verdicts))
}

/// What does not compile is worse than what fails, and that is worse than what is not judged.
fn worst(verdicts: &[Verdict]) -> Verdict {
    let order = [Verdict::DoesNotCompile, Verdict::Rejected, Verdict::NotJudged];
    order.into_iter().find(|verdict| verdicts.contains(verdict)).unwrap_or(Verdict::Accepted)
}

fn line(paint: Paint, came: &Came, name: &str, longest: usize) -> String {
    let (sign, words) = came.painted(paint, str::to_owned);
    locale::shown(format!("  {sign} {}  {words}", paint.bold(format!("{name:longest$}"))))
}

/// A line that the next one replaces, where somebody watches.
fn passing(line: &str) {
    let mut stdout = io::stdout();
    if stdout.is_terminal() && terminal_can_erase() {
        let (columns, _) = terminal::size();
        let line = cut(line, columns.saturating_sub(1), false);
        // What cannot be written is not missed.
        write!(stdout, "\r\x1b[K{line}").and_then(|()| stdout.flush()).ok();
    }
}

fn terminal_can_erase() -> bool {
    std::env::var_os("TERM").is_none_or(|term| term != "dumb")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_exit_code_is_that_of_the_worst() {
        use Verdict::{Accepted, DoesNotCompile, NotJudged, Rejected};
        assert_eq!(worst(&[]), Accepted);
        assert_eq!(worst(&[Accepted, NotJudged]), NotJudged);
        assert_eq!(worst(&[NotJudged, Rejected, Accepted]), Rejected);
        assert_eq!(worst(&[Rejected, DoesNotCompile, NotJudged]), DoesNotCompile);
    }

    #[test]
    fn totals_name_what_there_is() {
        let fails = Came::Fails { first: "one".to_owned(), failing: 1, of: 3 };
        assert_eq!(fails.words(), "fails first in one (1 of 3 tests)");
        let all = [Came::Solved, fails, Came::Untouched, Came::Untouched, Came::DoesNotCompile];
        let words = Totals::of(&all).words();
        assert_eq!(words, "1 solved, 1 fails, 1 does not compile, 2 untouched.");
        assert_eq!(Totals::of(&[]).words(), "0 solved.");
        let trouble = Came::Trouble("\n  no cargo\nat all".to_owned());
        assert_eq!(trouble.words(), "cannot be run: no cargo");
    }
}
