//! A shop on loopback: its database, its mailer, its customers.

use std::{sync::Arc, time::Duration};

use axum::{
    extract::Request,
    middleware::{Next, from_fn},
};
use background::{Mailer, Order, Placed, SCHEMA, Service};
use reqwest::{Client, Response};
use sqlx::{
    SqlitePool,
    pool::PoolConnection,
    sqlite::{
        Sqlite, SqliteConnectOptions, SqlitePoolOptions, SqliteSynchronous,
    },
};
use tempfile::TempDir;
use testkit::{
    Answer, InFlight, Received, SharedList, Upstream, expect, observe,
    unmatched,
};
use tokio::{
    net::TcpListener,
    task::JoinHandle,
    time::{sleep, timeout},
};

use super::causes::*;

/// What stands in the way of an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lock {
    /// Somebody writes: no order can be written.
    Write,
    /// Somebody reads: orders can be written, and not be committed.
    Read,
}

/// A shop that serves.
pub struct Shop {
    pub service: Service,
    pub mailer: Upstream,
    /// Handlers that hyper has begun to run and not dropped.
    pub handlers: InFlight,
    url: String,
    client: Client,
    /// Beside those of the service.
    second: SqlitePool,
    /// One that does not wait for locks.
    third: SqlitePool,
    pub reports: SharedList<String>,
    server: JoinHandle<()>,
    _folder: TempDir,
}

/// A mailer that answers 200.
pub fn sends(_: &Received) -> Answer {
    Answer::text("sent")
}

/// Its name on the drawing.
pub fn lane(request: &Received) -> String {
    format!("mail for {}", request.number())
}

impl Shop {
    /// Opens a shop whose mailer answers as `plan` says.
    pub async fn open(
        plan: impl Fn(&Received) -> Answer + Send + Sync + 'static,
    ) -> Self {
        let mailer = Upstream::start(move |request| {
            plan(request).on_lane(lane(request))
        });
        let folder = tempfile::tempdir().expect("tests need a folder");
        // Nobody pulls the plug of a test, so nothing waits for the disk.
        let options = SqliteConnectOptions::new()
            .filename(folder.path().join("shop.db"))
            .create_if_missing(true)
            .busy_timeout(Duration::from_secs(3))
            .synchronous(SqliteSynchronous::Off);
        let pool = |connections, options| {
            SqlitePoolOptions::new()
                .max_connections(connections)
                .connect_lazy_with(options)
        };
        let second = pool(1, options.clone());
        let third = pool(1, options.clone().busy_timeout(Duration::ZERO));
        must(&second, SCHEMA).await;
        must(&second, "INSERT INTO products VALUES ('tea'), ('nuts')").await;

        let reports = SharedList::default();
        let log = reports.clone();
        let report = Arc::new(move |number, error| {
            log.push(format!("order {number}: {error}"));
        });
        let client = client();
        let mail = Mailer::new(client.clone(), mailer.url());
        let service = Service::new(pool(4, options), mail, report);
        let handlers = InFlight::default();
        let (url, server) = serve(&service, &handlers).await;
        Self {
            service,
            mailer,
            handlers,
            url,
            client,
            second,
            third,
            reports,
            server,
            _folder: folder,
        }
    }

    /// A customer's order, not yet sent.
    pub fn order(
        &self,
        product: &str,
        pieces: u32,
    ) -> impl Future<Output = Result<Response, reqwest::Error>> + use<> {
        let order = Order { product: product.to_owned(), pieces };
        let url = format!("{}/orders", self.url);
        self.client.post(url).json(&order).send()
    }

    /// Sends it, and gives the number: it must be taken.
    pub async fn placed(&self, product: &str, pieces: u32) -> i64 {
        let answer = observe(self.order(product, pieces)).await;
        let answer = answer.returned("POST /orders").expect("loopback");
        let status = answer.status().as_u16();
        expect(status == 201, "an order that can be stored is not taken")
            .asked("201 and the number of the order")
            .fact(format!("status: {status}"))
            .or_fail();
        let placed = answer.json::<Placed>().await;
        placed.map(|placed| placed.number).unwrap_or_default()
    }

