//! The call in a task, on a runtime of several threads.

use lazy::{CallError, CloseError, Order, Shop, close};

#[derive(Clone)]
struct Services;

impl Shop for Services {
    async fn store(&self, _order: u32) -> Result<(), CallError> {
        Ok(())
    }

    async fn send_receipt(&self, _: u32, _: &str) -> Result<(), CallError> {
        Ok(())
    }

    async fn refresh(&self, product: &str) -> Result<(), CallError> {
        tokio::task::yield_now().await;
        Err(CallError(product.to_owned()))
    }

    async fn audit(&self, _order: u32) -> Result<(), CallError> {
        Ok(())
    }
}

#[test]
fn it_can_be_spawned() {
    testkit::run_parallel(async || {
        let order = Order {
            id: 1,
            email: Some("ada@example.org".to_owned()),
            products: vec!["bolt".to_owned(), "nut".to_owned()],
        };
        let call = tokio::spawn(async move { close(&Services, &order).await });
        let failed = ["bolt", "nut"].map(|name| CallError(name.to_owned()));
        let wanted = Err(CloseError::Incomplete(failed.to_vec()));
        assert_eq!(call.await.expect("it returns"), wanted);
    });
}
