//! # NAME: three calls at once
//!
//! Call `call` with each of the three `NUMBERS`.
//!
//! - All three calls are under way before the first returns.
//!
//! `NUMBERS` is in given.rs. Run `cargo test -p NAME`. The page:
//! book/src/NAME.md

use crate::given::*;

/// Calls `call` with each of the three numbers, all together.
pub async fn call_each(call: impl AsyncFn(u32)) {
    let _ = call;
    todo!("call with each of {NUMBERS:?}")
}
