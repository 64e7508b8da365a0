//! The reference solution of `crunch`, over what the exercise gives.

#[path = "../../../exercises/crunch/src/given.rs"]
pub mod given;
mod reference;

pub use given::*;
pub use reference::*;
