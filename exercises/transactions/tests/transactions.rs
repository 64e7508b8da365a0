//! What `transactions` is asked for: one behaviour a test.
//!
//! The database is a real one, in a file. SQLite does its work on threads of
//! its own, so no test looks at it before the connection is back in the pool,
//! and then it looks through a second connection.

use std::{
    cell::Cell,
    future,
    panic::{AssertUnwindSafe, panic_any, resume_unwind},
    pin::{Pin, pin},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    task::Poll,
    time::Duration,
};

use futures::{
    FutureExt as _,
    executor::block_on,
    future::{BoxFuture, Either, LocalBoxFuture, select},
};
use sqlx::{
    Connection as _, Sqlite, SqliteConnection, SqlitePool,
    pool::PoolConnection,
    sqlite::{SqliteConnectOptions, SqlitePoolOptions, SqliteSynchronous},
};
use tempfile::TempDir;
use testkit::{Cause, Verdict, journal};
use tokio::{sync::Notify, task, time::sleep};
use transactions::{
    Carrier, GIFT, Gift, Order, ShopError, place, with_session,
};

#[path = "transactions/causes.rs"]
mod causes;

use causes::*;

// The session.

#[test]
fn commits_a_success() {
    testkit::run(async || {
        let shop = Shop::open(1).await;
        let mut second = shop.second().await;

        let came = leave(&shop, Exit::Ok).await;

        // Nothing is awaited here, so no task of this runtime gets a turn.
        let at_once = block_on(second.sees());
        drop(second);
        let seen = shop.seen_when_idle().await;
        let back = matches!(came, Came::Back(Ok(DONE)));
        if back && at_once == WITH_ORDER && seen == WITH_ORDER {
            return;
        }
        if back && at_once == UNTOUCHED && seen == WITH_ORDER {
            Verdict::new("a success comes back before it is committed")
                .asked("an `Ok` is committed before the caller gets it")
                .fact(format!("when you returned: {at_once}"))
                .fact(format!("later:             {seen}"))
                .because(COMMIT_IN_A_TASK)
                .without_drawing()
                .fail();
        }
        let verdict = Verdict::new("a success is not in the database")
            .asked("the value of the work, and what it wrote committed")
            .fact(format!("returned: {}", came.told()))
            .fact(in_the_database(&seen))
            .without_drawing();
        if seen == UNTOUCHED && matches!(came, Came::Back(Ok(_))) {
            verdict.because(FORGOTTEN_COMMIT).fail();
        }
        fail_for_the_session(verdict).await;
    });
}

#[test]
fn rolls_back_an_error() {
    testkit::run(async || {
        nothing_is_left(Exit::Err).await;
    });
}

#[test]
fn rolls_back_a_panic() {
    testkit::run(async || {
        let came = nothing_is_left(Exit::Panic).await;

        if !matches!(came, Came::Panicked) {
            Verdict::new("a panic of the work does not reach the caller")
                .asked("a panic goes on to the caller")
                .fact("the work: a panic")
                .fact(format!("returned: {}", came.told()))
                .without_drawing()
                .fail();
        }
    });
}

#[test]
fn rolls_back_when_it_is_dropped() {
    testkit::run(async || {
        nothing_is_left(Exit::Dropped).await;
    });
}

#[test]
fn returns_the_error_of_the_work_and_works_once() {
    testkit::run(async || {
        for exit in [Exit::Err, Exit::Broken] {
            let shop = Shop::open(1).await;
            let came = leave(&shop, exit).await;
            works_once(exit, &came, shop.runs.get());
        }
        error_after_a_rollback().await;
    });
}

fn works_once(exit: Exit, came: &Came, runs: usize) {
    let same = match (exit, came) {
        (Exit::Broken, Came::Back(Err(error))) => {
            matches!(error, ShopError::Database(_))
        }
        (_, Came::Back(Err(ShopError::NotInStock(item)))) => item == "bolt",
        _ => false,
    };
    if same && runs == 1 {
        return;
    }
    let verdict = Verdict::new("an error of the work is not passed on")
        .asked("the error of the work as it is, and the work done once")
        .fact(format!("returned: {}", came.told()))
        .fact(match exit {
            Exit::Broken => "the work: Err(Database(UNIQUE constraint ..))",
            _ => "the work: Err(NotInStock(bolt))",
        })
        .fact(format!("runs of the work: {runs}, wanted: 1"))
        .without_drawing();
    if runs > 1 {
        verdict.because(RETRY_EVERYTHING).fail();
    }
    verdict.fail();
}

#[test]
fn gives_the_connection_back_clean() {
    testkit::run(async || {
        let mut facts = Vec::new();
        let mut unclean = false;
        let mut unknown_to_sqlx = true;
        let mut held = UNTOUCHED.to_owned();
        for exit in Exit::ALL {
            let shop = match exit {
                Exit::DroppedBefore => Shop::patient().await,
                _ => Shop::open(1).await,
            };
            leave(&shop, exit).await;
            let mut next = shop.connection().await;
            let known = next.is_in_transaction();
            // How far it had come when it was dropped behind another writer
            // is chance: told only where nothing else is.
            let told = !unclean || !matches!(exit, Exit::DroppedBefore);
            let begun = run(&mut next, "BEGIN IMMEDIATE").await;
            let found = match begun {
                Ok(()) => {
                    let _ = run(&mut next, "ROLLBACK").await;
                    "clean".to_owned()
                }
                Err(error) if contains(&error, "within a transaction") => {
                    unclean = true;
                    unknown_to_sqlx &= !known;
                    // Nobody would commit it; here that shows what is in it.
                    let stored = run(&mut next, "COMMIT").await.is_ok();
                    if stored && held == UNTOUCHED {
                        held = shop.seen().await;
                    }
                    "a transaction is open".to_owned()
                }
                Err(error) => {
                    unclean = true;
                    unknown_to_sqlx = false;
                    format!("BEGIN fails, {}", told_error(&error))
                }
            };
            if told {
                facts.push(format!("{}: {found}", exit.after()));
            }
        }
        if !unclean {
            return;
        }
        let mut verdict =
            Verdict::new("the next session on the connection cannot begin")
                .asked("it goes back with no transaction open, or is closed")
                .without_drawing();
        for fact in facts {
            verdict = verdict.fact(fact);
        }
        if held != UNTOUCHED {
            let fact = format!("a COMMIT sent by hand stores: {held}");
            verdict = verdict.fact(fact);
        }
        if unknown_to_sqlx {
            verdict = verdict.because(BEGIN_BY_HAND);
        }
        verdict.fail();
    });
}

