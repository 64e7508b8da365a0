//! A shop in memory, an order that is closed there, and what was seen of both.

use std::{
    collections::{BTreeMap, BTreeSet},
    panic::panic_any,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use futures::{
    FutureExt as _, StreamExt as _, future::LocalBoxFuture,
    stream::FuturesUnordered,
};
use lazy::{
    CallError,
    CloseError::{self, Incomplete, NotStored},
    Order, Shop, close, outcome,
};
use testkit::{
    CallGuard, CallRecord, Ended, FutureLog, Tally, expect, journal, listed,
    observe,
};
use tokio::{
    runtime::{Handle, RuntimeFlavor},
    time::sleep,
};

use super::causes::*;

/// What a slow call takes, in milliseconds: more than a limit of a day.
pub const LONG: u64 = 100_000_000;

type Done = Result<(), CallError>;

/// A call of `close`, its shop, and what was seen of both.
#[derive(Clone)]
pub struct Job {
    pub order: Arc<Order>,
    /// The calls after `store`, in the order of their errors.
    pub names: Arc<[String]>,
    plan: Arc<Plan>,
    pub log: FutureLog,
    /// What `close` returned, in words, when, and the calls as they were then.
    pub returned: Vec<String>,
    pub returned_at: u64,
    then: Vec<CallRecord>,
}

/// How the calls go.
#[derive(Clone, Default)]
struct Plan {
    /// "page saw", or "page saw #1" for the first call of that name alone.
    failing: BTreeSet<String>,
    panicking: String,
    slow: String,
    /// The order in which they end, and what an error says.
    way: usize,
}

pub fn order(email: Option<&str>, products: &[&str]) -> Order {
    let email = email.map(str::to_owned);
    let products = products.iter().map(|&name| name.to_owned()).collect();
    Order { id: 0, email, products }
}

/// One with an address and three products.
pub fn usual() -> Order {
    order(Some("ada@example.org"), &["lamp", "saw", "rope"])
}

/// Orders of every kind, closed in every way. The first is drawn.
pub fn all_kinds() -> impl Iterator<Item = Job> {
    let products = ["lamp", "saw", "rope", "rope", "lamp"];
    (0..96).map(move |n| {
        let email = Some("é").filter(|_| n / 4 % 4 != 2);
        let order = order(email, &products[..(n / 4 + 3) % 6]);
        Job::of(order).going(n % 4).drawn_if(n == 0)
    })
}

/// One with so many products and three more, two of them equal.
pub fn long(products: usize) -> Order {
    let products = (1..=products).map(|number| format!("p{number}"));
    let others = ["", " Säge 2 m", ""].map(str::to_owned);
    Order { products: products.chain(others).collect(), ..usual() }
}

impl Job {
    /// Closes `order`, under a number of its own. Nothing is drawn.
    pub fn of(mut order: Order) -> Self {
        static ORDERS: AtomicU32 = AtomicU32::new(1);
        order.id = ORDERS.fetch_add(1, Ordering::Relaxed);
        let receipt = order.email.iter().map(|_| "receipt".to_owned());
        let pages = order.products.iter().map(|name| format!("page {name}"));
        let names = receipt.chain(pages).chain(["audit".to_owned()]);
        let (names, order) = (names.collect(), Arc::new(order));
        let (plan, log) = (Arc::default(), FutureLog::drawn_if(false));
        let (returned, returned_at, then) = (Vec::new(), 0, Vec::new());
        Self { order, names, plan, log, returned, returned_at, then }
    }

    pub fn drawn_if(mut self, drawn: bool) -> Self {
        if drawn {
            journal().declare(["close", "store"]);
            journal().declare(&*self.names);
        }
        self.log = FutureLog::drawn_if(drawn);
        self
    }

    /// The same order once more, not drawn.
    pub fn again(&self) -> Self {
        self.clone().drawn_if(false)
    }

    fn planned(mut self, change: impl FnOnce(&mut Plan)) -> Self {
        change(Arc::make_mut(&mut self.plan));
        self
    }

    pub fn failing(self, names: &[String]) -> Self {
        self.planned(|plan| plan.failing = names.iter().cloned().collect())
    }

    pub fn panicking(self, name: &str) -> Self {
        self.planned(|plan| name.clone_into(&mut plan.panicking))
    }

    pub fn slow(self, name: &str) -> Self {
        self.planned(|plan| name.clone_into(&mut plan.slow))
    }

    pub fn going(self, way: usize) -> Self {
        self.planned(|plan| plan.way = way)
    }

    /// Calls the code under test. Boxed, so that less of this spec is compiled
    /// again when that has been edited.
    pub fn closing(&self) -> LocalBoxFuture<'_, Result<(), CloseError>> {
        close(self, &self.order).boxed_local()
    }

    /// Runs it to its end, and looks at what every call must keep to.
    pub async fn run(mut self) -> Self {
        let shop = self.clone();
        let lane = self.log.is_drawn().then(|| journal().call("close"));
        // It is polled when it is woken, and not when this test is.
        let mut call = FuturesUnordered::from_iter([shop.closing()]);
        let observed = observe(call.select_next_some()).await;
        // At once: whatever awaits lets other tasks run.
        self.then = self.log.calls.calls();
        self.returned_at = self.log.calls.now();
        if !observed.came_back() {
            sleep(Duration::from_millis(20)).await; // What is due is overdue.
        }
        self.comes_back(observed.came_back());
        if let Some(lane) = lane {
            lane.finished();
        }
        self.returned = in_words(&observed.returned("close"));
        self.settle().await;
        self.asks_once();
        journal().step();
        self
    }

    /// The calls after `store` that run to their end where all goes well. That
    /// others do not is another test's matter.
    pub async fn names_that_run(self) -> Vec<String> {
        let job = self.run().await;
        let tally = job.tally();
        let ended = |name: &&String| tally[*name].ended > 0;
        let names: Vec<_> = job.names.iter().filter(ended).cloned().collect();
        let unpolled = |it: &Tally| it.made > 0 && it.polled == 0;
        let unpolled = job.names.iter().all(|name| unpolled(&tally[name]));
        expect(!names.is_empty(), "after `store`, no call has run to its end")
            .asked("the calls after `store`: this test is about them")
            .without_drawing()
            .because([(unpolled, NEVER_POLLED)]);
        names
    }

    /// Waits until nothing goes on any more.
    pub async fn settle(&self) {
        if !on_threads() {
            return sleep(Duration::from_millis(3 * LONG)).await;
        }
        sleep(Duration::from_millis(30)).await;
        while self.log.calls.open() > 0 {
            sleep(Duration::from_millis(10)).await;
        }
    }

    fn comes_back(&self, it_did: bool) {
        let (begun, open) = (self.log.calls.count(), self.log.calls.open());
        let products = self.order.products.len();
        expect(it_did, "`close` does not return")
            .asked("it returns when every call has ended")
            .fact(format!("products: {products}"))
            .fact(format!("calls begun: {begun}, ended: {}", begun - open))
            .drawn_if(self.log.is_drawn())
            .because([
                (open == 0 && products == 0, LIMIT_OF_NONE),
                (open > 0 && self.log.calls.is_overdue(), NO_WAKER),
            ]);
    }

    /// Fails if calls were under way when `close` returned, or began later.
    pub fn has_ended(&self) {
        let was_open =
            |n: usize| self.then.get(n).is_none_or(|it| it.end == Ended::Open);
        let calls = self.log.calls.calls().into_iter().enumerate();
        let late: Vec<_> = calls.filter(|(n, _)| was_open(*n)).collect();
        let over = |end| matches!(end, Ended::Finished | Ended::Failed);
        let names = late.iter().map(|(_, call)| &call.name);
        expect(late.is_empty(), "`close` has returned, and calls go on")
            .asked("every call has ended when you return")
            .fact(format!("not ended by then: {}", listed(names)))
            .drawn_if(self.log.is_drawn())
            .because([(late.iter().all(|(_, it)| over(it.end)), LEFT_ALONE)]);
    }

    /// Fails if a call was made more often than the order asks for. Where calls
    /// fail, this is known to hold if none does.
    pub fn asks_once(&self) {
        let mut again = self.tally();
        again.retain(|_, it| it.polled > it.wanted);
        let all = |is: &dyn Fn(&str, &Tally) -> bool| {
            again.iter().all(|(name, it)| it.wanted > 0 && is(name, it))
        };
        let facts = again.iter().map(|(name, it)| format!("{name}: {it}"));
        expect(again.is_empty(), "calls are made that were not asked for")
            .asked("each call once")
            // How many they are, chance decides there.
            .facts(facts.filter(|_| !on_threads()))
            .drawn_if(self.log.is_drawn())
            .because([
                (all(&|_, it| it.polled - it.cut_off <= it.wanted), MADE_AGAIN),
                (all(&|name, _| self.plan.failing.contains(name)), TRIES_AGAIN),
            ]);
    }

    /// Fails unless these calls have run to their end, each as often as asked.
    /// Where calls fail or are slow, they are known to run if none is.
    pub fn runs<S: AsRef<str>>(&self, names: &[S], headline: &str) {
        let mut missing = self.tally();
        let names: BTreeSet<_> = names.iter().map(AsRef::as_ref).collect();
        missing.retain(|name, _| names.contains(name.as_str()));
        let by_name = missing.values().all(|it| it.ended == 1);
        missing.retain(|_, it| it.ended < it.wanted);
        let all = |is: fn(&Tally) -> bool| missing.values().all(is);
        let unpolled = all(|it| it.polled == 0);
        let cut = all(|it| it.polled > 0 && it.cut_off == it.polled);
        let Plan { failing, slow, .. } = &*self.plan;
        let given_up = missing.get(slow).is_some_and(|it| it.cut_off > 0);
        let (fails, slows) = (!failing.is_empty(), !slow.is_empty());
        let plain = !fails && !slows;
        expect(missing.is_empty(), headline)
            .asked("each call made, and run to its end")
            .fact_if(fails, format!("set to fail: {}", listed(failing)))
            .fact_if(slows, format!("this one takes more than a day: {slow}"))
            .facts(missing.iter().map(|(n, it)| format!("{n}: {it}")).take(8))
            .drawn_if(self.log.is_drawn())
            .because([
                (fails && unpolled, FIRST_FAILURE),
                (fails && cut, TRIED_TOGETHER),
                (!fails && given_up, GIVEN_UP),
                (plain && by_name, KEPT_BY_NAME),
                (plain && all(|it| it.made == it.ended), NEVER_CALLED),
                (plain && all(|it| it.made > 0) && unpolled, NEVER_POLLED),
                (plain && cut, POLLED_ONCE),
            ]);
    }

    /// The calls that were begun before `store` had ended.
    pub fn early(&self) -> Vec<String> {
        let calls = self.log.calls.calls();
        let store = calls.iter().find(|call| call.name == "store");
        let ended = store.and_then(|call| call.ended).unwrap_or(u64::MAX);
        let early = |it: &&CallRecord| it.name != "store" && it.began < ended;
        calls.iter().filter(early).map(|call| call.name.clone()).collect()
    }

    fn error(&self, name: &str) -> CallError {
        CallError(match self.plan.way {
            1 => format!("{name} is busy already: try again\n"),
            2 => String::new(),
            _ => format!("{name} failed"),
        })
    }

    /// What `close` should return if these calls fail.
    pub fn errors_of<S: AsRef<str>>(&self, names: &[S]) -> Vec<String> {
        let error = |name: &S| Err(self.error(name.as_ref()));
        in_words(&outcome(names.iter().map(error).collect()))
    }

    fn tally(&self) -> BTreeMap<String, Tally> {
        self.log.tally(self.names.iter().map(String::as_str).chain(["store"]))
    }

    /// The future of a call. With other arguments it has another name.
    fn call(
        &self,
        name: String,
        order: u32,
    ) -> impl Future<Output = Done> + Send + use<> {
        let job = self.clone();
        let own = order == self.order.id;
        let name = if own { name } else { format!("{name} of another order") };
        self.log.make(name.clone(), |call| job.answer(name, call))
    }

    async fn answer(self, name: String, call: CallGuard) -> Done {
        let numbered = format!("{name} #{}", self.log.calls.named(&name));
        let failing = &self.plan.failing;
        let fails = failing.contains(&name) || failing.contains(&numbered);
        let place = self.names.iter().position(|it| *it == name).unwrap_or(0);
        // In reverse, mixed, as they began, each at its first poll.
        let stride = [10, 4, 1, 11][self.plan.way];
        let turn = (place + 1) * stride % 11;
        let millis = match on_threads() {
            _ if self.plan.slow == name => LONG,
            true => 10,
            false => 10 * turn as u64,
        };
        call.takes(millis).await;
        if self.plan.panicking == name {
            panic_any(turn); // No text.
        }
        if fails {
            call.fail();
            return Err(self.error(&name));
        }
        call.finish();
        Ok(())
    }
}

