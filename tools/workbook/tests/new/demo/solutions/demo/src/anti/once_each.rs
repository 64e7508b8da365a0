//! A set of items.

use std::collections::BTreeSet;

use futures::future::join_all;

use crate::given::*;

/// The total of the basket.
pub async fn total(price: impl AsyncFn(u32) -> u32, basket: Basket) -> u32 {
    let items = BTreeSet::from(basket);
    join_all(items.into_iter().map(|item| price(item))).await.iter().sum()
}
