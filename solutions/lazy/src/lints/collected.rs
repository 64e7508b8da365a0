//! A stream of futures, collected.

use futures::{StreamExt as _, stream};

pub struct Refused;

pub trait Shop {
    fn refresh(
        &self,
        product: &str,
    ) -> impl Future<Output = Result<(), Refused>>;
}

pub async fn wrong(shop: &impl Shop, products: &[String]) -> usize {
    let pages: Vec<_> =
        stream::iter(products).map(|it| shop.refresh(it)).collect().await;
    pages.len()
}

pub async fn right(shop: &impl Shop, products: &[String]) -> usize {
    let pages: Vec<_> =
        stream::iter(products).then(|it| shop.refresh(it)).collect().await;
    pages.len()
}
