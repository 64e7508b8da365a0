//! What `deadlines` is asked for: one behaviour a test.
//!
//! The clock is paused: when everything waits, it jumps to the next timer. So
//! each figure is exact, and ten seconds take no time.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    thread,
    time::Duration,
};

use deadlines::{
    Cursor, Ended, Found, Page, SearchService, ServiceError, search,
};
use testkit::{Call, Cause, Expectation, Journal, Stopwatch, expect, journal};
use tokio::{
    task,
    time::{Instant, sleep, sleep_until},
};

#[path = "deadlines/causes.rs"]
mod causes;

use causes::*;

/// How long a visitor waits, where a test says nothing else.
const BUDGET: u64 = 250;

/// Longer than anybody waits.
const STUCK: u64 = 10_000;

#[test]
fn comes_back_with_the_last_page() {
    testkit::run_paused(async || {
        let service = Service::of([100, 100, 100, 100]);

        let seen = searched(&service, 1_000).await;

        let calls = service.calls();
        let all = calls.len() == 4 && calls.iter().all(|call| call.over <= 400);
        let stopped = calls.len() < 4 && calls.iter().all(|call| call.arrived);
        let slept = all && seen.after == 1_000;
        let fine = seen.after == 400 && seen.found == service.all_of_it();
        expect(fine, "the search does not end with its last page")
            .asked("four pages at 400 ms, though the deadline is at 1000 ms")
            .fact(came_back(&seen, 1_000))
            .facts(service.differences(&seen))
            .fact_if(
                stopped,
                "the last page that was asked for names another one",
            )
            .because([(slept, SLEEPS_IT_OUT)]);
    });
}

#[test]
fn comes_back_with_the_first_failure() {
    testkit::run_paused(async || {
        let error = ServiceError::Status(500);
        let service = Service::of([40, 30]).failing(&error);

        let seen = searched(&service, BUDGET).await;

        let asks = service.calls().len();
        expect(seen.after == 70, "a failure does not end the search")
            .asked("an end at 70 ms, when the second page is an error")
            .fact(came_back(&seen, BUDGET))
            .facts(service.asked_again())
            .because([(asks == 2 && seen.after == BUDGET, SLEEPS_IT_OUT)]);
    });
}

#[test]
fn stops_at_the_deadline() {
    testkit::run_paused(async || {
        let another_clock = goes_by_another_clock().await;
        let service = Service::of([100, 100, 100, 100, 100, STUCK]);

        let seen = searched(&service, BUDGET).await;

        if seen.after == BUDGET {
            return;
        }
        let verdict = expect(false, "the search does not end at its deadline")
            .asked(format!("an end at {BUDGET} ms, with the third page cut"));
        if another_clock {
            return blame_the_clock(verdict);
        }
        let calls = service.calls();
        let cut = calls.iter().find(|call| !call.arrived);
        let verdict =
            verdict.fact(came_back(&seen, BUDGET)).facts(cut.map(Asked::told));
        let early = seen.after < BUDGET;
        let habits = Habits::found().await;
        verdict.because([
            (early && habits.gives_a_share, SHARE_OF_THE_BUDGET),
            (!early && habits.counts_anew, TIMEOUT_PER_STEP),
            (!early && habits.looks_between, BETWEEN_THE_STEPS),
        ]);
    });
}

#[test]
fn a_slow_page_may_use_all_the_time_left() {
    testkit::run_paused(async || {
        let service = Service::of([200, 20, 20]);

        let seen = searched(&service, BUDGET).await;

        if seen.found == service.all_of_it() {
            return;
        }
        let calls = service.calls();
        let cut = calls.iter().find(|call| !call.arrived);
        let verdict = expect(false, "a search that fits was cut")
            .asked("three pages that take 240 ms of 250 ms")
            .fact(came_back(&seen, BUDGET));
        match cut {
            Some(cut) => cut_early(verdict, cut).await,
            None => verdict.facts(service.differences(&seen)).or_fail(),
        }
    });
}

