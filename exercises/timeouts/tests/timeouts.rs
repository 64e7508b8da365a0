//! What `timeouts` is asked for: one behaviour a test.

use std::{
    any::Any,
    future::{pending, poll_fn},
    mem::forget,
    net::TcpListener,
    panic::{AssertUnwindSafe, resume_unwind},
    pin::pin,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    task::Poll,
    thread,
    time::Duration,
    vec,
};

use futures::FutureExt;
use reqwest::{Client, Response};
use testkit::{
    Answer, Call, Cause, Expectation, InFlight, Journal, Membership, Stopwatch,
    Upstream, Verdict, at_rest, expect, journal, probe::Entered,
};
use timeouts::{Body, DownloadError, Http, Store, StoreError, download};
use tokio::{
    runtime::Builder,
    select, task,
    time::{sleep, timeout},
};

#[path = "timeouts/causes.rs"]
mod causes;

use causes::*;

/// The file that is downloaded.
const NAME: &str = "prices.csv";

/// The limit of most tests, in ms of the paused clock.
const LIMIT: u64 = 100;

/// In ms, too.
const DAY: u64 = 24 * 60 * 60 * 1000;

/// A limit that has nothing to do with what happens.
const FAR_AWAY: Duration = Duration::from_secs(10);

// In memory, on a paused clock.

#[test]
fn brings_the_whole_file() {
    testkit::run_paused(async || {
        // Pieces may be equal, and may be empty.
        let pieces = ["", "1;9.50\n", "1;9.50\n", "", "2;7"];
        let store = Memory::of(After(0, ""), pieces.map(|text| After(1, text)));

        let seen = downloaded(&store.unseen(), ms(LIMIT)).await;

        let wanted = pieces.concat();
        let Some((verdict, got)) = other_than(&wanted, seen.result.as_ref())
        else {
            return all_at_once().await;
        };
        // The same, without the empty pieces.
        let full = pieces.into_iter().filter(|text| !text.is_empty());
        let full: Vec<_> = full.map(|text| After(1, text)).collect();
        let store = Memory::of(After(0, ""), full).unseen();
        let seen = downloaded(&store, ms(LIMIT)).await;
        let is_whole = other_than(&wanted, seen.result.as_ref()).is_none();
        if got == "0 bytes" && is_whole {
            verdict.because(EMPTY_IS_THE_END).fail();
        }
        verdict.fail();
    });
}

/// The verdict on a result that is not a file with the text `wanted`, and what
/// it is instead.
fn other_than(
    wanted: &str,
    result: Option<&Downloaded>,
) -> Option<(Verdict, String)> {
    let got = match result {
        Some(Ok(file)) if file == wanted.as_bytes() => return None,
        Some(Ok(file)) => format!("{} bytes", file.len()),
        other => told(other),
    };
    let verdict = Verdict::new("the file is not what the store sent")
        .asked("every byte of every piece, in order")
        .fact(format!("got: {got}, wanted: {} bytes", wanted.len()));
    Some((verdict, got))
}

/// Fails where pieces are lost of a file whose pieces are all there at once.
async fn all_at_once() {
    const MANY: usize = 2000;

    let wanted = "1\n".repeat(MANY);
    let all = async |step| {
        let store = Memory::of(Ready(""), vec![step; MANY]).unseen();
        let seen = downloaded_in(&store, FAR_AWAY, FAR_AWAY * 2).await;
        other_than(&wanted, seen.result.as_ref())
    };
    let Some((verdict, got)) = all(Ready("1\n")).await else {
        return;
    };
    let verdict = verdict
        .fact(format!("{MANY} pieces, each there when it is asked for"))
        .without_drawing();
    let is_a_file = got.ends_with("bytes");
    if !is_a_file || all(After(1, "1\n")).await.is_some() {
        verdict.fail();
    }
    verdict
        .fact(format!("the same {MANY} pieces, one every ms: all come"))
        .fail();
}

#[test]
fn comes_back_with_the_last_piece() {
    testkit::run_paused(async || {
        let store = Memory::of(After(20, ""), [After(30, "all of it")]);

        let seen = downloaded(&store, ms(LIMIT)).await;

        not_later_than(50, &store, &seen, "the file was whole").await;
    });
}

#[test]
fn comes_back_with_the_first_failure() {
    testkit::run_paused(async || {
        let store = Memory::of(Fails(30, 503), []);

        let seen = downloaded(&store, ms(LIMIT)).await;

        not_later_than(30, &store, &seen, "the store had failed").await;
    });
}

/// Fails where the download ended later than at `millis`, when `what`.
async fn not_later_than(millis: u64, store: &Memory, seen: &Seen, what: &str) {
    if seen.is_back() && seen.after <= millis {
        return;
    }
    let asks = store.in_flight.ever();
    let slept = seen.is_back_at(LIMIT) && sleeps_it_out().await;
    expect(false, format!("{what}, and the caller waited on"))
        .asked("an end as soon as there is a file or a failure")
        .fact(format!("{}, wanted: {millis} ms", seen.came_back()))
        .fact_if(asks > 1, asked_for(asks))
        .because([(asks > 1, TRIES_AGAIN), (slept, SLEEPS_IT_OUT)]);
}

fn asked_for(asks: usize) -> String {
    format!("asked for: {asks} times, wanted: once")
}