impl Shop for Job {
    fn store(&self, order: u32) -> impl Future<Output = Done> + Send {
        self.call("store".to_owned(), order)
    }

    fn send_receipt(
        &self,
        order: u32,
        email: &str,
    ) -> impl Future<Output = Done> + Send {
        let right = self.order.email.as_deref() == Some(email);
        let other = || format!("receipt to {email}");
        self.call(if right { "receipt".to_owned() } else { other() }, order)
    }

    fn refresh(&self, product: &str) -> impl Future<Output = Done> + Send {
        self.call(format!("page {product}"), self.order.id)
    }

    fn audit(&self, order: u32) -> impl Future<Output = Done> + Send {
        self.call("audit".to_owned(), order)
    }
}

/// Whether the clock runs, and tasks run on several threads.
fn on_threads() -> bool {
    let flavour = Handle::try_current().map(|it| it.runtime_flavor());
    flavour.is_ok_and(|it| it == RuntimeFlavor::MultiThread)
}

fn in_words(result: &Result<(), CloseError>) -> Vec<String> {
    let text = |error: &CallError| error.0.escape_debug().to_string();
    match result {
        Ok(()) => vec!["Ok".to_owned()],
        Err(NotStored(error)) => vec![format!("NotStored: {}", text(error))],
        Err(Incomplete(errors)) => errors.iter().map(text).collect(),
    }
}
