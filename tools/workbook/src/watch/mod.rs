//! The screen that a learner leaves open.

pub mod terminal;