#[test]
fn keeps_to_one_connection_of_several() {
    testkit::run(async || {
        let seen = seen_after(Exit::Err, 3).await;
        if seen == UNTOUCHED {
            return;
        }
        let alone = seen_after(Exit::Err, 1).await;
        let verdict = Verdict::new("a session that failed has left something")
            .asked("after an error, nothing of the work is left")
            .fact(format!("with three connections: {seen}"))
            .fact(format!("with one:               {alone}"))
            .without_drawing();
        fail_for_the_session(verdict).await;
    });
}

#[test]
fn a_commit_that_fails_is_an_error() {
    testkit::run(async || {
        let shop = Shop::open(1).await;

        // The foreign key is looked at when the transaction is committed.
        let result = with_session(&shop.pool, async |db| {
            run(db, ORDER).await?;
            run(db, NO_SUCH_ORDER).await
        })
        .await;

        let seen = shop.seen_when_idle().await;
        if matches!(result, Err(ShopError::Database(_))) && seen == UNTOUCHED {
            return;
        }
        let verdict =
            Verdict::new("what cannot be committed is not reported as such")
                .asked("a commit that fails is an error, and nothing is left")
                .fact("the work breaks a foreign key that the commit looks at")
                .fact(format!("returned: {}", told(&result)))
                .fact(in_the_database(&seen))
                .without_drawing();
        let commits = seen_after(Exit::Ok, 1).await == WITH_ORDER;
        if result.is_ok() && seen == UNTOUCHED && commits {
            verdict.because(COMMIT_UNCHECKED).fail();
        }
        fail_for_the_session(verdict).await;
    });
}

#[test]
fn is_busy_when_another_writer_stays() {
    testkit::run(async || {
        let shop = Shop::open(1).await;
        waits_no_longer_than_the_pool(&shop).await;
        let mut other = shop.second().await;
        other.must("BEGIN IMMEDIATE").await;
        testkit::if_it_hangs(still_waiting());

        let session = Box::pin(leave(&shop, Exit::Ok));
        // It is over in a moment, or in no sensible time.
        let came = match select(session, pin!(sleep(MUCH_TOO_LONG))).await {
            Either::Left((came, _)) => came,
            Either::Right(_) => still_waiting()
                .fact("the session had not ended after 50 times as long")
                .fail(),
        };

        other.must("ROLLBACK").await;
        drop(other);
        let seen = shop.seen_when_idle().await;
        if matches!(came, Came::Back(Err(ShopError::Busy))) && seen == UNTOUCHED
        {
            return a_closed_pool_is_not_busy(&shop).await;
        }
        let verdict =
            Verdict::new("a writer in the way is not reported as `Busy`")
                .asked("Err(Busy), with nothing stored")
                .fact("another connection holds the write lock all the time")
                .fact(format!("returned: {}", came.told()))
                .fact(in_the_database(&seen))
                .without_drawing();
        if let Came::Back(Err(ShopError::Database(error))) = came
            && matches!(ShopError::from(error), ShopError::Busy)
        {
            verdict.because(BUSY_AS_DATABASE).fail();
        }
        verdict.fail();
    });
}

/// Fails if the session has told its connection to wait for longer.
async fn waits_no_longer_than_the_pool(shop: &Shop) {
    leave(shop, Exit::TellsTimeout).await;
    // A rollback is over by then, and nobody's lock is left.
    shop.seen_when_idle().await;
    let timeout = shop.busy_timeout.get();
    if u128::from(timeout) <= BUSY_TIMEOUT.as_millis() {
        return;
    }
    Verdict::new("the session waits for others longer than its pool does")
        .asked("`Busy` if another writer stays for the pool's busy timeout")
        .fact(POOLS_TIMEOUT)
        .fact(format!("in the session: {timeout} ms"))
        .why(
            "Whoever makes the pool says how long its connections wait for \
             another writer.",
        )
        .without_drawing()
        .fail();
}

fn still_waiting() -> Verdict {
    Verdict::new("another writer stays, and the session goes on")
        .asked("Err(Busy), with nothing stored")
        .fact("another connection holds the write lock all the time")
        .fact(POOLS_TIMEOUT)
        .why(
            "Whoever waits for another writer, or tries again, has to give up \
             some time: then return `Busy`.",
        )
        .without_drawing()
}

/// Fails if the session says `Busy` where no writer is in the way.
async fn a_closed_pool_is_not_busy(shop: &Shop) {
    shop.pool.close().await;
    let came = leave(shop, Exit::Ok).await;
    if matches!(came, Came::Back(Err(ShopError::Database(_)))) {
        return;
    }
    let verdict = Verdict::new("a closed pool is not reported as `Database`")
        .asked("`Busy` for another writer, `Database` for all else")
        .fact("the pool has been closed, and nobody else is there")
        .fact(format!("returned: {}", came.told()))
        .without_drawing();
    if matches!(came, Came::Back(Err(ShopError::Busy))) {
        verdict
            .why(
                "After `Busy` a caller tries again, and here that never helps. \
                 `ShopError::from` tells SQLITE_BUSY from the other errors, \
                 and `?` calls that.",
            )
            .fail();
    }
    verdict.fail();
}

#[test]
fn does_not_fail_for_a_writer_in_between() {
    testkit::run(async || {
        let shop = Shop::open(1).await;
        let runs = Cell::new(0);
        let got_in = Cell::new(0);
        let last_read = Cell::new(None);
        let stale = Cell::new(false);
        let refused = Cell::new(false);

        let result = with_session(&shop.pool, async |db| {
            let pieces = nuts(db).await?;
            if last_read.replace(Some(pieces)) == Some(pieces) {
                stale.set(got_in.get() > 0);
            }
            runs.set(runs.get() + 1);
            // More often than most give up after, and then no more.
            if runs.get() <= 6 {
                let mut other = shop.second().await;
                if run(&mut other.0, TAKE_A_NUT).await.is_ok() {
                    got_in.set(got_in.get() + 1);
                }
            }
            let written = leave_nuts(db, pieces - 2).await;
            refused.set(matches!(written, Err(ShopError::Busy)));
            written
        })
        .await;

        let seen = shop.seen_when_idle().await;
        let (runs, got_in) = (runs.get(), got_in.get());
        let left = |nuts: usize| seen.contains(&format!("; {nuts} nuts"));
        if result.is_ok() && left(8 - got_in) {
            return;
        }
        let headline = match result {
            Err(_) => "the session fails for a writer in between",
            Ok(()) if got_in > 0 && left(9 - got_in) => {
                "what another writer has written is lost"
            }
            Ok(()) => "what the work has written is not there",
        };
        let verdict = Verdict::new(headline)
            .asked("another writer is kept out, or the work starts anew")
            .fact("the work reads 10 nuts, and writes two fewer")
            .fact(match (got_in, runs) {
                (0, _) => {
                    "in between another writer tries to take one: refused"
                }
                (_, 1) => "in between another writer takes one, and commits",
                _ => "in between, each time, another writer takes one",
            })
            .fact(format!("runs of the work: {runs}"))
            .fact(format!("returned: {}", told(&result)))
            .fact(in_the_database(&seen))
            .without_drawing();
        if matches!(result, Err(ShopError::Busy)) && got_in > 0 {
            if stale.get() {
                verdict.because(RETRY_INSIDE).fail();
            }
            if runs == got_in && refused.get() {
                verdict.because(PLAIN_BEGIN).fail();
            }
        }
        fail_for_the_session(verdict).await;
    });
}

