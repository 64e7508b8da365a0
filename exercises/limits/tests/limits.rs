//! What `limits` is asked for: one behaviour a test.
//!
//! The clock is paused: when everything waits, it jumps to the next timer. So
//! what is in flight at which moment is known to the millisecond, and a job that
//! never ends is found out at once.

use std::{
    any::Any,
    panic::{AssertUnwindSafe, resume_unwind},
    pin::pin,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use futures::{
    FutureExt,
    future::{Either, select},
};
use limits::{Answer, Body, Client, FetchError, Service, fetch_all};
use testkit::{
    Call, InFlight, Journal, RuntimeThread, Stopwatch, Verdict, journal,
    panics, probe::Entered,
};
use tokio::{
    runtime::Handle,
    spawn,
    task::spawn_blocking,
    time::{sleep, timeout},
};

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
        let catalogue = Catalogue::unseen(|_| Takes::head(10));

        let seen = fetched(&catalogue, 200, &to(300)).await;

        if seen.most < 200 {
            let verdict =
                Verdict::new("fewer requests are in flight than may be")
                    .asked("200 of 300 requests in flight together")
                    .why(
                        "A limit of 5 is used to the full, and this one is \
                         not: something else keeps the number down.",
                    )
                    .without_drawing();
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

        if let Some(idle) = seen.idle().first() {
            place_is_free(&seen, idle).fail();
        }
        // One ends each millisecond, and never two together.
        let catalogue = Catalogue::unseen(|id| Takes::head(id.min(200)));

        let seen = fetched(&catalogue, 200, &to(300)).await;

        // Where the limit is never reached, nothing can be said of its places.
        if let Some(idle) = seen.idle().first()
            && seen.most >= 200
        {
            place_is_free(&seen, idle).without_drawing().fail();
        }
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
        if seen.returned == u64::MAX && seen.handed.len() == seen.ids.len() {
            does_not_return().fact("nothing is under way").fail();
        }
        if seen.most_bodies >= 3
            && let Some(idle) = seen.idle().first()
        {
            place_is_free(&seen, idle).fail();
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
        let Some(idle) = idle else {
            return;
        };
        // The same without failures: does a place stay empty there too?
        let catalogue = Catalogue::unseen(|_| Takes::head(10));
        let without = fetched(&catalogue, 3, &to(12)).await;
        if !without.idle().is_empty() {
            return;
        }
        // Whoever loses places has fewer and fewer.
        let comes_back = seen
            .moments()
            .any(|at| at > idle.at && seen.in_flight(at) > idle.in_flight);
        let headline = if comes_back {
            "a request failed, and its place stays empty for a while"
        } else {
            "a request failed, and its place is not used again"
        };
        let verdict = Verdict::new(headline)
            .asked("3 requests in flight, whatever became of others")
            .fact(idle.told(&seen))
            .fact(format!(
                "requests that had failed by then: {}",
                failed_by(idle.at)
            ));
        if comes_back {
            verdict
                .why(
                    "The place is used again later: after a failure, something \
                     is waited for before the next request is sent.",
                )
                .read_on(PAGE, "The pattern")
                .fail();
        }
        verdict
            .why(
                "Since then, fewer requests are in flight: either the failed \
                 one has kept its place, or whoever sent it has sent nothing \
                 since.",
            )
            .read_on(PAGE, "A place lost to a failure")
            .fail();
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
        if seen.handed_over_in_groups() {
            verdict
                .why(
                    "It is handed over together with others, at the moment \
                     when the last of them is there: results are kept until \
                     there are several.",
                )
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
        let held = Arc::new(Held::default());
        let list = List::of(MANY, &held, &catalogue);

        let note = Arc::clone(&held);
        let job = fetch_all(&catalogue, LIMIT, list, move |_, _| {
            note.handed.fetch_add(1, Ordering::SeqCst);
        });
        // A job that never ends hands over less than there is.
        let _ = timeout(AN_HOUR, job).await;

        if let Some(verdict) = lock(&held.too_much).take() {
            verdict.fail();
        }
        let handed = held.handed.load(Ordering::SeqCst);
        let wanted = held.wanted.load(Ordering::SeqCst);
        if handed == wanted {
            return;
        }
        let verdict = Verdict::new("a long list is not fetched to its end")
            .asked("a result for each id of the list")
            .without_drawing();
        // Whatever still runs comes to its end.
        sleep(AN_HOUR).await;
        if held.handed.load(Ordering::SeqCst) > handed {
            verdict
                .fact(
                    "`fetch_all` returned before the last few results were \
                     handed over",
                )
                .why(NOBODY_WAITS)
                .read_on(PAGE, "Gone too soon")
                .fail();
        }
        verdict
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
            .fail();
    });
}

#[test]
fn holds_only_a_few_while_each_takes_its_time() {
    testkit::run_parallel(async || {
        let catalogue = Catalogue::unnoted(|_| Takes::head(1));
        let held = Arc::new(Held::while_each_is_busy());
        let list = List::of(600, &held, &catalogue);

        let turns = Turns::count();
        let note = Arc::clone(&held);
        let job = fetch_all(&catalogue, LIMIT, list, move |_, _| {
            if note.handed.load(Ordering::SeqCst) == 0 {
                note.each_is_busy.store(true, Ordering::SeqCst);
                turns.until_at_rest(
                    || note.taken.load(Ordering::SeqCst),
                    || lock(&note.too_much).is_some(),
                );
                note.ended.store(true, Ordering::SeqCst);
            }
            note.handed.fetch_add(1, Ordering::SeqCst);
        });
        returns(job, || {
            let handed = held.handed.load(Ordering::SeqCst);
            held.ended.load(Ordering::SeqCst)
                && handed == held.taken.load(Ordering::SeqCst)
        })
        .await;

        if let Some(verdict) = lock(&held.too_much).take() {
            verdict.fail();
        }
    });
}

#[test]
fn returns_when_the_last_result_is_handed_over() {
    testkit::run_parallel(async || {
        let catalogue = Catalogue::unnoted(|id| Takes::head(id % 3));
        let handed = Arc::new(AtomicUsize::new(0));
        let returned = Arc::new(AtomicBool::new(false));
        let thread = RuntimeThread::here();
        let turns = Turns::count();

        let (note, end) = (Arc::clone(&handed), Arc::clone(&returned));
        let job = fetch_all(&catalogue, 4, 1..=40, move |_, _| {
            // The last one takes its time, unless `fetch_all` itself is what
            // it keeps from returning.
            if note.load(Ordering::SeqCst) == 39 && !thread.is_here() {
                turns.until_at_rest(|| 0, || end.load(Ordering::SeqCst));
            }
            note.fetch_add(1, Ordering::SeqCst);
        });
        returns(job, || handed.load(Ordering::SeqCst) == 40).await;

        let in_time = handed.load(Ordering::SeqCst);
        returned.store(true, Ordering::SeqCst);
        if in_time >= 40 {
            return;
        }
        let mut waited = 0;
        while handed.load(Ordering::SeqCst) < 40 && waited < HELD_UP {
            sleep(A_TURN).await;
            waited += 1;
        }
        let verdict = Verdict::new(
            "`fetch_all` returned before the last result was handed over",
        )
        .asked("all of 40 results handed over when it returns")
        .without_drawing();
        if handed.load(Ordering::SeqCst) < 40 {
            verdict
                .fact("the rest was not handed over later either")
                .fail();
        }
        verdict
            .fact("the rest was handed over after that")
            .why(NOBODY_WAITS)
            .read_on(PAGE, "Gone too soon")
            .fail();
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
                .why(if clients < 12 {
                    "A client opens connections of its own, and no other \
                     client can use them. Clones share the connections."
                } else {
                    "A client opens connections of its own, and keeps them for \
                     its next request. One that is made anew each time has no \
                     next request. Clones share the connections."
                })
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

        let seen = fetched(&catalogue, 4, &to(40)).await;

        if seen.most > 4 {
            Verdict::new("too many requests are in flight")
                .asked("at most 4 in flight, on four threads")
                .fact("in flight at once: more than 4")
                .why(
                    "Either a request was sent though no place of the 4 was \
                     free, or a place was used again before the request in it \
                     was over, its body included.",
                )
                .read_on(PAGE, "The pattern")
                .without_drawing()
                .fail();
        }
    });
}

// Verdicts that several tests share.

/// Why it matters that `fetch_all` returned too soon.
const NOBODY_WAITS: &str = "What is left goes on, and nobody waits for it. \
    Whoever called `fetch_all` takes what is there for the whole.";

/// Nothing is left to be done, and the job goes on waiting.
fn does_not_return() -> Verdict {
    Verdict::new("all is handed over, and `fetch_all` does not return")
        .asked("`fetch_all` returns when all results are handed over")
        .why(
            "Something still waits for more, or for somebody. If it is a \
             channel: it ends when its last sender is dropped, and the one \
             that it was made with counts too.",
        )
        .without_drawing()
}

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

/// Explains why a place was free for a while, though ids were left.
fn place_is_free(seen: &Seen, idle: &Idle) -> Verdict {
    let verdict = Verdict::new("a place is free, and nothing is sent")
        .asked(format!(
            "{} requests in flight as long as ids are left",
            seen.limit
        ))
        .fact(idle.told(seen));
    if seen.most == 1 {
        return too_few(seen, verdict);
    }
    if seen.in_groups() {
        let verdict = match seen.unlike(idle.at) {
            Some(times) => verdict.fact(times),
            None => verdict,
        };
        return verdict
            .why(
                "The next requests are sent when all of the group before are \
                 over. The slowest of a group decides.",
            )
            .read_on(PAGE, "One chunk after another");
    }
    if let Some(kept) = seen.kept_back(idle.at)
        && seen.in_the_order_of_the_list()
    {
        return verdict
            .fact(kept)
            .why(
                "A result that waits for those before it in the list keeps its \
                 place until they are there.",
            )
            .read_on(PAGE, "In the order of the list");
    }
    if let Some((id, later)) = seen.overtaken() {
        return verdict
            .fact(format!("id {id} is sent later than id {later}"))
            .why(
                "Ids are taken from the list before there is a place for them. \
                 Some then wait for one that is busy, while another is free.",
            );
    }
    let Some((at, sent)) = seen.sent_after(idle.at) else {
        return verdict;
    };
    if !seen.calls.iter().any(|call| call.over == at) {
        return verdict
            .fact(format!("sent at {at} ms, when no request ends: {sent}"))
            .why(
                "Whoever sends does not wait for a place, but for something \
                 else: a tick of a clock, perhaps.",
            );
    }
    if sent > 1 {
        return verdict
            .fact(format!("sent at {at} ms, all together: {sent}"))
            .why("A place that is free is used when several are, and not before.");
    }
    verdict
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
    if seen.returned == u64::MAX && missing.is_empty() && others.is_empty() {
        does_not_return().fact("nothing is under way").fail();
    }
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
            .why(NOBODY_WAITS)
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
    let twice = |wanted: &Vec<u64>, id| {
        wanted.iter().filter(|other| **other == id).count() > 1
    };
    if others.is_empty() && missing.iter().all(|(id, _)| twice(&seen.ids, *id))
    {
        verdict
            .why(
                "The list has this id more than once. Each time counts: nobody \
                 but the caller knows what for.",
            )
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

/// Real time in which a thread does what little it has to do.
const A_WHILE: Duration = Duration::from_millis(40);

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
    let returned = match AssertUnwindSafe(ends(job)).catch_unwind().await {
        Ok(true) => watch.millis(),
        Ok(false) => u64::MAX,
        Err(panic) => panicked(panic, limit, ids),
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

/// Whether the job ends.
async fn ends(job: impl Future<Output = ()>) -> bool {
    let mut job = pin!(job);
    if timeout(AN_HOUR, &mut job).await.is_ok() {
        return true;
    }
    // The paused clock has not waited for threads that the job has started.
    let _ = spawn_blocking(|| thread::sleep(A_WHILE)).await;
    if timeout(AN_HOUR, job).await.is_err() {
        return false;
    }
    Verdict::new("`fetch_all` waits for a thread of its own")
        .asked("`each` called from async code")
        .why(
            "The clock of this test is paused. It jumps on while that thread \
             works, so that nothing can be said of what happens when.",
        )
        .without_drawing()
        .fail()
}

/// Waits for the job, in real time. Fails if it goes on when all has been
/// handed over for long.
async fn returns(job: impl Future<Output = ()>, all_handed: impl Fn() -> bool) {
    let goes_on = async {
        let mut turns = 0;
        while turns < HELD_UP {
            sleep(A_TURN).await;
            turns = if all_handed() { turns + 1 } else { 0 };
        }
    };
    if let Either::Right(_) = select(pin!(job), pin!(goes_on)).await {
        does_not_return()
            .fact(format!("waited for it after that: at least {HELD_UP} ms"))
            .fail();
    }
}

/// Fails with the panic, and with what the code had been given.
fn panicked(panic: Box<dyn Any + Send>, limit: usize, ids: &[u64]) -> ! {
    let unwritten = panic
        .downcast_ref::<String>()
        .is_some_and(|message| message.starts_with("not yet implemented"));
    if unwritten || panic.is::<Verdict>() {
        resume_unwind(panic);
    }
    let mut verdict = Verdict::new("the code panicked").without_drawing();
    for seen in panics::seen() {
        verdict = verdict.fact(seen);
    }
    verdict
        .fact(format!("limit: {limit}"))
        .fact(format!("ids in the list: {}", ids.len()))
        .read_on("how-tests-see", "A panic")
        .fail()
}

impl Seen {
    /// When requests were sent and when they were over, without an order.
    fn moments(&self) -> impl Iterator<Item = u64> {
        let begun = self.calls.iter().map(|call| call.from);
        begun.chain(self.calls.iter().map(|call| call.over))
    }

    /// Requests in flight after all that happens at `at`.
    fn in_flight(&self, at: u64) -> usize {
        let calls = self.calls.iter();
        calls
            .filter(|call| call.from <= at && at < call.over)
            .count()
    }

    /// When the next requests are sent after `at`, and how many then.
    fn sent_after(&self, at: u64) -> Option<(u64, usize)> {
        let sent = self.calls.iter().map(|call| call.from);
        let next = sent.clone().filter(|from| *from > at).min()?;
        Some((next, sent.filter(|from| *from == next).count()))
    }

    /// An id that was sent later than one that stands after it in the list.
    fn overtaken(&self) -> Option<(u64, u64)> {
        let place =
            |call: &Asked| self.ids.iter().position(|id| *id == call.id);
        self.calls.iter().find_map(|call| {
            let later = self.calls.iter().find(|other| {
                other.from < call.from && place(other) > place(call)
            })?;
            Some((call.id, later.id))
        })
    }

    /// The moments after which, for a while, fewer requests were in flight than
    /// might have been.
    fn idle(&self) -> Vec<Idle> {
        let mut moments: Vec<u64> = self.moments().collect();
        moments.sort_unstable();
        moments.dedup();
        let moments = moments.into_iter().filter(|at| *at < self.returned);
        let idle = moments.map(|at| {
            let asked = self.calls.iter().filter(|call| call.from <= at);
            Idle {
                at,
                in_flight: self.in_flight(at),
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

    /// How long one took that was over by `at`, and the last of those that
    /// were not: a drawing shows the order of events, not how far apart.
    fn unlike(&self, at: u64) -> Option<String> {
        let told = |call: &Asked| {
            format!("id {} from {} to {} ms", call.id, call.from, call.over)
        };
        let quick = self.calls.iter().find(|call| call.over <= at)?;
        let others = self.calls.iter().filter(|call| call.from <= at);
        let slow = others.max_by_key(|call| call.over)?;
        (slow.over > at && slow.over < u64::MAX)
            .then(|| format!("in flight: {}, {}", told(quick), told(slow)))
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
        match self.handed_over(call) {
            Some(at) if at <= by => None,
            Some(at) => Some(format!("{there}, handed over at {at} ms")),
            None => Some(format!("{there}, never handed over")),
        }
    }

    /// When the result of `call` was handed over.
    fn handed_over(&self, call: &Asked) -> Option<u64> {
        // By what it is: which id it was given is another question.
        let answer = Ok(format!("document {}", call.id));
        let handed = self.handed.iter().find(|one| one.answer == answer);
        handed.map(|handed| handed.at)
    }

    /// Whether each result that was handed over late was handed over together
    /// with one that had just come.
    fn handed_over_in_groups(&self) -> bool {
        let late = self.calls.iter().filter_map(|call| {
            self.handed_over(call).filter(|at| *at > call.over)
        });
        late.into_iter().all(|at| {
            let mut just_come =
                self.calls.iter().filter(|call| call.over == at);
            just_come.any(|call| self.handed_over(call) == Some(at))
        })
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

// An `each` that takes its time.

const A_TURN: Duration = Duration::from_millis(1);

/// So many turns of the runtime without news, and the others have come to rest.
const QUIET: usize = 20;

/// After so many turns without news, the runtime itself is held up: each of its
/// threads waits for the `each` that this one is in.
const HELD_UP: usize = 300;

/// A task of the runtime that counts its turns. On a machine that is short of
/// time, they take as long as those of the job.
#[derive(Clone)]
struct Turns(Arc<AtomicUsize>);

impl Turns {
    fn count() -> Self {
        let turns = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&turns);
        spawn(async move {
            loop {
                sleep(A_TURN).await;
                count.fetch_add(1, Ordering::SeqCst);
            }
        });
        Self(turns)
    }

    fn now(&self) -> usize {
        self.0.load(Ordering::SeqCst)
    }

    /// Holds this thread up until it is `over`, or until the others have come
    /// to rest, so that there is no more `progress`.
    fn until_at_rest(
        &self,
        progress: impl Fn() -> usize,
        over: impl Fn() -> bool,
    ) {
        let mut seen = progress();
        let (mut since, mut waited) = (self.now(), 0);
        while !over() && self.now() - since < QUIET && waited < HELD_UP {
            thread::sleep(A_TURN);
            waited += 1;
            let now = progress();
            if now != seen {
                seen = now;
                (since, waited) = (self.now(), 0);
            }
        }
    }
}

// A list that knows how much of it is held.

/// Ids in the long list.
const MANY: usize = 100_000;

/// After so much of real time the list ends early. Whoever sends each result
/// through another thread would take longer than a test may.
const LONG_ENOUGH: Duration = Duration::from_secs(2);

/// The limit for the long list.
const LIMIT: usize = 2;

/// The most that may be held of it.
const MOST: usize = 10 * LIMIT;

/// A list of ids that ends early when too many have been taken from it and not
/// been handed over.
struct List {
    left: std::ops::RangeInclusive<u64>,
    began: Instant,
    catalogue: Catalogue,
    held: Arc<Held>,
}

/// What is held of a list.
#[derive(Default)]
struct Held {
    /// Whether it matters only while `each` is busy.
    while_each_is_busy: bool,
    each_is_busy: AtomicBool,
    taken: AtomicUsize,
    handed: AtomicUsize,
    /// How many results there are to be.
    wanted: AtomicUsize,
    /// Whether the test has seen enough.
    ended: AtomicBool,
    too_much: Mutex<Option<Verdict>>,
}

impl Held {
    fn while_each_is_busy() -> Self {
        Self {
            while_each_is_busy: true,
            ..Self::default()
        }
    }
}

impl Iterator for List {
    type Item = u64;

    fn next(&mut self) -> Option<u64> {
        let taken = self.held.taken.load(Ordering::SeqCst);
        let handed = self.held.handed.load(Ordering::SeqCst);
        let held = taken.saturating_sub(handed);
        let busy = self.held.each_is_busy.load(Ordering::SeqCst);
        let matters = busy || !self.held.while_each_is_busy;
        let mut too_much = lock(&self.held.too_much);
        if matters && held >= MOST && !self.left.is_empty() {
            too_much.get_or_insert_with(|| self.explained());
        }
        if too_much.is_some() || self.held.ended.load(Ordering::SeqCst) {
            return None;
        }
        if self.began.elapsed() >= LONG_ENOUGH {
            self.held.wanted.store(taken, Ordering::SeqCst);
            return None;
        }
        let id = self.left.next()?;
        self.held.taken.store(taken + 1, Ordering::SeqCst);
        Some(id)
    }
}

impl List {
    /// The ids from 1 to `last`, for a job that asks `catalogue`.
    fn of(last: usize, held: &Arc<Held>, catalogue: &Catalogue) -> Self {
        held.wanted.store(last, Ordering::SeqCst);
        Self {
            left: 1..=last as u64,
            began: Instant::now(),
            catalogue: catalogue.clone(),
            held: Arc::clone(held),
        }
    }

    /// Why so many are held: they have not been asked for, or they are there.
    fn explained(&self) -> Verdict {
        let taken = self.held.taken.load(Ordering::SeqCst);
        let handed = self.held.handed.load(Ordering::SeqCst);
        let busy = self.held.each_is_busy.load(Ordering::SeqCst);
        let in_flight = self.catalogue.0.in_flight.now();
        let asked = self.catalogue.0.in_flight.ever();
        let there = asked.saturating_sub(in_flight + handed);
        let mut verdict =
            Verdict::new("too much of a long list is held at once")
                .asked(format!(
                    "at most {MOST} ids taken from the list and not handed over"
                ))
                .fact(format!(
                    "a {}st id is taken while {MOST} are held",
                    MOST + 1
                ))
                .fact(format!(
                    "the limit is {LIMIT}, and ten times that is {MOST}"
                ))
                .without_drawing();
        if busy {
            verdict =
                verdict.fact("`each` is still busy with the first result");
        }
        if there > MOST / 2 {
            let verdict =
                verdict.fact("most of them are results that are there");
            if handed == 0 && !busy {
                return verdict
                    .why(
                        "Results are kept, and none is handed over while the \
                         list goes on. They fill the memory like the list \
                         itself.",
                    )
                    .read_on(PAGE, "Results left in the set");
            }
            return verdict
                .why(
                    "Results come faster than they are handed over, and the \
                     list goes on all the same. What they wait in, a channel \
                     for example, has room for too many of them.",
                )
                .read_on(PAGE, "A channel without a bound");
        }
        if in_flight > LIMIT {
            return verdict.fact("more than the limit of them are in flight");
        }
        if taken.saturating_sub(asked) <= MOST / 2 {
            return verdict;
        }
        let verdict = verdict.fact("most of them have not been asked for yet");
        let tasks = Handle::try_current()
            .map_or(0, |handle| handle.metrics().num_alive_tasks());
        if tasks > MOST / 2 {
            return verdict
                .fact(format!("tasks: {tasks}"))
                .why(
                    "They are taken from the list long before it is their \
                     turn, and wait in memory, each with a task of its own.",
                )
                .read_on(PAGE, "A task for each id");
        }
        verdict
            .why(
                "They are taken from the list long before it is their turn, \
                 and wait in memory: as ids in a queue, or as futures.",
            )
            .read_on(PAGE, "The pattern")
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
