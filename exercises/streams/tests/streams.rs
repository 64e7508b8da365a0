//! What `streams` is asked for: one behaviour a test. On the paused clock every
//! moment is known to the millisecond.

use std::{
    iter,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::SeqCst},
    },
    time::Duration,
};

use streams::{ImportError, LOOKUPS};
use testkit::{
    Ended, Held, Observed, expect, expect_same, observe, run_parallel,
    run_paused, same_in_any_order,
};
use tokio::{
    sync::Semaphore,
    time::{sleep, timeout},
};

#[path = "streams/causes.rs"]
mod causes;
#[path = "streams/shop.rs"]
mod shop;

use causes::*;
use shop::{Gives::*, Shop};

#[test]
fn inserts_a_row_for_each_offer_that_has_a_price() {
    run_paused(async || {
        // An offer twice is two rows. The last lookup takes longer than any
        // limit that somebody would choose.
        let some = [7, 7, 12, 7, 30, 1 << 40, 12, 81, 99];
        for ids in [&[][..], &[7], &[30], &some] {
            let shop = Shop::new(ids.to_vec(), 3, |id| match id {
                99 => (600_000, Price),
                30 => (5, Nothing),
                id => (id % 9, Price),
            });
            let result = shop.run().await;

            let (got, wanted) = (shop.rows(), shop.wanted());
            let asked = shop.lookups.count();
            let lookups = |id| shop.lookups.named(&format!("offer {id}"));
            let once = ids.iter().all(|id| lookups(id) == 1);
            let rest = got.len() == wanted.len() / 3 * 3;
            let all = same_in_any_order(wanted.clone(), got.clone());
            expect(all && result.is_ok(), "not every row is inserted")
                .asked("a row for each offer with a price, and `Ok`")
                .fact(format!("lookups: {asked}, offers: {}", ids.len()))
                .fact(format!("rows: {}, wanted: {}", got.len(), wanted.len()))
                .without_drawing()
                .because([
                    (asked < ids.len() && once, ONCE_PER_ID),
                    (rest && result.is_ok(), REST_LOST),
                ]);
        }
    });
}

#[test]
fn keeps_the_order_of_the_offers() {
    run_paused(async || {
        // Lookups end in another order than they begin in.
        for last in [9, 137] {
            let plan = |id| (id * 7 % 10 * 10 + 10, Price);
            let shop = Shop::new((1..=last).rev(), 4, plan);
            let _ = shop.run().await;

            let mut lookups = shop.lookups.calls();
            lookups.sort_by_key(|call| call.ended);
            let got = shop.rows();
            let ended = lookups.iter().map(|call| &call.name).eq(&got);
            let (wanted, got) = (&shop.wanted()[..9], &got[..got.len().min(9)]);
            expect_same(wanted, got, "rows are in the wrong order")
                .asked("the rows in the order of their offers")
                .drawn_if(last == 9)
                .because([(ended, UNORDERED)]);
        }
    });
}

#[test]
fn inserts_whole_batches() {
    run_paused(async || {
        for batch in [1, 3, 7, 50] {
            // Prices come together, or one after another.
            let plan = |id| match id % 5 {
                0 => (id % 3, Nothing),
                _ => (id * 7 % 30, Price),
            };
            let shop = Shop { inserting: 20, ..Shop::new(1..=60, batch, plan) };
            let _ = shop.run().await;

            let inserted = std::mem::take(&mut shop.record().inserted);
            let sizes = inserted.iter().map(Vec::len);
            let large = sizes.clone().any(|size| size > batch);
            let small = sizes.rev().skip(1).any(|size| size < batch);
            expect(!small && !large, "batches have the wrong size")
                .asked(format!("{batch} rows in each insert but the last"))
                .fact_if(small, "smaller, before the last: some")
                .fact_if(large, "larger: some")
                .or_fail();
        }
    });
}

#[test]
fn looks_up_four_at_once() {
    run_paused(async || {
        for last in [12, 300] {
            let shop = Shop::new(1..=last, 5, |_| (10, Price));
            let _ = shop.run().await;

            let (log, most) = (&shop.lookups, shop.lookups.most());
            let fine = most == LOOKUPS || most < LOOKUPS && log.is_untimed();
            expect(fine, "fewer or more lookups are in flight")
                .asked("4 lookups in flight while there are offers")
                .fact(format!("in flight at once: {most}, wanted: {LOOKUPS}"))
                .drawn_if(last == 12)
                .because([
                    (log.one_by_one(), ONE_BY_ONE),
                    (most == shop.ids.len(), NO_LIMIT),
                ]);
        }
    });
}

