//! What `limits` is asked for: one behaviour a test.
//!
//! The clock is paused: when everything waits, it jumps to the next timer. So
//! what is in flight at which moment is known to the millisecond, and a job that
//! never ends is found out at once.

use std::{
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use futures::FutureExt;
use limits::{Answer, Body, Client, FetchError, Service, fetch_all};
use testkit::{
    Call, InFlight, Journal, Stopwatch, Verdict, journal, probe::Entered,
};
use tokio::time::{sleep, timeout};

const PAGE: &str = "limits";

#[test]
fn hands_over_every_result_with_its_id() {
    testkit::run_paused(async || {
        // More places than ids; no ids at all; an id that comes twice.
        for ids in [&[][..], &[7], &[30, 7, 30, 12, 5, 0, 81]] {
            let catalogue = Catalogue::unseen(|id| match id {
                12 => Takes::head(20).refused(404),
                5 => Takes::head(10).then_body(15).broken_off(),
                30 => Takes::head(40),
                id => Takes::head(id % 10 + 1).then_body(5),
            });

            let seen = fetched(&catalogue, 8, ids).await;

            every_result(&seen, &catalogue).await;
        }
    });
}

#[test]
fn never_has_more_than_the_limit_in_flight() {
    testkit::run_paused(async || {
        for limit in [4, 1, 10] {
            let catalogue = Catalogue::new(|id| Takes::head(id * 7 % 5 + 1));

            let seen = fetched(&catalogue, limit, &to(12)).await;

            not_too_many(&seen);
            journal().step();
        }
    });
}

#[test]
fn has_as_many_in_flight_as_the_limit_allows() {
    testkit::run_paused(async || {
        let catalogue = Catalogue::new(|_| Takes::head(10));

        let seen = fetched(&catalogue, 5, &to(12)).await;

        if seen.most < 5 {
            let verdict =
                Verdict::new("fewer requests are in flight than may be")
                    .asked("5 of 12 requests in flight together");
            too_few(&seen, verdict).fail();
        }
    });
}

#[test]
fn fills_a_free_place_at_once() {
    testkit::run_paused(async || {
        // The second of three is slow; the others take 20 ms.
        let catalogue = Catalogue::new(|id| match id {
            2 => Takes::head(100),
            _ => Takes::head(20),
        });

        let seen = fetched(&catalogue, 3, &to(9)).await;

        let Some(idle) = seen.idle().into_iter().next() else {
            return;
        };
        let verdict = Verdict::new("a place is free, and nothing is sent")
            .asked("3 requests in flight as long as ids are left")
            .fact(idle.told(&seen));
        if seen.most == 1 {
            too_few(&seen, verdict).fail();
        }
        if seen.in_groups() {
            verdict
                .why(
                    "The next requests are sent when all of the group before \
                     are over. The slowest of a group decides.",
                )
                .read_on(PAGE, "One chunk after another")
                .fail();
        }
        match seen.kept_back(idle.at) {
            Some(kept) if seen.in_the_order_of_the_list() => verdict
                .fact(kept)
                .why(
                    "A result that waits for those before it in the list keeps \
                     its place until they are there.",
                )
                .read_on(PAGE, "In the order of the list"),
            _ => verdict,
        }
        .fail();
    });
}

#[test]
fn keeps_a_place_until_the_body_is_read() {
    testkit::run_paused(async || {
        // The head comes soon, the body takes its time.
        let catalogue = Catalogue::new(|_| Takes::head(10).then_body(50));

        let seen = fetched(&catalogue, 3, &to(9)).await;

        not_too_many(&seen);
    });
}

#[test]
fn reads_as_many_bodies_at_once() {
    testkit::run_paused(async || {
        // Three times a head and a body. A body's 20 ms begin when it is
        // polled for the first time.
        let catalogue = Catalogue::of_bodies(|_| Takes::head(10).then_body(20));

        let seen = fetched(&catalogue, 3, &to(9)).await;

        if seen.most_bodies >= 3 && seen.returned <= 90 {
            return;
        }
        let verdict = Verdict::new("fewer bodies are read than may be")
            .asked("3 bodies read side by side, the moment they can be")
            .fact(format!(
                "bodies read at once: {}, wanted: 3",
                seen.most_bodies
            ))
            .fact(match seen.returned {
                u64::MAX => "done: never, wanted: at 90 ms".to_owned(),
                at => format!("done: at {at} ms, wanted: at 90 ms"),
            });
        match (seen.most, seen.most_bodies) {
            (1, _) => too_few(&seen, verdict),
            (_, 1) => verdict
                .why(
                    "Several heads are there, and no body is awaited before \
                     the one before it is read. A body is a future: it moves \
                     on only while it is polled.",
                )
                .read_on(PAGE, "The body outside of the stream"),
            _ => verdict,
        }
        .fail();
    });
}

#[test]
fn gives_back_the_place_of_a_failed_request() {
    testkit::run_paused(async || {
        let catalogue = Catalogue::new(|id| match id {
            2 => Takes::head(10).refused(503),
            4 => Takes::head(5).then_body(5).broken_off(),
            6 => Takes::head(10).refused(404),
            _ => Takes::head(10),
        });

        let seen = fetched(&catalogue, 3, &to(12)).await;

        let failed_by = |at| {
            let failed = seen.calls.iter().filter(|call| call.failed);
            failed.filter(|call| call.over <= at).count()
        };
        let idle = seen
            .idle()
            .into_iter()
            .find(|idle| failed_by(idle.at) > 0 && idle.in_flight < seen.most);
        if let Some(idle) = idle {
            Verdict::new("a request failed, and its place is not used again")
                .asked("3 requests in flight, whatever became of others")
                .fact(idle.told(&seen))
                .fact(format!(
                    "requests that had failed by then: {}",
                    failed_by(idle.at)
                ))
                .why(
                    "Since then, fewer requests are in flight: either the \
                     failed one has kept its place, or whoever sent it sends \
                     no more.",
                )
                .read_on(PAGE, "A place lost to a failure")
                .fail();
        }
    });
}

#[test]
fn hands_over_each_result_as_it_comes() {
    testkit::run_paused(async || {
        let catalogue = Catalogue::new(|id| match id {
            2 => Takes::head(10).then_body(50),
            3 | 5 => Takes::head(10).then_body(20),
            _ => Takes::head(10),
        });

        let seen = fetched(&catalogue, 3, &to(9)).await;

        let Some(late) = seen.first_late() else {
            return;
        };
        let verdict = Verdict::new("a result is there and not handed over")
            .asked("each result handed over the moment it is there")
            .fact(late);
        let last_sent = seen.calls.iter().map(|call| call.from).max();
        if seen
            .handed
            .iter()
            .all(|handed| Some(handed.at) >= last_sent)
        {
            verdict
                .why(
                    "Nothing is handed over before the last request is sent: \
                     until then, all results are kept.",
                )
                .read_on(PAGE, "Results left in the set")
                .fail();
        }
        if seen.in_the_order_of_the_list() {
            verdict
                .why(
                    "Each result waits for all those that stand before it in \
                     the list.",
                )
                .read_on(PAGE, "In the order of the list")
                .fail();
        }
        verdict.fail();
    });
}

#[test]
fn holds_only_a_few_of_a_hundred_thousand() {
    testkit::run_paused(async || {
        // One in ten takes a while; a timer for each would cost more than the
        // work.
        let catalogue =
            Catalogue::unnoted(|id| Takes::head(u64::from(id % 10 == 0)));
        let handed = Arc::new(AtomicUsize::new(0));
        let too_much = Arc::new(Mutex::new(None));
        let wanted = Arc::new(AtomicUsize::new(MANY));
        let list = List {
            left: 1..=MANY as u64,
            most: 10 * LIMIT,
            began: Instant::now(),
            wanted: Arc::clone(&wanted),
            taken: 0,
            handed: Arc::clone(&handed),
            catalogue: catalogue.clone(),
            too_much: Arc::clone(&too_much),
        };

        let count = Arc::clone(&handed);
        let job = fetch_all(&catalogue, LIMIT, list, move |_, _| {
            count.fetch_add(1, Ordering::SeqCst);
        });
        // A job that never ends hands over less than there is.
        let _ = timeout(AN_HOUR, job).await;

        if let Some(verdict) = lock(&too_much).take() {
            verdict.fail();
        }
        let handed = handed.load(Ordering::SeqCst);
        let wanted = wanted.load(Ordering::SeqCst);
        if handed != wanted {
            Verdict::new("a long list is not fetched to its end")
                .asked("a result for each id of the list")
                .fact(match wanted.checked_sub(handed) {
                    // Where the list ended early, one more or less.
                    Some(1..=LIMIT) => {
                        "the last few results are not handed over".to_owned()
                    }
                    Some(missing) => {
                        format!("results not handed over: {missing}")
                    }
                    None => format!("results too many: {}", handed - wanted),
                })
                .without_drawing()
                .fail();
        }
    });
}

#[test]
fn makes_one_client() {
    testkit::run_paused(async || {
        let catalogue = Catalogue::new(|_| Takes::head(10));

        fetched(&catalogue, 3, &to(12)).await;

        let clients = catalogue.0.clients.load(Ordering::SeqCst);
        if clients > 1 {
            Verdict::new("more than one client is made")
                .asked("one client for all requests")
                .fact(format!("clients: {clients}, wanted: 1"))
                .why(
                    "A client opens connections of its own, and keeps them for \
                     its next request. One that is made anew each time has no \
                     next request. Clones share the connections.",
                )
                .read_on(PAGE, "A client for each request")
                .without_drawing()
                .fail();
        }
    });
}

#[test]
fn keeps_to_the_limit_on_several_threads() {
    testkit::run_parallel(async || {
        // Real time. Numbers would differ from run to run, so none is told.
        let catalogue =
            Catalogue::unseen(|id| Takes::head(2 + id % 3).then_body(3));
        let ids = to(40);

        let seen = fetched(&catalogue, 4, &ids).await;

        if seen.most > 4 {
            Verdict::new("too many requests are in flight")
                .asked("at most 4 in flight, on four threads")
                .fact("in flight at once: more than 4")
                .without_drawing()
                .fail();
        }
        if seen.handed.len() < ids.len() {
            Verdict::new("not every result is handed over")
                .asked("40 results for 40 ids, on four threads")
                .fact("handed over: fewer than 40")
                .without_drawing()
                .fail();
        }
    });
}

// Verdicts that several tests share.

/// Fails if more requests were in flight than the limit allows.
fn not_too_many(seen: &Seen) {
    if seen.most <= seen.limit {
        return;
    }
    let verdict = Verdict::new("too many requests are in flight")
        .asked(format!(
            "at most {} in flight, each until its body is read",
            seen.limit
        ))
        .fact(format!(
            "in flight at once: {}, limit: {}",
            seen.most, seen.limit
        ));
    let verdict = if seen.most_without_head <= seen.limit {
        verdict
            .fact(format!(
                "of these, still without a head: at most {}",
                seen.most_without_head
            ))
            .why(
                "A place is used again when the head of its answer has come. \
                 But a request is in flight until its body is read.",
            )
            .read_on(PAGE, "Before the body is read")
    } else if seen.most == seen.limit + 1 {
        verdict
            .why("One request more is sent before the next one has to wait.")
            .read_on(PAGE, "One too many")
    } else if seen.most == seen.ids.len() {
        verdict
            .why(format!(
                "Nothing makes request {} wait: all of them are in \
                     flight, as if there were no limit. If you have a \
                     semaphore: a permit holds others back only while it is \
                     held, and only those that ask the same semaphore.",
                seen.limit + 1
            ))
            .read_on(PAGE, "The pattern")
    } else {
        verdict
    };
    verdict.fail();
}

/// Explains that the places are not used.
fn too_few(seen: &Seen, verdict: Verdict) -> Verdict {
    let verdict = verdict.fact(format!(
        "in flight at once: {}, limit: {}",
        seen.most, seen.limit
    ));
    match seen.most {
        1 => verdict
            .why("No request is sent before the one before it is over.")
            .read_on(PAGE, "One after another"),
        _ => verdict,
    }
}

/// Fails unless each id's answer was handed over with it, once for each time
/// that the id is in the list.
async fn every_result(seen: &Seen, catalogue: &Catalogue) {
    let told = |id: u64, answer: &Answer| match answer {
        Ok(text) => format!("id {id}, {text}"),
        Err(error) => format!("id {id}, {error}"),
    };
    let answers = seen.ids.iter().map(|&id| (id, catalogue.answer(id)));
    let wanted: Vec<(u64, Answer)> = answers.collect();
    let mut missing = wanted.clone();
    let mut others = Vec::new();
    for Handed { id, answer, .. } in &seen.handed {
        let same = |other: &(u64, Answer)| other.0 == *id && other.1 == *answer;
        match missing.iter().position(same) {
            Some(place) => _ = missing.remove(place),
            None => others.push((*id, answer.clone())),
        }
    }
    let mut verdict = Verdict::new("not every result is handed over as it was")
        .asked("each result once for each id given, together with its id")
        .without_drawing();
    for (id, answer) in &missing {
        verdict = verdict.fact(format!("missing: {}", told(*id, answer)));
    }
    for (id, answer) in &others {
        verdict = verdict.fact(format!("handed over: {}", told(*id, answer)));
    }
    let failures = wanted.iter().filter(|(_, answer)| answer.is_err());
    if seen.returned == u64::MAX {
        verdict
            .fact("`fetch_all` has not returned, and nothing is under way")
            .fail();
    }
    if missing.is_empty() && others.is_empty() {
        return;
    }
    // Whatever still runs comes to its end.
    sleep(AN_HOUR).await;
    let late = lock(&seen.all_handed).len() - seen.handed.len();
    if late > 0 {
        verdict
            .fact(format!("handed over after `fetch_all` returned: {late}"))
            .why(
                "The last requests go on, and nobody waits for them. Whoever \
                 called `fetch_all` takes what is there for the whole.",
            )
            .read_on(PAGE, "Gone too soon")
            .fail();
    }
    if others.is_empty() && failures.eq(missing.iter()) {
        verdict
            .why(
                "What is missing are the failures. Nobody can tell a document \
                 that failed from one that was never asked for.",
            )
            .read_on(PAGE, "Dropping the failures")
            .fail();
    }
    if same_but_for_order(&missing, &others) {
        verdict
            .why(
                "Every id is there and every answer, but not together: \
                 requests end in another order than they are sent in.",
            )
            .read_on(PAGE, "The id next in line")
            .fail();
    }
    verdict.fail();
}

/// Whether the ids on both sides are the same, and the answers too, whatever
/// belongs to what.
fn same_but_for_order(one: &[(u64, Answer)], other: &[(u64, Answer)]) -> bool {
    let ids = |side: &[(u64, Answer)]| {
        let mut ids: Vec<u64> = side.iter().map(|(id, _)| *id).collect();
        ids.sort_unstable();
        ids
    };
    let answers = |side: &[(u64, Answer)]| {
        let answers = side.iter().map(|(_, answer)| format!("{answer:?}"));
        let mut answers: Vec<String> = answers.collect();
        answers.sort_unstable();
        answers
    };
    ids(one) == ids(other) && answers(one) == answers(other)
}

// What a job did.

/// Longer than any job takes; on the paused clock it costs nothing.
const AN_HOUR: Duration = Duration::from_hours(1);

/// What was seen of a job until it returned.
struct Seen {
    ids: Vec<u64>,
    limit: usize,
    /// When it returned; `u64::MAX` if it still waited when nothing was under
    /// way any more.
    returned: u64,
    calls: Vec<Asked>,
    handed: Vec<Handed>,
    /// With what has been handed over since.
    all_handed: Arc<Mutex<Vec<Handed>>>,
    most: usize,
    most_without_head: usize,
    most_bodies: usize,
}

/// A result handed over.
#[derive(Clone)]
struct Handed {
    id: u64,
    answer: Answer,
    at: u64,
}

/// A moment at which more requests could have been in flight.
struct Idle {
    at: u64,
    in_flight: usize,
    left: usize,
}

/// The ids from 1 to `last`.
fn to(last: u64) -> Vec<u64> {
    (1..=last).collect()
}

/// Has the documents of `ids` fetched, and watches.
async fn fetched(catalogue: &Catalogue, limit: usize, ids: &[u64]) -> Seen {
    let handed = Arc::new(Mutex::new(Vec::new()));
    let (note, watch) = (Arc::clone(&handed), catalogue.0.watch);
    let each = move |id, answer| {
        let at = watch.millis();
        lock(&note).push(Handed { id, answer, at });
    };
    let list = ids.to_vec();
    let job = fetch_all(catalogue, limit, list.into_iter(), each);
    let returned = match timeout(AN_HOUR, job).await {
        Ok(()) => watch.millis(),
        Err(_elapsed) => u64::MAX,
    };
    Seen {
        ids: ids.to_vec(),
        limit,
        returned,
        calls: lock(&catalogue.0.calls).clone(),
        handed: lock(&handed).clone(),
        all_handed: Arc::clone(&handed),
        most: catalogue.0.in_flight.most(),
        most_without_head: catalogue.0.without_head.most(),
        most_bodies: catalogue.0.reading.most(),
    }
}

impl Seen {
    /// The moments after which, for a while, fewer requests were in flight than
    /// might have been.
    fn idle(&self) -> Vec<Idle> {
        let begun = self.calls.iter().map(|call| call.from);
        let over = self.calls.iter().map(|call| call.over);
        let mut moments: Vec<u64> = begun.chain(over).collect();
        moments.sort_unstable();
        moments.dedup();
        let idle =
            moments
                .into_iter()
                .filter(|&at| at < self.returned)
                .map(|at| {
                    let asked =
                        self.calls.iter().filter(|call| call.from <= at);
                    Idle {
                        at,
                        in_flight: asked
                            .clone()
                            .filter(|call| call.over > at)
                            .count(),
                        left: self.ids.len().saturating_sub(asked.count()),
                    }
                });
        idle.filter(|idle| idle.in_flight < self.limit && idle.left > 0)
            .collect()
    }

    /// Whether requests were sent only when none was in flight.
    fn in_groups(&self) -> bool {
        !self.calls.iter().any(|later| {
            let mut before = self.calls.iter();
            before.any(|call| call.from < later.from && later.from < call.over)
        })
    }

    /// Whether each result was handed over when it and all those before it in
    /// the list were there.
    fn in_the_order_of_the_list(&self) -> bool {
        let mut there = 0;
        self.handed.len() == self.ids.len()
            && self.handed.iter().zip(&self.ids).all(|(handed, id)| {
                let call = self.calls.iter().find(|call| call.id == *id);
                there = there.max(call.map_or(u64::MAX, |call| call.over));
                handed.id == *id && handed.at == there
            })
    }

    /// A result that was there at `at` and not handed over before or then.
    fn kept_back(&self, at: u64) -> Option<String> {
        let mut over = self.calls.iter().filter(|call| call.over <= at);
        over.find_map(|call| self.late(call, at))
    }

    /// The first result that was handed over later than it was there.
    fn first_late(&self) -> Option<String> {
        let mut over = self.calls.iter().filter(|call| call.over < u64::MAX);
        over.find_map(|call| self.late(call, call.over))
    }

    fn late(&self, call: &Asked, by: u64) -> Option<String> {
        let there = format!("id {}: there at {} ms", call.id, call.over);
        // By what it is: which id it was given is another question.
        let answer = Ok(format!("document {}", call.id));
        match self.handed.iter().find(|handed| handed.answer == answer) {
            Some(handed) if handed.at <= by => None,
            Some(handed) => {
                Some(format!("{there}, handed over at {} ms", handed.at))
            }
            None => Some(format!("{there}, never handed over")),
        }
    }
}

impl Idle {
    fn told(&self, seen: &Seen) -> String {
        format!(
            "at {} ms: in flight {} of {}, ids still to be asked for: {}",
            self.at, self.in_flight, seen.limit, self.left
        )
    }
}

// A list that knows how much of it is held.

/// Ids in the long list.
const MANY: usize = 100_000;

/// After so much of real time the list ends early. Whoever sends each result
/// through another thread is right, and would take longer than a test may.
const LONG_ENOUGH: Duration = Duration::from_secs(2);

/// The limit for the long list.
const LIMIT: usize = 2;

/// A list of ids that ends early when too many have been taken from it and not
/// been handed over.
struct List {
    left: std::ops::RangeInclusive<u64>,
    most: usize,
    began: Instant,
    /// How many results there are to be.
    wanted: Arc<AtomicUsize>,
    taken: usize,
    handed: Arc<AtomicUsize>,
    catalogue: Catalogue,
    too_much: Arc<Mutex<Option<Verdict>>>,
}

impl Iterator for List {
    type Item = u64;

    fn next(&mut self) -> Option<u64> {
        let held = self.taken - self.handed.load(Ordering::SeqCst);
        let mut too_much = lock(&self.too_much);
        if held >= self.most && !self.left.is_empty() {
            too_much.get_or_insert_with(|| self.explained());
        }
        if too_much.is_some() {
            return None;
        }
        if self.began.elapsed() >= LONG_ENOUGH {
            self.wanted.store(self.taken, Ordering::SeqCst);
            return None;
        }
        let id = self.left.next()?;
        self.taken += 1;
        Some(id)
    }
}

impl List {
    /// Why so many are held: they have not been asked for, or they are there.
    fn explained(&self) -> Verdict {
        let in_flight = self.catalogue.0.in_flight.now();
        let asked = self.catalogue.0.in_flight.ever();
        let there = asked - in_flight - self.handed.load(Ordering::SeqCst);
        let verdict = Verdict::new("too much of a long list is held at once")
            .asked(format!(
                "at most {} ids taken from the list and not handed over",
                self.most
            ))
            .fact(format!(
                "a {}st id is taken while {} are held",
                self.most + 1,
                self.most
            ))
            .fact(format!(
                "the limit is {LIMIT}, and ten times that is {}",
                self.most
            ))
            .without_drawing();
        if there > self.most / 2 {
            verdict
                .fact("most of them are results that are there")
                .why(
                    "Results are kept, and nobody hands them over while the \
                     list goes on. They fill the memory like the list itself.",
                )
                .read_on(PAGE, "Results left in the set")
        } else if in_flight > LIMIT {
            verdict.fact("more than the limit of them are in flight")
        } else if self.taken - asked > self.most / 2 {
            verdict
                .fact("most of them have not been asked for yet")
                .why(
                    "They are taken from the list long before it is their \
                     turn, and wait in memory, each with whatever was made \
                     for it: a task, a future.",
                )
                .read_on(PAGE, "A task for each id")
        } else {
            verdict
        }
    }
}

// The service.

/// A service in memory that notes what it is asked.
#[derive(Clone)]
struct Catalogue(Arc<Notes>);

struct Notes {
    plan: Box<dyn Fn(u64) -> Takes + Send + Sync>,
    drawn: Option<(Drawn, Journal)>,
    /// Whether calls are noted one by one, and not only counted.
    noted: bool,
    watch: Stopwatch,
    clients: AtomicUsize,
    in_flight: InFlight,
    without_head: InFlight,
    /// Bodies that somebody has begun to read.
    reading: InFlight,
    calls: Mutex<Vec<Asked>>,
}

/// What is drawn: each request until it is over, or each body while it is read.
#[derive(Clone, Copy, PartialEq)]
enum Drawn {
    Requests,
    Bodies,
}

/// How long an answer takes, in milliseconds, and what it is.
struct Takes {
    head: u64,
    body: u64,
    refused: Option<u16>,
    broken_off: bool,
}

/// A request that was sent.
#[derive(Clone)]
struct Asked {
    id: u64,
    from: u64,
    /// `u64::MAX` while it is in flight.
    over: u64,
    failed: bool,
}

/// A request in flight. Dropped, it is over.
struct UnderWay {
    catalogue: Catalogue,
    place: Option<usize>,
    call: Option<Call>,
    _counted: Entered,
}

/// One client of the catalogue, or a clone of it.
#[derive(Clone)]
struct Connections(Catalogue);

impl Takes {
    fn head(millis: u64) -> Self {
        Self {
            head: millis,
            body: 0,
            refused: None,
            broken_off: false,
        }
    }

    fn then_body(mut self, millis: u64) -> Self {
        self.body = millis;
        self
    }

    fn refused(mut self, status: u16) -> Self {
        self.refused = Some(status);
        self
    }

    fn broken_off(mut self) -> Self {
        self.broken_off = true;
        self
    }

    /// What comes of a request for `id` that takes this.
    fn answer(&self, id: u64) -> Answer {
        match self.refused {
            Some(status) => Err(FetchError::Status(status)),
            None if self.broken_off => Err(FetchError::BrokenOff),
            None => Ok(format!("document {id}")),
        }
    }
}

impl Catalogue {
    /// A service that answers as `plan` says, drawn and noted.
    fn new(plan: impl Fn(u64) -> Takes + Send + Sync + 'static) -> Self {
        Self::with(plan, Some(Drawn::Requests), true)
    }

    /// One of which the bodies are drawn.
    fn of_bodies(plan: impl Fn(u64) -> Takes + Send + Sync + 'static) -> Self {
        Self::with(plan, Some(Drawn::Bodies), true)
    }

    /// One that is not drawn.
    fn unseen(plan: impl Fn(u64) -> Takes + Send + Sync + 'static) -> Self {
        Self::with(plan, None, true)
    }

    /// One that only counts.
    fn unnoted(plan: impl Fn(u64) -> Takes + Send + Sync + 'static) -> Self {
        Self::with(plan, None, false)
    }

    fn with(
        plan: impl Fn(u64) -> Takes + Send + Sync + 'static,
        drawn: Option<Drawn>,
        noted: bool,
    ) -> Self {
        Self(Arc::new(Notes {
            plan: Box::new(plan),
            drawn: drawn.map(|drawn| (drawn, journal())),
            noted,
            watch: Stopwatch::start(),
            clients: AtomicUsize::new(0),
            in_flight: InFlight::default(),
            without_head: InFlight::default(),
            reading: InFlight::default(),
            calls: Mutex::default(),
        }))
    }

    /// What there is to say about `id`.
    fn answer(&self, id: u64) -> Answer {
        (self.0.plan)(id).answer(id)
    }

    /// Draws `name` of `id` from here on, where it is what is drawn.
    fn draw(&self, which: Drawn, name: &str, id: u64) -> Option<Call> {
        let (drawn, journal) = self.0.drawn.as_ref()?;
        (*drawn == which).then(|| journal.call(&format!("{name} {id}")))
    }

    /// Notes that `id` is asked for.
    fn ask(&self, id: u64) -> UnderWay {
        let notes = &self.0;
        let counted = notes.in_flight.enter();
        let call = self.draw(Drawn::Requests, "id", id);
        let place = notes.noted.then(|| {
            let (from, over) = (notes.watch.millis(), u64::MAX);
            let mut calls = lock(&notes.calls);
            calls.push(Asked {
                id,
                from,
                over,
                failed: false,
            });
            calls.len() - 1
        });
        UnderWay {
            catalogue: self.clone(),
            place,
            call,
            _counted: counted,
        }
    }
}

impl Service for Catalogue {
    type Client = Connections;

    fn client(&self) -> Connections {
        self.0.clients.fetch_add(1, Ordering::SeqCst);
        Connections(self.clone())
    }
}

impl Client for Connections {
    async fn get(&self, id: u64) -> Result<Body, FetchError> {
        let notes = &self.0.0;
        let takes = (notes.plan)(id);
        let under_way = self.0.ask(id);
        let without_head = notes.without_head.enter();
        pass(takes.head).await;
        drop(without_head);
        if let Takes {
            refused: Some(status),
            ..
        } = takes
        {
            under_way.ends(true);
            return Err(FetchError::Status(status));
        }
        let catalogue = self.0.clone();
        // All of this begins with the first poll.
        let body = async move {
            let _reading = catalogue.0.reading.enter();
            let call = catalogue.draw(Drawn::Bodies, "body", id);
            pass(takes.body).await;
            if let Some(call) = call {
                call.finished();
            }
            under_way.ends(takes.broken_off);
            takes.answer(id)
        };
        Ok(body.boxed())
    }
}

async fn pass(millis: u64) {
    if millis > 0 {
        sleep(Duration::from_millis(millis)).await;
    }
}

impl UnderWay {
    fn ends(mut self, failed: bool) {
        if let Some(place) = self.place {
            lock(&self.catalogue.0.calls)[place].failed = failed;
        }
        if let Some(call) = self.call.take() {
            call.finished();
        }
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        let notes = &self.catalogue.0;
        if let Some(place) = self.place {
            lock(&notes.calls)[place].over = notes.watch.millis();
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
