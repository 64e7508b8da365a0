//! What `transactions` is asked for: one behaviour a test.
//!
//! The database is a real one, in a file. SQLite works on threads of its own, so
//! a test waits until the connection is back in the pool, and then looks through
//! another one.

use std::{
    cell::Cell,
    pin::pin,
    sync::{Arc, atomic::Ordering::SeqCst, mpsc},
    time::Duration,
};

use futures::{
    future::{Either, join_all, select},
    poll,
};
use sqlx::Connection as _;
use testkit::{expect, journal, wait::until};
use tokio::{
    sync::Notify,
    time::{pause, resume, sleep},
};
use transactions::{Order, ShopError, place, with_session};

#[path = "transactions/causes.rs"]
mod causes;
#[path = "transactions/orders.rs"]
mod orders;
#[path = "transactions/session.rs"]
mod session;
#[path = "transactions/shop.rs"]
mod shop;

use causes::*;
use orders::*;
use session::*;
use shop::*;

const WITHIN: &str = "cannot start a transaction within a transaction";

const TAKE_A_NUT: &str =
    "UPDATE stock SET pieces = pieces - 1 WHERE item = 'nut'";

#[test]
fn commits_a_success() {
    testkit::run(async || {
        let Ended { outcome, at_once, .. } = left(Exit::Ok, 1).await;

        let committed = outcome.is_ok() && outcome.seen == WITH_ORDER;
        let late = committed && at_once == UNTOUCHED;
        let fine = committed && at_once == WITH_ORDER;
        let headline = "a success is returned, and is not committed";
        let asked = "the value of the work, and what it wrote committed";
        let outcome = outcome.fact(format!("when it returned: {at_once}"));
        outcome.judge(fine, headline, asked, [(late, COMMIT_IN_A_TASK)]).await;
    });
}

#[test]
fn a_commit_that_fails_is_an_error() {
    testkit::run(async || {
        let outcome = left(Exit::CommitFails, 1).await.outcome;

        let is_error = outcome.returned.contains("FOREIGN KEY");
        let fine = is_error && outcome.seen == UNTOUCHED;
        let headline = "a commit that fails is not reported as such";
        let asked = "a commit that fails is an error, and nothing is left";
        outcome
            .fact("the work breaks a foreign key that the commit checks")
            .judge(fine, headline, asked, [])
            .await;
    });
}

#[test]
fn rolls_back_an_error() {
    testkit::run(async || nothing_is_left(&ERRORS, 1).await);
}

#[test]
fn rolls_back_a_panic() {
    testkit::run(async || {
        nothing_is_left(&[Exit::Panic], 1).await;

        let outcome = left(Exit::Panic, 1).await.outcome;
        let fine = outcome.returned == "a panic";
        let headline = "the panic does not reach the caller";
        let asked = "a panic of the work goes on to the caller as it is";
        outcome.judge(fine, headline, asked, []).await;
    });
}

#[test]
fn rolls_back_when_it_is_dropped() {
    testkit::run(async || nothing_is_left(&[Exit::Dropped], 1).await);
}

#[test]
fn keeps_to_one_connection_of_several() {
    testkit::run(async || nothing_is_left(&[Exit::Err], 3).await);
}

/// Fails if anything of the work can be seen after `exit`, which is no success.
async fn nothing_is_left(exits: &[Exit], connections: u32) {
    for exit in exits {
        let outcome = left(*exit, connections).await.outcome;
        let fine = outcome.seen == UNTOUCHED;
        let headline = "the work is kept, and it was no success";
        let asked = "after an error, a panic or a drop, nothing of it is left";
        outcome
            .fact(format!("wanted there:    {UNTOUCHED}"))
            .fact(format!("connections in the pool: {connections}"))
            .judge(fine, headline, asked, [])
            .await;
    }
}

