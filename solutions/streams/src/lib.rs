//! The reference solution of `streams`, over what the exercise gives.

#[path = "../../../exercises/streams/src/given.rs"]
pub mod given;
mod reference;

pub use given::*;
pub use reference::*;
