//! The reference solution of `chat`, over what the exercise gives.

#[path = "../../../exercises/chat/src/given.rs"]
pub mod given;
mod reference;

pub use given::*;
pub use reference::*;