#[test]
fn gives_the_connection_back_clean() {
    testkit::run(async || {
        let (mut facts, mut unknown_to_sqlx) = (Vec::new(), true);
        for (exit, after) in [
            (Exit::Ok, "a success"),
            (Exit::Err, "an error"),
            (Exit::Panic, "a panic"),
            (Exit::Dropped, "a drop"),
            (Exit::CommitFails, "a commit that fails"),
            (Exit::DroppedWaiting, "a drop while another writer stays"),
        ] {
            // How far that one has come is chance.
            if exit == Exit::DroppedWaiting && !facts.is_empty() {
                break;
            }
            let shop = Shop::patient().await;
            leave(&shop, exit).await;
            let mut next = shop.connection().await;
            let known = next.is_in_transaction();
            if let Err(error) = run(&mut next, "BEGIN IMMEDIATE").await {
                let within = format!("{error:?}").contains(WITHIN);
                unknown_to_sqlx &= within && !known;
                let free = shop.other_does(TAKE_A_NUT).await;
                let others = if free { "can write" } else { "are locked out" };
                facts.push(format!(
                    "after {after}: BEGIN fails, others {others}"
                ));
            }
        }

        expect(facts.is_empty(), "the next session cannot begin")
            .asked("a connection on which the next session can begin")
            .facts(facts)
            .without_drawing()
            .because([(unknown_to_sqlx, BEGIN_BY_HAND)]);
    });
}

#[test]
fn returns_the_error_of_the_work_and_works_once() {
    testkit::run(async || {
        for exit in ERRORS {
            let Ended { outcome, runs, work, .. } = left(exit, 1).await;

            let once = runs == 1 || exit == Exit::Busy;
            let causes = [
                (!once, RETRY_EVERYTHING),
                // What it wrote at first is there at its second run.
                (runs > 1 && outcome.says("UNIQUE"), RETRY_INSIDE),
                (outcome.says("cannot rollback"), ROLLBACK_MASKS),
                (outcome.says("cannot commit"), COMMIT_IN_ANY_CASE),
            ];
            let fine = once && outcome.returned == work;
            let headline = "an error of the work is not passed on";
            let asked = "the error of the work as it is, and the work run once";
            let fact = format!("the work: {work}, runs: {runs}");
            outcome.fact(fact).judge(fine, headline, asked, causes).await;
        }
    });
}

#[test]
fn waits_for_another_writer() {
    testkit::run(async || {
        let (shop, elsewhere) = (Shop::patient().await, Shop::open(1).await);
        // What waits for a session of another database waits for itself.
        let meets = async |_: &mut _| Ok(meets_a_writer(&shop, A_WHILE).await);
        let Ok(outcome) = with_session(&elsewhere.pool, meets).await else {
            return; // See the tests above.
        };

        let (fine, busy) = (outcome.is_ok(), outcome.returned == "Err(Busy)");
        let headline = "the session does not wait for another writer";
        let asked = "another writer is waited for, up to the busy timeout";
        outcome
            .fact("another program has the write lock for 300 ms")
            .fact("busy timeout of the pool's connections: 3 s")
            .judge(fine, headline, asked, [(busy, BUSY_AT_ONCE)])
            .await;
    });
}

#[test]
fn is_busy_when_another_writer_stays() {
    testkit::run(async || {
        let (shop, stays) = (Shop::open(1).await, Duration::from_millis(1500));
        let outcome = meets_a_writer(&shop, stays).await;
        shop.pool.close().await;
        let closed = with_session(&shop.pool, async |_| Ok(())).await;

        let locked = outcome.returned.contains("database is locked");
        let only = !matches!(closed, Err(ShopError::Busy));
        let fine = outcome.returned == "Err(Busy)" && only;
        let headline = "`Busy` does not tell of a writer that stays";
        let asked = "`Busy`, when the pool's busy timeout is over, only then";
        outcome
            .fact("another program has the write lock for 1500 ms")
            .fact("busy timeout of the pool's connections: 50 ms")
            .fact(format!("a session, once the pool is closed: {closed:?}"))
            .judge(fine, headline, asked, [(locked, BUSY_AS_DATABASE)])
            .await;
    });
}

