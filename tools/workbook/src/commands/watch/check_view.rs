//! The check of all exercises on the screen: what has come, and what is still to come.

use super::state::State;
use super::views::Body;
use crate::commands::test_all::{Came, Totals};
use crate::terminal::bar::bar;
use crate::terminal::text::plain;

/// How many columns the bar has.
const BAR: usize = 20;

/// A check of all exercises.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckAll {
    /// The number of its run.
    pub number: u64,
    /// A row for each exercise.
    pub rows: Vec<CheckRow>,
    /// Which row is at work, and what cargo says it does. Empty once its tests run.
    pub doing: Option<(usize, String)>,
    /// How far it is.
    pub stage: CheckStage,
    /// Whether it has taken the place of a run of the exercise at hand.
    pub interrupted: bool,
}

/// One exercise of a check of all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckRow {
    /// Its name.
    pub name: String,
    /// What it came to, once that is known.
    pub came: Option<Came>,
}

/// How far a check of all is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CheckStage {
    /// It goes on.
    UnderWay,
    /// All have come.
    Ended,
    /// It was stopped before that.
    Stopped,
}

impl CheckAll {
    /// Whether it goes on.
    pub fn is_under_way(&self) -> bool {
        self.stage == CheckStage::UnderWay
    }

    /// How many of the exercises that are run have come, and how many there are.
    fn counted(&self) -> (usize, usize) {
        let run = self.rows.iter().filter(|row| row.came != Some(Came::Untouched));
        let (mut come, mut all) = (0, 0);
        for row in run {
            all += 1;
            come += usize::from(row.came.is_some());
        }
        (come, all)
    }
}

/// What is above the rows: how far it is, and the totals so far.
pub fn head(state: &State, check: &CheckAll) -> Vec<String> {
    let caps = state.caps;
    let (come, all) = check.counted();
    let far = match check.stage {
        CheckStage::UnderWay => format!("Checking all: {come} of {all}"),
        CheckStage::Ended => "Checked all".to_owned(),
        CheckStage::Stopped => format!("Stopped after {come} of {all}"),
    };
    let bar = bar(caps.paint, caps.ascii, come, all, BAR);
    let totals = Totals::of(check.rows.iter().filter_map(|row| row.came.as_ref()));
    vec![format!(" {bar}  {}", caps.paint.bold(far)), format!(" {}", caps.text(&totals.words()))]
}

/// A line for each exercise.
pub fn rows(state: &State, check: &CheckAll) -> Body {
    let caps = state.caps;
    let longest = check.rows.iter().map(|row| row.name.len()).max().unwrap_or(0);
    let at_work = |place: usize| match &check.doing {
        Some((at, doing)) if *at == place && check.is_under_way() => Some(doing.as_str()),
        _ => None,
    };
    let line = |(place, row): (usize, &CheckRow)| {
        let name = format!("{:longest$}", row.name);
        let (sign, words) = match (&row.came, at_work(place)) {
            (Some(came), _) => came.painted(caps.paint, |text| caps.text(text)),
            (None, Some("")) => (caps.text("›"), "testing".to_owned()),
            (None, Some(doing)) => (caps.text("›"), caps.text(&plain(doing))),
            (None, None) => (" ".to_owned(), String::new()),
        };
        format!(" {sign} {}  {words}", caps.paint.bold(name))
    };
    let lines = check.rows.iter().enumerate().map(line).collect();
    let follow = check.doing.as_ref().filter(|_| check.is_under_way()).map(|(at, _)| *at);
    Body { lines, follow }
}