// The order.

#[test]
fn stores_the_whole_order() {
    testkit::run(async || {
        let shop = Shop::open(2).await;
        let carrier = Post::new();

        let result = place(&shop.pool, &carrier, &order(Some("SPRING"))).await;

        let seen = shop.seen_when_idle().await;
        let asked = carrier.asked();
        if matches!(result, Ok(Gift::Packed)) && seen == WHOLE && asked == 1 {
            return;
        }
        let verdict = Verdict::new("the order is not stored as it should be")
            .asked("the order with its postage, its lines, and the gift")
            .fact(format!("returned: {}, wanted: Ok(Packed)", told(&result)))
            .fact(format!("requests to the carrier: {asked}, wanted: 1"))
            .fact(in_the_database(&seen))
            .fact(format!("wanted there:    {WHOLE}"))
            .without_drawing();
        let out = shop.most_out.load(Ordering::SeqCst);
        let no_gift = matches!(result, Ok(Gift::None)) && seen == WITHOUT_GIFT;
        if no_gift && out > 1 && needs_a_second_connection().await {
            verdict
                .fact("with one connection in the pool: it stands still")
                .because(PART_ON_THE_POOL)
                .fail();
        }
        if no_gift && begins_twice().await {
            verdict.because(BEGIN_TWICE).fail();
        }
        fail_for_the_session(verdict).await;
    });
}

/// Whether an order with a voucher stands still where there is one connection.
async fn needs_a_second_connection() -> bool {
    let shop = Shop::open(1).await;
    let (carrier, order) = (Post::new(), order(Some("SPRING")));
    let mut placing: Placing = Box::pin(place(&shop.pool, &carrier, &order));
    unless_it_stops(&mut placing, QUIET).await.is_none()
}

/// Whether sqlx's `begin` is refused on the connection of a session.
async fn begins_twice() -> bool {
    let shop = Shop::open(1).await;
    let refused = with_session(&shop.pool, async |db| {
        let begun = db.begin().await.map(drop).map_err(ShopError::from);
        Ok(begun.is_err_and(|error| contains(&error, "within a transaction")))
    });
    matches!(refused.await, Ok(true))
}

#[test]
fn leaves_nothing_of_an_order_that_fails() {
    testkit::run(async || {
        let shop = Shop::open(2).await;

        let result = place(&shop.pool, &Post::new(), &too_large()).await;

        let seen = shop.seen_when_idle().await;
        if seen == UNTOUCHED {
            return;
        }
        let verdict = Verdict::new("a part of an order is stored that failed")
            .asked("all of the order, or nothing")
            .fact("the order: 2 nuts, 11 bolts; in stock: 10 of each")
            .fact(format!("returned: {}", told(&result)))
            .fact(in_the_database(&seen))
            .fact(format!("wanted there:    {UNTOUCHED}"))
            .without_drawing();
        fail_for_the_session(verdict).await;
    });
}

#[test]
fn tells_why_an_order_is_not_stored() {
    testkit::run(async || {
        let shop = Shop::open(2).await;

        let result = place(&shop.pool, &Post::new(), &too_large()).await;
        let seen = shop.seen_when_idle().await;
        let right = matches!(
            &result,
            Err(ShopError::NotInStock(item)) if item == "bolt"
        );
        let verdict = Verdict::new("the caller does not learn what went wrong")
            .asked("the error, as it is")
            .without_drawing();
        if result.is_ok() && seen == UNTOUCHED {
            let verdict = verdict
                .fact(format!("returned: {}", told(&result)))
                .fact("wanted: Err(NotInStock(bolt))")
                .fact(in_the_database(&seen));
            let shop = Shop::open(2).await;
            let _ = place(&shop.pool, &Post::new(), &order(None)).await;
            if shop.seen_when_idle().await == WITHOUT_GIFT {
                verdict.because(SWALLOWED).fail();
            }
            fail_for_the_session(verdict).await;
        }
        if !right {
            verdict
                .fact(format!("returned: {}", told(&result)))
                .fact("wanted: Err(NotInStock(bolt))")
                .fail();
        }

        let shop = Shop::open(2).await;
        let silent = Post::new().silent();
        let result = place(&shop.pool, &silent, &order(None)).await;
        let seen = shop.seen_when_idle().await;
        if !matches!(result, Err(ShopError::NoCarrier)) || seen != UNTOUCHED {
            verdict
                .fact("the carrier does not answer")
                .fact(format!("returned: {}", told(&result)))
                .fact("wanted: Err(NoCarrier)")
                .fact(in_the_database(&seen))
                .fail();
        }
    });
}

#[test]
fn packs_the_gift_as_a_whole_or_not_at_all() {
    testkit::run(async || {
        for case in Case::ALL {
            let (result, seen, _) = without_a_gift(case).await;
            let as_it_was =
                seen.contains(case.kept()) && !seen.contains(NO_OWNER);
            if as_it_was || !seen.contains("order 7") {
                continue;
            }
            let verdict = Verdict::new("half of the gift is left")
                .asked("the voucher redeemed and a gift taken, or neither")
                .fact(case.told())
                .fact(format!("returned: {}", told(&result)))
                .fact(in_the_database(&seen))
                .fact(format!("wanted of it: {}", case.kept()))
                .without_drawing();
            if matches!(result, Ok(Gift::None)) {
                verdict.because(NO_SAVEPOINT).fail();
            }
            verdict.fail();
        }
    });
}