#[test]
fn does_not_fail_for_a_writer_in_between() {
    testkit::run(async || {
        let shop = Shop::open(1).await;
        let (runs, taken) = (Cell::new(0), Cell::new(0));
        let (last, stale) = (Cell::new(0), Cell::new(false));

        let result = with_session(&shop.pool, async |db| {
            let read = "SELECT pieces FROM stock WHERE item = 'nut'";
            let nuts = sqlx::query_scalar(read).fetch_one(&mut *db).await?;
            stale.set(last.replace(nuts) == nuts && taken.get() > 0);
            runs.set(runs.get() + 1);
            // More often than most give up after, and then no more.
            if runs.get() <= 6 && shop.other_does(TAKE_A_NUT).await {
                taken.set(taken.get() + 1);
            }
            let write = "UPDATE stock SET pieces = ? WHERE item = 'nut'";
            sqlx::query(write).bind(nuts - 2).execute(db).await?;
            Ok(())
        })
        .await;

        let outcome = Outcome::new(&result, shop.seen_when_idle().await);
        let (runs, taken) = (runs.get(), taken.get());
        let left = outcome.seen.contains(&format!("nut {},", 8 - taken));
        let busy = matches!(result, Err(ShopError::Busy)) && taken > 0;
        let causes = [
            (busy && stale.get(), RETRY_INSIDE),
            (busy && runs == taken, PLAIN_BEGIN),
        ];
        let headline = "a writer in between gets in the way";
        let asked = "a writer that comes while the work runs does no harm";
        outcome
            .fact("the work reads 10 nuts, and writes two fewer")
            .fact("in between, another program takes one if it can")
            .fact(format!("taken: {taken}, runs of the work: {runs}"))
            .judge(result.is_ok() && left, headline, asked, causes)
            .await;
    });
}

#[test]
fn holds_no_connection_while_the_carrier_thinks() {
    testkit::run(async || {
        let shop = Shop::open(1).await;
        journal().declare(["carrier", "another customer"]);
        let watched = Some(shop.pool.clone());
        let carrier = Post { watched, ..Post::default() };

        shop.place(&carrier, &order(None)).await;

        let kept_waiting = carrier.kept_waiting.load(SeqCst);
        expect(!kept_waiting, "another customer waits for the carrier")
            .asked("no connection is held while the carrier thinks")
            .fact("connections in the pool: 1, free in the meantime: 0")
            .because([(kept_waiting, SLOW_INSIDE)]);
    });
}

#[test]
fn stores_the_whole_order() {
    testkit::run(async || whole_with(2).await);
}

#[test]
fn works_with_a_single_connection() {
    testkit::run(async || whole_with(1).await);
}

async fn whole_with(connections: u32) {
    let (shop, carrier) = (Shop::open(connections).await, Post::default());
    let outcome = shop.place(&carrier, &order(Some("SPRING"))).await;

    let fine = outcome.returned == "Ok(Packed)" && outcome.seen == WHOLE;
    let busy = outcome.says("Failed(Busy)") && connections > 1;
    let causes = [
        // No other program is there.
        (busy, PART_ON_THE_POOL),
        (outcome.says("PoolTimedOut"), SECOND_INSIDE),
        (outcome.says(WITHIN), BEGIN_TWICE),
        (outcome.says("InvalidSavePointStatement"), BEGIN_INSIDE),
    ];
    let headline = "the order is not stored as it should be";
    let asked = "the order with its postage, its lines, and the gift";
    outcome
        .fact(format!("wanted there:    {WHOLE}"))
        .fact(format!("connections in the pool: {connections}"))
        .judge(fine, headline, asked, causes)
        .await;
}

#[test]
fn leaves_nothing_of_an_order_that_fails() {
    testkit::run(async || {
        for case in failing() {
            let (before, outcome) = case.placed().await;

            let fine = outcome.seen == before;
            let headline = "a part of a failed order is stored";
            let asked = "all of the order, or nothing";
            outcome.judge(fine, headline, asked, []).await;
        }
    });
}

#[test]
fn tells_why_an_order_is_not_stored() {
    testkit::run(async || {
        for case in failing() {
            let (before, outcome) = case.placed().await;

            let (ok, right) = (outcome.is_ok(), outcome.says(case.error));
            let lost = ok && before == UNTOUCHED && outcome.seen == before;
            let headline = "the caller does not learn what went wrong";
            let asked = "the error, as it is";
            let causes = [(lost, SWALLOWED)];
            outcome.judge(!ok && right, headline, asked, causes).await;
        }
    });
}

