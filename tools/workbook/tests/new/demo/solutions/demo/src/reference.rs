//! The reference.

use futures::future::join_all;

use crate::given::*;

/// The total of the basket.
pub async fn total(price: impl AsyncFn(u32) -> u32, basket: Basket) -> u32 {
    join_all(basket.map(|item| price(item))).await.iter().sum()
}
