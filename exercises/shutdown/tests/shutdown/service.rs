//! A shop in memory, on the test's clock: its mailer, its customers, its end.

use std::{
    collections::BTreeMap,
    panic::{panic_any, resume_unwind},
    sync::{Mutex, OnceLock, PoisonError},
    time::Duration,
};

use shutdown::{MailError, Mailer, serve};
use testkit::{
    Call, CallLog, Ended, Observed, at_rest_for, expect, journal,
    memory::{Connection, Door, listen},
    observe, unmatched,
};
use tokio::{io::DuplexStream, sync::watch, task};
use tokio_util::sync::CancellationToken;

use super::causes::*;

/// What the mailer does with a confirmation, and after how many milliseconds.
#[derive(Clone, Copy, Debug)]
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
    stop: CancellationToken,
    door: Door,
    grace: u64,
    /// Orders that were answered 202.
    taken: Mutex<Vec<u64>>,
    /// When `stop` was cancelled.
    stopped: OnceLock<u64>,
    /// Whether the clock is exact, because it is paused.
    exact: bool,
    drawn: bool,
    /// Without a sender when `serve` has panicked.
    report: watch::Receiver<Option<Report>>,
}

/// What `serve` returned, and what was to be seen then.
#[derive(Clone, Debug)]
pub struct Report {
    /// In ascending order.
    pub unsent: Vec<u64>,
    /// When, in milliseconds after `stop`.
    pub after: u64,
    /// Confirmations that were being sent.
    pub sending: Vec<u64>,
}

/// Longer than any `grace`.
pub const A_DAY: u64 = 86_400_000;

/// As a `grace`: `Duration::MAX`.
pub const FOREVER: u64 = u64::MAX;

/// On the paused clock, what is done at once takes no time. An answer that
/// looks now and then is at once, too.
pub const SOON: u64 = 500;

impl Shop {
    /// Opens a shop whose mailer does as `plan` says, for each order.
    pub fn open(
        grace: u64,
        plan: impl Fn(u64) -> Mail + Send + Sync + 'static,
    ) -> Self {
        Self::with(CallLog::new(), grace, plan, true)
    }

    /// One that is not drawn.
    pub fn busy(
        grace: u64,
        plan: impl Fn(u64) -> Mail + Send + Sync + 'static,
    ) -> Self {
        Self::with(CallLog::undrawn(), grace, plan, false)
    }

    /// One on the real clock, whose confirmations wait until they are let go.
    pub fn gated(grace: u64, gate: watch::Receiver<bool>) -> Self {
        let log = CallLog::undrawn();
        let calls = log.clone();
        let mailer = Mailer::new(move |number| {
            let (log, mut gate) = (calls.clone(), gate.clone());
            async move {
                let call = log.begin(lane(number));
                // The test keeps the sender.
                let _ = gate.wait_for(|open| *open).await;
                call.finish();
                Ok(())
            }
        });
        Self { exact: false, ..Self::of(log, grace, mailer, None) }
    }

    fn with(
        log: CallLog,
        grace: u64,
        plan: impl Fn(u64) -> Mail + Send + Sync + 'static,
        drawn: bool,
    ) -> Self {
        let calls = log.clone();
        let mailer = Mailer::new(move |number| {
            let (log, mail) = (calls.clone(), plan(number));
            async move {
                let call = log.begin(lane(number));
                let (Mail::Sent(millis)
                | Mail::Fails(millis)
                | Mail::Panics(millis)) = mail;
                call.takes(millis).await;
                match mail {
                    Mail::Sent(_) => call.finish(),
                    Mail::Fails(_) | Mail::Panics(_) => call.fail(),
                }
                match mail {
                    Mail::Sent(_) => Ok(()),
                    Mail::Fails(_) => Err(MailError),
                    Mail::Panics(_) => panic_any(number),
                }
            }
        });
        let span = drawn.then(|| journal().call("serve"));
        Self::of(log, grace, mailer, span)
    }

    fn of(
        log: CallLog,
        grace: u64,
        mailer: Mailer,
        span: Option<Call>,
    ) -> Self {
        let (door, listener) = listen();
        let stop = CancellationToken::new();
        let time = match grace {
            FOREVER => Duration::MAX,
            millis => Duration::from_millis(millis),
        };
        let serving = serve(listener, mailer, stop.clone(), time);
        let (calls, drawn) = (log.clone(), span.is_some());
        let (tell, report) = watch::channel(None);
        task::spawn(async move {
            let mut unsent = serving.await;
            // In the same poll: on one thread nothing has ended since.
            let (after, sending) = (calls.now(), ended(&calls, Ended::Open));
            if let Some(span) = span {
                span.finished();
            }
            unsent.sort_unstable();
            tell.send_replace(Some(Report { unsent, after, sending }));
        });
        let (taken, stopped) = Default::default();
        let exact = true;
        Self { log, stop, door, grace, taken, stopped, exact, drawn, report }
    }

