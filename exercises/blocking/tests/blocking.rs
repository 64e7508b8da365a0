//! What `blocking` is asked for: one behaviour a test.
//!
//! No test looks at the clock to see whether the runtime stands still. What the
//! code waits for comes when a *heart*, which is another task, has beaten three
//! times meanwhile. Code that holds the thread keeps it from beating.

use std::{
    io,
    pin::pin,
    sync::atomic::{AtomicUsize, Ordering::SeqCst},
    time::Duration,
};

use testkit::{
    Answer, Heart, Membership, Stopwatch, Upstream, Verdict, expect,
    expect_same,
    mock::{self, Mock, ResponseTemplate, matchers},
};
use tokio::{sync::watch, time};

#[path = "blocking/causes.rs"]
mod causes;
#[path = "blocking/counter.rs"]
mod counter;

use causes::*;
use counter::*;

#[test]
fn quotes_the_postage_of_the_weight() {
    testkit::run(async || {
        for (grams, cents) in [(1, 85), (31_500, 1_649), (1, 95)] {
            let courier = mock::start().await;
            let reply = price(cents).set_delay(Duration::from_millis(20));
            mock::get(&courier, &path(grams), reply).await;

            let got = Counter::new(move || Ok(grams)).quoted(&courier).await;

            let asked = mock::paths(&courier).await;
            expect_same(&[path(grams)], &asked, "a wrong question")
                .asked("one question, with the weight of the parcel")
                .or_fail();
            expect_same(&[format!("{cents} cents")], &[got], "a wrong price")
                .asked("the price in the courier's reply")
                .or_fail();
        }
    });
}

#[test]
fn asks_again_when_it_is_told_to() {
    testkit::run(async || {
        let courier = mock::start().await;
        let not_yet = Mock::given(matchers::any()).respond_with(later(0));
        not_yet.up_to_n_times(136).mount(&courier).await;
        mock::get(&courier, &path(700), price(410)).await;

        let got = Counter::new(|| Ok(700)).quoted(&courier).await;

        let asked = mock::paths(&courier).await.len();
        expect(asked == 137 && got == "410 cents", "there was no price yet")
            .asked("the same question again, until there is a price")
            .fact(format!("questions: {asked}, wanted: 137"))
            .fact(format!("returned: {got}, wanted: 410 cents"))
            .or_fail();
    });
}

#[test]
fn returns_errors_and_asks_no_more() {
    testkit::run(async || {
        let twelve = ResponseTemplate::new(200).set_body_string("twelve");
        for (reply, wanted) in [
            (ResponseTemplate::new(404), "error 404"),
            (ResponseTemplate::new(503), "error 503"),
            (twelve, "error: the reply is not a price"),
        ] {
            let courier = replying(move |_| reply.clone()).await;

            let got = Counter::new(|| Ok(700)).quoted(&courier).await;

            let asked = mock::paths(&courier).await.len();
            expect(got == wanted && asked == 1, "an error was not returned")
                .asked("the courier's error, after one question")
                .fact(format!("returned: {got}, wanted: {wanted}"))
                .fact(format!("questions: {asked}, wanted: 1"))
                .because([(asked > 1, ERRORS_ASKED_AGAIN)]);
        }

        let well = || Counter::new(|| Ok(700));
        let jammed = Counter::new(|| Err(io::Error::other("jammed")));
        let courier = replying(|_| price(410)).await;
        let breaks = Upstream::start(|_| Answer::text("410").breaking_after(1));
        let (_refusing, nobody) = mock::refusing();
        for (counter, url, wanted) in [
            (jammed, courier.uri(), "error: the scale failed"),
            (well(), breaks.url(), "error: the courier did not reply"),
            (well(), nobody, "error: the courier did not reply"),
        ] {
            let got = counter.quoted_at(&url).await;
            expect(got == wanted, "an error was not returned")
                .fact(format!("returned: {got}, wanted: {wanted}"))
                .or_fail();
        }
        let asked = mock::paths(&courier).await;
        expect(asked.is_empty(), "it asked without a weight").or_fail();
    });
}

#[test]
fn other_tasks_run_while_the_parcel_is_weighed() {
    testkit::run(async || {
        let courier = replying(|_| price(410)).await;
        let heart = Heart::beside("weighing").await;
        let beats = heart.clone();
        let counter = Counter::new(move || {
            beats.beats_meanwhile();
            Ok(700)
        });

        heart.watch(counter.quoted(&courier)).await;

        let during = "the parcel is being weighed";
        beats_on(&heart, during, [INLINE_READ, JOINED]).await;
    });
}

