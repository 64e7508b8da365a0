//! The reference solution of `limits`, over what the exercise gives.

#[path = "../../../exercises/limits/src/given.rs"]
pub mod given;
mod reference;

pub use given::*;
pub use reference::*;
