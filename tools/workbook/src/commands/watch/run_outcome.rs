//! What a run of the learner's file came to.

use std::time::Instant;

use crate::engine::judge::Judgement;
use crate::engine::signature::Lookalike;
use crate::learner::progress::Seen;

/// What a run came to.
pub struct RunOutcome {
    /// The run's number.
    pub number: u64,
    /// When it ended.
    pub ended: Instant,
    /// What lay in its folder when the run began.
    pub seen: Seen,
    /// The files of it that were saved before the run had ended: it says nothing of them.
    pub saved: Vec<String>,
    /// What was found.
    pub found: Found,
    /// The recorded wrong answers that fail exactly as it does.
    pub lookalikes: Vec<Lookalike>,
}

/// What a run found.
pub enum Found {
    /// The tests ran.
    Judged(Judgement),
    /// It was not built, and this is what the compiler says, or cargo.
    NotBuilt(Vec<String>),
    /// It could not be run at all.
    Trouble(String),
}
