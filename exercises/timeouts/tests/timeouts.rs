//! What `timeouts` is asked for: one behaviour a test. On the paused clock every
//! moment is known to the millisecond.

use std::panic::panic_any;

use futures::future::join_all;
use reqwest::Client;
use testkit::{
    Answer, Gate, Upstream, at_rest_for, expect, expect_same, journal, observe,
    run, run_parallel, run_paused,
    wait::{before, later, within},
};
use timeouts::{Http, download};

#[path = "timeouts/causes.rs"]
mod causes;
#[path = "timeouts/service.rs"]
mod service;

use Step::{After, Fails, Leaps, Panics, Stalls};
use causes::*;
use service::*;

#[test]
fn brings_the_whole_file() {
    run_paused(async || {
        // Equal pieces, a letter cut in two, bytes that are no text; empty ones.
        let full: [&[u8]; 4] = [b"1;2\n", b"1;2\n", b"K\xc3", b"\xa4\xff\0"];
        let some_empty = [full[0], full[1], full[2], b"", full[3], b""];
        let many = |piece: &'static [u8]| vec![After(0, piece); 1001];
        for pieces in [
            full.map(|piece| After(1, piece)).to_vec(),
            some_empty.map(|piece| After(2_000_003, piece)).to_vec(),
            [many(&[7; 997]), many(b""), many(&[7; 997])].concat(),
            vec![],
        ] {
            let store = Memory::of(&[&[HEADERS], &pieces[..]].concat());
            let got = downloaded(&store, 10_000 * LONG).await;

            let wanted = bytes(&pieces);
            let is_whole = got.file.as_ref() == Some(&wanted);
            let file = got.file.unwrap_or_default();
            let mut parts = pieces.split(|it| bytes(&[*it]).is_empty());
            let to_the_first = parts.next().map(bytes).unwrap_or_default();
            let lossy = String::from_utf8_lossy(&wanted);
            expect(is_whole, "the file is not what the store sent")
                .asked("every byte of every piece, in order")
                .fact(format!("got: {}, wanted: {}", got.got, wanted.len()))
                .without_drawing()
                .because([
                    (store.parts.went_on_after_a_cut(), ASKED_ANEW),
                    // The file without empty pieces has come whole before.
                    (file == to_the_first, EMPTY_IS_THE_END),
                    (file == lossy.as_bytes(), LOSSY),
                ]);
        }
    });
}

#[test]
fn returns_as_soon_as_there_is_a_result() {
    run_paused(async || {
        for end in [PIECE, Fails(30, 503)] {
            let got = seen(&[HEADERS, end], LIMIT).await;
            let twice = seen(&[HEADERS, end], 2 * LIMIT).await;

            let at_the_limit = got.back_at(LIMIT) && twice.back_at(2 * LIMIT);
            let fine = !got.never() && got.after <= 50;
            expect(fine, "there is a result, and the caller still waits")
                .asked("an end as soon as there is a file or a failure")
                .fact(format!("got: {}, wanted: at 50 ms", got.in_words()))
                .because([(at_the_limit && !got.elapsed(), SLEEPS_IT_OUT)]);
        }
    });
}

#[test]
fn stops_before_the_headers() {
    run_paused(async || ends_at(LIMIT, &[Stalls], "no headers come").await);
}

#[test]
fn stops_in_the_middle_of_the_body() {
    run_paused(async || {
        ends_at(LIMIT, &STALLED, "the body has stalled").await;
    });
}

#[test]
fn counts_the_limit_once_for_all_the_pieces() {
    run_paused(async || {
        ends_at(LIMIT, &SLOW, "pieces are still coming").await;
        // For hours, and every other piece is empty.
        let many = [After(70_000, b""), After(1, b"1;9")].repeat(750);
        ends_at(50_000_131, &many, "pieces are still coming").await;
    });
}

async fn ends_at(limit: u64, steps: &[Step], meanwhile: &str) {
    let store = Memory::of(steps).drawn_if(limit == LIMIT, "limit", limit);
    let got = downloaded(&store, limit).await;

    // Whether a file is whole is asked elsewhere.
    let kept = got.back_at(limit) || got.file.is_some() && got.after < limit;
    expect(kept, format!("{meanwhile}, and the limit is not kept"))
        .asked(format!("an end at {limit} ms, whatever has come by then"))
        .fact(format!("got: {}, wanted: at {limit} ms", got.in_words()))
        .drawn_if(limit == LIMIT)
        .because(habits(steps.len() > 1).await);
}

#[test]
fn ends_at_once_where_no_time_is_left() {
    run_paused(async || {
        // A limit of zero; and a piece that is there when the clock has passed it.
        let late = [HEADERS, Leaps(LIMIT, b"1;9"), Stalls];
        for (steps, limit, at) in [(&[Stalls][..], 0, 0), (&late, LIMIT, 120)] {
            let got = seen(steps, limit).await;

            expect(got.back_at(at), "no time is left, and it goes on")
                .asked("an end at once when the limit is over")
                .fact(format!("got: {}, wanted: at {at} ms", got.in_words()))
                .because(habits(steps.len() > 1).await);
        }
    });
}

