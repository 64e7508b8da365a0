//! The reference solution of `timeouts`, over what the exercise gives.

#[path = "../../../exercises/timeouts/src/given.rs"]
pub mod given;
mod reference;

pub use given::*;
pub use reference::*;
