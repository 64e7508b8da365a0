//! A shop on loopback: its database, its mailer, its customers.

use std::{sync::Arc, time::Duration};

use background::{Mailer, Order, Placed, SCHEMA, Service};
use order_shop::{Database, Front, client};
use reqwest::{Error, Response};
use testkit::{
    Answer, Received, SharedList, Upstream, at_rest_for, expect, observe,
    unmatched,
};

use super::causes::*;

/// A shop that serves.
pub struct Shop {
    pub service: Service,
    pub mailer: Upstream,
    pub front: Front,
    pub db: Database,
    pub reports: SharedList<String>,
}

/// A mailer that answers 200.
pub fn sends(_: &Received) -> Answer {
    Answer::text("sent")
}

impl Shop {
    /// Opens a shop whose mailer answers as `plan` says.
    pub async fn open(
        plan: impl Fn(&Received) -> Answer + Send + Sync + 'static,
    ) -> Self {
        let mailer = Upstream::start(move |request| {
            plan(request).on_lane(format!("mail for {}", request.number()))
        });
        let db = Database::create(SCHEMA).await;
        db.run("INSERT INTO products VALUES ('tea'), ('nuts')").await;
        let reports = SharedList::default();
        let log = reports.clone();
        let report = Arc::new(move |number, error| {
            log.push(format!("order {number}: {error}"));
        });
        let mail = Mailer::new(client(), mailer.url());
        let service = Service::new(db.pool(4), mail, report);
        let front = Front::open(service.router()).await;
        Self { service, mailer, front, db, reports }
    }

    /// A customer's order, not yet sent.
    pub fn order(
        &self,
        product: &str,
        pieces: u32,
    ) -> impl Future<Output = Result<Response, Error>> + use<> {
        let order = Order { product: product.to_owned(), pieces };
        self.front.post("/orders", order)
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

    /// The numbers for which the mailer was asked, in the order of arrival.
    pub fn confirmed(&self) -> Vec<i64> {
        let asked = self.mailer.requests().into_iter();
        asked.map(|it| i64::try_from(it.number()).unwrap_or(0)).collect()
    }

    /// Finishes, and fails unless each stored order is confirmed, once.
    pub async fn finish(&self) {
        let finished = observe(self.service.finish()).await;
        expect(finished.came_back(), "`finish` has not returned")
            .asked("`finish` returns when what is under way is over")
            .without_drawing()
            .because([(self.mailer.in_flight() == 0, NEVER_CLOSED)]);
        finished.returned("finish");
        // A confirmation that comes too late is another test's matter.
        self.mailer.nothing_in_flight().await;
        at_rest_for(Duration::from_millis(30)).await;
        let (stored, confirmed) = (self.db.orders().await, self.confirmed());
        let (missing, others) = unmatched(stored.clone(), confirmed);
        let twice = others.iter().any(|number| stored.contains(number));
        let wrong = !missing.is_empty() || !others.is_empty();
        expect(!wrong, "orders and confirmations do not match")
            .asked("one confirmation for each order that is stored")
            .fact(format!("orders stored: {}", stored.len()))
            .fact(format!("of these, not confirmed: {}", missing.len()))
            .fact(format!("other confirmations: {}", others.len()))
            .without_drawing()
            .because([
                (twice, TWICE),
                (others.len() > missing.len(), BEFORE_COMMIT),
            ]);
    }
}

/// The status of an answer.
pub fn described(answer: Result<Response, Error>) -> String {
    let status = answer.map(|answer| answer.status().as_u16());
    status.map_or("none".to_owned(), |status| status.to_string())
}
