//! An `Option` of a future as a statement.

use futures::future::OptionFuture;

pub struct Refused;

pub trait Shop {
    fn store(&self, order: u32) -> impl Future<Output = ()>;

    fn send_receipt(
        &self,
        order: u32,
        email: &str,
    ) -> impl Future<Output = Result<(), Refused>>;
}

pub async fn wrong(shop: &impl Shop, email: Option<&str>) {
    shop.store(7).await;
    email.map(|it| shop.send_receipt(7, it));
}

pub async fn right(
    shop: &impl Shop,
    email: Option<&str>,
) -> Option<Result<(), Refused>> {
    shop.store(7).await;
    OptionFuture::from(email.map(|it| shop.send_receipt(7, it))).await
}