#[test]
fn stores_the_order_where_there_is_no_gift() {
    testkit::run(async || {
        for case in Case::ALL {
            let (result, seen, asked) = without_a_gift(case).await;
            let stored = seen.contains(case.stored());
            if matches!(result, Ok(Gift::None)) && stored {
                asked_once(case, asked);
                continue;
            }
            let verdict = Verdict::new("without a gift, the order is lost")
                .asked("where the gift fails, the order is stored without")
                .fact(case.told())
                .fact(format!("returned: {}, wanted: Ok(None)", told(&result)))
                .fact(in_the_database(&seen))
                .without_drawing();
            if let Err(error) = &result
                && seen.contains("no order")
            {
                match case {
                    _ if contains(error, "no transaction is active") => {
                        verdict.because(ROLLBACK_OF_ALL).fail()
                    }
                    _ if !case.is_its_error(error) => {}
                    Case::NoneInStock => verdict.because(PART_TAKES_ALL).fail(),
                    // The same error of the gift was no trouble before.
                    Case::LastOne => verdict.because(GIFT_FIRST).fail(),
                    _ => verdict.because(KNOWN_FAILURES).fail(),
                }
            }
            fail_for_the_session(verdict).await;
        }
    });
}

#[test]
fn works_with_a_single_connection() {
    testkit::run(async || {
        let shop = Shop::open(1).await;
        let (carrier, order) = (Post::new(), order(Some("SPRING")));
        let mut placing: Placing =
            Box::pin(place(&shop.pool, &carrier, &order));

        let mut result = unless_it_stops(&mut placing, QUIET).await;

        // With two of them, the pool can tell how many are out at once.
        let two = Shop::open(2).await;
        let _ = place(&two.pool, &Post::new(), &order).await;
        let out = two.most_out.load(Ordering::SeqCst);
        if result.is_none() && out < 2 {
            // Slow, and not stuck.
            result = Some(placing.await);
        } else {
            drop(placing);
        }
        let seen = shop.seen_when_idle().await;
        if matches!(result, Some(Ok(Gift::Packed))) && seen == WHOLE {
            return;
        }
        let verdict = Verdict::new(if result.is_none() {
            "one connection is not enough"
        } else {
            "with one connection, the order is not stored as it should be"
        })
        .asked("a pool may have one connection only")
        .without_drawing();
        let Some(result) = result else {
            verdict
                .fact("it stands still, with the one connection in use")
                .fact(format!("with two, in use at once: {out}"))
                .because(SECOND_INSIDE)
                .fail()
        };
        let verdict = verdict
            .fact(format!("returned: {}, wanted: Ok(Packed)", told(&result)))
            .fact(in_the_database(&seen))
            .fact(format!("wanted there:    {WHOLE}"));
        let no_gift = matches!(result, Ok(Gift::None)) && seen == WITHOUT_GIFT;
        if no_gift && begins_twice().await {
            verdict.because(BEGIN_TWICE).fail();
        }
        fail_for_the_session(verdict).await;
    });
}

#[test]
fn holds_no_connection_while_the_carrier_thinks() {
    testkit::run(async || {
        let shop = Shop::open(1).await;
        journal().declare(["carrier", "another customer"]);
        let carrier = Post::new().watching(&shop);

        let order = order(None);
        let mut placing: Placing =
            Box::pin(place(&shop.pool, &carrier, &order));
        // A carrier that is kept waiting takes one QUIET to notice.
        unless_it_stops(&mut placing, QUIET * 2).await;

        if carrier.kept_waiting.get() {
            Verdict::new("another customer waits until the carrier answers")
                .asked("no connection is held while the carrier thinks")
                .fact("connections in the pool: 1, free in the meantime: 0")
                .fact(format!(
                    "another program that writes in the meantime: {}",
                    if carrier.locked.get() { "refused" } else { "writes" }
                ))
                .because(SLOW_INSIDE)
                .fail();
        }
        if carrier.asked() != 1 {
            Verdict::new("the carrier is not asked once")
                .asked("the carrier is asked once for the postage")
                .fact(format!("requests: {}, wanted: 1", carrier.asked()))
                .without_drawing()
                .fail();
        }
    });
}

#[test]
fn all_or_nothing_wherever_it_is_dropped() {
    testkit::run_parallel(async || {
        let shop = Shop::open(1).await;
        let (carrier, order) = (Post::new(), order(Some("SPRING")));
        let mut placing: Placing =
            Box::pin(place(&shop.pool, &carrier, &order));
        // Longer than a loaded machine needs: to stop here is to pass.
        unless_it_stops(&mut placing, QUIET * 4).await;
        drop(placing);
        if shop.seen_when_idle().await != WHOLE {
            // What a drop does to it is the smaller trouble: see the tests
            // above.
            return;
        }

        dropped_at_the_first_trace().await;
        // On a loaded machine answers may come so early that few polls are
        // enough: one end is not the end.
        let mut ends = 0;
        for polls in 1..200 {
            let shop = Shop::open(1).await;
            let placing = Box::pin(place(&shop.pool, &carrier, &order));
            if polled(placing, polls).await {
                ends += 1;
                if ends == 4 {
                    return;
                }
            }
            whole_or_nothing(&shop.seen_when_idle().await).await;
        }
    });
}

/// Looks into the database whenever `place` waits, and drops it as soon as
/// there is something to be seen.
async fn dropped_at_the_first_trace() {
    let shop = Shop::open(1).await;
    let (carrier, order) = (Post::new(), order(Some("SPRING")));
    let mut placing: Placing = Box::pin(place(&shop.pool, &carrier, &order));
    loop {
        let poll = future::poll_fn(|context| {
            Poll::Ready(placing.as_mut().poll(context).is_ready())
        });
        if poll.await || shop.seen().await != UNTOUCHED {
            break;
        }
    }
    drop(placing);
    whole_or_nothing(&shop.seen_when_idle().await).await;
}

async fn whole_or_nothing(seen: &str) {
    if seen == UNTOUCHED || seen == WHOLE {
        return;
    }
    let verdict = Verdict::new("dropped half way, half is stored")
        .asked("all of the order, or nothing, wherever it is dropped")
        .without_drawing();
    let fault = fault_of_the_session().await;
    if fault.is_none() && seen.contains(STORED) && seen.contains(ALL_GIFTS) {
        verdict
            .fact(in_the_database(seen))
            .fact(format!("wanted there:    {UNTOUCHED}"))
            .fact(format!("or:              {WHOLE}"))
            .because(PART_AFTERWARDS)
            .fail();
    }
    // Which part it is depends on which thread was faster.
    let verdict = verdict.fact("in the database: a part of the order");
    match fault {
        Some(cause) => verdict.because(cause).fail(),
        None => verdict.fail(),
    }
}

