//! A future that another one takes the place of.

use std::collections::BTreeMap;

use futures::future::join_all;

pub struct Refused;

pub trait Shop {
    fn refresh(
        &self,
        product: &str,
    ) -> impl Future<Output = Result<(), Refused>>;
}

pub async fn wrong(
    shop: &impl Shop,
    products: &[String],
) -> Vec<Result<(), Refused>> {
    let mut pages = BTreeMap::new();
    for it in products {
        pages.insert(it, shop.refresh(it));
    }
    join_all(pages.into_values()).await
}

pub async fn right(
    shop: &impl Shop,
    products: &[String],
) -> Vec<Result<(), Refused>> {
    let mut pages = Vec::new();
    for it in products {
        pages.push(shop.refresh(it));
    }
    join_all(pages).await
}