/// Whether a file that is whole at 50 ms comes when the limit is over, whatever
/// the limit is.
async fn sleeps_it_out() -> bool {
    let comes_at = async |limit| {
        let store = Memory::of(After(20, ""), [After(30, "all of it")]);
        downloaded(&store.unseen(), ms(limit)).await.is_back_at(limit)
    };
    comes_at(LIMIT).await && comes_at(2 * LIMIT).await
}

#[test]
fn stops_before_the_headers() {
    testkit::run_paused(async || {
        let store = Memory::of(Stalls, []);

        let seen = downloaded(&store, ms(LIMIT)).await;

        ends_at_the_limit(&seen, "no headers came", false).await;
    });
}

#[test]
fn stops_in_the_middle_of_the_body() {
    testkit::run_paused(async || {
        let store = Memory::of(After(20, ""), [After(30, "1;9"), Stalls]);

        let seen = downloaded(&store, ms(LIMIT)).await;

        ends_at_the_limit(&seen, "the body had stalled", true).await;
    });
}

#[test]
fn counts_the_limit_once_for_all_the_pieces() {
    testkit::run_paused(async || {
        // 20 ms, 50 ms, 80 ms and so on, up to 320 ms.
        let store = Memory::of(After(20, ""), [After(30, "1;9.50\n"); 10]);

        let seen = downloaded(&store, ms(LIMIT)).await;

        ends_at_the_limit(&seen, "pieces were still coming", true).await;
    });
}

/// Fails where the download did not end at the limit.
async fn ends_at_the_limit(seen: &Seen, meanwhile: &str, headers: bool) {
    if seen.is_back_at(LIMIT) {
        return;
    }
    let early = seen.is_back() && seen.after < LIMIT;
    let headline = match seen.result {
        None => format!("{meanwhile}, and the download waited for ever"),
        Some(_) if early => {
            "the download was given up before its limit".to_owned()
        }
        Some(_) => format!("{meanwhile}, and the limit was not kept"),
    };
    let verdict = expect(false, headline)
        .asked(format!("an end at {LIMIT} ms, whatever has come by then"))
        .fact(format!("{}, wanted: {LIMIT} ms", seen.came_back()));
    if early {
        given_up_early(verdict).await;
    } else {
        limit_not_kept(verdict, headers).await;
    }
}

/// Fails with what is known of a download that did not end at its limit, where
/// `headers` came or did not.
async fn limit_not_kept(verdict: Expectation, headers: bool) {
    if reads_another_clock().await {
        verdict
            .fact("15 ms passed on the wall, and 0 ms on tokio's clock")
            .fact("a download with a limit of 10 ms was given up")
            .or_fail();
    } else {
        let habits = Habits::found().await;
        if headers {
            verdict.because(habits.in_the_body());
        } else {
            verdict.because(habits.without_headers());
        }
    }
}

#[test]
fn a_limit_of_zero_is_over_at_once() {
    testkit::run_paused(async || {
        let store = Memory::of(Stalls, []);

        let seen = downloaded(&store, Duration::ZERO).await;

        // A timer may take until the next whole millisecond.
        if seen.is_back() && seen.after <= 1 {
            return;
        }
        let verdict = expect(false, "a limit of zero was not kept")
            .asked("an end at once: no time is left")
            .fact(format!("{}, wanted: 0 ms", seen.came_back()));
        let usual = downloaded(&store.unseen(), ms(LIMIT)).await;
        if usual.is_back_at(LIMIT) {
            return verdict
                .fact(format!("a limit of {LIMIT} ms is kept"))
                .because([(!seen.is_back(), ZERO_IS_NO_LIMIT)]);
        }
        limit_not_kept(verdict, false).await;
    });
}

/// Fails with what is known of a download that was given up before its limit.
async fn given_up_early(verdict: Expectation) {
    let silent = Memory::of(Stalls, []);
    let after = async |limit| {
        let seen = downloaded(&silent.unseen(), ms(limit)).await;
        seen.result.map(|_| seen.after)
    };
    let (once, twice) = (after(LIMIT).await, after(2 * LIMIT).await);
    let slow_body = Memory::of(After(10, ""), [After(80, "1;9")]).unseen();
    let whole = downloaded(&slow_body, ms(LIMIT)).await.result;
    let headers = once.is_some_and(|once| 0 < once && once < LIMIT);
    let in_parts = headers && twice == once.map(|once| 2 * once);
    verdict.because([(in_parts && matches!(whole, Some(Ok(_))), SHARE)]);
}

#[test]
fn a_slow_file_may_use_all_of_its_limit() {
    testkit::run_paused(async || {
        let slow_headers = Memory::of(After(80, ""), [After(10, "1;9")]);
        let slow_body = Memory::of(After(10, ""), [After(80, "1;9")]);
        for store in [slow_headers, slow_body] {
            let unseen = downloaded(&store.unseen(), ms(LIMIT)).await;
            match unseen.result {
                Some(Ok(file)) if file == b"1;9" => continue,
                _ => {}
            }
            // Once more, to be drawn: on a paused clock it is the same.
            let seen = downloaded(&store, ms(LIMIT)).await;
            let asks = store.in_flight.ever();
            let verdict = expect(false, "a file that came in time was refused")
                .asked(format!("one limit of {LIMIT} ms for all of it"))
                .fact("whole after: 90 ms")
                .fact(seen.came_back())
                .fact_if(asks > 1, asked_for(asks));
            if asks > 1 || seen.after >= LIMIT {
                verdict.because([(asks > 1, TRIES_AGAIN)]);
            } else {
                given_up_early(verdict).await;
            }
        }
    });
}

