//! Awaiting in a loop.

use crate::given::*;

/// The total of the basket.
pub async fn total(price: impl AsyncFn(u32) -> u32, basket: Basket) -> u32 {
    let mut total = 0;
    for item in basket {
        total += price(item).await;
    }
    total
}
