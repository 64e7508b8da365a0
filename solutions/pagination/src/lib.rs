//! The reference solution of `pagination`, over what the exercise gives.

#[path = "../../../exercises/pagination/src/given.rs"]
pub mod given;
mod reference;

pub use given::*;
pub use reference::*;