#[test]
fn asks_once() {
    testkit::run_paused(async || {
        let store = Memory::of(After(20, ""), [Stalls]);

        downloaded(&store, ms(LIMIT)).await;

        asked_once(store.in_flight.ever(), |verdict| verdict);
    });
    // Nor is a store asked again whose answer breaks off.
    testkit::run(async || {
        let upstream = Upstream::start(|_| {
            Answer::text("1;9.50\n2;7.25\n").breaking_after(4)
        });
        let store = Watched::over_http(&upstream);

        select! {
            biased;
            _ = download(&store, NAME, FAR_AWAY) => {}
            () = at_rest() => {}
        }

        asked_once(upstream.requests().len(), Expectation::without_drawing);
    });
}

/// Unless the store was asked once, fails with a verdict drawn as `drawn` says.
fn asked_once(asks: usize, drawn: fn(Expectation) -> Expectation) {
    drawn(expect(asks == 1, "the store was not asked once"))
        .asked("one question for one download")
        .fact(asked_for(asks))
        .because([(asks > 1, TRIES_AGAIN)]);
}

#[test]
fn tells_the_limit_from_a_failure() {
    testkit::run_paused(async || {
        let store = Memory::of(Stalls, []);

        let seen = downloaded(&store, ms(LIMIT)).await;

        // Whether it comes back is asked elsewhere.
        let fine =
            matches!(seen.result, None | Some(Err(DownloadError::Elapsed)));
        let failed = matches!(seen.result, Some(Err(DownloadError::Failed(_))));
        expect(fine, "the limit is told as something else")
            .asked("`Elapsed` when the limit is over")
            .fact(format!("got: {}, wanted: Elapsed", seen.told()))
            .because([(failed && seen.after == LIMIT, LIMIT_AS_FAILURE)]);
    });
}

#[test]
fn tells_a_failure_from_the_limit() {
    testkit::run_paused(async || {
        // The store's own time is up: that is an answer.
        let store = Memory::of(Fails(30, 504), []);

        let seen = downloaded(&store, ms(LIMIT)).await;

        let failed = DownloadError::Failed(StoreError::Status(504));
        if seen.told() == told(Some(&Err(failed))) {
            return;
        }
        let asks = store.in_flight.ever();
        expect(false, "a failure is told as something else")
            .asked("`Failed` when the store answers with an error")
            .fact(format!("got: {}, wanted: Failed, status 504", seen.told()))
            .fact(seen.came_back())
            .fact_if(asks > 1, asked_for(asks))
            .because([
                (asks > 1, TRIES_AGAIN),
                (seen.is_elapsed() && seen.after == 30, MERGED),
            ]);
    });
    testkit::run_paused(async || a_panic_is_not_the_limit().await);
}

/// Fails where a panic is told as the limit, or as the end of the file.
async fn a_panic_is_not_the_limit() {
    let store = Memory::of(After(20, ""), [After(30, "1;9"), Panics]);
    let download = downloaded(&store, ms(LIMIT));
    let Ok(seen) = AssertUnwindSafe(download).catch_unwind().await else {
        return;
    };
    let is_a_file = matches!(seen.result, Some(Ok(_)));
    // One that waits for the limit is told by it.
    let too_soon = seen.is_elapsed() && seen.after < LIMIT;
    expect(!is_a_file && !too_soon, "a panic is told as something else")
        .asked("a panic that passes through, or `Task`")
        .fact("the second piece panicked at 50 ms")
        .fact(format!("got: {}", seen.told()))
        .fact(seen.came_back())
        .because([
            (is_a_file && seen.after == 50, BREAK_IS_THE_END),
            (too_soon && seen.after == 50, MERGED),
        ]);
}

#[test]
fn a_cut_file_is_not_a_file() {
    testkit::run_paused(async || {
        let store = Memory::of(After(20, ""), [After(30, "1;9"), Stalls]);

        let seen = downloaded(&store, ms(LIMIT)).await;

        let is_a_file = matches!(seen.result, Some(Ok(_)));
        expect(!is_a_file, "a part of a file was returned as the file")
            .asked("`Elapsed` when the file is not whole in time")
            .fact(format!("got: {}", seen.told()))
            .fact("the store had more to send")
            .because([(seen.after == LIMIT, HALF_A_FILE)]);
    });
}

#[test]
fn takes_the_longest_limit_there_is() {
    testkit::run_paused(async || {
        let nearly = Duration::new(u64::MAX, 999_999_998);
        takes(Duration::MAX, "Duration::MAX").await;
        takes(nearly, "Duration::MAX - 1 ns").await;
    });
}

