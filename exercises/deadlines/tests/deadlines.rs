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
use testkit::{Call, Journal, Stopwatch, Verdict, journal};
use tokio::{
    task,
    time::{Instant, sleep, sleep_until},
};

const PAGE: &str = "deadlines";

/// How long a visitor waits, where a test says nothing else.
const BUDGET: u64 = 250;

/// Longer than anybody waits.
const STUCK: u64 = 10_000;

#[test]
fn comes_back_with_the_last_page() {
    testkit::run_paused(async || {
        let service = Service::of([100, 100, 100, 100]);

        let seen = searched(&service, 1_000).await;

        let verdict =
            Verdict::new("the search does not end with its last page")
                .asked(
                    "four pages at 400 ms, though the deadline is at 1000 ms",
                )
                .fact(came_back(&seen, 1_000));
        if seen.after == 1_000 {
            verdict
                .why(
                    "The last page had arrived, and the search went on waiting \
                     until the deadline. A deadline is a limit, not an appointment.",
                )
                .read_on(PAGE, "Sleeping it out")
                .fail();
        }
        if seen.after == 400 && seen.found == service.all_of_it() {
            return;
        }
        let calls = service.calls();
        let verdict = told_and_offers(verdict, &service, &seen);
        if calls.len() < 4 && calls.iter().all(|call| call.arrived) {
            verdict
                .why(
                    "The last page that was asked for names another one. Only \
                     `next: None` is the end.",
                )
                .fail();
        }
        verdict.fail();
    });
}

#[test]
fn comes_back_with_the_first_failure() {
    testkit::run_paused(async || {
        let error = ServiceError::Status(500);
        let service = Service::of([40, 30]).failing(&error);

        let seen = searched(&service, BUDGET).await;

        if seen.after == 70 {
            return;
        }
        let verdict = Verdict::new("a failure does not end the search")
            .asked("an end at 70 ms, when the second page is an error")
            .fact(came_back(&seen, BUDGET));
        if service.calls().len() > 2 {
            asked_again(verdict).fail();
        }
        if seen.after == BUDGET {
            verdict
                .why(
                    "The page had failed, and the search went on waiting until \
                     the deadline. A deadline is a limit, not an appointment.",
                )
                .read_on(PAGE, "Sleeping it out")
                .fail();
        }
        verdict.fail();
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
        let calls = service.calls();
        let asked_late = calls.iter().any(|call| call.from >= BUDGET);
        let cut = calls.iter().find(|call| !call.arrived);
        let verdict = Verdict::new("the search does not end at its deadline")
            .asked(format!("an end at {BUDGET} ms, with the third page cut"));
        if another_clock {
            blame_the_clock(verdict);
        }
        let verdict = verdict.fact(came_back(&seen, BUDGET));
        match cut {
            Some(cut) if seen.after < BUDGET => cut_early(verdict, cut),
            Some(cut) if asked_late && cut.lasted() == BUDGET => verdict
                .fact(cut.told())
                .why(
                    "That page was given the whole budget, counted anew from \
                     when it was asked for. The pages before it had used up \
                     twice as much, and that was counted nowhere.",
                )
                .read_on(PAGE, "A timeout for each step"),
            None if !asked_late && seen.after > BUDGET => verdict
                .why(
                    "No page was asked for after the deadline. But the one \
                     that was under way when it came was awaited to its end: \
                     looking at the clock between two pages ends neither.",
                )
                .read_on(PAGE, "Looking between the steps"),
            None if asked_late => verdict.why(
                "Nothing ended at the deadline: neither the page that was \
                 under way nor the search.",
            ),
            _ => verdict,
        }
        .fail();
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
        let verdict = Verdict::new("a search that fits was cut")
            .asked("three pages that take 240 ms of 250 ms")
            .fact(came_back(&seen, BUDGET));
        match service.calls().iter().find(|call| !call.arrived) {
            Some(cut) => cut_early(verdict, cut),
            None => told_and_offers(verdict, &service, &seen),
        }
        .fail();
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
        let verdict =
            Verdict::new("offers that had arrived are not handed back")
                .asked("the offers of every page that arrived, in that order")
                .fact(offers(&seen, &wanted));
        if seen.found.offers.is_empty() {
            verdict
                .why(
                    "A future that is dropped takes with it whatever it has \
                     collected. What is to outlive the deadline must be held \
                     outside of what the deadline drops.",
                )
                .read_on(PAGE, "Nothing at the deadline")
                .fail();
        }
        verdict
            .why(
                "A page may be empty and an offer may come twice: hand on what \
                 the service says, as it says it.",
            )
            .fail();
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
        let verdict = Verdict::new("the end is not told as it was")
            .asked("`Cut`, with the cursor of the first page that is missing")
            .fact(format!(
                "ended: {}, wanted: {}",
                service.told(&seen.found.ended),
                service.told(&wanted)
            ));
        wrongly_told(&service, &seen, verdict).fail();
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
            let verdict = Verdict::new("nobody can go on with this search")
                .asked("`Cut`, and the cursor from which to go on")
                .fact(format!(
                    "ended: {}, wanted: Cut",
                    service.told(&first.found.ended)
                ));
            wrongly_told(&service, &first, verdict).fail();
        };
        journal().step();
        let second =
            search(&service, next, Instant::now() + Duration::from_mins(1))
                .await;

        let got = [first.found.offers, second.offers].concat();
        let wanted = service.all_of_it().offers;
        if got == wanted {
            return;
        }
        let verdict = Verdict::new("two searches do not make a whole one")
            .asked("each offer once: what the first search had, and the rest")
            .fact(format!("offers: {}", listed(&got)))
            .fact(format!("wanted: {}", listed(&wanted)));
        let arrived = service.arrived_by(first.after);
        if arrived > 0 && next == cursor(arrived) {
            verdict
                .why(
                    "The second search began with a page that the first one \
                     had brought already.",
                )
                .read_on(PAGE, "The last page again")
                .fail();
        }
        verdict.fail();
    });
}

