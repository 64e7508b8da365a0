//! The reference solution of `NAME`, over what the exercise gives.

#[path = "../../../exercises/NAME/src/given.rs"]
pub mod given;
mod reference;

pub use given::*;
pub use reference::*;