#[test]
fn hands_back_what_was_found() {
    testkit::run_paused(async || {
        // The third page has no offers; the fourth repeats one of the first.
        let service = Service::of([60, 60, 60, 60, STUCK]);

        let seen = searched(&service, BUDGET).await;

        let wanted = service.offers_that_arrived(seen.after);
        if seen.found.offers == wanted {
            return;
        }
        let lost = seen.loses_all() && keeps_offers_at_a_failure().await;
        expect(false, "offers that had arrived are not handed back")
            .asked("the offers of every page that arrived, in that order")
            .fact(offers(&seen, &wanted))
            .fact_if(
                !seen.loses_all(),
                "page 3 has no offers, and page 4 repeats one of page 1",
            )
            .because([(lost, NOTHING_AT_THE_DEADLINE)]);
    });
}

#[test]
fn says_where_it_was_cut() {
    testkit::run_paused(async || {
        let service = Service::of([100, 100, STUCK]);

        let seen = searched(&service, BUDGET).await;

        let wanted = service.end_as_of(seen.after);
        if seen.found.ended == wanted {
            return;
        }
        expect(false, "the end is not told as it was")
            .asked("`Cut`, with the cursor of the first page that is missing")
            .fact(service.ended(&seen.found.ended, &wanted))
            .because(wrongly_told(&service, &seen).await);
    });
}

#[test]
fn goes_on_where_a_search_was_cut() {
    testkit::run_paused(async || {
        // The third page is slow once, as services are.
        let service =
            Service::of([100, 100, STUCK, 100]).and_at_the_second_try(100);

        let first = searched(&service, BUDGET).await;
        let Ended::Cut { next } = first.found.ended else {
            if first.found == service.all_of_it() {
                return;
            }
            return expect(false, "nobody can go on with this search")
                .asked("`Cut`, and the cursor from which to go on")
                .fact(format!(
                    "ended: {}, wanted: Cut",
                    service.told(&first.found.ended)
                ))
                .because(wrongly_told(&service, &first).await);
        };
        journal().step();
        let second =
            search(&service, next, Instant::now() + Duration::from_mins(1))
                .await;

        let again = service.cut_at_an_old_page(&first);
        let got = [first.found.offers, second.offers].concat();
        let wanted = service.all_of_it().offers;
        if got == wanted {
            return;
        }
        expect(false, "two searches do not make a whole one")
            .asked("each offer once: what the first search had, and the rest")
            .fact(format!("offers: {}", listed(&got)))
            .fact(format!("wanted: {}", listed(&wanted)))
            .because([(again, THE_LAST_PAGE_AGAIN)]);
    });
}

#[test]
fn leaves_nothing_running() {
    testkit::run_paused(async || {
        let service = Service::of([100, STUCK]);

        let seen = searched(&service, BUDGET).await;
        sleep(Duration::from_millis(2 * STUCK)).await;

        let calls = service.calls();
        let late = calls.iter().find(|call| call.over > seen.after);
        if let Some(call) = late {
            return left_running()
                .fact(came_back(&seen, BUDGET))
                .fact(format!(
                    "page {}: {} at {} ms",
                    call.page,
                    if call.arrived { "arrived" } else { "dropped" },
                    call.over
                ))
                .because([(call.in_a_task, LEFT_RUNNING)]);
        }
        let in_a_task = calls.last().is_some_and(|call| call.in_a_task);
        expect(
            !seen.under_way,
            "a page was under way when the search came back",
        )
        .asked("when the search ends, no page is under way any more")
        .fact(came_back(&seen, BUDGET))
        .fact("the page was dropped at that time, but afterwards")
        .without_drawing()
        .because([(in_a_task, ABORTED_ONLY)]);
    });
}

#[test]
fn leaves_nothing_running_on_several_threads() {
    testkit::run_parallel(async || {
        // Real time: a page at once, and one that is there when nobody waits
        // for it any more.
        let service = Service::of([0, 300]);
        let deadline = Instant::now() + Duration::from_millis(40);

        search(&service, cursor(1), deadline).await;

        let under_way = service.under_way();
        while service.under_way() {
            sleep(Duration::from_millis(5)).await;
        }
        let calls = service.calls();
        let Some(call) = calls.last() else { return };
        if under_way && call.arrived {
            left_running()
                .fact("the page arrived, long after the search had ended")
                .because([(call.in_a_task, LEFT_RUNNING)]);
        }
    });
}

