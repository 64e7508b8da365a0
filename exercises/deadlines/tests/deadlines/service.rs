//! A search service in memory, and what every search must keep to.

use std::{panic::panic_any, thread, time::Duration};

use deadlines::{
    Cursor, Ended, Found, Page, SearchService, ServiceError, search,
};
use testkit::{
    Call, CallLog, CallRecord, Ended as End, Expectation, expect, journal,
    observe,
};
use tokio::time::{Instant, sleep};

use super::causes::*;

/// How long a visitor waits, where a test says nothing else.
pub const BUDGET: u64 = 250;

/// Longer than anybody waits.
pub const STUCK: u64 = 10_000;

/// Instead of milliseconds: some on the wall, and none on tokio's clock.
pub const ON_THE_WALL: u64 = u64::MAX;

/// Instead of milliseconds: the service panics.
pub const PANICS: u64 = u64::MAX - 1;

/// What the service panics with.
pub struct Broken;

/// A search service in memory, and what it was asked.
#[derive(Clone)]
pub struct Service {
    pub pages: Vec<u64>,
    /// What comes of the last page instead.
    error: Option<ServiceError>,
    pub log: CallLog,
}

impl Service {
    /// Its pages take so many milliseconds each.
    pub fn of(millis: &[u64]) -> Self {
        Self { log: CallLog::new(), ..Self::undrawn(millis) }
    }

    /// The same, left out of the drawing.
    pub fn undrawn(millis: &[u64]) -> Self {
        let (pages, log) = (millis.to_vec(), CallLog::undrawn());
        Self { pages, error: None, log }
    }

    /// The last page is an error.
    pub fn failing(self, error: ServiceError) -> Self {
        Self { error: Some(error), ..self }
    }

    /// Searches from the first page, with a deadline in so many milliseconds.
    pub async fn search(&self, millis: u64) -> Found {
        let deadline = Instant::now() + Duration::from_millis(millis);
        search(self, cursor(1), deadline).await
    }

    /// Searches from the first page with a deadline in `budget` ms, and looks at
    /// what every search must keep to.
    pub async fn searched(&self, budget: u64, asked: &'static str) -> Seen {
        let log = CallLog::drawn_if(self.log.is_drawn());
        let service = Service { log, ..self.clone() };
        // In the drawing, the visitor's patience has a lane.
        let lane = service.log.is_drawn().then(|| journal().call("budget"));
        let patience = tokio::spawn(async move {
            sleep(Duration::from_millis(budget)).await;
            lane.map(Call::finished)
        });
        let observed = observe(service.search(budget)).await;
        // At once: whatever awaits lets other tasks run, and end.
        let (open, count) = (service.log.open(), service.log.count());
        let (after, found) = (service.log.now(), observed.returned("search"));
        // So that all is drawn to its end.
        let _ = patience.await;
        sleep(Duration::from_millis(2 * STUCK)).await;
        let calls = service.log.calls();
        let seen = Seen { service, found, after, budget, calls, asked };
        seen.asks_once(count);
        seen.ends_in_time();
        seen.asks_for_none_too_late();
        seen.leaves_nothing(open, count);
        seen.is_never_idle();
        seen
    }

    /// What a search has found when so many pages have been answered.
    pub fn after(&self, answers: usize) -> Found {
        let (is_last, mut pages) = (answers == self.pages.len(), 1..=answers);
        let ended = match &self.error {
            _ if !is_last => Ended::Cut { next: cursor(answers + 1) },
            None => Ended::Complete,
            Some(error) => {
                pages = 1..=answers - 1;
                Ended::Failed(error.clone())
            }
        };
        Found { offers: pages.flat_map(offers).collect(), ended }
    }

    /// What was found, with the number of a page instead of its cursor.
    pub fn describe(&self, found: &Found) -> String {
        let ended = match found.ended {
            Ended::Cut { next } => match self.number(next) {
                Some(page) => format!("Cut, next: page {page}"),
                None => "Cut, next: a cursor of no page".to_owned(),
            },
            ref ended => format!("{ended:?}"),
        };
        let offers = found.offers.join(", ");
        let offers = if offers.is_empty() { "no offers" } else { &offers };
        format!("{offers:.50}; {ended}")
    }

    fn number(&self, at: Cursor) -> Option<usize> {
        (1..=self.pages.len()).find(|&page| cursor(page) == at)
    }
}

/// The cursor of a page, counted from 1: the largest first, and 0 for the fourth.
pub fn cursor(page: usize) -> Cursor {
    Cursor(4_u64.wrapping_sub(page as u64).wrapping_mul(u64::MAX / 3))
}

