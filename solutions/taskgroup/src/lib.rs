//! The reference solution of `taskgroup`, over what the exercise gives.

#[path = "../../../exercises/taskgroup/src/given.rs"]
pub mod given;
mod reference;

pub use given::*;
pub use reference::*;
