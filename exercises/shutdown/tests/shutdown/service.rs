//! A shop in memory, on the test's clock: its door, its mailer, its customers.

use std::{
    collections::BTreeMap, future::pending, io, panic::panic_any,
    time::Duration,
};

use axum::serve::Listener;
use futures::future::join_all;
use shutdown::{MailError, Mailer, serve};
use testkit::{CallLog, Ended, Observed, expect, journal, observe};
use tokio::{
    io::{
        AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, DuplexStream,
        duplex,
    },
    sync::{mpsc, watch},
    task::{self, JoinHandle},
    time::sleep,
};
use tokio_util::sync::CancellationToken;

use super::causes::*;

/// What the mailer does with a confirmation. Times are in milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mail {
    Sent(u64),
    Fails(u64),
    /// With a payload that is no string.
    Panics(u64),
}

/// A shop that serves.
pub struct Shop {
    /// Its confirmations.
    pub log: CallLog,
    pub stop: CancellationToken,
    door: mpsc::UnboundedSender<DuplexStream>,
    serving: JoinHandle<Report>,
    grace: u64,
    /// When `stop` was cancelled.
    stopped: Option<u64>,
}

/// What `serve` returned, and what there was to be seen then.
#[derive(Clone, Debug)]
pub struct Report {
    /// In ascending order.
    pub unsent: Vec<u64>,
    /// When, in milliseconds after `stop`.
    pub after: u64,
    /// Confirmations that were being sent.
    pub sending: usize,
}

impl Shop {
    /// Opens a shop whose mailer does as `plan` says, for each order.
    pub fn open(
        grace: u64,
        plan: impl Fn(u64) -> Mail + Send + Sync + 'static,
    ) -> Self {
        Self::of(grace, CallLog::new(), plan)
    }

    pub fn of(
        grace: u64,
        log: CallLog,
        plan: impl Fn(u64) -> Mail + Send + Sync + 'static,
    ) -> Self {
        let mailer = mailer(&log, plan);
        Self::with(grace, log, mailer)
    }

    /// One whose mailer waits until it is let go.
    pub fn gated(
        grace: u64,
        log: CallLog,
        open: watch::Receiver<bool>,
    ) -> Self {
        let calls = log.clone();
        let mailer = Mailer::new(move |number| {
            let (log, mut open) = (calls.clone(), open.clone());
            async move {
                let call = log.begin(lane(number));
                // The test keeps the sender.
                let _ = open.wait_for(|open| *open).await;
                call.finish();
                Ok(())
            }
        });
        Self::with(grace, log, mailer)
    }

    fn with(grace: u64, log: CallLog, mailer: Mailer) -> Self {
        let (door, customers) = mpsc::unbounded_channel();
        let stop = CancellationToken::new();
        let time = Duration::from_millis(grace);
        let serving = serve(Door(customers), mailer, stop.clone(), time);
        let calls = log.clone();
        let span = journal().call("serve");
        let serving = task::spawn(async move {
            let mut unsent = serving.await;
            // In the same poll: nothing can have ended since.
            let (after, sending) = (calls.now(), calls.open());
            span.finished();
            unsent.sort_unstable();
            Report { unsent, after, sending }
        });
        Self { log, stop, door, serving, grace, stopped: None }
    }

    /// A customer at the door; `None` if the shop lets nobody in.
    pub fn customer(&self) -> Option<Customer<DuplexStream>> {
        let (ours, theirs) = duplex(64 * 1024);
        self.door.send(theirs).ok()?;
        Some(Customer(ours))
    }

    /// A customer of an open shop. Fails the test if it is closed.
    pub async fn guest(&mut self) -> Customer<DuplexStream> {
        self.must_be_open().await;
        self.customer().expect("its listener is there")
    }

    /// Places an order on a connection of its own, which is kept.
    pub async fn order(&mut self, number: u64) -> Customer<DuplexStream> {
        let mut customer = self.guest().await;
        let before = self.log.now();
        customer.post(number).await;
        let status = observe(customer.status()).await;
        let status = match status {
            Observed::Returned(status) => status,
            _ => None,
        };
        self.must_be_open().await;
        let waited = self.log.now() - before;
        let mail = lane(number);
        let awaited = waited >= SOON
            && self.log.calls().iter().any(|call| {
                call.name == mail && call.ended == Some(before + waited)
            });
        expect(status == Some(202) && waited < SOON, "an order is not taken")
            .asked("202 at once; the confirmation is sent afterwards")
            .fact(format!("status: {}", described(status)))
            .fact_if(waited >= SOON, format!("after {waited} ms"))
            .because([(awaited, AWAITED)]);
        customer
    }