/// Fails where `limit` is too long for the code, or is over.
async fn takes(limit: Duration, name: &str) {
    let late = Late(40 * DAY, "all of it");
    let store = Memory::of(After(20, ""), [late]).unseen();
    let download = downloaded_in(&store, limit, ms(50 * DAY));
    let ended = AssertUnwindSafe(download).catch_unwind().await;
    let verdict = |headline| {
        expect(false, headline)
            .asked("any limit will do, the longest there is too")
            .fact(format!("limit: {name}"))
            .without_drawing()
    };
    match ended {
        // The message of a sum of an `Instant` and a `Duration`.
        Err(panic) if says(&*panic, "overflow when adding duration") => {
            verdict("the longest limit is a panic")
                .fact("the code panicked: overflow in a sum of times")
                .because([(true, OVERFLOW)]);
        }
        Err(panic) => resume_unwind(panic),
        Ok(Seen { result: Some(Err(DownloadError::Elapsed)), after }) => {
            let hours = after / (DAY / 24);
            verdict("the longest limit was over")
                .fact(format!("told after {hours} hours: Elapsed"))
                .fact("the file was whole after 40 days")
                .or_fail();
        }
        // Other ends are asked about elsewhere.
        Ok(_) => {}
    }
}

/// Whether the message of `panic` contains `word`.
fn says(panic: &(dyn Any + Send), word: &str) -> bool {
    let text = panic.downcast_ref::<&str>().copied();
    let owned = || panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(owned).is_some_and(|text| text.contains(word))
}

#[test]
fn leaves_nothing_behind_when_it_returns() {
    testkit::run_paused(async || {
        let over = "the limit was over";
        let ends = [
            (Memory::of(After(20, ""), [After(30, "1;9"), Stalls]), over),
            (Memory::of(Stalls, []), over),
            (
                Memory::of(After(20, ""), [Fails(30, 503), Stalls]),
                "the store failed",
            ),
            (
                Memory::of(After(20, ""), [After(30, "1;9")]),
                "the file was whole",
            ),
        ];
        for (store, what) in ends {
            // Whether it returns is asked elsewhere.
            if matches!(left_behind(&store.unseen()).await, None | Some(0)) {
                continue;
            }
            // Once more, to be drawn: on a paused clock it is the same.
            left_behind(&store).await;
            store.keep_the_drawing();
            let known = Afterwards::found().await;
            expect(false, format!("{what}, and the download went on"))
                .asked("when the function returns, the download ends too")
                .fact("still there 10 ms later: 1 download, wanted: 0")
                .facts(store.traces.facts(known))
                .because(store.traces.causes(known));
        }
    });
}

/// How many downloads from `store` are left when one has returned; `None` where
/// it does not return.
async fn left_behind(store: &Memory) -> Option<usize> {
    let seen = downloaded(store, ms(LIMIT)).await;
    // An aborted task ends in its next turn.
    sleep(ms(10)).await;
    seen.result.map(|_| store.in_flight.now())
}

#[test]
fn ends_when_its_caller_goes() {
    testkit::run_paused(async || {
        let in_the_body = Memory::of(After(20, ""), [After(30, "1;9"), Stalls]);
        let before_the_headers = Memory::of(Stalls, []);
        for store in [in_the_body, before_the_headers] {
            if ended_with_its_caller(&store.unseen(), None).await {
                continue;
            }
            // Once more, to be drawn: on a paused clock it is the same.
            journal().declare(["caller"]);
            let caller = journal().call("caller");
            ended_with_its_caller(&store, Some(caller)).await;
            store.keep_the_drawing();
            let known = Afterwards {
                reads_on: false, // Its limit is not over.
                ends_with_the_next: ends_with_the_next_piece(FAR_AWAY).await,
            };
            let at_the_limit = left_behind(&store.unseen()).await == Some(0);
            let [_, with_the_next, in_a_task] = store.traces.causes(known);
            let by_its_caller =
                in_a_task.0 && at_the_limit && outlives_its_limit().await;
            expect(false, "the caller went, and the download went on")
                .asked("when the caller drops it, the download ends too")
                .fact("the caller went at 70 ms")
                .fact("still on its way at 80 ms: 1 download, wanted: 0")
                .facts(store.traces.facts(known))
                .because([
                    with_the_next,
                    (by_its_caller, ABORT_AT_THE_LIMIT),
                    in_a_task,
                ]);
        }
    });
}

/// Whether a download goes on beyond its limit where its caller has gone
/// before.
async fn outlives_its_limit() -> bool {
    let body = [After(30, "1;9"), Stalls];
    let store = Memory::of(After(20, ""), body).unseen();
    let _ = timeout(ms(70), download(&store, NAME, ms(LIMIT))).await;
    sleep(ms(LIMIT)).await;
    store.in_flight.now() > 0
}

/// Whether a download from `store` has ended when its caller has gone, far from
/// the limit.
async fn ended_with_its_caller(store: &Memory, caller: Option<Call>) -> bool {
    let download = download(store, NAME, FAR_AWAY);
    let ended = timeout(ms(70), download).await.is_ok();
    if let Some(caller) = caller {
        caller.finished();
    }
    // An aborted task ends in its next turn.
    sleep(ms(10)).await;
    ended || store.in_flight.now() == 0
}

/// Whether a download that goes on, when its limit or its caller has ended it,
/// does so until the next piece comes, and no longer.
async fn ends_with_the_next_piece(limit: Duration) -> bool {
    let body = [After(30, "1;9"), After(100, "2;7"), Stalls];
    let store = Memory::of(After(20, ""), body).unseen();
    let _ = timeout(ms(LIMIT + 10), download(&store, NAME, limit)).await;
    sleep(ms(10)).await;
    let before = store.in_flight.now();
    sleep(ms(100)).await;
    before == 1 && store.in_flight.now() == 0
}

