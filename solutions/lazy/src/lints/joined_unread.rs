//! Results of joined calls that nobody reads.

use futures::future::join_all;

pub struct Refused;

pub trait Shop {
    fn refresh(
        &self,
        product: &str,
    ) -> impl Future<Output = Result<(), Refused>>;
}

pub async fn wrong(shop: &impl Shop, products: &[String]) {
    join_all(products.iter().map(|it| shop.refresh(it))).await;
}

pub async fn right(
    shop: &impl Shop,
    products: &[String],
) -> Vec<Result<(), Refused>> {
    join_all(products.iter().map(|it| shop.refresh(it))).await
}