#[test]
fn a_slow_file_may_use_all_of_its_limit() {
    run_paused(async || {
        // One of them takes hours.
        for (headers, body) in [(80, 10), (10, 80), (9_000_000, 9_000_000)] {
            let limit = headers + body + 10;
            let steps = [After(headers, b""), After(body, b"1;9")];
            let got = seen(&steps, limit).await;

            expect(got.file.is_some(), "a file that comes in time is refused")
                .asked(format!("one limit of {limit} ms for all of it"))
                .fact(format!("headers: {headers} ms, body: {body} ms more"))
                .fact(format!("got: {}", got.in_words()))
                .because(habits(true).await);
        }
    });
}

#[test]
fn tells_the_limit_from_a_file_and_from_a_failure() {
    run_paused(async || {
        for steps in [&STALLED[..], &[Stalls]] {
            let got = seen(steps, LIMIT).await;

            // Whether it comes back is asked elsewhere.
            let told = got.never() || got.elapsed();
            let (at_the_limit, file) = (got.back_at(LIMIT), got.file.is_some());
            expect(told, "the limit is reported as something else")
                .asked("`Elapsed` at the limit, and no part of the file")
                .fact(format!("got: {}", got.in_words()))
                .because([
                    (at_the_limit && file, HALF_A_FILE),
                    (at_the_limit && !file, LIMIT_AS_FAILURE),
                ]);
        }
    });
}

#[test]
fn tells_a_failure_from_the_limit() {
    run_paused(async || {
        // 504 says that the store's own time was up. It is not the only one.
        for status in [504].into_iter().chain(0..1000) {
            let at = u64::from(status) * 37 % LIMIT;
            let (soon, late) = (Fails(at / 4, status), Fails(at, status));
            let in_the_body = [After(0, b""), After(0, b"1;9"), late, Stalls];
            for (steps, at) in [(&[soon][..], at / 4), (&in_the_body, at)] {
                let got = seen(steps, LIMIT).await;
                let early = got.elapsed() && got.after == at;
                let how = format!("Status({status})");
                failed(&how, &got, early, &bytes(steps));
            }
        }
    });
}

#[test]
fn tells_a_broken_connection_from_the_limit() {
    run(async || {
        let text = Answer::text("1;9.50\n2;7.25\n");
        let breaks = text.clone().breaking_after(4);
        let stalls = text.clone().stalling_after(4);
        let silent = text.held_by(&Gate::of(usize::MAX));
        // Or the client gives up after 30 ms.
        for (answer, patience) in [(breaks, LONG), (stalls, 30), (silent, 30)] {
            let upstream = Upstream::start(move |_| answer.clone());
            let store = over_http(&upstream, patience);
            let observed = observe(download(&store, "file", ms(LONG))).await;

            asked_once(upstream.requests().len());
            let got = Seen::of(observed, patience);
            failed("Transport", &got, got.elapsed(), b"1;9.");
        }
    });
}

/// Fails unless a download has failed so. An `Elapsed` may be `early`, and this
/// `came` before the failure.
fn failed(how: &str, got: &Seen, early: bool, came: &[u8]) {
    let wanted = format!("Failed({how})");
    let file = got.file.as_deref();
    expect(got.got == wanted, "a failure is reported as something else")
        .asked("`Failed` with what the store reports")
        .fact(format!("got: {}, wanted: {wanted}", got.got))
        .without_drawing()
        .because([(early, MERGED), (file == Some(came), BREAK_IS_THE_END)]);
}

/// A store over HTTP, whose client gives up after so many ms.
fn over_http(upstream: &Upstream, patience: u64) -> Http {
    let client = Client::builder().no_proxy().timeout(ms(patience));
    let client = client.build().expect("no TLS, so nothing is needed");
    Http { client, base: upstream.url() }
}

#[test]
fn asks_the_store_once() {
    run_paused(async || {
        // Each download looks at how often it has asked.
        seen(&[Stalls], LIMIT).await;
        seen(&[HEADERS, Fails(10, 503)], LIMIT).await;
    });
}

#[test]
fn calls_know_nothing_of_each_other() {
    run_paused(async || {
        // At no moment at which something else might happen.
        let late = [After(4300, b""), After(3800, b"1;9.50")];
        let soon = [After(1100, b""), After(600, b"1;9")];
        let plans = [&soon[..], &late, &STALLED];
        let of_one_name = |plan: &[Step]| Memory {
            name: "prices.csv".to_owned(),
            ..Memory::of(plan)
        };
        let row = plans.map(of_one_name);
        let all = [plans; 99].map(|plans| plans.map(of_one_name)).concat();

        let alone = in_a_row(&plans.map(Memory::of)).await;
        let in_a_row = in_a_row(&row).await;
        let calls = all.iter().map(|store| downloaded(store, LONG));
        let at_once = join_all(calls).await;
        let at_once: Vec<_> = at_once.iter().map(Seen::in_words).collect();

        let unasked = row.iter().any(|store| store.downloads.ever() == 0);
        let anew = row.iter().any(|it| it.parts.went_on_after_a_cut());
        let at_once = at_once.chunks(3).map(|three| (three, "at once"));
        for (got, how) in at_once.chain([(&in_a_row[..], "in a row")]) {
            let headline = format!("calls {how} end differently than alone");
            expect_same(&alone, got, headline)
                .asked("each call as if it were the only one")
                .without_drawing()
                .because([
                    (unasked, ANSWERED_FROM_BEFORE),
                    (!anew, SHARED_BETWEEN_CALLS),
                ]);
        }
    });
}

