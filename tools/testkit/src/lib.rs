//! What the exercises' tests stand on.
//!
//! A test of asynchronous code is unfair when it watches the clock: a slow machine fails the right
//! answer and a fast one passes the wrong one. The tests here watch *events*. This crate runs the
//! code under test, journals what happens to it, and turns a misbehaviour into a drawing and a
//! reason.
//!
//! # Layout
//!
//! | module | what it holds |
//! |---|---|
//! | [`mod@run`] | [`run()`], [`run_paused`], [`run_parallel`], [`run_with_blocking_threads`]: a thread, a runtime and a watchdog for each test |
//! | [`mod@journal`] | [`Journal`] and [`Call`]: what happened, told as a timeline (detector DROP) |
//! | [`verdict`] | [`Verdict`]: the one way in which a test fails |
//! | [`mod@expect`], [`cause`] | [`expect()`]: what a test asks, and the [`Cause`] that the facts prove |
//! | [`calls`] | [`CallLog`]: the calls of a fake service, and what can be read from them (INFL, DROP) |
//! | [`future_log`] | [`FutureLog`]: the same from the moment in which a future is made, polled or not |
//! | [`course`] | [`Course`]: a fake call that succeeds, fails or panics after a time |
//! | [`serving`] | [`Serving`]: a service beside its test, and what was under way when it returned |
//! | [`wait`] | time that passes, and what comes within it (VT) |
//! | [`work`] | [`WorkLog`]: synchronous work on whatever thread (INFL, TID) |
//! | [`heartbeat`] | [`Heartbeat`]: a task that wants its turn beside such work (RDV) |
//! | [`mod@observe`] | [`observe()`]: whether a future returned, panicked, was slow or never came |
//! | [`heart`] | [`Heart`]: another task, and whether the code under test kept it waiting (RDV) |
//! | [`held`] | [`Held`]: a long list that knows how much of it is in memory |
//! | [`mod@growth`] | [`growth()`]: whether memory is kept each time that the same is done |
//! | [`shared_list`] | [`SharedList`]: what callbacks note, from whichever thread |
//! | [`mod@listed`] | [`listed()`]: names in a sentence |
//! | [`stall`] | [`Stall`]: a callback that takes its time |
//! | [`gate`] | [`Gate`]: calls wait inside until enough of them are there (GATE) |
//! | [`probe`] | [`InFlight`], [`RuntimeThread`], [`Rendezvous`], [`Stopwatch`], [`alive_tasks`], [`threads`](probe::threads) (INFL, TID, RDV, VT, ALIVE) |
//! | [`poll`] | futures polled by hand and dropped at an await of the test's choice (POLL) |
//! | [`spot`] | code that waits on the spot, as `block_on` does, in a poll or in a drop |
//! | [`upstream`] | [`Upstream`]: an HTTP server that sees connections, cancellations and order (GATE, INFL, DROP, REQ, CONN) |
//! | [`memory`] | a listener in memory: servers on a paused clock |
//! | [`orders`] | customers of a shop in memory, and which of their orders were taken |
#![cfg_attr(
    feature = "websocket",
    doc = "| [`websocket`] | a WebSocket client over any connection, which keeps what it hears |"
)]
//! | [`process`] | a test's second process, for signals |
//! | [`mock`] | wiremock without its traps (REQ) |
//!
//! The watchdog (DOG) is part of every run.
//!
//! # A first test
//!
//! A test is a plain `#[test]` function whose body is handed to [`run()`]. It arranges, acts, looks
//! at what happened, and says in a [`Verdict`] what it saw:
//!
//! ```
//! use testkit::{Gate, Verdict};
//!
//! /// The code under test: calls `ask` for each number, all together.
//! async fn ask_all(ask: impl AsyncFn(u32) -> u32) -> Vec<u32> {
//!     futures::future::join_all([1, 2, 3].map(|n| ask(n))).await
//! }
//!
//! // In a spec this is a `#[test] fn`.
//! testkit::run(async || {
//!     let gate = Gate::of(3); // holds each call until three are inside
//!     let answers = ask_all(async |n| {
//!         let call = testkit::journal().call(&format!("call {n}"));
//!         gate.pass(&call).await;
//!         call.finished();
//!         n * 10
//!     })
//!     .await;
//!
//!     if !gate.was_reached() {
//!         Verdict::new("the calls were made one after another")
//!             .asked("three calls in flight together")
//!             .fact(format!("in flight at once: {}, wanted: 3", gate.most_inside()))
//!             .why("Awaiting inside the loop finishes each call before the next one is made.")
//!             .read_on("gather", "Awaiting in a loop")
//!             .fail();
//!     }
//!     assert_eq!(answers, [10, 20, 30]);
//! });
//! ```
//!
//! Code that calls one after another never brings three inside. The gate notices that everything
//! has come to rest, gives up and lets the calls pass, so that the test fails with a drawing instead
//! of hanging:
//!
//! ```
//! # use testkit::{Gate, Verdict};
//! # let failure = testkit::run::failure_of(async || {
//! let gate = Gate::of(3);
//! for n in 1..=3 {
//!     let call = testkit::journal().call(&format!("call {n}"));
//!     gate.pass(&call).await;
//!     call.finished();
//! }
//! # assert!(!gate.was_reached());
//! # Verdict::new("the calls were made one after another").fail();
//! # });
//! # let drawn = ["  call 1 ▐▌\n", "  call 2   ▐▌\n", "  call 3     ▐▌\n"].concat();
//! # assert_eq!(failure.unwrap().drawing, drawn);
//! ```
//!
//! ```text
//! the calls were made one after another
//!
//!   call 1 ▐▌
//!   call 2   ▐▌
//!   call 3     ▐▌
//! ```