// Over HTTP, on a real clock.

#[test]
fn the_store_sees_it_go_after_the_headers() {
    testkit::run(async || the_store_sees_it_go(0).await);
}

#[test]
fn the_store_sees_it_go_in_the_middle_of_the_body() {
    testkit::run(async || the_store_sees_it_go(4).await);
}

#[test]
fn the_store_sees_it_go_on_several_threads() {
    testkit::run_parallel(async || the_store_sees_it_go(4).await);
}

/// A store that stalls when it has sent the headers and so many bytes.
async fn the_store_sees_it_go(sent: usize) {
    // On a busy machine the limit may be over before there is anything to wait
    // for: that shows nothing, and is tried again.
    for _ in 0..20 {
        let upstream = Upstream::start(move |_| {
            Answer::text("1;9.50\n2;7.25\n")
                .on_lane("download")
                .stalling_after(sent)
        });
        let store = Watched::over_http(&upstream);
        let mut download = pin!(download(&store, NAME, ms(50)));
        let came_back = select! {
            biased;
            _ = &mut download => true,
            () = at_rest() => false,
        };
        if !store.began(sent > 0) {
            continue;
        }
        let verdict = |headline| {
            expect(false, headline)
                .asked(
                    "at the limit the function returns, and the connection \
                     closes",
                )
                .without_drawing()
        };
        if !came_back {
            let habits = on_a_paused_clock(async || Habits::found().await);
            let verdict =
                verdict("the store had stalled, and the download waited on")
                    .fact(format!("the headers had come, and {sent} bytes"));
            match habits {
                Some(habits) => verdict.because(habits.in_the_body()),
                None => verdict.or_fail(),
            }
        }
        if !upstream.nothing_in_flight().await {
            let known = on_a_paused_clock(async || Afterwards::found().await);
            let known = known.unwrap_or_default();
            verdict("the caller was told, and the download went on")
                .fact("still on its way: 1 download, wanted: 0")
                .facts(store.traces.facts(known))
                .because(store.traces.causes(known));
        }
        return;
    }
    Verdict::new("the download ended before the answer had begun")
        .asked("a limit of 50 ms, and a store that answers at once")
        .without_drawing()
        .fail();
}

/// What `question` answers on a clock that a test with sockets does not have.
fn on_a_paused_clock<Q, T>(question: Q) -> Option<T>
where
    Q: AsyncFnOnce() -> T + Send + 'static,
    T: Send + 'static,
{
    let run = Membership::of_this_thread();
    let answer = thread::spawn(move || {
        run.join();
        Builder::new_current_thread()
            .enable_time()
            .start_paused(true)
            .build()
            .expect("a runtime without sockets needs nothing of the system")
            .block_on(question())
    });
    // Code that panics there has not answered.
    answer.join().ok()
}

#[test]
fn a_timeout_of_the_client_is_a_failure() {
    testkit::run(async || {
        // Connections are made, and nobody answers.
        let silent = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = silent.local_addr().expect("it is bound");
        let client = Client::builder().no_proxy().timeout(ms(30));
        let store = Http {
            client: client.build().expect("as above"),
            base: format!("http://{address}"),
        };

        let result = select! {
            biased;
            result = download(&store, NAME, FAR_AWAY) => Some(result),
            () = at_rest() => None,
        };

        let verdict = expect(
            failed(result.as_ref()),
            "a failure is told as something else",
        )
        .asked("`Failed` when the client gives the store up")
        .fact("the client's limit: 30 ms, yours: 10 s");
        told_otherwise(verdict, result.as_ref(), "the client had given up");
    });
}

#[test]
fn a_file_that_breaks_off_is_a_failure() {
    testkit::run(async || {
        let upstream = Upstream::start(|_| {
            Answer::text("1;9.50\n2;7.25\n")
                .on_lane("download")
                .breaking_after(4)
        });
        let store = Watched::over_http(&upstream);

        let result = select! {
            biased;
            result = download(&store, NAME, FAR_AWAY) => Some(result),
            () = at_rest() => None,
        };

        let verdict = expect(
            failed(result.as_ref()),
            "a broken answer is not told as a failure",
        )
        .asked("`Failed` when the answer breaks off");
        told_otherwise(verdict, result.as_ref(), "the store had gone");
    });
}

fn failed(result: Option<&Downloaded>) -> bool {
    matches!(result, Some(Err(DownloadError::Failed(_))))
}

/// Ends what is asked of a failure of the connection, long before the limit.
fn told_otherwise(
    verdict: Expectation,
    result: Option<&Downloaded>,
    happened: &str,
) {
    if failed(result) {
        return;
    }
    let (back, told) = (result.is_some(), told(result));
    let elapsed = matches!(result, Some(Err(DownloadError::Elapsed)));
    let file = matches!(result, Some(Ok(_)));
    let asleep = async || sleeps_it_out().await;
    let asleep = !back && on_a_paused_clock(asleep) == Some(true);
    verdict
        .fact(format!("got: {told}, wanted: Failed, connection"))
        .fact_if(!back, format!("{happened}, and the limit was not over"))
        .without_drawing()
        .because([
            (file, BREAK_IS_THE_END),
            (elapsed, MERGED),
            (asleep, SLEEPS_IT_OUT),
        ]);
}

