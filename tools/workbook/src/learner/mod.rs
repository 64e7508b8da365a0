//! What belongs to the learner. It is written only on request, and never half.
//!
//! - [`progress`]: how far each exercise is, from runs of the tests as shipped
//! - [`inputs`]: everything that decides how a run comes out, as one hash
//! - [`pristine`]: whether tests and starting point are still those that were shipped
//! - [`shipped`]: shipped files that are gone, and how they come back
//! - [`backup`]: a copy of the learner's file before it is overwritten; [`timestamp`] names the
//!   copies
//! - [`atomic_write`]: a file written whole or not at all
//! - [`board`]: a workshop's board, if the learner has joined one

pub mod atomic_write;
pub mod backup;
pub mod board;
pub mod inputs;
pub mod pristine;
pub mod progress;
pub mod shipped;
pub mod timestamp;
