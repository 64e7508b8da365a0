//! The reference solution of `offload`, over what the exercise gives.

#[path = "../../../exercises/offload/src/given.rs"]
pub mod given;
mod reference;

pub use given::*;
pub use reference::*;
