//! A wrong answer: what it looks like, which tests it fails, and why.

use std::fmt;

use indexmap::IndexMap;
use serde::Deserialize;

/// An answer that fails tests. Its file is `solutions/NAME/src/anti/` and its name.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WrongAnswer {
    /// The name of its table and of its file.
    #[serde(skip)]
    pub name: String,
    /// Whether the page teaches it.
    #[serde(skip)]
    pub rank: Rank,
    /// Its heading on the page, or its row in the table of the refused.
    pub title: String,
    /// What one would observe in production.
    pub symptom: String,
    /// The line of its file that makes it wrong, which the page marks.
    pub guilty: Option<String>,
    /// The tests that it fails with the cause of its own name.
    #[serde(default)]
    pub fails: Vec<String>,
    /// The tests that it fails with another cause, by the cause's id.
    #[serde(default)]
    pub fails_for: IndexMap<String, Vec<String>>,
    /// Whether `verify` runs each of its tests in a process of its own: it uses something that a
    /// process has only one of, such as rayon's global pool, and what fails beside other tests is
    /// chance.
    #[serde(default)]
    pub alone: bool,
}

/// What a wrong answer is to the reader. `verify` judges both ranks alike.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Rank {
    /// The page has a section on it: people really write it.
    #[default]
    Taught,
    /// The page lists it in one table with the other refused ones.
    Refused,
}

impl Rank {
    /// Its table in `exercise.toml`.
    pub fn table(self) -> &'static str {
        match self {
            Self::Taught => "anti",
            Self::Refused => "refused",
        }
    }
}

impl fmt::Display for Rank {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.table())
    }
}

impl WrongAnswer {
    /// Each test that it is listed for, with the id of the cause, in the order of the file.
    pub fn failures(&self) -> impl Iterator<Item = (&str, &str)> {
        let own = self.fails.iter().map(|test| (test.as_str(), self.name.as_str()));
        let other = self
            .fails_for
            .iter()
            .flat_map(|(cause, tests)| tests.iter().map(|test| (test.as_str(), cause.as_str())));
        own.chain(other)
    }

    /// The tests that it is listed for.
    pub fn tests(&self) -> impl Iterator<Item = &str> {
        self.failures().map(|(test, _)| test)
    }

    /// The cause that it is listed for with this test.
    pub fn cause_of(&self, test: &str) -> Option<&str> {
        self.failures().find(|(listed, _)| *listed == test).map(|(_, cause)| cause)
    }

    /// Its table's header in `exercise.toml`, without the brackets: `anti.in_sequence`.
    pub fn table(&self) -> String {
        format!("{}.{}", self.rank, self.name)
    }
}