#[test]
fn asks_for_nothing_when_the_deadline_is_past() {
    testkit::run_paused(async || {
        let service = Service::of([100, 100]);
        let another_clock = goes_by_another_clock().await;
        sleep(Duration::from_hours(1)).await;
        let deadline = Instant::now() - Duration::from_mins(1);

        let found = search(&service, cursor(1), deadline).await;

        let asked = "no page, no offers, and `Cut` with the cursor given";
        if !service.calls().is_empty() {
            let verdict =
                expect(false, "the deadline was past, and a page asked for")
                    .asked(asked);
            if another_clock {
                return blame_the_clock(verdict);
            }
            asked_too_late(verdict, &service, 3_540_000, false);
        }
        let cut = Ended::Cut { next: cursor(1) };
        expect(
            found.ended == cut && found.offers.is_empty(),
            "the deadline was past, and the end is told otherwise",
        )
        .asked(asked)
        .fact(service.ended(&found.ended, &cut))
        .or_fail();
    });
}

#[test]
fn asks_for_no_page_at_the_deadline() {
    testkit::run_paused(async || {
        let another_clock = goes_by_another_clock().await;
        let service = Service::of([150, 100, 100]);

        searched(&service, BUDGET).await;

        if service.calls().iter().any(|call| call.from >= BUDGET) {
            let verdict = expect(false, "a page was asked for too late")
                .asked("once the deadline has come, no page is asked for");
            if another_clock {
                return blame_the_clock(verdict);
            }
            let habits = Habits::found().await;
            asked_too_late(verdict, &service, BUDGET, habits.counts_anew);
        }
    });
}

#[test]
fn keeps_a_page_that_arrives_at_the_deadline() {
    testkit::run_paused(async || {
        // Whatever is decided at random shows within so many searches.
        const SEARCHES: usize = 40;
        let mut lost = 0;
        for _ in 0..SEARCHES {
            let service = Service::of([150, 100, 100]).unseen();
            let seen = searched(&service, BUDGET).await;
            let calls = service.calls();
            let asked = "two pages by 250 ms: they take 150 and 100 ms";
            let second = calls.iter().find(|call| call.page == 2);
            let Some(second) = second else {
                let verdict =
                    expect(false, "the second page was not asked for")
                        .asked(asked)
                        .fact(came_back(&seen, BUDGET));
                return match calls.first() {
                    Some(first) if !first.arrived => {
                        cut_early(verdict, first).await;
                    }
                    _ => verdict.or_fail(),
                };
            };
            if second.over < BUDGET && !second.arrived {
                let verdict =
                    expect(false, "the second page was dropped early")
                        .asked(asked);
                return cut_early(verdict, second).await;
            }
            // What a task has brought is not yet where the search can see it.
            let brought = seen.found.offers.iter().any(|offer| offer == LATE);
            let told = service.end_as_of(seen.after);
            let again = service.cut_at_an_old_page(&seen);
            expect(
                !brought || seen.found.ended == told,
                "a page was kept, and told as missing",
            )
            .asked("`Cut`, with the cursor of the first page missing")
            .fact(service.ended(&seen.found.ended, &told))
            .because([(again, THE_LAST_PAGE_AGAIN)]);
            if !brought && !second.in_a_task {
                lost += 1;
            }
        }

        let always = lost == SEARCHES;
        expect(
            lost == 0,
            "a page that was there at the deadline was thrown away",
        )
        .asked("a page that arrives at the very deadline counts")
        .fact(if always {
            "the second page arrived at 250 ms, and is not handed back"
        } else {
            "the same search again and again: at times the page was \
                 kept, at times not"
        })
        .because([(!always, COIN_TOSS)]);
    });
}

