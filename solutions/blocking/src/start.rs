//! # blocking: keep the runtime's threads free
//!
//! Quote the postage of the parcel that lies on `scale`.
//!
//! - Weigh the parcel once, and ask the courier for the postage of its weight.
//! - `Later` is not an error: wait so long, and ask again with that weight.
//! - An error of the scale or the courier ends the call and is returned.
//! - While the parcel is being weighed, other tasks run on the same thread.
//! - While the courier takes its time over a reply, too.
//! - In the pause before you ask again, too.
//! - While something else has the scale, too: they share one.
//! - Once a parcel is weighed the scale is free, and the next quote weighs.
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
