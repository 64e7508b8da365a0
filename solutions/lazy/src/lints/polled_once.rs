//! A future that is polled once.

use futures::FutureExt as _;

pub struct Refused;

pub trait Shop {
    fn store(&self, order: u32) -> impl Future<Output = ()>;

    fn audit(&self, order: u32) -> impl Future<Output = Result<(), Refused>>;
}

pub async fn wrong(shop: &impl Shop) {
    shop.store(7).await;
    shop.audit(7).now_or_never();
}

pub async fn right(shop: &impl Shop) -> Result<(), Refused> {
    shop.store(7).await;
    shop.audit(7).await
}
