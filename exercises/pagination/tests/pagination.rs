//! What `pagination` is asked for: one behaviour a test.

use std::{
    sync::atomic::{AtomicUsize, Ordering::SeqCst},
    time::Duration,
};

use futures::StreamExt;
use pagination::reviews;
use reqwest::header::AUTHORIZATION;
use testkit::{
    Answer, Gate, Observed, expect, expect_same,
    gate::at_rest_for,
    journal, mock, observe,
    poll::{Polled, poll_as, task},
};
use tokio::time::{advance, pause, resume};

#[path = "pagination/causes.rs"]
mod causes;
#[path = "pagination/service.rs"]
mod service;

use causes::*;
use service::*;

#[test]
fn yields_every_review_in_order() {
    testkit::run(async || {
        let mut written = pages([3, 1, 2, 1]);
        // Two come twice: others were written meanwhile, and they moved on.
        written.push(vec![7, 3, 8]);
        let server = mocked(&written).await;
        let (client, url) = (client(), server.uri());

        let items = observe(reviews(&client, &url).collect::<Vec<_>>()).await;

        let items = items.returned("collect").into_iter().map(Some);
        let got: Vec<_> = items.chain([None]).map(described).collect();
        let sent = mock::requests(&server).await;
        let own = sent.iter().all(|it| it.headers.contains_key(AUTHORIZATION));
        expect_same(&all(&written, THE_END), &got, "some reviews differ")
            .asked("every review of every page, in the order of the pages")
            .because([
                (!own, CLIENT_PER_STREAM),
                (got == all(&written[..2], THE_END), SHORT_PAGE),
            ]);
        expect(sent.len() == 5, "requests and pages differ")
            .asked("one request for each page")
            .fact(format!("requests: {}, pages: 5", sent.len()))
            .or_fail();
    });
}

#[test]
fn goes_on_after_an_empty_page() {
    for (sizes, empty) in [([2, 0, 2, 0], 1), ([0, 0, 1, 3], 0)] {
        testkit::run(async move || {
            let service = Service::of(pages(sizes));

            let got = service.reader().read().await;

            let until_empty = all(&service.pages[..empty], THE_END);
            expect_same(&service.all(), &got, "an empty page is not the last")
                .asked("pages until one has no `next`")
                .because([(got == until_empty, EMPTY_PAGE)]);
        });
    }
}

#[test]
fn requests_a_page_when_its_review_is_asked_for() {
    testkit::run(async || {
        journal().declare(["page 1", "page 2", "page 3", "page 4", "reader"]);
        // Page 2 is answered when the reader has a review of page 1.
        let gate = Gate::of(usize::MAX);
        let service = Service::holding(pages([2, 2, 2, 2]), 2, &gate);
        let mut reader = service.reader();

        let (mut sent, wanted) = (Vec::new(), [0, 1, 1, 2]);
        for count in [0, 1, 1, 1] {
            reader.take(count).await;
            if count > 0 {
                gate.open();
            }
            at_rest_for(Duration::from_millis(120)).await;
            sent.push(service.requests());
        }

        expect(sent == wanted, "a page is requested too early")
            .asked("a page when its first review is asked for; each has two")
            .fact(format!("requests after 0, 1, 2, 3 reviews: {sent:?}"))
            .fact(format!("wanted:                            {wanted:?}"))
            .because([
                (gate.has_given_up() && sent[..2] == [0, 4], FETCHED_ALL),
                (sent > wanted.to_vec(), RUNS_AHEAD),
            ]);
    });
}

#[test]
fn yields_an_error_after_the_reviews_before_it() {
    type Change = fn(Answer) -> Answer;
    let failures: [(usize, &str, Change); 4] = [
        (3, "the service answered 503", |page| page.with_status(503)),
        (3, "the answer is not a page of reviews", |_| {
            Answer::malformed_json()
        }),
        (3, "the request failed", |page| page.breaking_after(20)),
        (1, "the service answered 404", |page| page.with_status(404)),
    ];
    for (failed, error, failing) in failures {
        testkit::run(async move || {
            let change = move |page, answer| match page {
                page if page == failed => failing(answer),
                _ => answer,
            };
            let service = Service::answering(pages([2, 1, 2]), change);
            let before = &service.pages[..failed - 1];
            let wanted = all(before, error);

            let got = service.reader().take(wanted.len()).await;
            expect_same(&wanted, &got, "a page failed")
                .asked("an `Err` after the reviews before it")
                .because([
                    (got == all(before, THE_END), ERROR_DROPPED),
                    (got.contains(&error.to_owned()), ERROR_TOO_EARLY),
                ]);
        });
    }
}

