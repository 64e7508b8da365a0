//! # blocking: keep the runtime's threads free
//!
//! Quote the postage of the parcel that lies on `scale`.
//!
//! - Weigh the parcel once, and ask the courier for the postage of its weight.
//! - `Later` is not an error: wait as long as it says, and ask again.
//! - An error of the scale or the courier ends the call and is returned.
//! - Other tasks on the same thread run while the parcel is being weighed.
//! - They run while the courier takes its time over a reply.
//! - They run in the pause before you ask again.
//! - They run while something else has the scale: they all share one.
//! - Once the parcel is weighed, the scale is free for the next quote.
//!
//! The runtime may have one thread or many. given.rs has a synchronous client
//! and an asynchronous one. Run `cargo test -p blocking`. The page:
//! book/src/blocking.md

use std::sync::{Arc, Mutex};

use crate::given::*;

/// Weighs the parcel on `scale`, and returns its postage in cents.
pub async fn quote(
    courier: Courier,
    scale: Arc<Mutex<impl Scale>>,
) -> Result<u32, QuoteError> {
    let _ = scale; // until it is used: delete this line
    todo!("weigh the parcel, then ask {courier:?} for its postage")
}
