//! The reference solution of `background`, over what the exercise gives.

#[path = "../../../exercises/background/src/given.rs"]
pub mod given;
mod reference;

pub use given::*;
pub use reference::*;