#[test]
fn stays_ended() {
    // After an error, and after the last page.
    for failing in [2, 9] {
        testkit::run(async move || {
            let change = move |page, answer: Answer| match page {
                page if page == failing => answer.with_status(503),
                _ => answer,
            };
            let service = Service::answering(pages([2, 2, 2]), change);
            let mut reader = service.reader();
            reader.take(if failing == 2 { 3 } else { 7 }).await;

            for _ in 0..3 {
                let got = reader.take(1).await;

                expect(got == [THE_END], "something comes after its end")
                    .asked("the end, however often it is asked")
                    .fact(format!("after the end: {}", got[0]))
                    .because([(
                        got[0].starts_with("the service"),
                        ERROR_FOR_EVER,
                    )]);
            }
        });
    }
}

#[test]
fn stops_when_it_is_dropped() {
    for stalled in [1, 2] {
        testkit::run(async move || {
            let change = move |page, answer: Answer| match page {
                page if page == stalled => answer.stalling_after(9),
                _ => answer,
            };
            let service = Service::answering(pages([2, 2, 2]), change);
            let mut reader = service.reader();
            reader.give_up_at(stalled).await;

            drop(reader);

            at_rest_for(Duration::from_millis(60)).await;
            let cancelled = service.upstream.nothing_in_flight().await;
            expect(cancelled, "a request goes on when its stream is dropped")
                .asked("the request in flight cancelled")
                .because([(!cancelled, RUNS_ON)]);
        });
    }
}

#[test]
fn goes_on_where_a_caller_stopped_waiting() {
    testkit::run(async || {
        let gate = Gate::of(usize::MAX);
        let service = Service::holding(pages([2, 2, 1]), 1, &gate);
        let mut reader = service.reader();

        // A task asks for a review and gives up when a page is on its way.
        let (mut task, next) = (task::spawn(()), reader.stream.next());
        let polled = poll_as(&mut task, next, || service.requests() > 0).await;
        let busy = matches!(polled, Polled::WokenForNothing);
        expect(!busy, "it is woken again and again, for nothing")
            .asked("a reader that sleeps until the page is there")
            .because([(busy, BUSY)]);

        // An hour later another one asks, and the page comes.
        pause();
        advance(Duration::from_hours(1)).await;
        resume();
        gate.open();
        let observed = observe(reader.stream.next()).await;
        let never = matches!(observed, Observed::Never);
        expect(!never, "a page is there, and its reader sleeps on")
            .asked("the task that polled last is woken")
            .because([(task.is_woken(), FIRST_WAKER)]);
        let mut got = vec![described(observed.returned("next"))];
        got.extend(reader.read().await);
        expect_same(&service.all(), &got, "a caller stopped waiting")
            .asked("all reviews, whichever task asks next and however late")
            .or_fail();
    });
}

#[test]
fn streams_know_nothing_of_each_other() {
    testkit::run(async || {
        let asked = AtomicUsize::new(0);
        let change = move |_, page: Answer| match asked.fetch_add(1, SeqCst) {
            0 => page.stalling_after(9),
            _ => page,
        };
        let service = Service::answering(pages([2, 1, 2]), change);
        // One waits for its first page, for ever. Two read, one by one.
        let mut waiting = service.reader();
        waiting.give_up_at(1).await;
        for _ in 0..2 {
            let got = service.reader().read().await;

            expect_same(&service.all(), &got, "another stream got in the way")
                .asked("every review, whatever other streams do")
                .without_drawing()
                .or_fail();
        }
        let sent = service.requests();
        expect(sent == 7, "reviews came, and their pages were not requested")
            .asked("a request for each page, by each of the streams")
            .fact(format!("requests: {sent}, wanted: 7"))
            .without_drawing()
            .because([(sent < 7, REMEMBERED)]);
    });
}

#[test]
fn reads_more_than_a_hundred_pages() {
    testkit::run_parallel(async || {
        let sizes = std::array::from_fn::<_, 117, _>(|page| match page {
            7 => 1100,
            // Many empty ones in a row.
            20..60 => 0,
            _ => page % 3,
        });
        let service = Service::of(pages(sizes));

        let (got, wanted) = (service.reader().read().await, service.all());

        expect(got == wanted, "not every review came, in the order of pages")
            .asked("every review of 117 pages")
            .fact(format!("reviews: {}, of {}", got.len(), wanted.len()))
            .without_drawing()
            .or_fail();
    });
}
