//! The reference solution of `gather`, over what the exercise gives.

#[path = "../../../exercises/gather/src/given.rs"]
pub mod given;
mod reference;

pub use given::*;
pub use reference::*;