async fn in_a_row(stores: &[Memory]) -> Vec<String> {
    let mut words = Vec::new();
    for store in stores {
        words.push(downloaded(store, LONG).await.in_words());
    }
    words
}

#[test]
fn leaves_nothing_behind_when_it_returns() {
    run_paused(async || {
        for (drawn, steps, end) in [
            (true, &STALLED[..], "the limit is over"),
            (false, &[Stalls], "the limit is over"),
            (false, &[HEADERS, Fails(30, 503), Stalls], "the store has failed"),
            (false, &[HEADERS, PIECE], "the file is whole"),
        ] {
            let store = Memory::of(steps).drawn_if(drawn, "limit", LIMIT);
            let got = downloaded(&store, LIMIT).await;

            // Whether it returns is asked elsewhere.
            let left = left_of(&store).await.filter(|_| !got.never());
            expect(left.is_none(), format!("{end}, and the download goes on"))
                .asked("when it has returned, nothing of it goes on")
                .facts(left)
                .drawn_if(drawn)
                .because(store.goes_on());
        }
    });
}

/// What goes on of a download that is over.
async fn left_of(store: &Memory) -> Option<String> {
    let parts = store.parts.count();
    // An aborted task ends in its next turn.
    later(1).await;
    let (left, more) = (store.downloads.now(), store.parts.count() - parts);
    later(LONG).await;
    asked_once(store.downloads.ever());
    let later = store.parts.count() - parts;
    (left + later > 0).then(|| format!("downloads: {left}, new calls: {more}"))
}

#[test]
fn stops_when_it_is_dropped() {
    run_paused(async || {
        let whole = Memory::of(&STALLED);
        downloaded(&whole, LIMIT).await;
        let stops_at_the_limit = left_of(&whole).await.is_none();
        for after in [70, 0, 10, 30] {
            let drawn = after == 70;
            let store = Memory::of(&STALLED).drawn_if(drawn, "caller", after);
            let call = download(&store, &store.name, ms(LIMIT));
            let _ = within(after, call).await;

            let left = left_of(&store).await;
            let [drains, in_a_task] = store.goes_on();
            expect(left.is_none(), "it is dropped, and the download goes on")
                .asked("dropped, it stops at once, and nothing of it goes on")
                .fact(format!("dropped after {after} ms, the limit: 100 ms"))
                .facts(left)
                .drawn_if(drawn)
                .because([
                    drains,
                    (in_a_task.0 && stops_at_the_limit, ABORT_AT_THE_LIMIT),
                    in_a_task,
                ]);
        }
    });
}

#[test]
fn the_store_sees_it_go() {
    run_parallel(async || {
        let answer = Answer::text("1;9.50\n2;7.25\n").stalling_after(4);
        let upstream = Upstream::start(move |_| answer.clone());
        let store = over_http(&upstream, LONG);
        // One ends at its limit, two when they are dropped.
        let calls = [150, LONG, LONG];
        let calls = calls.map(|limit| download(&store, "file", ms(limit)));
        before(join_all(calls), at_rest_for(ms(200))).await;

        journal().step(); // What ticked before the drops does not count.
        let none = upstream.nothing_in_flight().await;
        let left = upstream.in_flight();
        expect(none, "three downloads are over, and the store still sends")
            .asked("the store sees the client go, at the limit and at a drop")
            .fact(format!("still on their way: {left}, wanted: 0"))
            .without_drawing()
            .or_fail();
    });
}

#[test]
fn passes_a_panic_on() {
    run_paused(async || {
        let plans: [&[Step]; 3] = [
            &[Panics(|| panic!("a str"))],
            &[HEADERS, Panics(|| panic!("a {}", "String"))],
            &[HEADERS, PIECE, Panics(|| panic_any(7))],
        ];
        for plan in plans {
            let store = Memory::of(plan);
            let call = download(&store, &store.name, ms(LIMIT));
            let observed = observe(call).await;
            let asked = store.downloads.ever() > 0;
            if asked && observed.panic_message().is_some() {
                continue;
            }
            let got = Seen::of(observed, LIMIT);
            let failed = got.got.starts_with("Failed");
            expect(false, "a panic is reported as something else")
                .asked("a panic of the store, passed on to the caller")
                .fact(format!("got: {}", got.got))
                .without_drawing()
                .because([(failed, PANIC_AS_FAILURE)]);
        }
    });
}