// What the verdicts have in common.

/// Whether a limit of 10 ms is over where a store holds the thread for longer
/// than that, and is not where it answers as soon on tokio's clock.
async fn reads_another_clock() -> bool {
    let is_over = async |headers| {
        let store = Memory::of(headers, [After(5, "")]).unseen();
        let seen = downloaded(&store, ms(10)).await;
        matches!(seen.result, Some(Err(DownloadError::Elapsed)))
    };
    is_over(Blocks).await && !is_over(Ready("")).await
}

/// How a download deals with stores that stall, or are slow.
struct Habits {
    /// The store says nothing.
    silent: Seen,
    /// The store stalls after headers at 20 ms and a piece at 50 ms.
    stalled: Seen,
    /// Headers come at 20 ms, and pieces at 50, 80, 110 ms and so on.
    slow: Seen,
}

impl Habits {
    async fn found() -> Self {
        let seen = async |headers, body: Vec<Step>| {
            let store = Memory::of(headers, body).unseen();
            downloaded(&store, ms(LIMIT)).await
        };
        let piece = After(30, "1;9");
        Self {
            silent: seen(Stalls, vec![]).await,
            stalled: seen(After(20, ""), vec![piece, Stalls]).await,
            slow: seen(After(20, ""), vec![piece; 10]).await,
        }
    }

    /// Why a download did not end at its limit, where no headers came.
    fn without_headers(&self) -> [(bool, Cause); 2] {
        let never = !self.silent.is_back();
        [
            (never && self.looks_between(), BETWEEN_THE_PIECES),
            (never && self.stalled.is_back(), PIECES_ONLY),
        ]
    }

    /// Why a download did not end at its limit, where headers came.
    fn in_the_body(&self) -> [(bool, Cause); 4] {
        let headers = self.silent.is_back_at(LIMIT);
        let went_by = matches!(self.slow.result, Some(Ok(_)));
        let after = |came| self.stalled.is_back_at(came + LIMIT);
        [
            (self.looks_between(), BETWEEN_THE_PIECES),
            (headers && !self.stalled.is_back(), HEADERS_ONLY),
            (headers && after(20), TWO_LIMITS),
            (after(50) && went_by, ANEW_EACH_TURN),
        ]
    }

    /// Nothing ends a wait, and the first piece after the limit does.
    fn looks_between(&self) -> bool {
        let went_by = matches!(self.slow.result, Some(Ok(_)));
        let never = !self.silent.is_back() && !self.stalled.is_back();
        never && !went_by && self.slow.is_back_at(110)
    }
}

type Downloaded = Result<Vec<u8>, DownloadError>;

/// A result in one line, the same on every machine.
fn told(result: Option<&Downloaded>) -> String {
    match result {
        None => "nothing yet".to_owned(),
        Some(Ok(file)) => format!("a file of {} bytes", file.len()),
        Some(Err(DownloadError::Elapsed)) => "Elapsed".to_owned(),
        Some(Err(DownloadError::Failed(StoreError::Status(status)))) => {
            format!("Failed, status {status}")
        }
        Some(Err(DownloadError::Failed(StoreError::Transport(_)))) => {
            "Failed, connection".to_owned()
        }
        Some(Err(DownloadError::Task(_))) => "Task".to_owned(),
    }
}

fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

// The download, watched.

/// What a download gave, and after how many milliseconds.
struct Seen {
    /// `None` where it had not come back when the test lost patience.
    result: Option<Downloaded>,
    after: u64,
}

impl Seen {
    fn is_back(&self) -> bool {
        self.result.is_some()
    }

    fn is_back_at(&self, millis: u64) -> bool {
        self.is_back() && self.after == millis
    }

    fn is_elapsed(&self) -> bool {
        matches!(self.result, Some(Err(DownloadError::Elapsed)))
    }

    fn told(&self) -> String {
        told(self.result.as_ref())
    }

    fn came_back(&self) -> String {
        match self.result {
            None => format!("not back at {} ms", self.after),
            Some(_) => format!("came back at {} ms", self.after),
        }
    }
}

/// Longer than nearly all downloads of these tests may take.
const PATIENCE: Duration = Duration::from_secs(1);

/// Downloads from `store`. In the drawing, a limit that can pass has a lane.
async fn downloaded(store: &Memory, limit: Duration) -> Seen {
    downloaded_in(store, limit, PATIENCE).await
}

async fn downloaded_in(
    store: &Memory,
    limit: Duration,
    patience: Duration,
) -> Seen {
    let lane = store.journal.clone().filter(|_| limit < PATIENCE);
    let drawn = lane.map(|journal| {
        journal.declare(["limit"]);
        let call = journal.call("limit");
        task::spawn(async move {
            sleep(limit).await;
            call.finished();
        })
    });
    let watch = Stopwatch::start();
    let mut download = Box::pin(download(store, NAME, limit));
    let result = select! {
        biased;
        result = &mut download => Some(result),
        () = sleep(patience) => None,
    };
    let after = watch.millis();
    let asked_anew = store.traces.asked_anew();
    if result.is_some() {
        store.traces.over();
    } else {
        // So that the drawing shows what is still under way.
        forget(download);
    }
    if let Some(drawn) = drawn {
        // So that the limit is drawn to its end.
        let _ = drawn.await;
    }
    if asked_anew {
        Verdict::new("a piece was asked for anew while it was on its way")
            .asked("each piece, awaited until it comes")
            .fact("`piece()` was dropped half-way, and called again")
            .why(
                "What was under way may be lost with the future that is \
                 dropped. Keep that future, and poll it on.",
            )
            .read_on("timeouts", "One timer beside a loop")
            .fail();
    }
    Seen { result, after }
}