#[test]
fn stores_nothing_once_it_is_dropped() {
    testkit::run(async || {
        let shop = Shop::patient().await;
        let (carrier, order) = (Post::new(), order(Some("SPRING")));
        let placing = place(&shop.pool, &carrier, &order);
        drop_behind_another_writer(
            &shop,
            async {
                let _ = placing.await;
            }
            .boxed_local(),
        )
        .await;

        let seen = shop.seen_when_idle().await;
        if seen == UNTOUCHED {
            return;
        }
        let verdict =
            Verdict::new("an order is stored that nobody waits for any more")
                .asked("after a drop before the commit, nothing is stored")
                .fact("`place` was dropped while another writer was in the way")
                .fact("then that writer went")
                .fact(in_the_database(&seen))
                .without_drawing();
        // A statement that had been sent is carried out by SQLite's own thread.
        // The next one is sent by nobody but the code under test.
        if seen.contains(STORED) {
            verdict.because(IN_A_TASK).fail();
        }
        fail_for_the_session(verdict).await;
    });
}

// What the tests have in common.

/// Fails if anything of the work can be seen after `exit`, which is no success.
async fn nothing_is_left(exit: Exit) -> Came {
    let shop = Shop::open(1).await;
    let came = leave(&shop, exit).await;
    if shop.seen_when_idle().await == UNTOUCHED {
        return came;
    }

    let mut verdict =
        Verdict::new(format!("the work is kept {}", exit.after()))
            .asked("after an error, a panic or a drop nothing of it is left")
            .without_drawing();
    for exit in Exit::OF_THE_WORK {
        let seen = seen_after(exit, 1).await;
        verdict = verdict.fact(format!("{}: {seen}", exit.after()));
    }
    let early = seen_while_it_works().await;
    if early != UNTOUCHED {
        verdict = verdict.fact(format!("before its end: {early}"));
    }
    fail_for_the_session(verdict).await
}

/// What is wrong with a session by itself, whatever `place` makes of it.
async fn fault_of_the_session() -> Option<Cause> {
    if needs_two_connections().await {
        return Some(SECOND_INSIDE);
    }
    if seen_while_it_works().await != UNTOUCHED {
        return Some(NO_TRANSACTION);
    }
    let mut kept = Vec::new();
    for exit in Exit::OF_THE_WORK {
        kept.push(seen_after(exit, 1).await != UNTOUCHED);
    }
    match kept[..] {
        [.., true] => Some(COMMIT_IN_DROP),
        [true, true, false, false] => Some(COMMIT_IN_ANY_CASE),
        [false, ..] => {
            let shop = Shop::open(1).await;
            let came = leave(&shop, Exit::Ok).await;
            let back = matches!(came, Came::Back(Ok(_)));
            back.then_some(FORGOTTEN_COMMIT)
        }
        [true, false, false, false] => {
            let several = seen_after(Exit::Err, 3).await;
            (several != UNTOUCHED).then_some(ON_THE_POOL)
        }
        _ => None,
    }
}

/// Whether a session has two connections in use, and stands still where there
/// is one.
async fn needs_two_connections() -> bool {
    let two = Shop::open(2).await;
    leave(&two, Exit::Ok).await;
    if two.most_out.load(Ordering::SeqCst) < 2 {
        return false;
    }
    let one = Shop::open(1).await;
    let session = Box::pin(leave(&one, Exit::Ok));
    let quiet = testkit::at_rest_for(QUIET);
    matches!(select(session, pin!(quiet)).await, Either::Right(_))
}

/// Fails, for the session's own fault where it has one.
async fn fail_for_the_session(verdict: Verdict) -> ! {
    match fault_of_the_session().await {
        Some(cause) => verdict.because(cause).fail(),
        None => verdict.fail(),
    }
}

/// Fails if the error of the work gets lost where SQLite has rolled back by
/// itself. A pool that has seen this is of no use to anybody.
async fn error_after_a_rollback() {
    const TWICE: &str = "INSERT OR ROLLBACK INTO orders VALUES (7, 490)";
    let shop = Shop::open(1).await;
    let result = with_session(&shop.pool, async |db| {
        run(db, TWICE).await?;
        let refused = run(db, TWICE).await;
        refused.map_err(|_| ShopError::NotInStock("bolt".to_owned()))
    })
    .await;
    if matches!(&result, Err(ShopError::NotInStock(_))) {
        return;
    }
    let verdict = Verdict::new("an error of the work is not passed on")
        .asked("the error of the work as it is")
        .fact("the work: INSERT OR ROLLBACK fails, Err(NotInStock(bolt))")
        .fact(format!("returned: {}", told(&result)))
        .without_drawing();
    if let Err(error) = &result {
        if contains(error, "cannot rollback") {
            verdict.because(ROLLBACK_MASKS).fail();
        }
        if contains(error, "cannot commit") {
            verdict.because(COMMIT_IN_ANY_CASE).fail();
        }
    }
    verdict.fail();
}

/// What a second connection sees when the work has written, and goes on.
async fn seen_while_it_works() -> String {
    let shop = Shop::open(1).await;
    let seen = Cell::new(UNTOUCHED.to_owned());
    let _ = with_session(&shop.pool, async |db| {
        run(db, ORDER).await?;
        seen.set(shop.seen().await);
        Ok(())
    })
    .await;
    seen.take()
}

/// What a second connection sees after a session that took this exit, with so
/// many connections in its pool.
async fn seen_after(exit: Exit, connections: u32) -> String {
    let shop = Shop::open(connections).await;
    leave(&shop, exit).await;
    shop.seen_when_idle().await
}

/// Why there is no gift.
#[derive(Clone, Copy)]
enum Case {
    /// Taking it fails.
    NoneInStock,
    /// Redeeming the voucher fails.
    VoucherInvalid,
    /// Redeeming it fails, for a reason of the database.
    Broken,
    /// Taking it fails, for a reason of the database.
    Sealed,
    /// The order's only line takes the last one.
    LastOne,
}

impl Case {
    const ALL: [Self; 5] = [
        Self::NoneInStock,
        Self::VoucherInvalid,
        Self::Broken,
        Self::Sealed,
        Self::LastOne,
    ];

    fn told(self) -> &'static str {
        match self {
            Self::NoneInStock => "the voucher is valid, no gift is in stock",
            Self::VoucherInvalid => {
                "a gift is in stock, the voucher is invalid"
            }
            Self::Broken => "the database refuses to delete the voucher",
            Self::Sealed => "the database refuses to take a gift",
            Self::LastOne => {
                "the voucher is valid, the order is for the last calendar"
            }
        }
    }

    /// Whether the gift fails with this error.
    fn is_its_error(self, error: &ShopError) -> bool {
        match self {
            Self::NoneInStock | Self::LastOne => {
                matches!(error, ShopError::NotInStock(item) if item == GIFT)
            }
            Self::VoucherInvalid => matches!(error, ShopError::VoucherInvalid),
            Self::Broken | Self::Sealed => contains(error, "are kept"),
        }
    }

    /// What of the order is to be seen.
    fn stored(self) -> &'static str {
        match self {
            Self::LastOne => {
                "order 7 (postage 490); 10 nuts, 10 bolts, 0 gifts"
            }
            _ => STORED,
        }
    }

    /// What neither half may change.
    fn kept(self) -> &'static str {
        match self {
            Self::NoneInStock | Self::Sealed | Self::LastOne => "1 voucher",
            Self::VoucherInvalid | Self::Broken => ALL_GIFTS,
        }
    }
}

