//! Where customers come in: the shop's router on loopback.

use axum::{
    Router,
    extract::Request,
    middleware::{Next, from_fn},
};
use reqwest::{Client, Response};
use serde::Serialize;
use testkit::InFlight;
use tokio::{net::TcpListener, task::JoinHandle};

/// A router that is served. Dropping it closes the listener.
pub struct Front {
    /// Handlers that hyper has begun to run and not dropped.
    pub handlers: InFlight,
    url: String,
    client: Client,
    server: JoinHandle<()>,
}

impl Front {
    /// Serves the router on a free port.
    ///
    /// # Panics
    ///
    /// When the system has no port left.
    pub async fn open(router: Router) -> Self {
        let handlers = InFlight::default();
        let counted = handlers.clone();
        let count = move |request: Request, next: Next| {
            let inside = counted.enter();
            async move {
                let answer = next.run(request).await;
                drop(inside);
                answer
            }
        };
        let router = router.layer(from_fn(count));
        let listener = TcpListener::bind("127.0.0.1:0").await;
        let listener = listener.expect("loopback has a free port");
        let address = listener.local_addr().expect("it is bound");
        let server = tokio::spawn(async move {
            // Serving never ends by itself.
            let _ = axum::serve(listener, router).await;
        });
        Self { handlers, url: format!("http://{address}"), client: client(), server }
    }

    /// A customer's request, not yet sent. A customer who is dropped goes away.
    pub fn post<T: Serialize>(
        &self,
        path: &str,
        json: T,
    ) -> impl Future<Output = Result<Response, reqwest::Error>> + Send + use<T> {
        self.client.post(format!("{}{path}", self.url)).json(&json).send()
    }
}

impl Drop for Front {
    fn drop(&mut self) {
        self.server.abort();
    }
}

/// Never with a proxy that the machine may have set. And it keeps no connection: a customer who goes
/// away is seen to go.
///
/// # Panics
///
/// Never: without TLS nothing is needed.
pub fn client() -> Client {
    let client = Client::builder().no_proxy().pool_max_idle_per_host(0);
    client.build().expect("no TLS, so nothing is needed")
}
