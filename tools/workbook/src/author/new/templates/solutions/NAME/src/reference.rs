//! # NAME, the reference
//!
//! One future for each number, all of them polled by one task.

use futures::future::join_all;

use crate::given::*;

/// Calls `call` with each of the three numbers, all together.
///
/// # If it is dropped
///
/// The calls that are under way are dropped with it.
pub async fn call_each(call: impl AsyncFn(u32)) {
    // `map` only makes the futures: none runs until `join_all` polls it.
    join_all(NUMBERS.map(|number| call(number))).await;
}
