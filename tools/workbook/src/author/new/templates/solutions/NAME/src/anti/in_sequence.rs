//! Awaiting in a loop: each call is made when the one before has returned.

use crate::given::*;

/// Calls `call` with each of the three numbers, one after another.
pub async fn call_each(call: impl AsyncFn(u32)) {
    for number in NUMBERS {
        call(number).await;
    }
}
