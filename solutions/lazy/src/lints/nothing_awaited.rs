//! A future with a name, and no use, in a function that awaits nothing.

pub struct Refused;

pub trait Shop {
    fn audit(&self, order: u32) -> impl Future<Output = Result<(), Refused>>;
}

pub async fn wrong(shop: &impl Shop) {
    let _audit = shop.audit(7);
}

pub async fn right(shop: &impl Shop) -> Result<(), Refused> {
    let audit = shop.audit(7);
    audit.await
}