/// Fails if the end of the gift has cost another request.
fn asked_once(case: Case, asked: usize) {
    if asked == 1 {
        return;
    }
    Verdict::new("the carrier is not asked once")
        .asked("the carrier is asked once for the postage")
        .fact(case.told())
        .fact(format!("requests to the carrier: {asked}, wanted: 1"))
        .why(
            "The postage is known by then: to store the order without a gift \
             takes no other request.",
        )
        .without_drawing()
        .fail();
}

/// Places an order whose gift fails. Gives the result, what can be seen, and
/// how many times the carrier was asked.
async fn without_a_gift(
    case: Case,
) -> (Result<Gift, ShopError>, String, usize) {
    let shop = Shop::open(2).await;
    let order = match case {
        Case::NoneInStock => {
            shop.second().await.must(NO_GIFTS).await;
            order(Some("SPRING"))
        }
        Case::VoucherInvalid => order(Some("WINTER")),
        Case::Broken => {
            shop.second().await.must(KEEP_VOUCHERS).await;
            order(Some("SPRING"))
        }
        Case::Sealed => {
            shop.second().await.must(KEEP_GIFTS).await;
            order(Some("SPRING"))
        }
        Case::LastOne => {
            shop.second().await.must(ONE_GIFT).await;
            Order { lines: vec![(GIFT.to_owned(), 1)], ..order(Some("SPRING")) }
        }
    };
    let carrier = Post::new();
    let result = place(&shop.pool, &carrier, &order).await;
    (result, shop.seen_when_idle().await, carrier.asked())
}

/// Nothing has moved for so long that something waits for itself. SQLite works
/// on threads of its own, which a runtime at rest does not see.
const QUIET: Duration = Duration::from_millis(300);

/// The result of `placing`, unless everything comes to rest before that.
async fn unless_it_stops(
    placing: &mut Placing<'_>,
    quiet: Duration,
) -> Option<Result<Gift, ShopError>> {
    match select(placing, pin!(testkit::at_rest_for(quiet))).await {
        Either::Left((result, _)) => Some(result),
        Either::Right(_) => None,
    }
}

type Placing<'a> = Pin<Box<dyn Future<Output = Result<Gift, ShopError>> + 'a>>;

/// Polls `placing` so many times, and drops it right after. Whether it came to
/// its end before that.
async fn polled(mut placing: Placing<'_>, polls: usize) -> bool {
    let mut left = polls;
    future::poll_fn(|context| {
        left -= 1;
        match placing.as_mut().poll(context) {
            Poll::Ready(_) => Poll::Ready(true),
            Poll::Pending if left == 0 => Poll::Ready(false),
            Poll::Pending => Poll::Pending,
        }
    })
    .await
}

/// Drops `waiting` while another writer is in its way, and lets that one go.
async fn drop_behind_another_writer(
    shop: &Shop,
    waiting: LocalBoxFuture<'_, ()>,
) {
    let mut other = shop.second().await;
    other.must("BEGIN IMMEDIATE").await;
    let quiet = testkit::at_rest_for(Duration::from_millis(40));
    drop(select(waiting, pin!(quiet)).await);
    other.must("ROLLBACK").await;
}

fn told<T: Told>(result: &Result<T, ShopError>) -> String {
    match result {
        Ok(value) => value.told(),
        Err(error) => format!("Err({})", told_error(error)),
    }
}

fn told_error(error: &ShopError) -> String {
    match error {
        ShopError::NotInStock(item) => format!("NotInStock({item})"),
        ShopError::VoucherInvalid => "VoucherInvalid".to_owned(),
        ShopError::NoCarrier => "NoCarrier".to_owned(),
        ShopError::Busy => "Busy".to_owned(),
        ShopError::Database(error) => format!("Database({error})"),
    }
}

/// Whether SQLite says so.
fn contains(error: &ShopError, words: &str) -> bool {
    told_error(error).contains(words)
}

/// What a second connection sees, as a fact.
fn in_the_database(seen: &str) -> String {
    format!("in the database: {seen}")
}

/// Values that a failure can show.
trait Told {
    fn told(&self) -> String;
}

impl Told for () {
    fn told(&self) -> String {
        "Ok".to_owned()
    }
}

impl Told for &str {
    fn told(&self) -> String {
        format!("Ok({self})")
    }
}

impl Told for Gift {
    fn told(&self) -> String {
        format!("Ok({self:?})")
    }
}

// The session, and its exits.

/// What the work brings.
const DONE: &str = "done";

/// What the work panics with.
struct Crash;

/// What the work does in the end, or what is done to it.
#[derive(Clone, Copy)]
enum Exit {
    Ok,
    Err,
    Panic,
    Dropped,
    /// Dropped before it has begun: another writer is in the way.
    DroppedBefore,
    /// A success, whose commit breaks a foreign key.
    CommitFails,
    /// An error of the database.
    Broken,
    /// A success that has only noted the connection's busy timeout.
    TellsTimeout,
}

impl Exit {
    /// The four ways out of the work.
    const OF_THE_WORK: [Self; 4] =
        [Self::Ok, Self::Err, Self::Panic, Self::Dropped];

    /// The ways out of a session.
    const ALL: [Self; 6] = [
        Self::Ok,
        Self::Err,
        Self::Panic,
        Self::Dropped,
        Self::DroppedBefore,
        Self::CommitFails,
    ];

    fn after(self) -> &'static str {
        match self {
            Self::Ok | Self::TellsTimeout => "after a success",
            Self::Err | Self::Broken => "after an error",
            Self::Panic => "after a panic",
            Self::Dropped => "after a drop",
            Self::DroppedBefore => "after a drop behind another writer",
            Self::CommitFails => "after a commit that fails",
        }
    }
}

