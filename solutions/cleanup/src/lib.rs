//! The reference solution of `cleanup`, over what the exercise gives.

#[path = "../../../exercises/cleanup/src/given.rs"]
pub mod given;
mod reference;

pub use given::*;
pub use reference::*;