/// What the code under test leaves in a store.
#[derive(Clone, Default)]
struct Traces(Arc<Marks>);

#[derive(Default)]
struct Marks {
    /// Headers or pieces that are waited for.
    awaited: InFlight,
    in_a_task: AtomicBool,
    asked_anew: AtomicBool,
    /// The function has returned, or was dropped.
    over: AtomicBool,
    /// Asked anew since then.
    read_on: AtomicBool,
}

impl Traces {
    /// Notes that headers are waited for, until the answer is dropped.
    fn headers(&self) -> Entered {
        // The body of a test is no task.
        let in_a_task = task::try_id().is_some();
        self.0.in_a_task.fetch_or(in_a_task, Ordering::SeqCst);
        self.0.awaited.enter()
    }

    /// Notes that a piece is waited for, until the answer is dropped, and
    /// whether the wait for the last one was dropped `half_way`.
    fn piece(&self, half_way: bool) -> Entered {
        self.0.asked_anew.fetch_or(half_way, Ordering::SeqCst);
        let read_on = half_way && self.0.over.load(Ordering::SeqCst);
        self.0.read_on.fetch_or(read_on, Ordering::SeqCst);
        self.headers()
    }

    /// Whether `piece()` was called again after it had been dropped half-way.
    fn asked_anew(&self) -> bool {
        self.0.asked_anew.load(Ordering::SeqCst)
    }

    /// Notes that nobody waits for the download any more.
    fn over(&self) {
        self.0.over.store(true, Ordering::SeqCst);
    }

    /// Whether a piece was asked for anew since then. On several threads that
    /// may be told too late.
    fn read_on(&self) -> bool {
        self.0.read_on.load(Ordering::SeqCst)
    }

    /// What is known of a download that goes on though nobody waits for it.
    fn facts(&self, known: Afterwards) -> Option<&'static str> {
        if self.asked_anew() && known.reads_on {
            Some("the next piece was asked for, and nobody wants it")
        } else if self.0.awaited.now() == 0 {
            Some("no piece of it is asked for, and something keeps it")
        } else if known.ends_with_the_next {
            Some("where another piece comes, it ends with that")
        } else {
            None
        }
    }

    /// Why it goes on.
    fn causes(&self, known: Afterwards) -> [(bool, Cause); 3] {
        let awaited = self.0.awaited.now() > 0;
        let in_a_task = self.0.in_a_task.load(Ordering::SeqCst);
        [
            (self.asked_anew() && known.reads_on, DRAINS),
            (awaited && known.ends_with_the_next, BETWEEN_THE_PIECES),
            (awaited && in_a_task, RUNS_ON),
        ]
    }
}

/// What a download does when its limit is over.
#[derive(Clone, Copy, Default)]
struct Afterwards {
    /// It asks for the rest of the body.
    reads_on: bool,
    /// It goes on until the next piece comes.
    ends_with_the_next: bool,
}

impl Afterwards {
    async fn found() -> Self {
        let body = [After(30, "1;9"), Stalls];
        let store = Memory::of(After(20, ""), body).unseen();
        left_behind(&store).await;
        Self {
            reads_on: store.traces.read_on(),
            ends_with_the_next: ends_with_the_next_piece(ms(LIMIT)).await,
        }
    }
}