/// How a session came to its end.
enum Came {
    Back(Result<&'static str, ShopError>),
    Panicked,
    Dropped,
}

impl Came {
    fn told(&self) -> String {
        match self {
            Self::Back(result) => told(result),
            Self::Panicked => "a panic".to_owned(),
            Self::Dropped => "dropped".to_owned(),
        }
    }
}

/// Runs a session whose work writes an order of two nuts, and takes the exit
/// `exit`.
async fn leave(shop: &Shop, exit: Exit) -> Came {
    let written = Notify::new();
    let session = with_session(&shop.pool, async |db| {
        shop.runs.set(shop.runs.get() + 1);
        if let Exit::TellsTimeout = exit {
            shop.busy_timeout.set(number(db, "PRAGMA busy_timeout").await?);
            return Ok(DONE);
        }
        run(db, ORDER).await?;
        leave_nuts(db, 8).await?;
        match exit {
            Exit::Err => Err(ShopError::NotInStock("bolt".to_owned())),
            Exit::Panic => panic_any(Crash),
            Exit::Dropped => {
                written.notify_one();
                future::pending().await
            }
            Exit::CommitFails => run(db, NO_SUCH_ORDER).await.map(|()| DONE),
            Exit::Broken => run(db, ORDER).await.map(|()| DONE),
            _ => Ok(DONE),
        }
    });
    if let Exit::DroppedBefore = exit {
        let session = async {
            let _ = session.await;
        };
        drop_behind_another_writer(shop, session.boxed_local()).await;
        return Came::Dropped;
    }
    let session = AssertUnwindSafe(Box::pin(session)).catch_unwind();
    match select(session, pin!(written.notified())).await {
        Either::Left((Ok(result), _)) => Came::Back(result),
        Either::Left((Err(panic), _)) if panic.is::<Crash>() => Came::Panicked,
        Either::Left((Err(panic), _)) => resume_unwind(panic),
        Either::Right(_) => Came::Dropped,
    }
}

fn order(voucher: Option<&str>) -> Order {
    Order {
        number: 7,
        // One item stands there twice.
        lines: [("nut", 1), ("bolt", 3), ("nut", 1)]
            .map(|(item, pieces)| (item.to_owned(), pieces))
            .to_vec(),
        voucher: voucher.map(str::to_owned),
    }
}

/// An order whose second line cannot be had.
fn too_large() -> Order {
    Order {
        lines: vec![("nut".to_owned(), 2), ("bolt".to_owned(), 11)],
        ..order(Some("SPRING"))
    }
}

// The carrier.

/// Thinks for a moment, and says 490 cents.
struct Post {
    asked: Cell<usize>,
    silent: bool,
    /// The pool, and that of another program.
    watched: Option<(SqlitePool, SqlitePool)>,
    kept_waiting: Cell<bool>,
    locked: Cell<bool>,
}

impl Post {
    fn new() -> Self {
        Self {
            asked: Cell::new(0),
            silent: false,
            watched: None,
            kept_waiting: Cell::new(false),
            locked: Cell::new(false),
        }
    }

    fn silent(mut self) -> Self {
        self.silent = true;
        self
    }

    /// Thinks until another customer has had a connection of the shop's pool.
    fn watching(mut self, shop: &Shop) -> Self {
        self.watched = Some((shop.pool.clone(), shop.second.clone()));
        self
    }

    fn asked(&self) -> usize {
        self.asked.get()
    }
}

impl Carrier for Post {
    async fn postage(&self, _: &Order) -> Result<u32, ShopError> {
        self.asked.set(self.asked.get() + 1);
        if let Some((pool, another_program)) = &self.watched {
            let thinking = journal().call("carrier");
            // Whatever goes on beside it has begun by now.
            task::yield_now().await;
            let other = journal().call("another customer");
            let quiet = testkit::at_rest_for(QUIET);
            match select(pin!(pool.acquire()), pin!(quiet)).await {
                Either::Left(_) => other.finished(),
                Either::Right(_) => {
                    self.kept_waiting.set(true);
                    let mut writer = another_program.acquire().await?;
                    let write = run(&mut writer, TAKE_A_NUT).await;
                    self.locked.set(write.is_err());
                    other.waited();
                }
            }
            thinking.finished();
        }
        task::yield_now().await;
        if self.silent { Err(ShopError::NoCarrier) } else { Ok(490) }
    }
}

// The database, in a file.

/// What a second connection sees before anything has been done.
const UNTOUCHED: &str = "no order; 10 nuts, 10 bolts, 3 gifts; 1 voucher";

/// After the work of [`leave`].
const WITH_ORDER: &str =
    "order 7 (postage 490); 8 nuts, 10 bolts, 3 gifts; 1 voucher";

/// After [`order`], with its gift.
const WHOLE: &str =
    "order 7 (postage 490); 8 nuts, 7 bolts, 2 gifts; 0 vouchers";

/// After [`order`], with a voucher that was not used.
const WITHOUT_GIFT: &str =
    "order 7 (postage 490); 8 nuts, 7 bolts, 3 gifts; 1 voucher";

/// In all that can be seen after [`order`], whatever became of its gift.
const STORED: &str = "order 7 (postage 490); 8 nuts, 7 bolts, ";

const ALL_GIFTS: &str = "3 gifts;";

/// Of a voucher that is not the one that was there.
const NO_OWNER: &str = "without its owner";

const SCHEMA: &str = "
    BEGIN;
    CREATE TABLE stock (item TEXT PRIMARY KEY, pieces INTEGER NOT NULL);
    CREATE TABLE orders (number INTEGER PRIMARY KEY, postage INTEGER NOT NULL);
    CREATE TABLE vouchers (code TEXT PRIMARY KEY, owner TEXT);
    CREATE TABLE invoices (
        number INTEGER REFERENCES orders DEFERRABLE INITIALLY DEFERRED
    );
    INSERT INTO stock VALUES ('nut', 10), ('bolt', 10), ('calendar', 3);
    INSERT INTO vouchers VALUES ('SPRING', 'Ada');
    COMMIT;
";

const SEEN: &str = "
    WITH left(item, count) AS (SELECT item, pieces FROM stock)
    SELECT coalesce(
        (SELECT 'order '
            || group_concat(number || ' (postage ' || postage || ')')
            FROM orders HAVING count(*) > 0), 'no order')
        || '; ' || (SELECT count FROM left WHERE item = 'nut') || ' nuts, '
        || (SELECT count FROM left WHERE item = 'bolt') || ' bolts, '
        || (SELECT count || iif(count = 1, ' gift; ', ' gifts; ')
            FROM left WHERE item = 'calendar')
        || (SELECT count(*) || iif(count(*) = 1, ' voucher', ' vouchers')
            || iif(count(*) > count(owner), ' without its owner', '')
            FROM vouchers)
";

const ORDER: &str = "INSERT INTO orders VALUES (7, 490)";

/// Refused by the commit: the foreign key is looked at then.
const NO_SUCH_ORDER: &str = "INSERT INTO invoices VALUES (99)";

const TAKE_A_NUT: &str =
    "UPDATE stock SET pieces = pieces - 1 WHERE item = 'nut'";

const ONE_GIFT: &str = "UPDATE stock SET pieces = 1 WHERE item = 'calendar'";

const KEEP_VOUCHERS: &str = "
    CREATE TRIGGER keep BEFORE DELETE ON vouchers
    BEGIN SELECT RAISE(ABORT, 'vouchers are kept'); END
";

const KEEP_GIFTS: &str = "
    CREATE TRIGGER keep BEFORE UPDATE ON stock WHEN old.item = 'calendar'
    BEGIN SELECT RAISE(ABORT, 'gifts are kept'); END
";

const NO_GIFTS: &str = "UPDATE stock SET pieces = 0 WHERE item = 'calendar'";

/// How long the pool's connections wait for another writer.
const BUSY_TIMEOUT: Duration = Duration::from_millis(50);
const POOLS_TIMEOUT: &str = "busy timeout of the pool's connections: 50 ms";

/// Fifty times that. Only code that fails waits for so long.
const MUCH_TOO_LONG: Duration = Duration::from_millis(2500);

/// A database with a pool for the code under test, and a connection beside it.
struct Shop {
    pool: SqlitePool,
    second: SqlitePool,
    connections: u32,
    /// Connections that are out of the pool at once, at the most.
    most_out: Arc<AtomicUsize>,
    /// How many times the work of [`leave`] was run.
    runs: Cell<usize>,
    /// What its work has found, in milliseconds.
    busy_timeout: Cell<u32>,
    // Dropped last.
    _folder: TempDir,
}

impl Shop {
    /// A pool of so many connections, all of them open.
    async fn open(connections: u32) -> Self {
        Self::with(connections, BUSY_TIMEOUT).await
    }

