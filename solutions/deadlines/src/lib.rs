//! The reference solution of `deadlines`, over what the exercise gives.

#[path = "../../../exercises/deadlines/src/given.rs"]
pub mod given;
mod reference;

pub use given::*;
pub use reference::*;