#[test]
fn tells_a_failure_from_a_cut() {
    testkit::run_paused(async || {
        let error = ServiceError::Status(503);
        let service = Service::of([40, 30]).failing(&error);

        let seen = searched(&service, BUDGET).await;

        told_as_failed(&service, &seen, error);
    });
}

#[test]
fn takes_the_services_own_timeout_for_a_failure() {
    testkit::run_paused(async || {
        let error = ServiceError::TimedOut;
        let service = Service::of([40, 30]).failing(&error);

        let seen = searched(&service, BUDGET).await;

        told_as_failed(&service, &seen, error);
    });
}

#[test]
fn a_failure_keeps_what_was_found() {
    testkit::run_paused(async || {
        let error = ServiceError::Status(500);
        let service = Service::of([50, 50, 50, 50]).failing(&error);

        let seen = searched(&service, BUDGET).await;

        let wanted = service.offers_that_arrived(seen.after);
        let failed = seen.found.ended == Ended::Failed(error);
        expect(
            seen.found.offers == wanted,
            "a failure cost what had been found",
        )
        .asked("the offers of every page before the one that failed")
        .fact(offers(&seen, &wanted))
        .because([(failed && seen.loses_all(), QUESTION_MARK)]);
    });
}

#[test]
fn goes_by_the_clock_of_the_runtime() {
    testkit::run_paused(async || {
        if goes_by_another_clock().await {
            blame_the_clock(
                expect(false, "the search was cut while its clock stood still")
                    .asked("only tokio's clock counts"),
            );
        }
    });
}

// What the verdicts have in common.

/// Fails for a failure of the service that is told as something else.
fn told_as_failed(service: &Service, seen: &Seen, error: ServiceError) {
    let wanted = Ended::Failed(error);
    let asks = service.calls().len();
    // The second page fails at 70 ms.
    let cut = matches!(seen.found.ended, Ended::Cut { .. }) && seen.after == 70;
    expect(seen.found.ended == wanted, "a failure is told as something else")
        .asked("`Failed`, with the error of the service")
        .fact(came_back(seen, BUDGET))
        .fact(service.ended(&seen.found.ended, &wanted))
        .facts(service.asked_again())
        .because([(asks == 2 && cut, ERROR_AS_DEADLINE)]);
}

/// Why an end may not be `Cut` with the right cursor.
async fn wrongly_told(service: &Service, seen: &Seen) -> [(bool, Cause); 3] {
    let failed = matches!(seen.found.ended, Ended::Failed(_));
    let begins_anew = seen.found.ended == Ended::Cut { next: cursor(1) };
    let lost = begins_anew && seen.loses_all();
    [
        (failed && seen.after >= BUDGET, DEADLINE_AS_ERROR),
        (service.cut_at_an_old_page(seen), THE_LAST_PAGE_AGAIN),
        (lost && keeps_offers_at_a_failure().await, NOTHING_AT_THE_DEADLINE),
    ]
}

/// Whether the offers of a page are handed back where the next one fails.
async fn keeps_offers_at_a_failure() -> bool {
    let error = ServiceError::Status(500);
    let service = Service::of([50, 50]).unseen().failing(&error);
    !searched(&service, BUDGET).await.loses_all()
}

/// Fails with what is known of a page that was dropped before the deadline.
async fn cut_early(verdict: Expectation, cut: &Asked) {
    let early = cut.over < BUDGET;
    let share = early && Habits::found().await.gives_a_share;
    verdict
        .fact(cut.told())
        .fact_if(
            early,
            format!("left then: {} ms", BUDGET - cut.over.min(BUDGET)),
        )
        .because([(share, SHARE_OF_THE_BUDGET)]);
}

/// Fails with what is known of pages that were asked for at `deadline`, in ms,
/// or later.
fn asked_too_late(
    verdict: Expectation,
    service: &Service,
    deadline: u64,
    counts_anew: bool,
) {
    let calls = service.calls();
    let late = calls.iter().filter(|call| call.from >= deadline);
    let at_once = late.clone().all(|call| !call.arrived && call.lasted() == 0);
    let in_a_task = late.clone().any(|call| call.in_a_task);
    let told = late.map(|call| {
        let Asked { page, from, .. } = call;
        format!("page {page}: asked for at {from} ms, deadline: {deadline} ms")
    });
    verdict.facts(told).because([
        (at_once && !in_a_task, TOO_LATE_TO_ASK),
        (!at_once && counts_anew, TIMEOUT_PER_STEP),
    ]);
}