#[test]
fn reports_nothing_that_sqlite_has_undone() {
    testkit::run(async || {
        for case in undone() {
            let (before, outcome) = case.placed().await;

            let lost = outcome.is_ok() && outcome.seen == before;
            let fine = !lost || !is_stored_whole().await;
            let headline = "an order that is not there is reported as stored";
            let asked = "all of the order, or nothing and an error";
            outcome.judge(fine, headline, asked, []).await;
        }
    });
}

/// Whether an order is, where nothing is in its way.
async fn is_stored_whole() -> bool {
    let shop = Shop::open(1).await;
    let placed = shop.place(&Post::default(), &order(Some("SPRING"))).await;
    placed.seen == WHOLE
}

#[test]
fn packs_the_gift_as_a_whole_or_not_at_all() {
    testkit::run(async || {
        for case in without_a_gift() {
            let (_, outcome) = case.placed().await;

            let stored = outcome.seen.contains("order 7");
            let fine = !stored || outcome.seen.ends_with(case.left);
            let half = !outcome.seen.contains("nobody");
            let headline = "half of the gift is left";
            let asked = "the voucher redeemed and a gift taken, or neither";
            let causes = [(half, NO_SAVEPOINT)];
            outcome.judge(fine, headline, asked, causes).await;
        }
    });
}

#[test]
fn stores_the_order_where_there_is_no_gift() {
    testkit::run(async || {
        for (number, case) in without_a_gift().iter().enumerate() {
            let (before, outcome) = case.placed().await;

            let fine = outcome.is_ok() && outcome.seen.contains("order 7");
            let nothing = !outcome.is_ok() && outcome.seen == before;
            let its_own = nothing && outcome.says(case.error);
            let causes = [
                (outcome.says("no transaction is active"), ROLLBACK_OF_ALL),
                (outcome.says("InvalidSavePoint"), BEGIN_INSIDE),
                (its_own && number == 0, PART_TAKES_ALL),
                (its_own && number == 4, GIFT_FIRST),
                // With another error, the order was stored.
                (its_own, KNOWN_FAILURES),
            ];
            let headline = "without a gift, the order is lost";
            let asked = "if the gift fails, the order is stored without it";
            outcome.judge(fine, headline, asked, causes).await;
        }
    });
}

#[test]
fn says_why_there_is_no_gift() {
    testkit::run(async || {
        // Where no gift can be packed, see the tests above.
        if !is_stored_whole().await {
            return;
        }
        for case in without_a_gift() {
            let (_, outcome) = case.placed().await;

            let fine = !outcome.is_ok() || outcome.says(case.error);
            let redeemed = case.error != "VoucherInvalid";
            let lost = redeemed && outcome.returned == "Ok(None)";
            let headline = "the reason why there is no gift is lost";
            let asked = "the reason, in `Gift::Failed`";
            let causes = [(lost, GIFT_SWALLOWED)];
            outcome.judge(fine, headline, asked, causes).await;
        }
    });
}

#[test]
fn a_slow_database_loses_no_order() {
    testkit::run(async || {
        let shop = Shop::open(1).await;
        let (held, (tick, ticks)) = (Arc::new(Notify::new()), mpsc::channel());
        let holding = Arc::clone(&held);
        let mut db = shop.connection().await;
        let mut sqlite = db.lock_handle().await.expect("it is idle");
        // SQLite holds each statement until every limit in the code is over.
        sqlite.set_progress_handler(1, move || {
            holding.notify_one();
            let _ = ticks.recv();
            true
        });
        drop(sqlite);
        drop(db);
        until(async || shop.pool.num_idle() > 0).await;
        pause();
        let ticking = async {
            loop {
                held.notified().await;
                sleep(Duration::from_hours(1)).await;
                let _ = tick.send(());
            }
        };

        let (carrier, order) = (Post::default(), order(Some("SPRING")));
        let placing = pin!(place(&shop.pool, &carrier, &order));
        let Either::Left((result, _)) = select(placing, pin!(ticking)).await;

        resume();
        drop(tick);
        let outcome = Outcome::new(&result, shop.seen_when_idle().await);
        let lost = result.is_ok() && outcome.seen == UNTOUCHED;
        let lost = lost && is_stored_whole().await;
        let headline = "an order that is not there is reported as stored";
        let asked = "all of the order, or nothing and an error";
        let outcome = outcome.fact("each statement takes an hour");
        let causes = [(lost, PART_IN_A_TIMEOUT)];
        outcome.judge(!lost, headline, asked, causes).await;
    });
}