    /// Stands in the way of orders until it is let go.
    pub async fn lock(&self, lock: Lock) -> Locked {
        let mut held = self.second.acquire().await.expect("one is free");
        let statements = match lock {
            Lock::Write => ["BEGIN IMMEDIATE", "SELECT 1"],
            Lock::Read => ["BEGIN", "SELECT * FROM orders"],
        };
        for statement in statements {
            let done = sqlx::query(statement).fetch_all(&mut *held).await;
            done.expect("nobody else has a lock");
        }
        Locked(held)
    }

    /// Waits until somebody has written, or may write, and has not committed.
    /// A service that never comes to that is not waited for long.
    pub async fn written(&self) {
        let probe = async {
            while sqlx::raw_sql("BEGIN IMMEDIATE; ROLLBACK")
                .execute(&self.third)
                .await
                .is_ok()
            {
                sleep(Duration::from_millis(2)).await;
            }
        };
        let _ = timeout(Duration::from_secs(1), probe).await;
    }

    /// The numbers of the orders that are stored.
    pub async fn stored(&self) -> Vec<i64> {
        sqlx::query_scalar("SELECT number FROM orders ORDER BY number")
            .fetch_all(&self.second)
            .await
            .expect("the table can be read")
    }

    /// The numbers for which the mailer was asked, in the order of arrival.
    pub fn confirmed(&self) -> Vec<i64> {
        let asked = self.mailer.requests().into_iter();
        asked.map(|it| i64::try_from(it.number()).unwrap_or(0)).collect()
    }

    /// Finishes, and fails unless each stored order is confirmed, once.
    pub async fn finish(self) -> Self {
        let finished = observe(self.service.finish()).await;
        expect(finished.came_back(), "`finish` has not returned")
            .asked("`finish` returns when what is under way is over")
            .without_drawing()
            .because([(self.mailer.in_flight() == 0, NEVER_CLOSED)]);
        finished.returned("finish");
        // A confirmation that comes too late is another test's matter.
        self.mailer.nothing_in_flight().await;
        testkit::at_rest_for(Duration::from_millis(30)).await;
        let (stored, confirmed) = (self.stored().await, self.confirmed());
        let (missing, others) = unmatched(stored.clone(), confirmed);
        let twice = others.iter().any(|number| stored.contains(number));
        expect(!twice, "an order is confirmed twice")
            .asked("one confirmation for each order that is stored")
            .without_drawing()
            .because([(twice, TWICE)]);
        expect(others.is_empty(), "a confirmation for nothing")
            .asked("no confirmation for an order that is not stored")
            .without_drawing()
            .fact(format!("stored: {}", stored.len()))
            .fact(format!("confirmed besides: {}", others.len()))
            .because([(others.len() > missing.len(), BEFORE_COMMIT)]);
        expect(missing.is_empty(), "an order is not confirmed")
            .asked("a confirmation for each order that is stored")
            .without_drawing()
            .fact(format!("stored: {}", stored.len()))
            .fact(format!("of these, not confirmed: {}", missing.len()))
            .or_fail();
        self
    }
}

/// A lock that is held.
pub struct Locked(PoolConnection<Sqlite>);

impl Locked {
    pub async fn let_go(mut self) {
        let done = sqlx::query("ROLLBACK").execute(&mut *self.0).await;
        done.expect("the transaction is open");
    }
}

impl Drop for Shop {
    fn drop(&mut self) {
        self.server.abort();
    }
}

async fn must(db: &SqlitePool, statements: &'static str) {
    let done = sqlx::raw_sql(statements).execute(db).await;
    done.expect("a new database takes its tables");
}

/// Never a proxy that the machine may have set. And no connection is kept: a
/// customer who goes away is seen to go.
fn client() -> Client {
    let client = Client::builder().no_proxy().pool_max_idle_per_host(0);
    client.build().expect("no TLS, so nothing is needed")
}

/// Serves its routes on a free port, and counts the handlers that run.
async fn serve(
    service: &Service,
    handlers: &InFlight,
) -> (String, JoinHandle<()>) {
    let counted = handlers.clone();
    let count = move |request: Request, next: Next| {
        let inside = counted.enter();
        async move {
            let answer = next.run(request).await;
            drop(inside);
            answer
        }
    };
    let router = service.router().layer(from_fn(count));
    let listener = TcpListener::bind("127.0.0.1:0").await;
    let listener = listener.expect("loopback has a free port");
    let address = listener.local_addr().expect("it is bound");
    let server = tokio::spawn(async move {
        // Serving never ends by itself.
        let _ = axum::serve(listener, router).await;
    });
    (format!("http://{address}"), server)
}