fn left_running() -> Expectation {
    expect(false, "a page went on after the search")
        .asked("when the search ends, no page is under way any more")
}

/// What a search does with a page that is stuck.
struct Habits {
    /// The page is dropped when it has used a share of the budget.
    gives_a_share: bool,
    /// The page is dropped when it has used the whole budget, which began when
    /// it was asked for.
    counts_anew: bool,
    /// The page is awaited to its end.
    looks_between: bool,
}

impl Habits {
    async fn found() -> Self {
        let dropped = async |budget| {
            let service = Service::of([STUCK]).unseen();
            searched(&service, budget).await;
            let call = service.calls().into_iter().next();
            call.filter(|call| !call.arrived).map_or(0, |call| call.over)
        };
        let (once, twice) = (dropped(BUDGET).await, dropped(2 * BUDGET).await);
        let second = Service::of([100, STUCK, 100]).unseen();
        searched(&second, BUDGET).await;
        let calls = second.calls();
        let over = |arrived| {
            let call = calls.get(1).filter(|call| call.arrived == arrived);
            call.map(|call| call.over)
        };
        Self {
            // Timers round up to whole milliseconds.
            gives_a_share: 0 < once
                && once < BUDGET
                && twice.abs_diff(2 * once) <= 1,
            counts_anew: over(false) == Some(100 + BUDGET),
            looks_between: over(true) == Some(100 + STUCK) && calls.len() == 2,
        }
    }
}

/// Whether a search is cut because time passes on another clock than the
/// runtime's: it is whole when none passes on either.
async fn goes_by_another_clock() -> bool {
    let whole = Service::of([0, 0]).unseen();
    let blocking = whole.clone().blocking_once();
    !cut_at_once(&whole).await && cut_at_once(&blocking).await
}

/// Whether a search of `service`, which needs no time, is cut.
async fn cut_at_once(service: &Service) -> bool {
    let before = Instant::now();
    let deadline = before + Duration::from_millis(10);
    let found = search(service, cursor(1), deadline).await;
    before == Instant::now() && matches!(found.ended, Ended::Cut { .. })
}

fn blame_the_clock(verdict: Expectation) {
    verdict
        .fact("15 ms passed on the wall, 0 ms on the clock of the runtime")
        .fact("a search with a deadline in 10 ms was cut")
        .without_drawing()
        .because([(true, ANOTHER_CLOCK)]);
}

fn came_back(seen: &Seen, deadline: u64) -> String {
    format!("came back at {} ms, deadline: {deadline} ms", seen.after)
}

fn offers(seen: &Seen, wanted: &[String]) -> String {
    format!(
        "offers: {}\nwanted: {}",
        listed(&seen.found.offers),
        listed(wanted)
    )
}

fn listed(offers: &[String]) -> String {
    if offers.is_empty() { "none".to_owned() } else { offers.join(", ") }
}

// The search, watched.

/// What a search gave, and after how long.
struct Seen {
    found: Found,
    after: u64,
    /// Whether a page was under way when the search came back.
    under_way: bool,
}

impl Seen {
    fn loses_all(&self) -> bool {
        self.found.offers.is_empty()
    }
}

/// Searches from the first page with a deadline in `budget` ms. In the drawing,
/// the visitor's patience has a lane of its own.
async fn searched(service: &Service, budget: u64) -> Seen {
    let deadline = Instant::now() + Duration::from_millis(budget);
    let journal = service.journal.clone();
    let patience = task::spawn(async move {
        let call = journal.map(|journal| journal.call("budget"));
        sleep_until(deadline).await;
        if let Some(call) = call {
            call.finished();
        }
    });
    let watch = Stopwatch::start();
    let found = search(service, cursor(1), deadline).await;
    // At once: whatever awaits lets other tasks run, and end.
    let under_way = service.under_way();
    let seen = Seen { found, after: watch.millis(), under_way };
    // So that the budget is drawn to its end, also when it is not used up.
    let _ = patience.await;
    seen
}

