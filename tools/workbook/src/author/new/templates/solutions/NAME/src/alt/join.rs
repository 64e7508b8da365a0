//! `join!`: as many futures as the source names.

use crate::given::*;

/// Calls `call` with each of the three numbers, all together.
pub async fn call_each(call: impl AsyncFn(u32)) {
    let [first, second, third] = NUMBERS;
    tokio::join!(call(first), call(second), call(third));
}
