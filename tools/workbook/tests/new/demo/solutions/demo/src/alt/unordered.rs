//! `FuturesUnordered`: prices as they come.

use futures::{StreamExt as _, stream::FuturesUnordered};

use crate::given::*;

/// The total of the basket.
pub async fn total(price: impl AsyncFn(u32) -> u32, basket: Basket) -> u32 {
    let mut prices: FuturesUnordered<_> =
        basket.into_iter().map(|item| price(item)).collect();
    let mut total = 0;
    while let Some(price) = prices.next().await {
        total += price;
    }
    total
}
