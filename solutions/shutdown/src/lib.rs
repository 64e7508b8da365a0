//! The reference solution of `shutdown`, over what the exercise gives.

#[path = "../../../exercises/shutdown/src/given.rs"]
pub mod given;
mod reference;

pub use given::*;
pub use reference::*;