    /// Places so many orders at once.
    pub async fn order_all(
        &mut self,
        numbers: impl IntoIterator<Item = u64>,
    ) -> Vec<Customer<DuplexStream>> {
        self.must_be_open().await;
        let customers = numbers.into_iter().map(|number| {
            let mut customer = self.customer().expect("its listener is there");
            task::spawn(async move {
                customer.post(number).await;
                (customer.status().await, customer)
            })
        });
        let answers = join_all(customers.collect::<Vec<_>>()).await;
        let answers = answers.into_iter().map(|it| it.expect("no panic"));
        let (statuses, customers): (Vec<_>, Vec<_>) = answers.unzip();
        self.must_be_open().await;
        let taken = statuses.iter().filter(|it| **it == Some(202)).count();
        expect(taken == statuses.len(), "an order is not taken")
            .asked("202 at once, for each of so many orders at once")
            .fact(format!("taken: {taken} of {}", statuses.len()))
            .or_fail();
        customers
    }

    /// Whether `serve` has returned.
    pub fn has_ended(&self) -> bool {
        self.serving.is_finished()
    }

    async fn must_be_open(&mut self) {
        if self.stopped.is_some() || !self.serving.is_finished() {
            return;
        }
        // It panicked, or it returned.
        let report = observe(&mut self.serving).await.returned("serve");
        let report = report.unwrap_or_else(|error| {
            std::panic::resume_unwind(error.into_panic())
        });
        expect(false, "`serve` has returned before `stop`")
            .asked("it serves until `stop` is cancelled")
            .fact(format!("it returned after {} ms", report.after))
            .fact(format!("grace: {} ms", self.grace))
            .without_drawing()
            .because([(report.after == self.grace, FROM_THE_START)]);
    }

    /// Cancels `stop`, when all that was going to happen has happened.
    pub async fn stop(&mut self) {
        self.must_be_open().await;
        journal().mark("serve", "stop");
        self.stopped = Some(self.log.now());
        self.stop.cancel();
        // It may be seen to be stopped by now.
        sleep(Duration::from_millis(1)).await;
    }

    /// Waits for the end of what was stopped.
    pub async fn end(&mut self) -> Report {
        let ended = observe(&mut self.serving).await;
        let never = matches!(ended, Observed::Never);
        let sending = self.log.open();
        expect(!never, "`serve` has not returned")
            .asked("`serve` returns when `grace` is over, or before")
            .fact(format!("confirmations under way: {sending}"))
            .because([(sending == 0, NEVER_CLOSED)]);
        let report = ended.returned("serve").unwrap_or_else(|error| {
            std::panic::resume_unwind(error.into_panic())
        });
        let after = report.after - self.stopped.unwrap_or_default();
        let report = Report { after, ..report };
        self.counts(&report);
        report
    }

    /// What holds for each shop that has ended.
    fn counts(&self, report: &Report) {
        let mut begun = BTreeMap::<_, usize>::new();
        for call in self.log.calls() {
            *begun.entry(call.name).or_default() += 1;
        }
        let twice = begun.values().any(|&count| count > 1);
        expect(!twice, "an order is confirmed twice")
            .asked("one confirmation for each order")
            .without_drawing()
            .because([(twice, TWICE)]);
        let again = report.unsent.windows(2).any(|two| two[0] == two[1]);
        expect(!again, "an order is reported twice")
            .asked("each order that is not confirmed, once")
            .fact(format!("returned: {:?}", report.unsent))
            .without_drawing()
            .or_fail();
    }

    /// The numbers of the confirmations that ended so.
    pub fn numbers(&self, end: Ended) -> Vec<u64> {
        let calls = self.log.calls().into_iter();
        let calls = calls.filter(|call| call.end == end);
        let mut numbers: Vec<_> =
            calls.map(|call| number(&call.name)).collect();
        numbers.sort_unstable();
        numbers
    }

    /// Whether each confirmation that was cut off was so at `stop`.
    pub fn cut_at_stop(&self) -> bool {
        let calls = self.log.calls().into_iter();
        let mut cut = calls.filter(|call| call.end == Ended::CutOff);
        cut.all(|call| call.ended == self.stopped)
    }
}