#[test]
fn leaves_nothing_running() {
    testkit::run_paused(async || {
        let service = Service::of([100, STUCK]);

        let seen = searched(&service, BUDGET).await;
        sleep(Duration::from_millis(2 * STUCK)).await;

        let calls = service.calls();
        if seen.under_way && calls.iter().all(|call| call.over <= seen.after) {
            Verdict::new("a page was under way when the search came back")
                .asked("when the search ends, no page is under way any more")
                .fact(came_back(&seen, BUDGET))
                .fact("the page was dropped at that time, but afterwards")
                .why(
                    "A task that is told to stop has stopped, and dropped what it \
                     held, when its handle has been awaited, and no sooner.",
                )
                .read_on(PAGE, "Aborting without waiting")
                .without_drawing()
                .fail();
        }
        if let Some(call) = calls.iter().find(|call| call.over > seen.after) {
            left_running(Verdict::new("a page went on after the search"))
                .fact(came_back(&seen, BUDGET))
                .fact(format!(
                    "page {}: {} at {} ms",
                    call.page,
                    if call.arrived { "arrived" } else { "dropped" },
                    call.over
                ))
                .fail();
        }
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
        let arrived = service.calls().last().is_some_and(|call| call.arrived);
        if under_way && arrived {
            left_running(Verdict::new("a page went on after the search"))
                .fact("the page arrived, long after the search had ended")
                .fail();
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

        let verdict =
            Verdict::new("the deadline was past, and a page asked for")
                .asked("no page, no offers, and `Cut` with the cursor given");
        if !service.calls().is_empty() {
            if another_clock {
                blame_the_clock(verdict);
            }
            asked_too_late(verdict, &service, 3_600_000).fail();
        }
        let cut = Ended::Cut { next: cursor(1) };
        if found.ended != cut || !found.offers.is_empty() {
            Verdict::new(
                "the deadline was past, and the end is told otherwise",
            )
            .asked("no page, no offers, and `Cut` with the cursor given")
            .fact(format!(
                "ended: {}, wanted: {}",
                service.told(&found.ended),
                service.told(&cut)
            ))
            .fail();
        }
    });
}

#[test]
fn asks_for_no_page_at_the_deadline() {
    testkit::run_paused(async || {
        let another_clock = goes_by_another_clock().await;
        let service = Service::of([150, 100, 100]);

        searched(&service, BUDGET).await;

        if service.calls().iter().any(|call| call.from >= BUDGET) {
            let verdict = Verdict::new("a page was asked for too late")
                .asked("once the deadline has come, no page is asked for");
            if another_clock {
                blame_the_clock(verdict);
            }
            asked_too_late(verdict, &service, BUDGET).fail();
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
            let Some(second) = calls.get(1) else {
                let verdict = Verdict::new("the second page was not asked for")
                    .asked("two pages by 250 ms: they take 150 and 100 ms")
                    .fact(came_back(&seen, BUDGET));
                match calls.first() {
                    Some(first) if !first.arrived => cut_early(verdict, first),
                    _ => verdict,
                }
                .fail();
            };
            if second.over < BUDGET && !second.arrived {
                let verdict = Verdict::new("the second page was dropped early")
                    .asked("two pages by 250 ms: they take 150 and 100 ms");
                cut_early(verdict, second).fail();
            }
            // What a task has brought is not yet where the search can see it.
            let brought = seen.found.offers.iter().any(|offer| offer == LATE);
            let told = service.end_as_of(seen.after);
            if brought && seen.found.ended != told {
                Verdict::new("a page was kept, and told as missing")
                    .asked("`Cut`, with the cursor of the first page missing")
                    .fact(format!(
                        "ended: {}, wanted: {}",
                        service.told(&seen.found.ended),
                        service.told(&told)
                    ))
                    .why(
                        "The second page arrived at the very deadline, and its \
                         offers are there. What is missing comes after it.",
                    )
                    .read_on(PAGE, "The last page again")
                    .fail();
            }
            if !brought && !second.in_a_task {
                lost += 1;
            }
        }

        let verdict = Verdict::new(
            "a page that was there at the deadline was thrown away",
        )
        .asked("a page that arrives at the very deadline counts");
        if lost == SEARCHES {
            verdict
                .why(
                    "At 250 ms both are true: the page is there, and the time \
                     is up. Either the code looks at the time first, or what \
                     the page brought is dropped with the future that held \
                     it.",
                )
                .fail();
        }
        if lost > 0 {
            verdict
                .fact(
                    "the same search again and again: at times the page was \
                     kept, at times not",
                )
                .why(
                    "At 250 ms both are true: the page is there, and the time \
                     is up. Which of the two the code looks at first is left \
                     to chance.",
                )
                .read_on(PAGE, "Tossing a coin")
                .fail();
        }
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
        if seen.found.offers != wanted {
            let verdict = Verdict::new("a failure cost what had been found")
                .asked("the offers of every page before the one that failed")
                .fact(offers(&seen, &wanted));
            if seen.found.offers.is_empty() {
                verdict
                    .why(
                        "When the search ended early, it left behind what it \
                         had. `?` brings out the error, and nothing else.",
                    )
                    .read_on(PAGE, "Leaving with a question mark")
                    .fail();
            }
            verdict.fail();
        }
    });
}

#[test]
fn goes_by_the_clock_of_the_runtime() {
    testkit::run_paused(async || {
        if goes_by_another_clock().await {
            blame_the_clock(
                Verdict::new("the search was cut while its clock stood still")
                    .asked("only tokio's clock counts"),
            );
        }
    });
}

// What the verdicts have in common.

/// Fails for a failure of the service that is told as something else.
fn told_as_failed(service: &Service, seen: &Seen, error: ServiceError) {
    let wanted = Ended::Failed(error);
    if seen.found.ended == wanted {
        return;
    }
    let verdict = Verdict::new("a failure is told as something else")
        .asked("`Failed`, with the error of the service")
        .fact(came_back(seen, BUDGET))
        .fact(format!(
            "ended: {}, wanted: {}",
            service.told(&seen.found.ended),
            service.told(&wanted)
        ));
    match seen.found.ended {
        Ended::Cut { .. } if seen.after < BUDGET => verdict
            .why(
                "The deadline had not come: the service had answered, with an \
                 error. Whoever reads `Cut` tries again with more time, and \
                 nobody looks at the service.",
            )
            .read_on(PAGE, "An error taken for the deadline"),
        _ if service.calls().len() > 2 => asked_again(verdict),
        _ => verdict,
    }
    .fail();
}

fn asked_again(verdict: Verdict) -> Verdict {
    verdict.why(
        "A page that had failed was asked for again. The first failure ends \
         the search; whether to try again is for the caller to say.",
    )
}

/// Explains an end that is not `Cut` with the right cursor.
fn wrongly_told(service: &Service, seen: &Seen, verdict: Verdict) -> Verdict {
    let arrived = service.arrived_by(seen.after);
    match seen.found.ended {
        Ended::Failed(_) => verdict
            .why(
                "The service has reported no failure: the visitor's time was \
                 up. One calls for another look at the service, the other for \
                 another search.",
            )
            .read_on(PAGE, "The deadline as an error"),
        Ended::Cut { next } if arrived > 0 && next == cursor(arrived) => verdict
            .why(
                "That page had arrived. Whoever goes on from it has its offers \
                 twice.",
            )
            .read_on(PAGE, "The last page again"),
        Ended::Cut { next }
            if next == cursor(1) && seen.found.offers.is_empty() =>
        {
            verdict
                .why(
                    "Where the search stood is as lost as what it had found: \
                     both were inside of what the deadline dropped.",
                )
                .read_on(PAGE, "Nothing at the deadline")
        }
        _ => verdict,
    }
}

/// Explains a page that was dropped before the deadline.
fn cut_early(verdict: Verdict, cut: &Asked) -> Verdict {
    let left = BUDGET.saturating_sub(cut.from);
    let verdict = verdict.fact(cut.told()).why(format!(
        "There were {} ms left when it was dropped. A page may take all the \
         time that is left; what the pages before have not used is there too.",
        BUDGET.saturating_sub(cut.over)
    ));
    if cut.lasted() * 2 <= left {
        verdict.read_on(PAGE, "A share for each step")
    } else {
        verdict
    }
}

/// Explains a page that was asked for at `deadline`, in ms, or later.
fn asked_too_late(
    verdict: Verdict,
    service: &Service,
    deadline: u64,
) -> Verdict {
    let calls = service.calls();
    let late: Vec<_> =
        calls.iter().filter(|call| call.from >= deadline).collect();
    let verdict = late.iter().fold(verdict, |verdict, call| {
        verdict.fact(format!(
            "page {}: asked for at {} ms, deadline: {deadline} ms",
            call.page, call.from
        ))
    });
    if late.iter().all(|call| !call.arrived && call.lasted() == 0) {
        return verdict
            .why(
                "It was asked for and dropped in the same moment: `timeout` \
                 and `timeout_at` poll their future before they look at the \
                 time, and the first poll sends the question. At the deadline \
                 itself it is too late already.",
            )
            .read_on(PAGE, "Asking when the time is up");
    }
    verdict
        .why(
            "The page was asked for when the time was up, and nothing stopped \
             it. At the deadline itself it is too late already.",
        )
        .read_on(PAGE, "Asking when the time is up")
}

fn left_running(verdict: Verdict) -> Verdict {
    verdict
        .asked("when the search ends, no page is under way any more")
        .why(
            "The page was still being worked on when nobody waited for it any \
             more. A task goes on when its handle is dropped; a future does \
             not.",
        )
        .read_on(PAGE, "The task that runs on")
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

fn blame_the_clock(verdict: Verdict) -> ! {
    verdict
        .fact("15 ms passed on the wall, 0 ms on the clock of the runtime")
        .fact("a search with a deadline in 10 ms was cut")
        .why(
            "The code reads another clock than the one that its deadline and \
             its timers belong to. Under a paused clock, in a test, the two \
             have nothing to do with each other.",
        )
        .read_on(PAGE, "Another clock")
        .without_drawing()
        .fail();
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

/// Adds what differs between `seen` and the whole of `service`.
fn told_and_offers(
    verdict: Verdict,
    service: &Service,
    seen: &Seen,
) -> Verdict {
    let whole = service.all_of_it();
    let verdict = if seen.found.ended == whole.ended {
        verdict
    } else {
        verdict.fact(format!(
            "ended: {}, wanted: Complete",
            service.told(&seen.found.ended)
        ))
    };
    if seen.found.offers == whole.offers {
        verdict
    } else {
        verdict.fact(offers(seen, &whole.offers))
    }
}

// The search, watched.

/// What a search gave, and after how long.
struct Seen {
    found: Found,
    after: u64,
    /// Whether a page was under way when the search came back.
    under_way: bool,
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
