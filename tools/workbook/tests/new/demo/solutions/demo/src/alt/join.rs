//! `join!`: three prices by name.

use crate::given::*;

/// The total of the basket.
pub async fn total(price: impl AsyncFn(u32) -> u32, basket: Basket) -> u32 {
    let [first, second, third] = basket;
    let (first, second, third) =
        tokio::join!(price(first), price(second), price(third));
    first + second + third
}
