//! A shop in memory: its offers, prices and table. A call, and what was seen.

use std::{
    num::NonZeroUsize,
    sync::{Arc, Mutex, MutexGuard, PoisonError, Weak},
    time::Duration,
};

use futures::{FutureExt, StreamExt, future, stream};
use streams::{ImportError, Offer, Prices, Row, Table, import};
use testkit::{CallLog, Ended, Held, expect, observe, unmatched};
use tokio::{sync::Semaphore, time::sleep};

use super::causes::*;

/// What a lookup gives, after so many milliseconds.
pub enum Gives {
    Price,
    Nothing,
    Error,
    Panic,
}
use Gives::*;
pub type Plan = fn(u64) -> (u64, Gives);

/// What an import is given, and what was seen of it.
#[derive(Clone)]
pub struct Shop {
    /// The offers. One with the id 0 cannot be read.
    pub ids: Vec<u64>,
    pub batch: usize,
    pub plan: Plan,
    /// How long an insert takes, in milliseconds, and an offer to come.
    pub inserting: u64,
    pub every: u64,
    /// When `stop` is ready. The stream stays open until then.
    pub stop: Option<u64>,
    /// Which insert fails. The stream stays open.
    pub fails: Option<usize>,
    /// What lookups and inserts share.
    pub connections: Arc<Semaphore>,
    pub held: Option<Arc<Held>>,
    pub lookups: CallLog,
    pub inserts: CallLog,
    pub record: Arc<Mutex<Record>>,
}

#[derive(Default)]
pub struct Record {
    /// When each offer was taken.
    pub taken: Vec<u64>,
    /// The rows of each insert.
    pub inserted: Vec<Vec<String>>,
    /// Gone when the stream is.
    stream: Weak<()>,
}

impl Shop {
    /// Inserts that take no time, and a stream that ends. Drawn if it is short.
    pub fn new(
        ids: impl IntoIterator<Item = u64>,
        batch: usize,
        plan: Plan,
    ) -> Self {
        let ids: Vec<u64> = ids.into_iter().collect();
        let log = || CallLog::drawn_if((1..=12).contains(&ids.len()));
        let (lookups, inserts, record) = (log(), log(), Arc::default());
        let (inserting, every, stop, fails, held) = (0, 0, None, None, None);
        let connections = Arc::new(Semaphore::new(Semaphore::MAX_PERMITS));
        #[rustfmt::skip]
        return Self { ids, batch, plan, inserting, every, stop, fails, connections, held, lookups, inserts, record };
    }

    /// The call, not yet polled.
    pub fn call(
        &self,
        ids: Box<dyn Iterator<Item = u64> + Send>,
    ) -> impl Future<Output = Result<(), ImportError>> + use<> {
        let (shop, alive) = (self.clone(), Arc::new(()));
        self.record().stream = Arc::downgrade(&alive);
        let state = (shop, ids, alive);
        let offers = stream::unfold(state, async |(shop, mut ids, alive)| {
            if shop.every > 0 {
                sleep(Duration::from_millis(shop.every)).await;
            }
            shop.lookups.touch();
            if let Some(id) = ids.next() {
                let mut offer = Err(ImportError::Offer);
                if id > 0 {
                    shop.record().taken.push(shop.lookups.now());
                    offer = Ok(Offer { id });
                }
                return Some((offer, (shop, ids, alive)));
            }
            if shop.stop.is_some() || shop.fails.is_some() {
                future::pending::<()>().await;
            }
            None
        });
        let stopped = match self.stop {
            Some(millis) => sleep(Duration::from_millis(millis)).boxed(),
            None => future::pending().boxed(),
        };
        let batch = NonZeroUsize::new(self.batch).expect("not 0");
        import(offers.boxed(), stopped, self.clone(), self.clone(), batch)
    }