/// The third page has no offers; the fourth repeats earlier ones.
fn offers(page: usize) -> Vec<String> {
    match page {
        1 => vec!["1a".to_owned(), "1b".to_owned()],
        3 => vec![],
        4 => ["2a", "2a", "", "1b"].map(str::to_owned).to_vec(),
        _ => vec![format!("{page}a")],
    }
}

impl SearchService for Service {
    async fn page(&self, at: Cursor) -> Result<Page, ServiceError> {
        let number = self.number(at).ok_or(ServiceError::Status(404))?;
        let call = self.log.begin(format!("page {number}"));
        match self.pages[number - 1] {
            ON_THE_WALL => thread::sleep(Duration::from_millis(15)),
            PANICS => panic_any(Broken),
            millis => call.takes(millis).await,
        }
        let next = (number < self.pages.len()).then(|| cursor(number + 1));
        if let (None, Some(error)) = (next, &self.error) {
            call.fail();
            return Err(error.clone());
        }
        call.finish();
        Ok(Page { offers: offers(number), next })
    }
}

/// What a search gave, and what the service saw.
pub struct Seen {
    service: Service,
    pub found: Found,
    /// When it came back, in milliseconds.
    after: u64,
    budget: u64,
    /// The pages that it asked for.
    calls: Vec<CallRecord>,
    asked: &'static str,
}

impl Seen {
    /// Fails unless it ends with its last answer, or else at its deadline.
    fn ends_in_time(&self) {
        let (after, budget) = (self.after, self.budget);
        let so_far = self.service.after(self.answers(u64::MAX));
        let goes_on = matches!(so_far.ended, Ended::Cut { .. });
        let last = self.calls.last().filter(|_| !goes_on);
        let over = last.and_then(|it| it.ended).unwrap_or(budget);
        let wanted = over.min(budget);
        if after == wanted {
            return;
        }
        let (early, late) = (after < budget, after > budget);
        let unasked = self.calls.is_empty() && !self.found.offers.is_empty();
        if late {
            expect_tokios_clock();
        }
        let cut = self.calls.iter().find(|it| was_cut(it));
        let anew = |it: &CallRecord| it.ended == Some(it.began + budget);
        let last = self.calls.last().filter(|it| !was_cut(it));
        let to_its_end =
            last.is_some_and(|it| it.began < budget && it.ended == Some(after));
        self.expect(false, "the search does not end when it should")
            .asked(self.asked)
            .fact(format!("pages asked for: {}", self.calls.len()))
            .fact(format!("reported: {}", self.service.describe(&self.found)))
            .facts(cut.map(told))
            .because([
                (unasked, SHARED_BETWEEN_CALLS),
                (after == budget, SLEEPS_IT_OUT),
                (late && cut.is_some_and(anew), TIMEOUT_PER_STEP),
                (late && to_its_end, BETWEEN_THE_STEPS),
                (early && cut.is_some(), SHARE_OF_THE_BUDGET),
            ]);
    }

    /// Fails if a page was asked for when the deadline had come.
    fn asks_for_none_too_late(&self) {
        let late = |it: &&CallRecord| it.began >= self.budget;
        let Some(late) = self.calls.iter().find(late) else { return };
        expect_tokios_clock();
        let at_once = late.ended == Some(late.began);
        self.expect(false, "a page was asked for too late")
            .asked("from the deadline on, no page is asked for")
            .fact(told(late))
            .because([(at_once, TOO_LATE_TO_ASK)]);
    }

    /// Fails if one of the first `count` pages was asked for before.
    fn asks_once(&self, count: usize) {
        let calls = &self.calls[..count];
        let name = self.service.log.repeated().pop_first();
        let named = |it: &&CallRecord| Some(&it.name) == name.as_ref();
        let again: Vec<_> = calls.iter().filter(named).take(2).collect();
        let gone = again.first().is_some_and(|it| was_cut(it));
        expect(again.len() < 2, "a page was asked for again")
            .asked("each page is asked for once")
            .facts(again.into_iter().map(told))
            .without_drawing()
            .because([(gone && self.service.log.most() < 2, ASKED_AGAIN)]);
    }

    /// Fails if it waited while no page was under way.
    fn is_never_idle(&self) {
        let calls = self.calls.iter();
        let took = calls.map(|it| it.ended.unwrap_or_default() - it.began);
        let idle = self.after.saturating_sub(took.sum());
        self.expect(idle == 0, "the search waited, and not for a page")
            .asked("while there is time, the next page is asked for at once")
            .fact(format!("no page was under way for {idle} ms"))
            .or_fail();
    }

