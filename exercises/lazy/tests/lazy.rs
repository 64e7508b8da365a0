//! What `lazy` is asked for: one behaviour a test.
//!
//! The shop is in memory. It notes every future that is made, whether anything
//! polls it, and how it ends. The clock is paused: when everything waits, it
//! jumps to the next timer. One test takes real threads and the real clock.

use std::{
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use lazy::{CallError, CloseError, Order, Shop, close};
use testkit::{Call, Journal, Verdict, at_rest_for, journal};
use tokio::{task, time::sleep};

const PAGE: &str = "lazy";
const STORE: &str = "store";
const RECEIPT: &str = "receipt";
const AUDIT: &str = "audit";

#[test]
fn stores_the_order_before_anything_else() {
    testkit::run_paused(async || {
        let seen = closed(Notes::new(), &order()).await;

        let calls = seen.calls.iter().filter(|call| call.lane == STORE);
        let stored = calls.clone().find(|call| call.end == End::Finished);
        let verdict = Verdict::new("the order is not stored first")
            .asked("`store`, once, and the other calls when it has succeeded");
        let Some(stored) = stored else {
            fail_missing(verdict, &seen, &[STORE.to_owned()]);
        };
        let early: Vec<_> = seen
            .calls
            .iter()
            .filter(|call| call.lane != STORE && call.polled < stored.over)
            .map(|call| call.lane.clone())
            .collect();
        let times = calls.count();
        if times == 1 && early.is_empty() {
            return;
        }
        let verdict = verdict
            .fact(format!("calls of store: {times}, wanted: 1"))
            .fact(format!("begun before it ended: {}", listed(&early)));
        if times == 1 {
            verdict
                .why(
                    "Whether the order can be stored is not known yet. If it \
                     cannot, the others tell of an order that is not closed.",
                )
                .read_on(PAGE, "Stored among the others")
                .fail();
        }
        verdict.fail();
    });
}

#[test]
fn sends_the_receipt() {
    testkit::run_paused(async || {
        let seen = closed(Notes::new(), &order()).await;

        let verdict = Verdict::new("the receipt is not sent")
            .asked("`send_receipt` with the order and its address");
        ran(verdict, &seen, &[RECEIPT.to_owned()]);
    });
}

#[test]
fn refreshes_the_page_of_each_product() {
    testkit::run_paused(async || {
        let seen = closed(Notes::new(), &order()).await;

        let verdict = Verdict::new("not every page is refreshed")
            .asked("`refresh` for each product");
        ran(verdict, &seen, &["page lamp", "page rope", "page saw"]);
    });
}

#[test]
fn writes_the_audit_log() {
    testkit::run_paused(async || {
        let seen = closed(Notes::new(), &order()).await;

        let verdict = Verdict::new("the audit log has no entry")
            .asked("`audit` with the order");
        ran(verdict, &seen, &[AUDIT.to_owned()]);
    });
}

#[test]
fn closes_an_order_without_an_address() {
    testkit::run_paused(async || {
        // What is made with an address is the measure: no call that is always
        // missing is asked for here.
        let with = closed(Notes::new().undrawn(), &order()).await;
        some_were_made(&with);
        let order = Order {
            email: None,
            ..order()
        };
        let seen = closed(Notes::new(), &order).await;

        let sent = |call: &&Noted| {
            call.lane.starts_with(RECEIPT) && call.polled != NEVER
        };
        let receipts = seen.calls.iter().filter(sent).count();
        let verdict = Verdict::new("no address, and other calls are missing")
            .asked("all calls but the receipt, where there is no address")
            .fact(format!("receipts: {receipts}, wanted: 0"));
        let missing = missing(&with, &seen, &[RECEIPT.to_owned()]);
        if !missing.is_empty() {
            let verdict = verdict.fact(format!(
                "made with an address, and not without: {}",
                listed(&missing)
            ));
            if seen.calls.iter().all(|call| !missing.contains(&call.lane)) {
                verdict
                    .why(
                        "What is left out is more than the receipt: these were \
                         not even called. Where the address is missing, only \
                         the receipt may be.",
                    )
                    .read_on(PAGE, "No address, no audit")
                    .fail();
            }
            verdict.fail();
        }
        if receipts > 0 {
            Verdict::new("a receipt is sent where there is no address")
                .asked("all calls but the receipt, where there is no address")
                .fact(format!("receipts: {receipts}, wanted: 0"))
                .fail();
        }
    });
}

#[test]
fn makes_each_call_once() {
    testkit::run_paused(async || {
        let products = ["rope", "lamp", "rope"].map(str::to_owned).to_vec();
        let order = Order {
            products,
            ..order()
        };
        let places = places(&order);
        let seen = closed(Notes::new().failing(&places), &order).await;

        some_were_made(&seen);
        let verdict = Verdict::new("not one call for each entry")
            .asked("each call once; for the products rope, lamp, rope: three");
        let began =
            |lane: &str| seen.all(lane).filter(|it| it.polled != NEVER).count();
        let again = |lane: &&String| {
            let entries = places.iter().filter(|it| it == lane).count();
            began(lane) > entries
        };
        let again: Vec<_> = places.iter().filter(again).cloned().collect();
        if !again.is_empty() {
            Verdict::new("a call that failed is made again")
                .asked("each call once, whatever comes of it")
                .fact("every call but store failed")
                .fact(format!("made again: {}", listed(&again)))
                .why(
                    "Whoever is called may have done the work, and failed to \
                     say so. Whether to try again is not asked here.",
                )
                .read_on(PAGE, "Tried again")
                .fail();
        }
        // That no page is refreshed is another test's affair.
        let (ropes, began) = (seen.of("page rope"), began("page rope"));
        if began == 2 || began == 0 {
            return;
        }
        let verdict = verdict
            .fact(format!("page rope: made {ropes}, polled {began}, wanted 2"));
        if ropes == 2 {
            verdict
                .why(
                    "One of the two was dropped before anything polled it. \
                     What takes the place of a future in a map drops it.",
                )
                .read_on(PAGE, "Kept by name")
                .fail();
        }
        verdict.fail();
    });
}

#[test]
fn makes_no_other_call_when_the_order_is_not_stored() {
    testkit::run_paused(async || {
        let seen = closed(Notes::new().failing(&[STORE]), &order()).await;

        let verdict = Verdict::new(
            "a failure of `store` is not passed on as it should be",
        )
        .asked("`Err(NotStored(..))` with its error, and no other call")
        .fact(format!("returned: {}", told(&seen.result)));
        let others: Vec<_> = seen
            .calls
            .iter()
            .filter(|call| call.lane != STORE && call.polled != NEVER)
            .map(|call| call.lane.clone())
            .collect();
        let right = seen.result == Err(CloseError::NotStored(error(STORE)));
        if right && others.is_empty() && seen.of(STORE) == 1 {
            return;
        }
        let verdict = verdict
            .fact(format!("calls of store: {}, wanted: 1", seen.of(STORE)))
            .fact(format!("other calls: {}, wanted: none", listed(&others)));
        if seen.ended(STORE) == 1 && seen.result.is_ok() {
            verdict
                .why(
                    "`store` ended with an error, and your function with `Ok`. \
                     Its `Err` was dropped unread.",
                )
                .read_on(PAGE, "The result thrown away")
                .fail();
        }
        verdict.fail();
    });
}

#[test]
fn one_that_fails_stops_none_of_the_others() {
    testkit::run_paused(async || {
        let whole = closed(Notes::new().undrawn(), &order()).await;
        some_were_made(&whole);
        for failing in [RECEIPT, "page lamp", "page rope"] {
            let notes = || Notes::new().failing(&[failing]);
            let seen = closed(notes().undrawn(), &order()).await;
            if missing(&whole, &seen, &[]).is_empty() {
                continue;
            }
            let seen = closed(notes(), &order()).await;
            let missing = missing(&whole, &seen, &[]);
            let verdict = Verdict::new("a failure stops other calls")
                .asked("all calls made and ended, whichever of them fails")
                .fact(format!("this one failed: {failing}"))
                .fact(format!(
                    "without the failure they run: {}",
                    listed(&missing)
                ));
            let failed = seen.all(failing).map(|call| call.over).next();
            let cut = |lane: &String| {
                seen.all(lane).any(|call| {
                    call.end == End::Cut && Some(call.over) > failed
                })
            };
            let begun =
                |lane: &String| seen.all(lane).any(|call| call.polled != NEVER);
            let verdict = if missing.iter().all(cut) {
                verdict.why(
                    "They were dropped in the middle when the other one had \
                     failed. What is dropped never ends.",
                )
            } else if !missing.iter().any(begun) {
                verdict.why(
                    "With it, they were not even begun. Keep each result, and \
                     look at all of them when every call has ended.",
                )
            } else {
                verdict.fail()
            };
            verdict.read_on(PAGE, "The first failure ends it").fail();
        }
    });
}

#[test]
fn returns_every_error_in_its_place() {
    testkit::run_paused(async || {
        let order = order();
        let places = places(&order);
        for failing in [&places[..], &places[1..4], &places[4..], &[]] {
            has_its_errors(&order, failing).await;
        }
        // Two errors that read the same.
        let products = ["lamp", "rope", "rope"].map(str::to_owned).to_vec();
        let order = Order { products, ..order };
        has_its_errors(&order, &self::places(&order)).await;
    });
}

#[test]
fn returns_when_every_call_has_ended() {
    testkit::run_paused(async || {
        let order = order();
        let seen = closed(Notes::new().undrawn(), &order).await;
        some_were_made(&seen);
        if left_behind(&seen).is_some() {
            let seen = closed(Notes::new(), &order).await;
            if let Some(verdict) = left_behind(&seen) {
                verdict.fail();
            }
        }
        for slow in places(&order) {
            let notes = || Notes::new().slow(&slow);
            let late = closed(notes().undrawn(), &order).await;
            if cut_short(&late, &slow, &seen) || left_behind(&late).is_some() {
                let late = closed(notes(), &order).await;
                not_waited_for(&late, &slow, &seen);
            }
        }
    });
}

#[test]
fn returns_when_every_call_has_ended_on_several_threads() {
    testkit::run_parallel(async || {
        let seen = closed(Notes::new().quick(), &order()).await;
        some_were_made(&seen);
        if let Some(verdict) = left_behind(&seen) {
            verdict.without_drawing().fail();
        }
    });
}

// What was seen, judged.

/// Fails unless a call on each of these lanes ran to its end, and one only.
fn ran(verdict: Verdict, seen: &Seen, lanes: &[impl AsRef<str>]) {
    let lanes: Vec<_> = lanes.iter().map(|it| it.as_ref().to_owned()).collect();
    let wrong = |lane: &&String| seen.of(lane) != 1 || seen.ended(lane) != 1;
    let wrong: Vec<String> = lanes.iter().filter(wrong).cloned().collect();
    if !wrong.is_empty() {
        fail_missing(verdict, seen, &wrong);
    }
}

/// Fails where none of the calls was made that follow `store`: then there is
/// nothing that a test of them could see, and it is not to pass.
fn some_were_made(seen: &Seen) {
    let others = seen.calls.iter().filter(|call| call.lane != STORE);
    if others.clone().any(|call| call.polled != NEVER) {
        return;
    }
    let futures = others.count();
    let verdict = Verdict::new("no call was made")
        .asked("the calls that follow `store`: what is asked here is of them")
        .fact(format!("futures made besides store: {futures}, polled: 0"))
        .without_drawing();
    if futures > 0 {
        verdict
            .why(
                "A call alone makes a future and runs nothing: `.await` does, \
                 or whatever is awaited and polls it for you.",
            )
            .read_on(PAGE, "A future does nothing by itself")
            .fail();
    }
    verdict.fail();
}

/// Fails unless the errors of `order` come back when these lanes fail.
async fn has_its_errors(order: &Order, failing: &[String]) {
    let places = places(order);
    let notes = || Notes::new().failing(failing);
    let seen = closed(notes().undrawn(), order).await;
    some_were_made(&seen);
    if seen.result != of_the_calls(&seen, &places) {
        let first = keeps_the_first_only(order, &places).await;
        let seen = closed(notes(), order).await;
        wrong_errors(&seen, &places, first);
    }
}

/// Whether of several errors the first in the order comes back, whichever that
/// is, and no other.
async fn keeps_the_first_only(order: &Order, places: &[String]) -> bool {
    for failing in [places, &places[1..], &places[2..]] {
        let seen = closed(Notes::new().undrawn().failing(failing), order).await;
        if list(&seen.result) != [error(&failing[0])] {
            return false;
        }
    }
    true
}

/// Ends the test: calls on these lanes did not run, or more than once.
fn fail_missing(mut verdict: Verdict, seen: &Seen, lanes: &[String]) -> ! {
    for lane in lanes {
        let (made, ended) = (seen.of(lane), seen.ended(lane));
        let polled = seen.all(lane).filter(|call| call.polled != NEVER).count();
        verdict = verdict.fact(format!(
            "{lane}: made {made}, polled {polled}, ended {ended}, wanted 1"
        ));
    }
    for call in &seen.calls {
        if !known(&call.lane) {
            verdict = verdict.fact(format!("not asked for: {}", call.lane));
        }
    }
    let all = |end: End| {
        lanes.iter().all(|lane| {
            seen.of(lane) == 1 && seen.all(lane).all(|call| call.end == end)
        })
    };
    if all(End::Unpolled) {
        verdict
            .why(
                "The call made a future, and the future was dropped before \
                 anything polled it. A call alone runs nothing: `.await` does, \
                 or whatever is awaited and polls it for you.",
            )
            .read_on(PAGE, "A future does nothing by itself")
            .fail();
    }
    if all(End::Cut) {
        verdict
            .why(
                "It was begun, and dropped before it was ready. A future that \
                 is dropped runs no further: whatever polls it has to go on \
                 until it is ready.",
            )
            .read_on(PAGE, "Dropped before its end")
            .fail();
    }
    verdict.fail();
}

/// The verdict on calls that were under way when the function came back.
fn left_behind(seen: &Seen) -> Option<Verdict> {
    let late: Vec<&Noted> = seen
        .calls
        .iter()
        .filter(|call| call.over > seen.back && call.polled != NEVER)
        .collect();
    if late.is_empty() {
        return None;
    }
    let lanes: Vec<_> = late.iter().map(|call| call.lane.clone()).collect();
    let verdict = Verdict::new("close has returned, and calls are under way")
        .asked("every call has ended when you return")
        .fact(format!(
            "not ended by then: {}, wanted: none",
            listed(&lanes)
        ));
    Some(if late.iter().all(|call| call.in_a_task) {
        verdict
            .why(
                "They run in tasks. A task needs nobody to poll it, and nobody \
                 has waited for these: an error of theirs is lost, and so are \
                 they when the program ends.",
            )
            .read_on(PAGE, "Spawned and left alone")
    } else {
        verdict
    })
}

/// Whether this call, which ended when it was `quick`, was begun and dropped.
fn cut_short(seen: &Seen, slow: &str, quick: &Seen) -> bool {
    quick.ended(slow) > 0
        && seen.ended(slow) == 0
        && seen.all(slow).any(|call| call.end == End::Cut)
}

/// Fails if this call, which took an hour, was dropped or left behind.
fn not_waited_for(seen: &Seen, slow: &str, quick: &Seen) {
    let verdict = Verdict::new("a slow call is not waited for")
        .asked("every call has ended when you return, however long it takes")
        .fact(format!("this one takes an hour: {slow}"));
    let mut late = seen
        .calls
        .iter()
        .filter(|call| call.over > seen.back && call.polled != NEVER);
    if late.clone().count() == 0 && cut_short(seen, slow, quick) {
        verdict
            .fact("it was begun, and dropped before it was ready")
            .why(
                "It is dropped where it is slow, and runs to its end where it \
                 is quick. What is dropped may be done, half done or not at \
                 all. How long a call may take is for whoever asked for it to \
                 say.",
            )
            .read_on(PAGE, "Given up on")
            .fail();
    }
    if late.clone().count() > 0 {
        let ours = late.all(|call| call.lane == slow && call.in_a_task);
        let verdict = verdict.fact("you have returned, and it is under way");
        if ours && quick.ended(slow) > 0 {
            verdict
                .why(
                    "It runs in a task. Where it is quick, it has ended by the \
                     time you return; here it has not, and nobody waits for \
                     it. Whether a task has finished is not to be looked at: \
                     its handle is to be awaited.",
                )
                .read_on(PAGE, "Looked at, not awaited")
                .fail();
        }
        verdict.fail();
    }
}

/// What ought to come back, by the calls that did end: those that are missing
/// are another test's affair.
fn of_the_calls(seen: &Seen, places: &[String]) -> Result<(), CloseError> {
    let failed = |(place, lane): &(usize, &String)| {
        let before = places[..*place].iter().filter(|it| it == lane).count();
        seen.all(lane).filter(|call| call.failed).count() > before
    };
    let places = places.iter().enumerate();
    let errors: Vec<_> =
        places.filter(failed).map(|(_, lane)| error(lane)).collect();
    if errors.is_empty() {
        Ok(())
    } else {
        Err(CloseError::Incomplete(errors))
    }
}

/// Ends the test: the errors that came back are not those of the calls, and
/// perhaps always the `first_only`.
fn wrong_errors(seen: &Seen, places: &[String], first_only: bool) -> ! {
    let wanted = of_the_calls(seen, places);
    let verdict = Verdict::new("the errors are not those of the calls")
        .asked("every error: receipt, refreshes as in `products`, audit")
        .fact(format!("returned: {}", told(&seen.result)))
        .fact(format!("wanted:   {}", told(&wanted)));
    let got = list(&seen.result);
    let wanted = list(&wanted);
    let lost = |call: &&Noted| call.failed && !got.contains(&error(&call.lane));
    let lost: Vec<_> = seen.calls.iter().filter(lost).collect();
    let same_set = got.len() == wanted.len() && lost.is_empty();
    if same_set && got != wanted {
        let mut ended: Vec<_> =
            seen.calls.iter().filter(|call| call.failed).collect();
        ended.sort_by_key(|call| call.over);
        if ended
            .iter()
            .map(|call| error(&call.lane))
            .eq(got.iter().cloned())
        {
            verdict
                .why("This is the order in which the calls ended.")
                .read_on("gather", "Results in completion order")
                .fail();
        }
        verdict.fail();
    }
    if lost.is_empty() {
        let mut once = wanted.to_vec();
        once.dedup();
        if got == once {
            verdict
                .why(
                    "Calls that failed alike are calls all the same. Of errors \
                     that read the same, only one has come back.",
                )
                .read_on(PAGE, "Equal errors, told once")
                .fail();
        }
        verdict.fail();
    }
    let lanes: Vec<_> = lost.iter().map(|call| call.lane.clone()).collect();
    let verdict = verdict.fact(format!("lost: {}", listed(&lanes)));
    if lost
        .iter()
        .all(|call| call.in_a_task && call.over < seen.back)
    {
        verdict
            .why(
                "These calls ended with an error in tasks, before you \
                 returned. Awaiting a handle gives a result around a result: \
                 the outer one says whether the task panicked, the inner one \
                 whether the call failed.",
            )
            .read_on(PAGE, "The inner result unread")
            .fail();
    }
    if lost
        .iter()
        .all(|call| call.in_a_task && call.over > seen.back)
    {
        verdict
            .why(
                "These calls ended with an error when you had returned, in \
                 tasks that nobody had waited for.",
            )
            .read_on(PAGE, "Spawned and left alone")
            .fail();
    }
    if first_only {
        verdict
            .why(
                "Whichever calls fail, the first error in the order comes \
                 back, and the others are dropped.",
            )
            .read_on(PAGE, "Only the first error")
            .fail();
    }
    // What came back are the other errors, and nothing in the place of these.
    let left_out = got.len() + lost.len() == wanted.len();
    if left_out && lost.iter().all(|call| !call.in_a_task) {
        verdict
            .why(
                "These calls were awaited and ended with an error. Their \
                 results were dropped, and the errors with them.",
            )
            .read_on(PAGE, "Joined and unread")
            .fail();
    }
    verdict.fail();
}

/// The lanes on which a call ended in `whole` and none did in `seen`.
fn missing(whole: &Seen, seen: &Seen, but: &[String]) -> Vec<String> {
    let ended = |call: &&Noted| call.end == End::Finished;
    let lanes = whole.calls.iter().filter(ended).map(|call| &call.lane);
    lanes
        .filter(|lane| !but.contains(lane) && seen.ended(lane) == 0)
        .cloned()
        .collect()
}

fn list(result: &Result<(), CloseError>) -> &[CallError] {
    match result {
        Err(CloseError::Incomplete(errors)) => errors,
        _ => &[],
    }
}

fn told(result: &Result<(), CloseError>) -> String {
    match result {
        Ok(()) => "Ok".to_owned(),
        Err(CloseError::NotStored(error)) => format!("NotStored({error})"),
        Err(CloseError::Incomplete(errors)) => {
            let errors: Vec<_> = errors.iter().map(|it| it.0.clone()).collect();
            format!("Incomplete({})", listed(&errors))
        }
    }
}

fn listed(names: &[String]) -> String {
    if names.is_empty() {
        return "none".to_owned();
    }
    names.join(", ")
}

// The order, and the shop that notes what is asked of it.

/// The order that is closed: with an address and three products.
fn order() -> Order {
    Order {
        id: ID,
        email: Some(EMAIL.to_owned()),
        products: ["lamp", "rope", "saw"].map(str::to_owned).to_vec(),
    }
}

const ID: u32 = 7;
const EMAIL: &str = "ada@example.org";

/// The lanes of the calls that are made together, in the order of their errors.
fn places(order: &Order) -> Vec<String> {
    let pages = order
        .products
        .iter()
        .map(|product| format!("page {product}"));
    let receipt = order.email.iter().map(|_| RECEIPT.to_owned());
    receipt.chain(pages).chain([AUDIT.to_owned()]).collect()
}

/// The error of a failing call on this lane.
fn error(lane: &str) -> CallError {
    CallError(format!("{lane} failed"))
}

fn known(lane: &str) -> bool {
    [STORE, RECEIPT, AUDIT].contains(&lane)
        || ["page lamp", "page rope", "page saw"].contains(&lane)
}

/// What became of an order.
struct Seen {
    result: Result<(), CloseError>,
    calls: Vec<Noted>,
    /// When the function came back, in the order of all that happened.
    back: usize,
}

impl Seen {
    fn all(&self, lane: &str) -> impl Iterator<Item = &Noted> {
        self.calls.iter().filter(move |call| call.lane == lane)
    }

    /// How many futures were made.
    fn of(&self, lane: &str) -> usize {
        self.all(lane).count()
    }

    /// How many of them were run to their end.
    fn ended(&self, lane: &str) -> usize {
        self.all(lane)
            .filter(|call| call.end == End::Finished)
            .count()
    }
}

/// Closes an order, and waits until nothing goes on any more.
async fn closed(notes: Notes, order: &Order) -> Seen {
    if let Some(journal) = &notes.journal {
        journal.declare(["close", STORE]);
        journal.declare(places(order));
    }
    let close_lane = notes.journal.as_ref().map(|it| it.call("close"));
    let result = close(&notes, order).await;
    // At once: whatever awaits lets other tasks run, and end.
    let back = notes.tick();
    if let Some(call) = close_lane {
        call.finished();
    }
    if notes.quick {
        at_rest_for(Duration::from_millis(40)).await;
    } else {
        sleep(HOUR * 10).await;
    }
    let calls = notes.lock().calls.clone();
    Seen {
        result,
        calls,
        back,
    }
}

const NEVER: usize = usize::MAX;

/// What a slow call takes.
const HOUR: Duration = Duration::from_hours(1);

/// A future that was made.
#[derive(Clone, Debug)]
struct Noted {
    lane: String,
    /// When it was first polled, in the order of all that happened.
    polled: usize,
    /// When it ended or was dropped; `NEVER` while it is under way.
    over: usize,
    end: End,
    failed: bool,
    in_a_task: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    /// It is still there.
    Open,
    /// It ran to its end.
    Finished,
    /// It was dropped in the middle.
    Cut,
    /// It was dropped before anything polled it.
    Unpolled,
}

/// The shop.
#[derive(Clone)]
struct Notes {
    journal: Option<Journal>,
    failing: Vec<String>,
    /// The lane of the calls that take an hour.
    slow: Option<String>,
    /// No timers, for the real clock.
    quick: bool,
    inner: Arc<Mutex<Inner>>,
}

#[derive(Default)]
struct Inner {
    calls: Vec<Noted>,
    /// How many events there have been.
    ticks: usize,
}

impl Notes {
    fn new() -> Self {
        let journal = journal();

        Self {
            journal: Some(journal),
            failing: Vec::new(),
            slow: None,
            quick: false,
            inner: Arc::default(),
        }
    }

    fn undrawn(mut self) -> Self {
        self.journal = None;
        self
    }

    fn failing(mut self, lanes: &[impl AsRef<str>]) -> Self {
        self.failing = lanes.iter().map(|it| it.as_ref().to_owned()).collect();
        self
    }

    fn slow(mut self, lane: &str) -> Self {
        self.slow = Some(lane.to_owned());
        self
    }

    fn quick(mut self) -> Self {
        self.quick = true;
        self
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn tick(&self) -> usize {
        self.lock().tick()
    }

    /// A future for a call, which notes what becomes of it.
    fn call(&self, lane: String) -> Answer {
        let mut made = {
            let mut inner = self.lock();
            inner.calls.push(Noted {
                lane: lane.clone(),
                polled: NEVER,
                over: NEVER,
                end: End::Open,
                failed: false,
                in_a_task: false,
            });
            Made {
                place: inner.calls.len() - 1,
                notes: self.clone(),
                call: None,
                lane,
            }
        };
        Box::pin(async move {
            made.polled();
            made.takes_its_time().await;
            made.finished()
        })
    }
}

type Done = Result<(), CallError>;
type Answer = Pin<Box<dyn Future<Output = Done> + Send>>;

impl Inner {
    fn tick(&mut self) -> usize {
        self.ticks += 1;
        self.ticks
    }
}

/// A future that was made. Dropped, it notes in which state.
struct Made {
    notes: Notes,
    place: usize,
    lane: String,
    call: Option<Call>,
}

impl Made {
    fn polled(&mut self) {
        self.call = self.notes.journal.as_ref().map(|it| it.call(&self.lane));
        let mut inner = self.notes.lock();
        let tick = inner.tick();
        let noted = &mut inner.calls[self.place];
        noted.polled = tick;
        noted.in_a_task = task::try_id().is_some();
    }

    /// The last take the least time, so that calls together end in another
    /// order than they began; or one takes an hour. On real threads the audit
    /// ends when nothing else moves: whoever does not wait for it is early.
    async fn takes_its_time(&self) {
        if self.notes.quick {
            if self.lane == AUDIT {
                at_rest_for(Duration::from_millis(20)).await;
            }
            return task::yield_now().await;
        }
        let slow = self.notes.slow.as_ref() == Some(&self.lane);
        sleep(if slow { HOUR } else { self.takes() }).await;
    }

    fn takes(&self) -> Duration {
        let lanes =
            [AUDIT, "page saw", "page rope", "page lamp", RECEIPT, STORE];
        let place = lanes.iter().position(|lane| *lane == self.lane);
        let tens = u64::try_from(place.unwrap_or(0)).unwrap_or(0) + 1;
        Duration::from_millis(10 * tens)
    }

    fn finished(mut self) -> Result<(), CallError> {
        let failed = self.notes.failing.contains(&self.lane);
        let mut inner = self.notes.lock();
        let noted = &mut inner.calls[self.place];
        noted.end = End::Finished;
        noted.failed = failed;
        drop(inner);
        if failed && let Some(journal) = &self.notes.journal {
            journal.mark(&self.lane, "failed");
        }
        if let Some(call) = self.call.take() {
            call.finished();
        }
        if failed {
            Err(error(&self.lane))
        } else {
            Ok(())
        }
    }
}

impl Drop for Made {
    fn drop(&mut self) {
        let mut inner = self.notes.lock();
        let tick = inner.tick();
        let noted = &mut inner.calls[self.place];
        noted.over = tick;
        if noted.end == End::Open {
            let unpolled = noted.polled == NEVER;
            noted.end = if unpolled { End::Unpolled } else { End::Cut };
            if unpolled && let Some(journal) = &self.notes.journal {
                journal.mark(&self.lane, "dropped, never polled");
            }
        }
    }
}

impl Shop for Notes {
    fn store(&self, order: u32) -> impl Future<Output = Done> + Send {
        self.call(named(STORE, order == ID, &order.to_string()))
    }

    fn send_receipt(
        &self,
        order: u32,
        email: &str,
    ) -> impl Future<Output = Done> + Send {
        let right = (order, email) == (ID, EMAIL);
        self.call(named(RECEIPT, right, &format!("{order} {email}")))
    }

    fn refresh(&self, product: &str) -> impl Future<Output = Done> + Send {
        self.call(format!("page {product}"))
    }

    fn audit(&self, order: u32) -> impl Future<Output = Done> + Send {
        self.call(named(AUDIT, order == ID, &order.to_string()))
    }
}

/// The lane of a call: one with other arguments than asked has its own.
fn named(lane: &str, right: bool, arguments: &str) -> String {
    if right {
        lane.to_owned()
    } else {
        format!("{lane} of {arguments}")
    }
}
