//! The reference solution of `detached`, over what the exercise gives.

#[path = "../../../exercises/detached/src/given.rs"]
pub mod given;
mod reference;

pub use given::*;
pub use reference::*;