    /// A new connection; `None` if the shop lets nobody in.
    pub fn customer(&self) -> Option<Connection<DuplexStream>> {
        self.door.connect()
    }

    /// A new connection to a shop that has not been stopped.
    pub fn guest(&self) -> Connection<DuplexStream> {
        self.is_open();
        self.customer().expect("its listener is there")
    }

    /// Places an order on a connection of its own, which is kept.
    pub async fn order(&self, number: u64) -> Connection<DuplexStream> {
        let mut customer = self.guest();
        let before = self.log.now();
        customer.send(&request(number).concat()).await;
        let status = match observe(customer.status()).await {
            Observed::Returned(status) => status,
            Observed::Panicked(_) | Observed::Never => None,
        };
        self.is_open();
        let now = self.log.now();
        let late = self.exact && now - before >= SOON;
        let awaited = |log: &CallLog| {
            let mut calls = log.calls().into_iter();
            calls.any(|it| it.name == lane(number) && it.ended == Some(now))
        };
        expect(status == Some(202) && !late, "an order is not taken at once")
            .asked("202 at once; the confirmation is sent afterwards")
            .fact(format!("status: {}", described(status)))
            .fact_if(late, format!("after {} ms", now - before))
            .because([(late && awaited(&self.log), AWAITED)]);
        self.took(number);
        customer
    }

    /// Notes that an order was answered 202.
    pub fn took(&self, number: u64) {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner).push(number);
    }

    fn is_open(&self) {
        let report = self.report.borrow().clone();
        if report.is_none() && self.report.has_changed().is_err() {
            // The run tells of its panic, with the place and the message.
            resume_unwind(Box::new("`serve` has panicked"));
        }
        let Some(report) = report.filter(|_| self.stopped.get().is_none())
        else {
            return;
        };
        expect(false, "`serve` has returned before `stop`")
            .asked("it serves until `stop` is cancelled")
            .fact(format!("grace: {} ms", self.grace))
            .fact_if(
                self.exact,
                format!("it returned after {} ms", report.after),
            )
            .without_drawing()
            .because([(report.after == self.grace, FROM_THE_START)]);
    }

    /// Cancels `stop`, and lets a millisecond pass.
    pub async fn stop(&self) {
        self.stop_now();
        // It is seen to be stopped by now.
        later(1).await;
    }

    /// Cancels `stop`. Nobody has heard of it yet.
    pub fn stop_now(&self) {
        self.is_open();
        if self.drawn {
            journal().mark("serve", "stop");
        }
        self.stopped.set(self.log.now()).expect("a shop is stopped once");
        self.stop.cancel();
        // The clock will be moved to that; see `later`.
        task::spawn(later(self.grace.min(A_DAY)));
    }

    /// Whether `serve` has returned.
    pub fn has_ended(&self) -> bool {
        self.report.borrow().is_some()
    }

    /// What `serve` returns. Fails the test if it does not, or if an order was
    /// confirmed twice.
    pub async fn end(&self) -> Report {
        let mut report = self.report.clone();
        let came = observe(report.wait_for(Option::is_some)).await;
        let (never, open) = (matches!(came, Observed::Never), self.log.open());
        drop(came);
        expect(!never, "`serve` has not returned")
            .asked("`serve` returns when `grace` is over, or before")
            .fact(format!("confirmations under way: {open}"))
            .because([(open == 0, NEVER_CLOSED), (open > 0, NO_DEADLINE)]);
        self.is_open();
        let mut report = self.report.borrow().clone().expect("it has come");
        report.after -= self.stopped.get().copied().unwrap_or_default();
        if self.exact {
            later(1).await;
        } else if !report.sending.is_empty() {
            // What becomes of them is seen by then.
            at_rest_for(Duration::from_millis(50)).await;
        }
        let mut begun = BTreeMap::<_, u32>::new();
        for call in self.log.calls() {
            *begun.entry(call.name).or_default() += 1;
        }
        let twice = begun.values().any(|&count| count > 1);
        expect(!twice, "an order is confirmed twice")
            .asked("one confirmation for each order")
            .without_drawing()
            .because([(twice, TWICE)]);
        report
    }

    /// Fails if confirmations were being sent when `serve` returned.
    fn left_nothing(&self, report: &Report) {
        let cut = ended(&self.log, Ended::CutOff);
        let sending = report.sending.len();
        let cut_off = report.sending.iter().any(|it| cut.contains(it));
        expect(sending == 0, "`serve` leaves confirmations behind")
            .asked("they finish, or are cut off, before `serve` returns")
            .fact_if(
                self.exact,
                format!("being sent when it returned: {sending}"),
            )
            .because([(!cut_off, UNCOVERED), (sending > 0, NOT_AWAITED)]);
    }

    /// Fails unless `serve` has returned what was taken and not confirmed.
    pub fn returned_right(&self, report: &Report) {
        self.left_nothing(report);
        let ended = |end| ended(&self.log, end);
        let (sent, cut) = (ended(Ended::Finished), ended(Ended::CutOff));
        let failed = ended(Ended::Failed);
        let wanted = self.unsent();
        let got = &report.unsent;
        let (missing, other) = unmatched(wanted.clone(), got.clone());
        let all_failed = missing.iter().all(|it| failed.contains(it));
        let none_cut = cut.iter().all(|it| missing.contains(it));
        expect(*got == wanted, "`serve` returns other orders")
            .asked("the orders that were taken and not confirmed, each once")
            .fact(format!("failed: {}", listed(&failed)))
            .fact(format!("cut off: {}", listed(&cut)))
            .fact(format!(
                "returned: {}, wanted: {}",
                listed(got),
                listed(&wanted)
            ))
            .without_drawing()
            .because([
                (got.iter().any(|it| sent.contains(it)), SENT_REPORTED),
                (
                    none_cut && !cut.is_empty() && other.is_empty(),
                    CUT_UNREPORTED,
                ),
                (all_failed && !missing.is_empty(), FAILED_UNREPORTED),
            ]);
    }

    /// Fails unless all that was taken was confirmed, and nothing is returned.
    pub fn sent_all(&self, report: &Report) {
        self.left_nothing(report);
        let unsent = self.unsent();
        expect(unsent.is_empty(), "an order is not confirmed")
            .asked("confirmations under way have `grace` to finish")
            .fact(format!("not confirmed: {}", listed(&unsent)))
            .because([(self.is_cut_at_stop(), CANCEL_FIRST)]);
        self.returned_right(report);
    }

    /// What was taken, and not confirmed.
    fn unsent(&self) -> Vec<u64> {
        let taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let sent = ended(&self.log, Ended::Finished);
        let mut unsent = unmatched(taken.clone(), sent).0;
        unsent.sort_unstable();
        unsent
    }

    /// Whether some were cut off, and each of them at `stop`.
    pub fn is_cut_at_stop(&self) -> bool {
        let calls = self.log.calls().into_iter();
        let cut = calls.filter(|call| call.end == Ended::CutOff);
        let mut ends = cut.map(|call| call.ended).peekable();
        let at_stop = self.exact && self.grace > 0 && ends.peek().is_some();
        at_stop && ends.all(|end| end.as_ref() == self.stopped.get())
    }
}