#[test]
fn begins_the_next_when_the_oldest_is_done() {
    run_paused(async || {
        for last in [12, 200] {
            let plan = |id| (if id % 4 == 2 { 60 } else { 20 }, Price);
            let shop = Shop::new(1..=last, 3, plan);
            let _ = shop.run().await;

            let (log, calls) = (&shop.lookups, shop.lookups.calls());
            let late = (LOOKUPS..calls.len()).find_map(|place| {
                let (before, call) =
                    (&calls[..=place - LOOKUPS], &calls[place]);
                let due = before.iter().filter_map(|it| it.ended).max()?;
                let late = call.began > due && !log.is_untimed();
                let (name, began) = (&call.name, call.began);
                late.then(|| {
                    format!("{name}: due at {due} ms, begun at {began} ms")
                })
            });
            expect(late.is_none(), "a lookup begins late")
                .asked("the next lookup, when the oldest of four is done")
                .facts(late)
                .drawn_if(last == 12)
                .because([
                    (log.one_by_one(), ONE_BY_ONE),
                    (log.in_batches(), IN_GROUPS),
                ]);
        }
    });
}

#[test]
fn a_slow_insert_holds_up_no_lookup() {
    run_paused(async || {
        let plan = |id| (if id == 1 { 20 } else { 40 }, Price);
        let shop = Shop { inserting: 300, ..Shop::new(1..=3, 1, plan) };
        holds_up_no_lookup(shop).await;
    });
}

#[test]
fn rows_that_wait_hold_up_no_lookup() {
    run_paused(async || {
        // More rows than there may be room for.
        for (last, batch, inserting) in [(9, 1, 900), (60, 10, 20_000)] {
            let shop = Shop::new(1..=last, batch, |id| (id % 3 * 20, Price));
            let shop = Shop { inserting, ..shop };
            holds_up_no_lookup(shop).await;
        }
    });
}

#[test]
fn inserts_though_lookups_hold_every_connection() {
    run_paused(async || {
        let shop = Shop::new(1..=9, 2, |id| (id * 7 % 30 + 10, Price));
        let connections = Arc::new(Semaphore::new(2));
        let _ = Shop { connections, ..shop }.run().await;
    });
}

#[test]
fn looks_up_the_next_batch_during_an_insert() {
    run_paused(async || {
        for (last, batch) in [(12, 6), (100, 25)] {
            let shop = Shop::new(1..=last, batch, |_| (10, Price));
            let shop = Shop { inserting: 300, ..shop };
            let _ = shop.run().await;

            let (log, inserts) = (&shop.lookups, shop.inserts.calls());
            let late = inserts.windows(2).find_map(|two| {
                let (over, next) = (two[0].ended?, two[1].began);
                let late = next > over && !log.is_untimed();
                late.then(|| {
                    format!("over at {over} ms, the next at {next} ms")
                })
            });
            let mut began = log.calls().into_iter().map(|call| call.began);
            let idle = !began.any(|at| is_inserting(&shop, at));
            expect(late.is_none(), "an insert is over, and no batch is ready")
                .asked("the next insert at the moment when one is over")
                .facts(late)
                .because([(log.is_overdue(), STARVED), (idle, STANDS_STILL)]);
        }
    });
}

#[test]
fn holds_only_ten_batches_of_a_hundred_thousand() {
    run_paused(async || {
        // Some take a while; a timer for each would cost more than the work.
        let shop = Shop::new([], 10, |id| match id % 10 {
            0 => (1, Price),
            1 | 5 => (0, Nothing),
            _ => (0, Price),
        });
        let held = Held::at_most(100, &shop.lookups);
        let shop =
            Shop { inserting: 20, held: Some(Arc::clone(&held)), ..shop };
        let ended = Arc::new(AtomicBool::new(false));
        let end = Arc::clone(&ended);
        let offers = held.list(1..=100_000).chain(iter::from_fn(move || {
            end.store(true, SeqCst);
            None
        }));
        let call = shop.call(Box::new(offers));
        let result = observe(call).await.returned("import");

        let seen = held.too_much().unwrap_or_default();
        expect(held.too_much().is_none(), "too much of the stream is held")
            .asked(
                "at most 100 offers taken and not inserted, in batches of 10",
            )
            .fact("another offer is taken while 100 are held")
            .fact_if(seen.begun == 0, "no lookup has begun")
            .fact_if(seen.are_results, "most of them are rows that wait")
            .without_drawing()
            .because([
                (seen.have_tasks, ALL_SPAWNED),
                (seen.begun == 0, COLLECTED),
                (seen.are_results, NO_BOUND),
            ]);
        let missing = held.taken() - held.handed();
        let all = missing < 10 && ended.load(SeqCst) && result.is_ok();
        expect(all, "a long stream is not imported to its end").or_fail();
    });
}

