//! The recorded lints of an exercise: which of them report each mistake.
//!
//! [`author::lints`](crate::author::lints) asks the compiler for them.

use std::collections::BTreeSet;

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

/// The recorded lints of an exercise.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lints {
    /// The version of rustc, and so of clippy, that was asked.
    pub rustc: String,
    /// The lints and groups that were asked for in [`Reports::asked`].
    pub asked: Vec<String>,
    /// What was reported, by case.
    pub cases: IndexMap<String, Reports>,
}

/// The lints that report one mistake.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reports {
    /// By `cargo check`.
    pub rustc: BTreeSet<String>,
    /// By `cargo clippy`, beyond those.
    pub clippy: BTreeSet<String>,
    /// By either, beyond those, when they are asked for.
    pub asked: BTreeSet<String>,
}
