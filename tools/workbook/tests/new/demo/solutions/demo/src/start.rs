//! # demo: the price of a basket
//!
//! Ask for the price of each item and return the total.
//!
//! - All three prices are asked for together.
//! - An item that is in the basket twice is paid for twice.

use crate::given::*;

/// The total of the basket.
pub async fn total(price: impl AsyncFn(u32) -> u32, basket: Basket) -> u32 {
    let _ = price;
    todo!("ask for the prices of {basket:?}")
}