#[test]
fn returns_the_first_error_of_the_stream() {
    run_paused(async || {
        // The lookup of 8 fails first in time. 0 cannot be read.
        // Stopped or not, and though more offers may come.
        for (stop, fails, ids) in [
            (None, None, [1, 2, 3, 4, 5, 6, 7, 8, 9]),
            (None, None, [1, 2, 3, 4, 6, 7, 0, 5, 9]),
            (Some(1), None, [5, 1, 2, 3, 4, 6, 7, 0, 9]),
            (None, Some(99), [1, 2, 3, 4, 6, 7, 5, 0, 9]),
        ] {
            let shop = Shop::new(ids, 3, |id| match id {
                5 => (40, Error),
                8 => (10, Error),
                id => (30 - id, Price),
            });
            let shop = Shop { stop, fails, ..shop };
            let result = shop.run().await;

            let (got, wanted) = (shop.rows(), shop.wanted());
            let error = match ids[wanted.len()] {
                0 => ImportError::Offer,
                id => ImportError::Price(id),
            };
            let (missing, after) =
                testkit::unmatched(wanted.clone(), got.clone());
            let lookups = shop.lookups.calls();
            let failed = shop.lookups.ended(Ended::Failed) > 0;
            let cut = lookups.iter().any(|it| {
                it.end != Ended::Finished && missing.contains(&it.name)
            });
            let returned = result
                .as_ref()
                .map_or_else(ToString::to_string, |()| "Ok".into());
            let fine = got == wanted && result == Err(error.clone());
            expect(fine, "the import does not end at the first error")
                .asked("the rows before the error, none after it, the error")
                .fact_if(
                    !missing.is_empty(),
                    format!("missing: {}", missing.join(", ")),
                )
                .fact_if(
                    !after.is_empty(),
                    format!("after it: {}", after.join(", ")),
                )
                .fact(format!("returned: {returned}, wanted: {error}"))
                .because([
                    (result.is_ok() && failed, ERRORS_DROPPED),
                    (result.is_ok() && stop.is_some(), CUT),
                    (!after.is_empty(), GOES_ON),
                    (result == Err(ImportError::Price(8)), FIRST_IN_TIME),
                    (cut, OVERTAKES),
                    (!missing.is_empty() && missing.len() < 3, BATCH_LOST),
                ]);
            testkit::journal().step();
        }
    });
}

#[test]
fn ends_when_an_insert_fails() {
    run_paused(async || {
        let shop = Shop::new(1..=6, 2, |_| (10, Price));
        let shop = Shop { inserting: 30, fails: Some(2), ..shop };
        let result = shop.run().await;

        let inserts = shop.inserts.count();
        let fine = result == Err(ImportError::Insert) && inserts == 2;
        expect(fine, "an insert failed, and the import does not end with it")
            .asked("no insert after one that fails, and its error")
            .fact(format!("inserts: {inserts}, wanted: 2"))
            .fact_if(result.is_ok(), "returned: Ok")
            .or_fail();
    });
}

#[test]
fn passes_a_panic_on() {
    run_paused(async || {
        let plan = |id| (10, if id == 5 { Panic } else { Price });
        let shop = Shop::new(1..=9, 2, plan);
        let observed = observe(shop.call(Box::new(1..=9))).await;

        // Where nothing was looked up, it is another panic.
        let looked_up = shop.lookups.count() >= 5;
        if matches!(observed, Observed::Panicked(_)) && looked_up {
            return;
        }
        let _ = observed.returned("import");
        expect(false, "a lookup panicked, and the import returns")
            .asked("the panic of a lookup, passed on")
            .because([(true, PANIC_LOST)]);
    });
}