#[test]
fn orders_at_once_share_one_connection() {
    testkit::run_parallel(async || {
        let shop = Shop::patient().await;
        assert!(shop.other_does("UPDATE stock SET pieces = 1000").await);
        let pieces = [(0, 1), (1, 1), (2, 2), (3, 6), (u32::MAX, 40)];
        let orders = pieces.map(|(number, pieces)| Order {
            number,
            lines: vec![("nut".to_owned(), 1); pieces],
            voucher: None,
        });

        let place = async |it| shop.place(&Post::default(), it).await;
        let outcomes = join_all(orders.iter().map(place)).await;
        let seen = shop.seen_when_idle().await;

        let stored = outcomes.iter().filter(|it| it.is_ok()).count();
        let busy = outcomes.iter().any(|it| it.says("Err(Busy)"));
        let fine = stored == 5 && seen.contains("nut 950,");
        expect(fine, "orders that come at once are not all stored")
            .asked("one connection is enough, for several calls at once too")
            .fact("connections in the pool: 1, other programs: 0")
            .fact_if(busy, "some return Err(Busy)")
            .without_drawing()
            .because([(busy && stored > 0, ONLY_IF_FREE)]);
    });
}

#[test]
fn all_or_nothing_wherever_it_is_dropped() {
    testkit::run_parallel(async || {
        let (shop, order) = (Shop::open(1).await, order(Some("SPRING")));
        let carrier = Post::default();
        // Where it fails without a drop, see the tests above.
        let mut done = !is_stored_whole().await;
        for polls in 1..200 {
            if done {
                break;
            }
            let mut placing = Box::pin(place(&shop.pool, &carrier, &order));
            for _ in 0..polls {
                // Dropped at the first trace at the latest.
                if !done {
                    done = poll!(placing.as_mut()).is_ready()
                        || shop.seen().await != UNTOUCHED;
                }
            }
            drop(placing);
            whole_or_nothing(shop.seen_when_idle().await).await;
        }
    });
}

async fn whole_or_nothing(seen: String) {
    let fine = seen == UNTOUCHED || seen == WHOLE;
    let no_gift = !fine && seen.contains("nut 8, bolt 7, calendar 3; voucher");
    let afterwards = no_gift && fault().await.is_none();
    // Which part it is depends on which thread was faster.
    let part = "a part of the order".to_owned();
    let outcome = Outcome::new((), if afterwards { seen } else { part });
    let headline = "dropped half way, half is stored";
    let asked = "all of it, or nothing, wherever it is dropped";
    let causes = [(afterwards, PART_AFTERWARDS)];
    outcome.judge(fine, headline, asked, causes).await;
}

#[test]
fn stores_nothing_once_it_is_dropped() {
    testkit::run(async || {
        let (shop, order) = (Shop::patient().await, order(Some("SPRING")));
        let carrier = Post::default();

        let placing = place(&shop.pool, &carrier, &order);
        drop_while_another_stays(&shop, placing).await;

        let outcome = Outcome::new((), shop.seen_when_idle().await);
        let fine = outcome.seen == UNTOUCHED;
        // SQLite's own thread carries out a statement that had been sent. Only
        // the code under test sends the next.
        let causes = [(outcome.seen.contains("nut 8, bolt 7"), IN_A_TASK)];
        let headline = "an order is stored after it was dropped";
        let asked = "after a drop before the commit, nothing is stored";
        outcome
            .fact("`place` was dropped while another writer was in the way")
            .judge(fine, headline, asked, causes)
            .await;
    });
}