mod awake_count;
pub mod calls;
pub mod cause;
mod conditions;
mod context;
pub mod course;
mod ending;
pub mod expect;
mod fair_clock;
pub mod future_log;
pub mod gate;
pub mod growth;
pub mod heart;
pub mod heartbeat;
pub mod held;
pub mod journal;
pub mod listed;
mod lull;
pub mod memory;
pub mod mock;
mod note;
mod nudge;
pub mod observe;
mod open_files;
pub mod orders;
mod outcome;
pub mod panics;
pub mod poll;
pub mod probe;
pub mod process;
mod prospect;
mod refusal;
mod rest;
pub mod run;
pub mod serving;
pub mod shared_list;
pub mod spot;
pub mod stall;
mod sync;
mod threads;
pub mod upstream;
pub mod verdict;
pub mod wait;
#[cfg(feature = "websocket")]
pub mod websocket;
pub mod work;

pub use calls::{CallGuard, CallLog, CallRecord, Ended, Idle, Late, Overdue};
pub use cause::Cause;
pub use context::{Membership, journal, on_a_thread};
pub use course::Course;
pub use expect::{Expectation, expect, expect_same, same_in_any_order, unmatched};
pub use future_log::{FutureLog, Tally};
pub use gate::{Gate, Short, at_rest, at_rest_for};
pub use growth::growth;
pub use heart::{Heart, Stopped};
pub use heartbeat::Heartbeat;
pub use held::{Held, TooMuch};
pub use journal::{Call, Journal};
pub use listed::listed;
pub use nudge::clock_was_nudged;
pub use observe::{Observed, observe};
pub use probe::{InFlight, Rendezvous, RuntimeThread, Stopwatch, alive_tasks};
pub use run::{
    if_it_hangs, if_it_holds_the_thread, run, run_parallel, run_paused, run_with_blocking_threads,
};
pub use serving::{Returned, Serving};
pub use shared_list::SharedList;
pub use stall::Stall;
pub use upstream::{Answer, Received, Upstream};
pub use verdict::Verdict;
pub use work::{WorkLog, Working};
