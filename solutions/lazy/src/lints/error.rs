//! An error that nobody reads.

pub struct Refused;

pub trait Shop {
    fn audit(&self, order: u32) -> impl Future<Output = Result<(), Refused>>;
}

pub async fn wrong(shop: &impl Shop) {
    shop.audit(7).await;
}

pub async fn right(shop: &impl Shop) -> Result<(), Refused> {
    shop.audit(7).await
}
