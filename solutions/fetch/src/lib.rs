//! The reference solution of `fetch`, over what the exercise gives.

#[path = "../../../exercises/fetch/src/given.rs"]
pub mod given;
mod reference;

pub use given::*;
pub use reference::*;