#[test]
fn inserts_what_it_took_when_it_is_stopped() {
    run_paused(async || {
        // While offers come, and while none comes; in lookups, and in an insert.
        for (last, inserting, stop) in [(9, 0, 55), (3, 0, 500), (9, 40, 75)] {
            let shop = Shop::new(1..=last, 4, |_| (25, Price));
            let shop = Shop { inserting, every: 10, stop: Some(stop), ..shop };
            let result = shop.run().await;

            let taken = shop.record().taken.len();
            let rows = shop.rows().len();
            let begun = shop.lookups.count();
            expect(
                rows == taken && result.is_ok(),
                "offers are lost at a stop",
            )
            .asked("a row for each offer that was taken, and `Ok`")
            .fact(format!("taken: {taken}, looked up: {begun}, rows: {rows}"))
            .because([(begun < taken, THROWN_AWAY), (rows < taken, CUT)]);
            testkit::journal().step();
        }
    });
}

#[test]
fn takes_no_offer_after_stop() {
    run_paused(async || {
        // There is always another offer.
        let shop = Shop::new(1..=300, 2, |_| (1, Price));
        let shop = Shop { inserting: 1, stop: Some(35), ..shop };
        let _ = shop.run().await;

        let late = shop.record().taken.iter().filter(|at| **at > 35).count();
        // A `select!` that tosses a coin takes a few.
        expect(late < 20, "it was stopped, and still takes offers")
            .asked("no more offers when `stop` is ready")
            .fact("taken after that: 20 or more")
            .because([(true, NOT_STOPPED)]);
    });
}

#[test]
fn leaves_nothing_running() {
    run_paused(async || {
        for millis in [0, 5, 15, 25, 35, 65, 105] {
            let shop = Shop::new(1..=12, 2, |_| (20, Price));
            let shop = Shop { inserting: 30, ..shop };
            let call = shop.call(Box::new(1..=12));
            let _ = timeout(Duration::from_millis(millis), call).await;
            sleep(Duration::from_millis(1)).await; // Aborted tasks end.
            let (lookups, inserts) = (&shop.lookups, &shop.inserts);
            let open = lookups.open() + inserts.open();
            let begun = lookups.count() + inserts.count();
            sleep(Duration::from_secs(1)).await;

            let more = lookups.count() + inserts.count() - begun;
            expect(open + more == 0, "a call is over, and something goes on")
                .asked("no lookup and no insert, once the call is dropped")
                .fact(format!("in flight: {open}, begun after that: {more}"))
                .because([(true, RUNS_ON)]);
            testkit::journal().step();
        }
    });
}

#[test]
fn calls_do_not_wait_for_each_other() {
    run_paused(async || {
        let shops = [0; 3].map(|_| {
            let shop = Shop::new(1..=24, 3, |id| (id % 7 + 5, Price));
            Shop { inserting: 20, ..shop }
        });
        let _ = shops[0].run().await;
        let _ = futures::join!(shops[1].run(), shops[2].run());

        let took = |shop: &Shop| {
            let inserts = shop.inserts.calls();
            inserts.last()?.ended?.checked_sub(shop.lookups.calls()[0].began)
        };
        let fine = took(&shops[0]) == took(&shops[1]).max(took(&shops[2]));
        expect(fine, "two calls at once take longer than one")
            .asked("calls that know nothing of each other")
            .because([(shops[0].rows() == shops[0].wanted(), SHARED)]);
    });
}

#[test]
fn keeps_order_and_limit_on_several_threads() {
    run_parallel(async || {
        let shop = Shop::new(1..=300, 7, |id| (id % 3, Price));
        let shop = Shop { inserting: 1, ..shop };
        let _ = shop.run().await;

        let many = shop.lookups.most() > LOOKUPS;
        let others = shop.rows() != shop.wanted();
        expect(!many && !others, "on four threads something differs")
            .asked("300 rows in order, at most 4 lookups in flight")
            .fact_if(many, "in flight: more than 4")
            .fact_if(others, "rows: missing, or in another order")
            .or_fail();
    });
}

/// Fails if a lookup ends later than it could.
async fn holds_up_no_lookup(shop: Shop) {
    let _ = shop.run().await;

    let overdue = shop.lookups.overdue();
    let lookups = shop.lookups.calls();
    let mut ended = lookups.iter().filter_map(|call| call.ended);
    let moves_on = ended.any(|at| is_inserting(&shop, at));
    expect(overdue.is_empty(), "a lookup is held up")
        .asked("each lookup done when its answer is there")
        .facts(overdue.iter().take(3))
        .because([(moves_on, FULL_CHANNEL), (true, STARVED)]);
}

/// Whether an insert was under way, and neither began nor ended.
fn is_inserting(shop: &Shop, at: u64) -> bool {
    let over = |ended: Option<u64>| ended.is_some_and(|ended| ended <= at);
    let inserts = shop.inserts.calls();
    inserts.iter().any(|call| call.began < at && !over(call.ended))
}