/// What a store in memory does next.
#[derive(Clone, Copy)]
enum Step {
    /// Sends the headers or a piece, without a wait.
    Ready(&'static str),
    /// Sends the headers or a piece after so many ms.
    After(u64, &'static str),
    /// The same for a long time, which is cut short for code that looks again
    /// every few ms: that is its right, and would take hours here.
    Late(u64, &'static str),
    /// Fails after so many ms, with a status.
    Fails(u64, u16),
    /// Sends nothing, for ever.
    Stalls,
    /// Sends the headers after 15 ms on the wall, and none on tokio's clock.
    Blocks,
    /// Panics instead of sending anything.
    Panics,
}
use Step::{After, Blocks, Fails, Late, Panics, Ready, Stalls};

/// A store in memory, which draws what it does.
#[derive(Clone)]
struct Memory {
    headers: Step,
    body: Vec<Step>,
    journal: Option<Journal>,
    in_flight: InFlight,
    traces: Traces,
    over: Arc<AtomicBool>,
}

/// A step under way, as it is drawn.
struct Drawn {
    call: Option<Call>,
    over: Arc<AtomicBool>,
}

impl Drawn {
    fn finished(mut self) {
        if let Some(call) = self.call.take() {
            call.finished();
        }
    }
}

impl Drop for Drawn {
    fn drop(&mut self) {
        if self.over.load(Ordering::SeqCst) {
            forget(self.call.take());
        }
    }
}

impl Memory {
    fn of(headers: Step, body: impl Into<Vec<Step>>) -> Self {
        Self {
            headers,
            body: body.into(),
            journal: Some(journal()),
            in_flight: InFlight::default(),
            traces: Traces::default(),
            over: Arc::default(),
        }
    }

    /// A store like this one that is left out of the drawing.
    fn unseen(&self) -> Self {
        Self {
            journal: None,
            in_flight: InFlight::default(),
            traces: Traces::default(),
            ..self.clone()
        }
    }

    /// Draws what is under way as being so, whatever becomes of it.
    fn keep_the_drawing(&self) {
        self.over.store(true, Ordering::SeqCst);
    }

    async fn take(&self, step: Step, lane: &str) -> Result<&str, StoreError> {
        let drawn = Drawn {
            call: self.journal.as_ref().map(|journal| {
                journal.declare([lane]);
                journal.call(lane)
            }),
            over: Arc::clone(&self.over),
        };
        let taken = match step {
            Ready(text) => Ok(text),
            After(millis, text) => {
                sleep(ms(millis)).await;
                Ok(text)
            }
            Late(millis, text) => {
                let mut looks = 0;
                let mut asleep = pin!(sleep(ms(millis)));
                poll_fn(|context| {
                    looks += 1;
                    match looks {
                        0..10_000 => asleep.as_mut().poll(context),
                        _ => Poll::Ready(()),
                    }
                })
                .await;
                Ok(text)
            }
            Fails(millis, status) => {
                sleep(ms(millis)).await;
                Err(StoreError::Status(status))
            }
            Stalls => pending().await,
            Blocks => {
                thread::sleep(ms(15));
                Ok("")
            }
            Panics => panic!("a mistake of the store"),
        };
        drawn.finished();
        taken
    }
}

impl Store for Memory {
    type Body = MemoryBody;

    async fn open(&self, _name: &str) -> Result<MemoryBody, StoreError> {
        let entered = self.in_flight.enter();
        let _awaited = self.traces.headers();
        self.take(self.headers, "headers").await?;
        Ok(MemoryBody {
            store: self.clone(),
            steps: self.body.clone().into_iter(),
            half_way: false,
            _entered: entered,
        })
    }
}

struct MemoryBody {
    store: Memory,
    steps: vec::IntoIter<Step>,
    /// Stays true where a piece was dropped on its way.
    half_way: bool,
    _entered: Entered,
}

impl Body for MemoryBody {
    async fn piece(&mut self) -> Result<Option<Vec<u8>>, StoreError> {
        let _awaited = self.store.traces.piece(self.half_way);
        // What has stalled does so however often it is asked.
        let step = match self.steps.as_slice().first() {
            Some(Stalls) => Some(Stalls),
            _ => self.steps.next(),
        };
        let Some(step) = step else { return Ok(None) };
        self.half_way = true;
        let taken = self.store.take(step, "body").await;
        self.half_way = false;
        Ok(Some(taken?.as_bytes().to_vec()))
    }
}

/// A store over HTTP that notes how far the answer has come on this side.
#[derive(Clone)]
struct Watched {
    http: Http,
    notes: Arc<Notes>,
    traces: Traces,
}

#[derive(Default)]
struct Notes {
    headers: AtomicBool,
    asked: AtomicUsize,
    pieces: AtomicUsize,
}

impl Watched {
    fn over_http(upstream: &Upstream) -> Self {
        let client = Client::builder()
            .no_proxy()
            .build()
            .expect("a client without TLS needs nothing from the system");
        let base = upstream.url();
        Self {
            http: Http { client, base },
            notes: Arc::default(),
            traces: Traces::default(),
        }
    }

    /// Whether the headers have come, and a piece where there is one, and the
    /// code under test has begun to wait for what does not come.
    fn began(&self, with_a_piece: bool) -> bool {
        let pieces = self.notes.pieces.load(Ordering::SeqCst);
        self.notes.headers.load(Ordering::SeqCst)
            && pieces >= usize::from(with_a_piece)
            && self.notes.asked.load(Ordering::SeqCst) > pieces
    }
}

impl Store for Watched {
    type Body = WatchedBody;

    async fn open(&self, name: &str) -> Result<WatchedBody, StoreError> {
        let _awaited = self.traces.headers();
        let response = self.http.open(name).await?;
        self.notes.headers.store(true, Ordering::SeqCst);
        Ok(WatchedBody {
            response,
            notes: Arc::clone(&self.notes),
            traces: self.traces.clone(),
            half_way: false,
        })
    }
}

struct WatchedBody {
    response: Response,
    notes: Arc<Notes>,
    traces: Traces,
    /// Stays true where a piece was dropped on its way.
    half_way: bool,
}

impl Body for WatchedBody {
    async fn piece(&mut self) -> Result<Option<Vec<u8>>, StoreError> {
        let _awaited = self.traces.piece(self.half_way);
        self.notes.asked.fetch_add(1, Ordering::SeqCst);
        self.half_way = true;
        let piece = Body::piece(&mut self.response).await;
        self.half_way = false;
        let piece = piece?;
        self.notes.pieces.fetch_add(1, Ordering::SeqCst);
        Ok(piece)
    }
}