/// The cursor of page `page`, counted from 1: in no order, as cursors are.
fn cursor(page: usize) -> Cursor {
    const CURSORS: [u64; 7] = [0, 40, 7, 93, 12, 65, 28];
    Cursor(CURSORS[page])
}

/// What the second page brings.
const LATE: &str = "2a";

/// A search service in memory, which notes what it is asked.
#[derive(Clone)]
struct Service {
    pages: Vec<Takes>,
    journal: Option<Journal>,
    watch: Stopwatch,
    blocks: bool,
    asked: Arc<Mutex<Vec<Asked>>>,
}

/// How long a page takes, and what comes of it.
#[derive(Clone)]
struct Takes {
    millis: u64,
    again: u64,
    answer: Result<Page, ServiceError>,
}

/// A page that was asked for.
#[derive(Clone, Debug)]
struct Asked {
    page: usize,
    from: u64,
    /// When it arrived or was dropped; `u64::MAX` while it is under way.
    over: u64,
    arrived: bool,
    in_a_task: bool,
}

impl Asked {
    fn lasted(&self) -> u64 {
        self.over - self.from
    }

    fn told(&self) -> String {
        format!(
            "page {}: asked for at {} ms, dropped at {} ms",
            self.page, self.from, self.over
        )
    }
}

/// A page under way. Dropped in the middle, it notes when.
struct UnderWay {
    service: Service,
    place: usize,
    call: Option<Call>,
}

impl Service {
    /// A service whose pages take so many milliseconds each.
    fn of<const N: usize>(millis: [u64; N]) -> Self {
        let page = |number: usize| Page {
            offers: match number {
                1 => vec!["1a".to_owned(), "1b".to_owned()],
                2 => vec![LATE.to_owned()],
                3 => vec![],
                4 => vec!["1b".to_owned(), "4a".to_owned()],
                _ => vec![format!("{number}a")],
            },
            next: (number < N).then(|| cursor(number + 1)),
        };
        Self {
            pages: millis
                .into_iter()
                .zip(1..)
                .map(|(millis, number)| Takes {
                    millis,
                    again: millis,
                    answer: Ok(page(number)),
                })
                .collect(),
            journal: Some(journal()),
            watch: Stopwatch::start(),
            blocks: false,
            asked: Arc::default(),
        }
    }

    /// The slowest page takes so long only once.
    fn and_at_the_second_try(mut self, millis: u64) -> Self {
        for page in &mut self.pages {
            page.again = page.again.min(millis);
        }
        self
    }

    /// The last page is an error.
    fn failing(mut self, error: &ServiceError) -> Self {
        if let Some(last) = self.pages.last_mut() {
            last.answer = Err(error.clone());
        }
        self
    }

    /// Leaves this service out of the drawing.
    fn unseen(mut self) -> Self {
        self.journal = None;
        self
    }

    /// The first page costs 15 ms on the wall, and nothing on the runtime's
    /// clock.
    fn blocking_once(mut self) -> Self {
        self.blocks = true;
        self
    }

    /// What a search finds that is neither cut nor failing.
    fn all_of_it(&self) -> Found {
        let pages =
            self.pages.iter().filter_map(|page| page.answer.as_ref().ok());
        Found {
            offers: pages.flat_map(|page| page.offers.clone()).collect(),
            ended: Ended::Complete,
        }
    }

    /// The pages that were asked for, in that order.
    fn calls(&self) -> Vec<Asked> {
        self.notes().clone()
    }

    fn under_way(&self) -> bool {
        self.notes().iter().any(|call| call.over == u64::MAX)
    }

    /// How many pages had arrived `after` ms.
    fn arrived_by(&self, after: u64) -> usize {
        let notes = self.notes();
        notes.iter().filter(|call| call.arrived && call.over <= after).count()
    }

