//! What is sent to a board and what it answers, as JSON. The server uses the same types.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::learner::progress::State;

/// The exercises that are started or solved, by name.
pub type States = BTreeMap<String, State>;

/// `POST /join`: somebody wants to be shown.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Join {
    /// The code that the facilitator shows.
    pub code: String,
    /// The name that is to be shown.
    pub name: String,
    /// That of [`Joined`], where somebody is on this board already and joins again: the place that is
    /// given up once there is another.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instead_of: Option<String>,
}

impl Join {
    /// Of somebody who is on no board yet.
    pub fn new(code: &str, name: &str) -> Self {
        Self { code: code.to_owned(), name: name.to_owned(), instead_of: None }
    }
}

/// The answer to [`Join`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Joined {
    /// What every later message has to hold.
    pub secret: String,
    /// The name that is shown: with a number behind it if another has that name already.
    pub name: String,
}

/// `POST /report`: how far somebody is.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Report {
    /// That of [`Joined`].
    pub secret: String,
    /// All of them, in place of what was told before.
    pub states: States,
}

/// `POST /leave`: somebody does not want to be shown any more.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Leave {
    /// That of [`Joined`].
    pub secret: String,
}
