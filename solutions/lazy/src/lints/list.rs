//! A list of futures that nobody polls.

use futures::future::join_all;

pub struct Refused;

pub trait Shop {
    fn store(&self, order: u32) -> impl Future<Output = ()>;

    fn refresh(
        &self,
        product: &str,
    ) -> impl Future<Output = Result<(), Refused>>;
}

pub async fn wrong(shop: &impl Shop, products: &[String]) {
    shop.store(7).await;
    let mut pages = Vec::new();
    for it in products {
        pages.push(shop.refresh(it));
    }
}

pub async fn right(
    shop: &impl Shop,
    products: &[String],
) -> Vec<Result<(), Refused>> {
    shop.store(7).await;
    let mut pages = Vec::new();
    for it in products {
        pages.push(shop.refresh(it));
    }
    join_all(pages).await
}