    /// Fails if anything went on after the search: `open` pages were under way
    /// when it came back, and `count` had been asked for.
    fn leaves_nothing(&self, open: usize, count: usize) {
        let (asked, later) = self.calls.split_at(count);
        let goes_on = |it: &&CallRecord| {
            it.ended > Some(self.after) || open > 0 && !was_cut(it)
        };
        let late = later.first().or(asked.last().filter(goes_on));
        let fine = open == 0 && late.is_none();
        self.expect(fine, "a page went on after the search")
            .asked("when the search is over, no page is under way any more")
            .facts(late.map(told))
            .fact_if(late.is_none(), "it was dropped, but after the return")
            .drawn_if(late.is_some())
            .because([(late.is_some(), LEFT_RUNNING), (true, ABORTED_ONLY)]);
    }

    /// Fails unless the offers and the end are true. A page that is answered at
    /// the very deadline may count or not.
    pub fn is_reported(&self) {
        let least = self.answers(self.budget);
        let most = self.answers(self.budget + 1);
        let right = (least..=most).map(|count| self.service.after(count));
        let fine = right.clone().any(|it| it == self.found);
        let told: Vec<_> = right.map(|it| self.service.describe(&it)).collect();

        let (found, wanted) = (&self.found, self.service.after(least));
        let fails = |it: &Found| matches!(it.ended, Ended::Failed(_));
        let cut = matches!(found.ended, Ended::Cut { .. });
        let lost = found.offers.is_empty() && !wanted.offers.is_empty();
        let names = |page| Ended::Cut { next: cursor(page) } == found.ended;
        let has = |page| self.service.after(page).offers == found.offers;
        let again = (1..=most).any(|page| names(page) && has(page));
        let at_deadline = |it: &&CallRecord| it.ended == Some(self.budget);
        let dropped = self.calls.last().filter(at_deadline);
        let cut_off = dropped.is_some_and(was_cut);
        self.expect(fine, "what was found is not reported as it was")
            .asked(self.asked)
            .fact(format!("reported: {}", self.service.describe(found)))
            .fact(format!("wanted:   {}", told.join("\n      or: ")))
            .because([
                (lost && fails(&wanted) && fails(found), QUESTION_MARK),
                (fails(&wanted) && cut, ERROR_AS_DEADLINE),
                (cut_off && fails(found), DEADLINE_AS_ERROR),
                (cut_off && lost, NOTHING_AT_THE_DEADLINE),
                (again, THE_LAST_PAGE_AGAIN),
            ]);
    }

    /// How many pages had been answered before this moment.
    fn answers(&self, at: u64) -> usize {
        let answered = |it: &&CallRecord| !was_cut(it) && it.ended < Some(at);
        self.calls.iter().filter(answered).count()
    }

    fn expect(&self, holds: bool, headline: &str) -> Expectation {
        let Self { after, budget, .. } = self;
        let (drawn, pages) = (self.service.log.is_drawn(), &self.service.pages);
        let told = !drawn && pages.len() < 9;
        expect(holds, headline)
            .drawn_if(drawn)
            .fact_if(told, format!("pages that take {pages:?} ms"))
            .fact(format!("returned at {after} ms, deadline: {budget} ms"))
    }
}

/// Fails if the search goes by another clock. What it does then differs from run
/// to run, and is not drawn.
fn expect_tokios_clock() {
    expect(!goes_by_another_clock(), "the search goes by another clock")
        .asked("an end at `deadline` on tokio's clock")
        .fact("another search, with a deadline in 10 ms, was cut,")
        .fact("after 15 ms, but 0 ms on tokio's clock")
        .without_drawing()
        .because([(true, ANOTHER_CLOCK)]);
}

/// Whether a search is cut when time passes on the wall alone: on a clock that
/// has just been paused, since the two differ ever more.
fn goes_by_another_clock() -> bool {
    let is_cut = |pages| {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .start_paused(true)
            .build();
        let service = Service::undrawn(pages);
        let found = runtime.map(|it| it.block_on(service.search(10)));
        found.is_ok_and(|it| matches!(it.ended, Ended::Cut { .. }))
    };
    let both = move || !is_cut(&[0, 0]) && is_cut(&[ON_THE_WALL, 0]);
    thread::spawn(both).join().unwrap_or(false)
}

fn was_cut(call: &CallRecord) -> bool {
    call.end == End::CutOff
}

pub fn told(call: &CallRecord) -> String {
    let CallRecord { name, began, ended, .. } = call;
    let how = if was_cut(call) { "dropped" } else { "answered" };
    let ended = ended.unwrap_or_default();
    format!("{name}: asked for at {began} ms, {how} at {ended} ms")
}