/// Longer than any `grace`.
pub const A_DAY: u64 = 86_400_000;

/// On the paused clock, what is done at once takes no time. An answer that
/// looks now and then is at once, too.
pub const SOON: u64 = 1_000;

/// Lets so much time pass, until all that happens in it has happened.
pub async fn later(millis: u64) {
    sleep(Duration::from_millis(millis)).await;
}

pub fn lane(number: u64) -> String {
    format!("mail {number}")
}

fn number(lane: &str) -> u64 {
    lane.rsplit(' ').next().and_then(|it| it.parse().ok()).unwrap_or_default()
}

pub fn described(status: Option<u16>) -> String {
    status.map_or("none".to_owned(), |status| status.to_string())
}

pub fn mailer(
    log: &CallLog,
    plan: impl Fn(u64) -> Mail + Send + Sync + 'static,
) -> Mailer {
    let log = log.clone();
    Mailer::new(move |number| {
        let (log, mail) = (log.clone(), plan(number));
        async move {
            let call = log.begin(lane(number));
            match mail {
                Mail::Sent(millis) => call.takes(millis).await,
                Mail::Fails(millis) | Mail::Panics(millis) => {
                    call.takes(millis).await;
                    call.fail();
                    if matches!(mail, Mail::Panics(_)) {
                        panic_any(number);
                    }
                    return Err(MailError);
                }
            }
            call.finish();
            Ok(())
        }
    })
}

/// The listener of a shop in memory.
struct Door(mpsc::UnboundedReceiver<DuplexStream>);

impl Listener for Door {
    type Io = DuplexStream;
    type Addr = &'static str;

    async fn accept(&mut self) -> (DuplexStream, &'static str) {
        match self.0.recv().await {
            Some(customer) => (customer, "a customer"),
            None => pending().await,
        }
    }

    fn local_addr(&self) -> io::Result<&'static str> {
        Ok("the shop")
    }
}

/// The customer's end of a connection, which speaks HTTP/1.1.
pub struct Customer<S>(pub S);

impl<S: AsyncRead + AsyncWrite + Unpin> Customer<S> {
    /// Sends a whole order.
    pub async fn post(&mut self, number: u64) {
        self.begin(number).await;
        self.complete(number).await;
    }

    /// Sends an order, all but its last bytes.
    pub async fn begin(&mut self, number: u64) {
        let length = order(number).len();
        let head = format!(
            "POST /orders HTTP/1.1\r\nhost: shop\r\n\
             content-type: application/json\r\ncontent-length: {length}\r\n\r\n"
        );
        self.send(&head).await;
        self.send(&order(number)[..1]).await;
    }

    /// Sends the rest of it.
    pub async fn complete(&mut self, number: u64) {
        self.send(&order(number)[1..]).await;
    }

    /// Asks for the events.
    pub async fn follow(&mut self) {
        self.send("GET /events HTTP/1.1\r\nhost: shop\r\n\r\n").await;
    }

    async fn send(&mut self, bytes: &str) {
        // An error means that the shop has closed the connection. An answer
        // would not come either.
        let _ = self.0.write_all(bytes.as_bytes()).await;
    }

    /// The status of the answer, whose body is left; `None` where the
    /// connection ends first.
    pub async fn status(&mut self) -> Option<u16> {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(self.0.read_u8().await.ok()?);
        }
        let head = String::from_utf8_lossy(&head).to_ascii_lowercase();
        let length = head.lines().find_map(|line| {
            line.strip_prefix("content-length:")?.trim().parse::<usize>().ok()
        });
        let mut body = vec![0; length.unwrap_or(0)];
        self.0.read_exact(&mut body).await.ok()?;
        head.split_whitespace().nth(1)?.parse().ok()
    }

    /// Reads until this has come; false where the connection ends first.
    pub async fn hears(&mut self, wanted: &str) -> bool {
        let mut heard = Vec::new();
        while !String::from_utf8_lossy(&heard).contains(wanted) {
            match self.0.read_u8().await {
                Ok(byte) => heard.push(byte),
                Err(_) => return false,
            }
        }
        true
    }

    /// Reads to the end of the connection.
    pub async fn ends(&mut self) {
        let mut rest = Vec::new();
        // An error is an end, too.
        let _ = self.0.read_to_end(&mut rest).await;
    }
}

fn order(number: u64) -> String {
    format!("{{ \"number\": {number} }}")
}
