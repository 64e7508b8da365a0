//! The reference solution of `transactions`, over what the exercise gives.

#[path = "../../../exercises/transactions/src/given.rs"]
pub mod given;
mod reference;

pub use given::*;
pub use reference::*;