#[test]
fn other_tasks_run_while_the_courier_takes_its_time() {
    // Over its reply to the first question, or to the one after that.
    for slow in [1, 2] {
        testkit::run(async move || {
            let heart = Heart::beside("courier").await;
            let (beats, count) = (heart.clone(), AtomicUsize::new(0));
            let courier = replying(move |_| {
                if count.fetch_add(1, SeqCst) + 1 < slow {
                    return later(0);
                }
                beats.beats_meanwhile();
                price(410)
            })
            .await;

            heart.watch(Counter::new(|| Ok(700)).quoted(&courier)).await;

            let during = "the courier takes its time";
            beats_on(&heart, during, [INLINE_CLIENT; 2]).await;
        });
    }
}

#[test]
fn other_tasks_run_in_the_pause() {
    testkit::run(async || {
        let heart = Heart::beside("courier").await;
        let run = Membership::of_this_thread();
        let (asked, questions) = watch::channel(0);
        // An hour is as long as never.
        let courier = replying(move |_| {
            run.join();
            testkit::journal().call("courier").finished();
            let held = Verdict::new("the pause holds the runtime's thread")
                .asked("other tasks run in the pause before it asks again")
                .fact("the courier replied: later, in an hour")
                .because(THREAD_SLEEP);
            testkit::if_it_holds_the_thread(held);
            asked.send_modify(|count| *count += 1);
            later(3_600)
        })
        .await;
        let (mut once, mut again) = (questions.clone(), questions.clone());
        let mut asked_again = pin!(again.wait_for(|count| *count > 1));
        let counter = Counter::new(|| Ok(700));
        let mut quoting = pin!(counter.quoted(&courier));
        let clock = Stopwatch::start();
        let rests = async {
            let _ = once.wait_for(|count| *count > 0).await;
            testkit::at_rest().await;
            heart.was_stopped().await;
            // Nothing is under way, so the clock may jump to what comes next.
            time::pause();
            testkit::at_rest().await;
        };

        let early = tokio::select! {
            _ = &mut quoting => true,
            _ = &mut asked_again => clock.millis() < 3_600_000,
            () = rests => false,
        };

        expect(!early, "the pause was cut short")
            .asked("no question before the time in `Later` is up: an hour")
            .because([(*questions.borrow() > 1, TOO_SOON)]);
    });
}

#[test]
fn other_tasks_run_while_something_else_has_the_scale() {
    testkit::run(async || {
        let courier = replying(|_| price(410)).await;
        let heart = Heart::beside("scale, in use").await;
        let counter = Counter::new(|| Ok(700));
        let in_use = heart.beats_while_locked(counter.scale());

        heart.watch(counter.quoted(&courier)).await;

        // It has ended: the quote has had the scale.
        let _ = in_use.join();
        let during = "something else has the scale";
        beats_on(&heart, during, [INLINE_READ; 2]).await;
    });
}

#[test]
fn lets_go_of_the_scale_before_it_asks() {
    testkit::run(async || {
        let counter = Counter::new(|| Ok(700));
        let (scale, (looks, kept)) = (counter.clone(), watch::channel(false));
        let courier = replying(move |_| {
            looks.send_replace(!scale.is_let_go());
            price(410)
        })
        .await;

        counter.quoted(&courier).await;

        expect(!*kept.borrow(), "the scale was kept")
            .asked("the scale is free again once the parcel is weighed")
            .fact("the scale, while the courier is asked: locked")
            .because([(true, GUARD_KEPT)]);
    });
}

#[test]
fn the_next_quote_weighs_while_one_waits() {
    testkit::run(async || {
        let mut parcels = [650, 140].into_iter().cycle();
        let counter = Counter::new(move || Ok(parcels.next().unwrap_or(0)));
        counter.expect_locked_out();
        let (scale, (looks, waits)) = (counter.clone(), watch::channel(None));
        let courier = replying(move |question| {
            if !scale.weighs(2) {
                looks.send_replace(Some(!scale.is_let_go()));
            }
            price(grams(question) * 2)
        })
        .await;

        let got = counter.quotes(2, &courier).await;

        let waits = *waits.borrow();
        expect(waits.is_none(), "the second quote waited for the first")
            .asked("two parcels weighed before the courier's first reply")
            .fact("parcels weighed by then: 1, wanted: 2")
            .because([(waits == Some(true), GUARD_KEPT)]);
        expect_same(&["1300 cents", "280 cents"], &got, "a quote went wrong")
            .asked("two parcels, and the postage of each")
            .or_fail();
    });
}

#[test]
fn quotes_on_several_threads() {
    testkit::run_parallel(async || {
        let courier = replying(|question| price(grams(question) + 100)).await;
        let mut parcels = 1..;
        let counter = Counter::new(move || Ok(parcels.next().unwrap_or(0)));

        let got = counter.quotes(40, &courier).await;

        let wanted = (101..=140).map(|cents| format!("{cents} cents"));
        expect(got.into_iter().eq(wanted), "one of forty quotes went wrong")
            .or_fail();
    });
}
