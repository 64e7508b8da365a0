//! An awaited block whose value, a future, is thrown away.

pub struct Refused;

pub trait Shop {
    fn audit(&self, order: u32) -> impl Future<Output = Result<(), Refused>>;
}

pub async fn wrong(shop: &impl Shop) {
    let _ = async { shop.audit(7) }.await;
}

pub async fn right(shop: &impl Shop) -> Result<(), Refused> {
    async { shop.audit(7).await }.await
}
