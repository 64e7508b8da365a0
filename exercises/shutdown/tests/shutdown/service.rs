//! A shop in memory, on the test's clock: its mailer, its customers, its end.

use std::time::Duration;

use futures::FutureExt;
use shutdown::{MailError, Mailer, serve};
use testkit::{
    CallLog, Course, Ended, Returned, Serving, at_rest_for, expect, journal,
    memory::{Connection, listen},
    observe,
    orders::{Half, Orders, described, listed},
    unmatched,
    wait::later,
};
use tokio::{io::DuplexStream, sync::watch, task};
use tokio_util::sync::CancellationToken;

use super::causes::*;

/// Longer than any `grace`.
pub const A_DAY: u64 = 86_400_000;

/// As a `grace`: `Duration::MAX`.
pub const FOREVER: u64 = u64::MAX;

/// On the paused clock, what is done at once takes no time. An answer that
/// looks now and then is at once, too.
pub const SOON: u64 = 500;

/// What `serve` returned, in ascending order, and what was seen then.
pub type Report = Returned<Vec<u64>>;

/// A shop that serves.
pub struct Shop {
    /// Its confirmations.
    pub log: CallLog,
    pub serving: Serving<Vec<u64>>,
    pub orders: Orders,
    stop: CancellationToken,
    grace: u64,
    /// Whether the clock is exact, because it is paused.
    exact: bool,
    drawn: bool,
}

impl Shop {
    /// Opens a shop whose confirmations go as `plan` says, for each order.
    pub fn open(grace: u64, plan: fn(u64) -> Course) -> Self {
        Self::paused(CallLog::new(), grace, plan, true)
    }

    /// One that is not drawn.
    pub fn busy(grace: u64, plan: fn(u64) -> Course) -> Self {
        Self::paused(CallLog::undrawn(), grace, plan, false)
    }

    fn paused(
        log: CallLog,
        grace: u64,
        plan: fn(u64) -> Course,
        drawn: bool,
    ) -> Self {
        let calls = log.clone();
        let mailer = Mailer::new(move |number| {
            calls.play(lane(number), plan(number), MailError)
        });
        Self { drawn, exact: true, ..Self::of(log, grace, mailer, drawn) }
    }

    /// One on the real clock, whose confirmations wait until they are let go.
    pub fn gated(grace: u64, gate: watch::Receiver<bool>) -> Self {
        let log = CallLog::undrawn();
        let calls = log.clone();
        let mailer = Mailer::new(move |number| {
            calls.play_until(lane(number), gate.clone()).map(Ok)
        });
        Self::of(log, grace, mailer, false)
    }

    fn of(log: CallLog, grace: u64, mailer: Mailer, drawn: bool) -> Self {
        let (door, listener) = listen();
        let stop = CancellationToken::new();
        let time = match grace {
            FOREVER => Duration::MAX,
            millis => Duration::from_millis(millis),
        };
        let span = CallLog::drawn_if(drawn).begin("serve");
        let serving = serve(listener, mailer, stop.clone(), time);
        let serving = Serving::start(&log, async move {
            let mut unsent = serving.await;
            span.finish();
            unsent.sort_unstable();
            unsent
        });
        let orders = Orders::new(door);
        Self { log, serving, orders, stop, grace, exact: false, drawn }
    }

    /// A new connection to a shop that has not been stopped.
    pub fn guest(&self) -> Connection<DuplexStream> {
        self.is_open();
        self.orders.connect().expect("its listener is there")
    }

    /// The first half of an order, to a shop that has not been stopped.
    pub async fn half(&self, number: u64) -> Half {
        self.is_open();
        self.orders.half(number).await.expect("its listener is there")
    }

    /// Places an order on a connection of its own, which is kept.
    pub async fn order(&self, number: u64) -> Connection<DuplexStream> {
        let mut order = self.half(number).await;
        let before = self.log.now();
        let status = observe(order.rest_at_last()).await.output().flatten();
        if !self.exact && status != Some(202) {
            // Whether it has been stopped is seen by then.
            at_rest_for(Duration::from_millis(50)).await;
        }
        self.is_open();
        let now = self.log.now();
        let late = self.exact && now - before >= SOON;
        let mut calls = self.log.calls().into_iter();
        let awaited =
            calls.any(|it| it.name == lane(number) && it.ended == Some(now));
        expect(status == Some(202) && !late, "an order is not taken at once")
            .asked("202 at once; the confirmation is sent afterwards")
            .fact(format!("status: {}", described(status)))
            .fact_if(late, format!("after {} ms", now - before))
            .because([(late && awaited, AWAITED)]);
        order.customer
    }