/// The numbers of the confirmations that ended so, in ascending order.
pub fn ended(log: &CallLog, end: Ended) -> Vec<u64> {
    let calls = log.calls().into_iter().filter(|call| call.end == end);
    let number = |lane: &str| lane.rsplit(' ').next()?.parse().ok();
    let mut numbers: Vec<_> =
        calls.filter_map(|call| number(&call.name)).collect();
    numbers.sort_unstable();
    numbers
}

fn lane(number: u64) -> String {
    format!("mail {number}")
}

pub fn described(status: Option<u16>) -> String {
    status.map_or("none".to_owned(), |status| status.to_string())
}

/// These orders, or how many they are.
fn listed(numbers: &[u64]) -> String {
    match numbers.len() {
        0..=12 => format!("{numbers:?}"),
        many => format!("{many} orders"),
    }
}

/// Whether the customer believes that the order was taken.
pub fn succeeds(status: Option<u16>) -> bool {
    status.is_some_and(|status| (200..300).contains(&status))
}

/// An order, in two parts of which the second has to come.
pub fn request(number: u64) -> [String; 2] {
    let order = format!("{{ \"number\": {number} }}");
    let head = format!(
        "POST /orders HTTP/1.1\r\nhost: shop\r\n\
         content-type: application/json\r\ncontent-length: {}\r\n\r\n",
        order.len()
    );
    let (first, rest) = order.split_at(5);
    [head + first, rest.to_owned()]
}

/// Lets so much time pass. It is logged as a call, so that testkit knows of it:
/// a paused clock that is held by blocking work is moved on to it.
pub async fn later(millis: u64) {
    let time = CallLog::undrawn().begin("time");
    time.takes(millis).await;
    time.finish();
}

/// What comes within so many milliseconds.
pub async fn within<T>(
    millis: u64,
    future: impl Future<Output = T>,
) -> Option<T> {
    tokio::select! {
        got = future => Some(got),
        () = later(millis) => None,
    }
}