    /// A pool of one connection that waits long for other writers.
    async fn patient() -> Self {
        Self::with(1, Duration::from_secs(3)).await
    }

    async fn with(connections: u32, busy_timeout: Duration) -> Self {
        let folder = tempfile::tempdir().expect("tests need a folder");
        // Nobody pulls the plug of a test, so nothing waits for the disk.
        let options = SqliteConnectOptions::new()
            .filename(folder.path().join("shop.db"))
            .create_if_missing(true)
            .synchronous(SqliteSynchronous::Off);
        let second = SqlitePoolOptions::new()
            .max_connections(1)
            .connect_lazy_with(options.clone().busy_timeout(Duration::ZERO));
        let most_out = Arc::new(AtomicUsize::new(0));
        let pool = counting(connections, &most_out)
            .connect_lazy_with(options.busy_timeout(busy_timeout));
        let shop = Self {
            pool,
            second,
            connections,
            most_out,
            runs: Cell::new(0),
            busy_timeout: Cell::new(0),
            _folder: folder,
        };
        let mut second = shop.second().await;
        // Stays in the file, for all that open it.
        second.must("PRAGMA journal_mode = WAL").await;
        second.must(SCHEMA).await;
        drop(second);
        drop(shop.all_connections().await);
        // They come back in tasks.
        while shop.pool.num_idle() < connections as usize {
            sleep(Duration::from_millis(1)).await;
        }
        shop.most_out.store(0, Ordering::SeqCst);
        shop
    }

    /// A connection from the pool. Fails if none comes back to it.
    async fn connection(&self) -> PoolConnection<Sqlite> {
        match self.pool.acquire().await {
            Ok(connection) => connection,
            Err(error) => Verdict::new("the connection does not come back")
                .asked("a pool that can be used at once")
                .fact(format!("asked for a connection: {error}"))
                .without_drawing()
                .fail(),
        }
    }

    async fn all_connections(&self) -> Vec<PoolConnection<Sqlite>> {
        let mut all = Vec::new();
        for _ in 0..self.connections {
            all.push(self.connection().await);
        }
        all
    }

    async fn second(&self) -> Second {
        let second = self.second.acquire().await;
        Second(second.expect("the test takes one at a time"))
    }

    /// What a second connection sees.
    async fn seen(&self) -> String {
        self.second().await.sees().await
    }

    /// The same, when each connection has come back to the pool: a rollback is
    /// over by then.
    async fn seen_when_idle(&self) -> String {
        drop(self.all_connections().await);
        self.seen().await
    }
}

/// A pool that notes how many of its connections are out at once.
fn counting(connections: u32, most: &Arc<AtomicUsize>) -> SqlitePoolOptions {
    let out = Arc::new(AtomicUsize::new(0));
    let (most, back) = (Arc::clone(most), Arc::clone(&out));
    SqlitePoolOptions::new()
        .max_connections(connections)
        // Shorter than the watchdog's limit, and longer than any machine needs.
        .acquire_timeout(Duration::from_secs(3))
        .before_acquire(move |_, _| {
            let now = out.fetch_add(1, Ordering::SeqCst) + 1;
            most.fetch_max(now, Ordering::SeqCst);
            future::ready(Ok(true)).boxed()
        })
        .after_release(move |_, _| {
            // New connections have not been counted on their way out.
            let _ =
                back.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |out| {
                    Some(out.saturating_sub(1))
                });
            future::ready(Ok(true)).boxed()
        })
}

/// The connection of somebody else, who does not wait for locks.
struct Second(PoolConnection<Sqlite>);

impl Second {
    async fn sees(&mut self) -> String {
        sqlx::query_scalar(SEEN)
            .fetch_one(&mut *self.0)
            .await
            .expect("reading waits for nobody")
    }

    async fn must(&mut self, sql: &'static str) {
        if let Err(error) = run(&mut self.0, sql).await {
            Verdict::new("another connection is kept out of the database")
                .asked("nothing holds the database when no session runs")
                .fact(format!("the other connection: {}", told_error(&error)))
                .without_drawing()
                .fail();
        }
    }
}

/// Boxed, so that it is compiled once.
fn run<'a>(
    db: &'a mut SqliteConnection,
    sql: &'static str,
) -> BoxFuture<'a, Result<(), ShopError>> {
    async move {
        sqlx::raw_sql(sql).execute(db).await?;
        Ok(())
    }
    .boxed()
}

async fn nuts(db: &mut SqliteConnection) -> Result<usize, ShopError> {
    let pieces =
        number(db, "SELECT pieces FROM stock WHERE item = 'nut'").await?;
    Ok(pieces as usize)
}

async fn number(
    db: &mut SqliteConnection,
    sql: &'static str,
) -> Result<u32, ShopError> {
    Ok(sqlx::query_scalar(sql).fetch_one(db).await?)
}

async fn leave_nuts(
    db: &mut SqliteConnection,
    pieces: usize,
) -> Result<(), ShopError> {
    let sql = "UPDATE stock SET pieces = ? WHERE item = 'nut'";
    let pieces = u32::try_from(pieces).unwrap_or(u32::MAX);
    sqlx::query(sql).bind(pieces).execute(db).await?;
    Ok(())
}
