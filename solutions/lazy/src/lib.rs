//! The reference solution of `lazy`, over what the exercise gives.

#[path = "../../../exercises/lazy/src/given.rs"]
pub mod given;
mod reference;

pub use given::*;
pub use reference::*;
