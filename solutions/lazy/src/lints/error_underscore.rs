//! An error thrown away on purpose.

pub struct Refused;

pub trait Shop {
    fn audit(&self, order: u32) -> impl Future<Output = Result<(), Refused>>;
}

pub async fn wrong(shop: &impl Shop) {
    let _ = shop.audit(7).await;
}

pub async fn right(shop: &impl Shop) -> Result<(), Refused> {
    shop.audit(7).await
}