    /// Calls it, and looks at what every call must keep to.
    pub async fn run(&self) -> Result<(), ImportError> {
        let ids = Box::new(self.ids.clone().into_iter());
        let mut call = Box::pin(self.call(ids));
        let observed = observe(call.as_mut()).await;
        let (log, rows) = (&self.lookups, self.rows().len());
        let taken = self.record().taken.len();
        let alive = self.record().stream.strong_count() > 0;
        let inserts = self.inserts.calls();
        let mut ends = inserts.iter().map(|it| it.end);
        let failed = ends.position(|end| end == Ended::Failed);
        let failing = failed.is_some() || log.ended(Ended::Failed) > 0;
        expect(observed.came_back(), "`import` does not return")
            .asked("it returns when the last row is inserted, or at an error")
            .fact(format!("offers taken: {taken}, rows: {rows}"))
            .fact(format!("begun: {}, in flight: {}", log.count(), log.open()))
            .fact_if(failed.is_some(), "an insert failed")
            .because([
                (log.count() == 0 && taken > 0, COLLECTED),
                (log.overdue().iter().any(|it| it.ended.is_none()), LOCKED_OUT),
                (taken > log.count() && log.count() > rows, LOCKED_OUT),
                (failed.is_some_and(|at| at + 1 < inserts.len()), UNREAD),
                (failing && alive, WAITS_FOR_OFFERS),
                (self.stop.is_some() && alive, STOP_UNSEEN),
                (!alive && log.open() == 0, STILL_WAITS),
            ]);
        let result = observed.returned("import");
        if log.open() > 0 {
            sleep(Duration::from_millis(1)).await; // Aborted tasks end.
        }
        let open = log.open();
        expect(open == 0, "it has returned, and lookups go on")
            .asked("nothing goes on once the call is over")
            .fact(format!("in flight: {open}"))
            .because([(true, RUNS_ON)]);
        let sound = self.ids.iter().all(|id| *id > 0) && !failing;
        expect(
            result.is_ok() || !sound,
            "nothing failed, and it returns an error",
        )
        .asked("`Ok`, however long a lookup or an insert takes")
        .or_fail();
        let names = self.ids.iter().copied().map(name).collect();
        let (_, made_up) = unmatched(log.names(), self.rows());
        let (_, again) = unmatched(names, log.names());
        let changed = made_up.iter().any(|row| row == OTHER);
        expect(made_up.is_empty(), "a row is inserted that no lookup returned")
            .asked("the rows of this call's lookups, as they are")
            .fact(format!("such rows: {}", made_up.join(", ")))
            .without_drawing()
            .because([(!changed, REMEMBERED)]);
        expect(again.is_empty(), "a price was looked up again")
            .asked("one lookup for each offer")
            .fact(format!("too often: {}", again.join(", ")))
            .without_drawing()
            .because([(true, ASKED_AGAIN)]);
        result
    }

    /// The rows of the offers before the first error.
    pub fn wanted(&self) -> Vec<String> {
        let gives = |&id: &u64| (id, (self.plan)(id).1);
        let sound = self.ids.iter().map(gives).take_while(|(id, gives)| {
            *id > 0 && !matches!(gives, Error | Panic)
        });
        let rows = sound.filter(|(_, gives)| matches!(gives, Price));
        rows.map(|(id, _)| name(id)).collect()
    }

    /// The rows that were inserted.
    pub fn rows(&self) -> Vec<String> {
        self.record().inserted.concat()
    }

    pub fn record(&self) -> MutexGuard<'_, Record> {
        self.record.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Prices for Shop {
    async fn look_up(&self, offer: Offer) -> Result<Option<Row>, ImportError> {
        let Offer { id } = offer;
        let _connection = self.connections.acquire().await;
        let call = self.lookups.begin(name(id));
        let (millis, gives) = (self.plan)(id);
        call.takes(millis).await;
        match gives {
            Price => call.finish(),
            Panic => std::panic::panic_any(id),
            Error => {
                call.fail();
                return Err(ImportError::Price(id));
            }
            Nothing => {
                call.finish();
                self.held.iter().for_each(|held| held.hand_over());
                return Ok(None);
            }
        }
        Ok(Some(Row { id, cents: id.wrapping_mul(7) }))
    }
}

impl Table for Shop {
    async fn insert(&mut self, rows: Vec<Row>) -> Result<(), ImportError> {
        if rows.is_empty() {
            return Ok(());
        }
        let _connection = self.connections.acquire().await;
        let call = self.inserts.begin("insert");
        let count = self.inserts.count();
        call.takes(self.inserting).await;
        if self.fails == Some(count) {
            call.fail();
            return Err(ImportError::Insert);
        }
        call.finish();
        let names = rows.iter().map(|row| {
            self.held.iter().for_each(|held| held.hand_over());
            let right = row.cents == row.id.wrapping_mul(7);
            if right { name(row.id) } else { OTHER.to_owned() }
        });
        let names = names.collect();
        self.record().inserted.push(names);
        Ok(())
    }
}

/// A row with a price that was not looked up.
const OTHER: &str = "another price";

fn name(id: u64) -> String {
    format!("offer {id}")
}
