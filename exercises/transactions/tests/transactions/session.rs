//! Sessions of the tests, the ways out of them, and what is wrong with a
//! session by itself.

use std::{
    cell::{Cell, RefCell},
    future::pending,
    panic::panic_any,
    pin::pin,
    time::Duration,
};

use futures::{
    executor::block_on,
    future::{Either, select},
};
use sqlx::SqliteConnection;
use testkit::{Cause, Observed, at_rest_for, observe};
use tokio::{sync::Notify, time::sleep};
use transactions::{ShopError, with_session};

use super::{causes::*, shop::*};

/// What another program sees when [`leave`] has committed its work.
pub const WITH_ORDER: &str =
    "order 7 (postage 490); nut 8, bolt 10, calendar 3; voucher of Ada";

const WORK: &str = "INSERT INTO orders VALUES (7, 490);
    UPDATE stock SET pieces = 8 WHERE item = 'nut'";

#[derive(Clone, Copy, PartialEq)]
pub enum Exit {
    Ok,
    Err,
    Voucher,
    Carrier,
    Panic,
    Dropped,
    /// Dropped before it has begun: another writer is in the way.
    DroppedWaiting,
    CommitFails,
    Broken,
    /// An error after SQLite has undone the whole transaction.
    Undone,
    /// `Busy`, though nothing is in the way.
    Busy,
}

use Exit as E;
pub const ERRORS: [Exit; 6] =
    [E::Err, E::Voucher, E::Carrier, E::Broken, E::Undone, E::Busy];

pub struct Ended {
    pub outcome: Outcome,
    pub at_once: String,
    /// What another program saw while the work was waiting to be dropped.
    midway: Option<String>,
    pub runs: usize,
    pub work: String,
}

#[derive(Debug)]
struct Crash;

/// Runs a session whose work writes an order of two nuts, and takes this exit.
pub async fn leave(shop: &Shop, exit: Exit) -> Ended {
    let (runs, first) = (Cell::new(0), RefCell::new(String::new()));
    let written = Notify::new();
    let session = with_session(&shop.pool, async |db| {
        let result = work(db, exit, &written).await;
        if runs.replace(runs.get() + 1) == 0 {
            first.replace(format!("{result:?}"));
        }
        result
    });
    let mut midway = None;
    let returned = if exit == Exit::DroppedWaiting {
        drop_while_another_stays(shop, session).await;
        "nothing".to_owned()
    } else {
        let session = Box::pin(observe(session));
        match select(session, pin!(written.notified())).await {
            Either::Left((Observed::Panicked(it), _)) if exit == E::Panic => {
                let its_own = it.is::<Crash>();
                (if its_own { "a panic" } else { "another panic" }).to_owned()
            }
            Either::Left((end, _)) => {
                format!("{:?}", end.returned("with_session"))
            }
            Either::Right(((), _not_yet_dropped)) => {
                midway = Some(shop.seen().await);
                "nothing".to_owned()
            }
        }
    };
    // Nothing is awaited here, so no task of this runtime gets a turn.
    let at_once = block_on(shop.seen());
    let mut outcome = Outcome::new((), shop.seen_when_idle().await);
    outcome.returned = returned;
    let (runs, work) = (runs.get(), first.into_inner());
    Ended { outcome, at_once, midway, runs, work }
}

async fn work(
    db: &mut SqliteConnection,
    exit: Exit,
    written: &Notify,
) -> Result<&'static str, ShopError> {
    run(db, WORK).await?;
    match exit {
        Exit::Err => return Err(ShopError::NotInStock("bolt".to_owned())),
        Exit::Voucher => return Err(ShopError::VoucherInvalid),
        Exit::Carrier => return Err(ShopError::NoCarrier),
        Exit::Busy => return Err(ShopError::Busy),
        Exit::Broken => run(db, WORK).await?,
        Exit::Undone => run(db, "INSERT INTO invoices VALUES (0)").await?,
        Exit::CommitFails => run(db, "INSERT INTO invoices VALUES (9)").await?,
        Exit::Panic => panic_any(Crash),
        Exit::Dropped => {
            written.notify_one();
            pending::<()>().await;
        }
        Exit::Ok | Exit::DroppedWaiting => {}
    }
    Ok("done")
}

pub async fn drop_while_another_stays(shop: &Shop, waiting: impl Future) {
    let mut other = shop.other().await;
    run(&mut other, "BEGIN IMMEDIATE").await.expect("it is the first");
    drop(select(Box::pin(waiting), pin!(at_rest_for(A_WHILE))).await);
    run(&mut other, "ROLLBACK").await.expect("it has the lock");
}

pub async fn meets_a_writer(shop: &Shop, stays: Duration) -> Outcome {
    let mut other = shop.other().await;
    run(&mut other, "BEGIN IMMEDIATE").await.expect("it is the first");
    let session = pin!(leave(shop, Exit::Ok));
    let ended = match select(session, pin!(sleep(stays))).await {
        Either::Left((ended, _)) => ended,
        Either::Right(((), session)) => {
            run(&mut other, "ROLLBACK").await.expect("it has the lock");
            session.await
        }
    };
    ended.outcome
}

pub async fn left(exit: Exit, connections: u32) -> Ended {
    leave(&Shop::open(connections).await, exit).await
}

pub async fn fault() -> Option<Cause> {
    let keeps = async |exit, connections| {
        left(exit, connections).await.outcome.seen != UNTOUCHED
    };
    let dropped = left(Exit::Dropped, 1).await;
    if dropped.midway.is_some_and(|seen| seen != UNTOUCHED) {
        return Some(NO_TRANSACTION);
    }
    if dropped.outcome.seen != UNTOUCHED {
        return Some(COMMIT_IN_DROP);
    }
    for exit in ERRORS {
        if keeps(exit, 1).await {
            return (!keeps(E::Panic, 1).await).then_some(COMMIT_IN_ANY_CASE);
        }
    }
    let success = left(Exit::Ok, 1).await.outcome;
    if success.is_ok() && success.seen == UNTOUCHED {
        return Some(FORGOTTEN_COMMIT);
    }
    if left(Exit::CommitFails, 1).await.outcome.is_ok() {
        return Some(COMMIT_UNCHECKED);
    }
    keeps(Exit::Err, 3).await.then_some(ON_THE_POOL)
}