    /// Fails if `serve` has returned before `stop`, or has panicked.
    fn is_open(&self) {
        if !self.drawn {
            // Many orders take long on a busy machine, and do not hang.
            journal().step();
        }
        let after = self.serving.returned().map(|report| report.after);
        let open = after.is_none() || self.serving.stopped().is_some();
        let at_grace = self.exact && after == Some(self.grace);
        expect(open, "`serve` has returned before `stop`")
            .asked("it serves until `stop` is cancelled")
            .fact(format!("grace: {} ms", self.grace))
            .fact_if(at_grace, "it returned after this time")
            .without_drawing()
            .because([(at_grace, FROM_THE_START)]);
    }

    /// Cancels `stop`, and lets a millisecond pass.
    pub async fn stop(&self) {
        self.is_open();
        if self.drawn {
            journal().mark("serve", "stop");
        }
        self.serving.note_stop();
        self.stop.cancel();
        // A clock that is held will be moved to that; see `later`.
        task::spawn(later(self.grace.min(A_DAY)));
        later(1).await;
    }

    /// What `serve` returns. Fails the test if it does not, if an order was
    /// confirmed twice, or if confirmations were being sent at that moment.
    pub async fn end(&self) -> Report {
        let report = self.serving.end().await;
        let open = self.log.open();
        expect(report.is_some(), "`serve` has not returned")
            .asked("`serve` returns when `grace` is over, or before")
            .fact(format!("confirmations under way: {open}"))
            .because([(open == 0, NEVER_CLOSED), (open > 0, NO_DEADLINE)]);
        self.is_open();
        let report = report.expect("it has come");
        let sending = report.open.len();
        if self.exact {
            later(1).await;
        } else if sending > 0 {
            // What becomes of them is seen by then.
            at_rest_for(Duration::from_millis(50)).await;
        }
        let twice = !self.log.repeated().is_empty();
        expect(!twice, "an order is confirmed twice")
            .asked("one confirmation for each order")
            .without_drawing()
            .because([(twice, TWICE)]);
        let cut = self.log.numbers(Ended::CutOff);
        let cut_off = report.open.iter().any(|it| cut.contains(it));
        expect(sending == 0, "`serve` leaves confirmations behind")
            .asked("they finish, or are cut off, before `serve` returns")
            .fact_if(self.exact, format!("being sent at its return: {sending}"))
            .because([(!cut_off, UNCOVERED), (sending > 0, NOT_AWAITED)]);
        report
    }

    /// Fails unless `serve` has returned what was taken and not confirmed.
    pub fn returned_right(&self, report: &Report) {
        let sent = self.log.numbers(Ended::Finished);
        let cut = self.log.numbers(Ended::CutOff);
        let failed = self.log.numbers(Ended::Failed);
        let (wanted, got) = (self.orders.taken_without(&sent), &report.output);
        let (missing, other) = unmatched(wanted.clone(), got.clone());
        let of_sent = got.iter().any(|it| sent.contains(it));
        let no_cut =
            !cut.is_empty() && cut.iter().all(|it| missing.contains(it));
        let all_failed = missing.iter().all(|it| failed.contains(it));
        expect(*got == wanted, "`serve` returns the wrong orders")
            .asked("the orders that were taken and not confirmed, each once")
            .fact(format!("failed: {}", listed(&failed)))
            .fact(format!("cut off: {}", listed(&cut)))
            .fact(format!("returned: {}", listed(got)))
            .fact(format!("wanted: {}", listed(&wanted)))
            .without_drawing()
            .because([
                (of_sent, SENT_REPORTED),
                (no_cut && other.is_empty(), CUT_UNREPORTED),
                (all_failed && !missing.is_empty(), FAILED_UNREPORTED),
            ]);
    }

    /// Fails unless all that was taken was confirmed, and nothing is returned.
    pub fn sent_all(&self, report: &Report) {
        let sent = self.log.numbers(Ended::Finished);
        let unsent = self.orders.taken_without(&sent);
        expect(unsent.is_empty(), "an order is not confirmed")
            .asked("confirmations under way have `grace` to finish")
            .fact(format!("not confirmed: {}", listed(&unsent)))
            .because([(
                self.exact && self.serving.cuts_at_stop(),
                CANCEL_FIRST,
            )]);
        self.returned_right(report);
    }
}

fn lane(number: u64) -> String {
    format!("mail {number}")
}
