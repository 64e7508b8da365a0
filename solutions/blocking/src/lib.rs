//! The reference solution of `blocking`, over what the exercise gives.

#[path = "../../../exercises/blocking/src/given.rs"]
pub mod given;
mod reference;

pub use given::*;
pub use reference::*;