    /// The offers of the pages that had arrived `after` ms.
    fn offers_that_arrived(&self, after: u64) -> Vec<String> {
        let pages = self.pages.iter().take(self.arrived_by(after));
        let pages = pages.filter_map(|page| page.answer.as_ref().ok());
        pages.flat_map(|page| page.offers.clone()).collect()
    }

    /// The true end of a search that came back `after` ms.
    fn end_as_of(&self, after: u64) -> Ended {
        match self.arrived_by(after) {
            arrived if arrived == self.pages.len() => Ended::Complete,
            arrived => Ended::Cut { next: cursor(arrived + 1) },
        }
    }

    /// Whether the search says that a page is missing which it has handed back.
    fn cut_at_an_old_page(&self, seen: &Seen) -> bool {
        let arrived = self.arrived_by(seen.after);
        arrived > 0
            && seen.found.ended == Ended::Cut { next: cursor(arrived) }
            && seen.found.offers == self.offers_that_arrived(seen.after)
    }

    /// The first page that was asked for more than once.
    fn asked_again(&self) -> Option<String> {
        let calls = self.calls();
        let asks = |page| calls.iter().filter(|it| it.page == page).count();
        let page = { 1..=self.pages.len() }.find(|page| asks(*page) > 1)?;
        let times = asks(page);
        Some(format!("page {page}: asked for {times} times, wanted: once"))
    }

    /// What differs between `seen` and the whole search.
    fn differences(&self, seen: &Seen) -> Vec<String> {
        let whole = self.all_of_it();
        let ended = self.ended(&seen.found.ended, &whole.ended);
        let offers = offers(seen, &whole.offers);
        [
            (seen.found.ended != whole.ended).then_some(ended),
            (seen.found.offers != whole.offers).then_some(offers),
        ]
        .into_iter()
        .flatten()
        .collect()
    }

    fn ended(&self, got: &Ended, wanted: &Ended) -> String {
        let [got, wanted] = [got, wanted].map(|ended| self.told(ended));
        format!("ended: {got}, wanted: {wanted}")
    }

    /// An end, with the number of the page instead of its cursor.
    fn told(&self, ended: &Ended) -> String {
        match ended {
            Ended::Complete => "Complete".to_owned(),
            Ended::Failed(error) => format!("Failed, {error}"),
            Ended::Cut { next } => {
                let numbers = 1..=self.pages.len();
                match { numbers }.find(|&page| cursor(page) == *next) {
                    Some(page) => format!("Cut, next: page {page}"),
                    None => "Cut, next: a cursor of no page".to_owned(),
                }
            }
        }
    }

    fn notes(&self) -> MutexGuard<'_, Vec<Asked>> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes that page `number` is asked for.
    fn ask(&self, number: usize) -> UnderWay {
        let lane = format!("page {number}");
        let call = self.journal.as_ref().map(|journal| journal.call(&lane));
        let mut notes = self.notes();
        notes.push(Asked {
            page: number,
            from: self.watch.millis(),
            over: u64::MAX,
            arrived: false,
            in_a_task: task::try_id().is_some(),
        });
        UnderWay { service: self.clone(), place: notes.len() - 1, call }
    }
}

impl SearchService for Service {
    async fn page(&self, at: Cursor) -> Result<Page, ServiceError> {
        let numbers = 1..=self.pages.len();
        let Some(number) = { numbers }.find(|&page| cursor(page) == at) else {
            return Err(ServiceError::Status(404));
        };
        let page = &self.pages[number - 1];
        let again = self.notes().iter().any(|call| call.page == number);
        let under_way = self.ask(number);
        if self.blocks && number == 1 {
            thread::sleep(Duration::from_millis(15));
        }
        let millis = if again { page.again } else { page.millis };
        if millis > 0 {
            sleep(Duration::from_millis(millis)).await;
        }
        under_way.arrived();
        page.answer.clone()
    }
}

impl UnderWay {
    fn arrived(mut self) {
        self.service.notes()[self.place].arrived = true;
        if let Some(call) = self.call.take() {
            call.finished();
        }
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.service.notes()[self.place].over = self.service.watch.millis();
    }
}
