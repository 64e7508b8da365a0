//! What `cleanup` is asked for: one behaviour a test.
//!
//! Most tests run on a paused clock: when everything waits, it jumps to the
//! next timer. Those that cut a scope at each of its awaits poll it by hand.

use std::{
    any::Any,
    panic::{AssertUnwindSafe, catch_unwind, panic_any, resume_unwind},
    pin::{Pin, pin},
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll},
    thread::{self, ThreadId},
    time::Duration,
};

use cleanup::{Cleaner, LicenceError, Licences, Seat, SeatError, with_seat};
use futures::{
    FutureExt as _,
    future::{self, Either},
    task::noop_waker,
};
use testkit::{Call, Journal, Membership, Verdict, journal};
use tokio::{
    runtime::{Builder, Handle, Runtime},
    sync::{Notify, oneshot},
    task,
    time::{sleep, timeout},
};

#[path = "cleanup/causes.rs"]
mod causes;

use causes::*;

const ASKED_TWICE: &str = "a seat is asked for more than once";

/// What the work brings, and why it fails.
const DRAWING: &str = "the drawing";
const BROKEN: Broken = Broken("the drawing is broken");

#[test]
fn releases_before_it_returns_a_success() {
    testkit::run_paused(async || {
        let (server, cleaner) = (Server::new(), cleaner());

        let came = leave(&server, &cleaner, Exit::Ok).await;

        server.was_used_rightly();
        if let Some(wrong) = wrong_result(Exit::Ok, &came) {
            wrong.fail();
        }
        released_by_now(&server, Exit::Ok).await;
    });
}

#[test]
fn releases_before_it_returns_an_error() {
    testkit::run_paused(async || {
        let (server, cleaner) = (Server::new(), cleaner());

        let came = leave(&server, &cleaner, Exit::Err).await;

        if let Some(wrong) = wrong_result(Exit::Err, &came) {
            wrong.fail();
        }
        released_by_now(&server, Exit::Err).await;
    });
}

#[test]
fn releases_before_a_panic_goes_on() {
    testkit::run_paused(async || {
        let (server, cleaner) = (Server::new(), cleaner());

        let came = leave(&server, &cleaner, Exit::Panic).await;

        if let Came::Back(result) = came {
            swallowed(&result).fail();
        }
        released_by_now(&server, Exit::Panic).await;
    });
}

#[test]
fn a_panic_goes_on_as_it_was() {
    testkit::run_paused(async || {
        let (server, cleaner) = (Server::new(), cleaner());

        match leave(&server, &cleaner, Exit::Panic).await {
            Came::Panicked(panic) if panic.is::<Crash>() => {}
            Came::Panicked(_) => Verdict::new("another panic has come out")
                .asked("the work's own panic, with its payload")
                .because(ANOTHER_PANIC)
                .without_drawing()
                .fail(),
            Came::Back(result) => swallowed(&result).fail(),
            Came::Dropped => {}
        }
    });
}

#[test]
fn without_a_seat_there_is_no_work() {
    testkit::run_paused(async || {
        let (server, cleaner) = (Server::new().refusing(), cleaner());

        let scope = scope_of(&server, &cleaner, Exit::Ok);
        let came = AssertUnwindSafe(scope).catch_unwind().await;

        let asked = server.state().asked;
        let verdict = Verdict::new(if asked > 1 {
            ASKED_TWICE
        } else {
            "a refusal is not passed on"
        })
        .asked(format!("one request, and Err(Refused({}))", name(&REFUSAL)))
        .fact(format!("requests for a seat: {asked}"))
        .without_drawing();
        match came {
            Err(panic) => {
                let panic = unless_unfinished(panic);
                let text = message(&*panic);
                let verdict = verdict.fact(format!("it panicked: {text}"));
                // `unwrap` and `expect` show the error.
                if text.contains(name(&REFUSAL)) {
                    verdict.because(UNWRAPS).fail();
                }
                verdict.fail();
            }
            Ok(result) => {
                let (worked, released) = {
                    let state = server.state();
                    (state.worked_with.len(), state.releases.len())
                };
                let right = result == Err(SeatError::Refused(REFUSAL))
                    && (asked, worked, released) == (1, 0, 0);
                if right {
                    return;
                }
                let verdict = verdict
                    .fact(format!("returned: {}", told(&result)))
                    .fact(format!("work was done: {worked} times"))
                    .fact(format!("calls of release: {released}"));
                let obliging = Server::new().unseen();
                leave(&obliging, &cleaner, Exit::Ok).await;
                if asked > 1 && obliging.state().asked == 1 {
                    verdict.because(ASKS_AGAIN).fail();
                }
                verdict.fail();
            }
        }
    });
}

#[test]
fn releases_when_it_is_dropped_during_the_work() {
    testkit::run_paused(async || {
        let (server, cleaner) = (Server::new(), cleaner());

        leave(&server, &cleaner, Exit::Dropped).await;

        released_after_a_drop(&server).await;
        released_after_a_panic_around_it().await;
    });
}

/// Drops a scope as a local variable of what panics. Only for scopes whose
/// drop does not panic: two panics at once would end the process.
async fn released_after_a_panic_around_it() {
    let (server, cleaner) = (Server::new().unseen(), cleaner());
    let mut scope = scope_of(&server, &cleaner, Exit::Dropped);
    until_in_use(1, &mut scope, &server).await;
    let _ = catch_unwind(AssertUnwindSafe(move || {
        let _scope = scope;
        resume_unwind(Box::new(Crash));
    }));
    if server.comes_back().await {
        return;
    }
    let verdict =
        Verdict::new("the seat stays taken after a drop during a panic")
            .asked("every seat is released, however the work ends")
            .fact("the scope was dropped during its work: released")
            .fact("the same, while the thread unwinds: stays taken")
            .without_drawing();
    if server.state().releases.is_empty() && !server.is_held() {
        verdict.because(NOT_WHILE_PANICKING).fail();
    }
    verdict.fail();
}

#[test]
fn releases_at_whatever_await_of_the_work_it_is_dropped() {
    testkit::run_paused(async || {
        let wrong = first_wrong_cut(Phase::Working, Server::new, |state, _| {
            state.releases.is_empty() && !state.acquired.is_empty()
        });
        let Some(wrong) = wrong.await else { return };
        let (server, cleaner) = (Server::new().by_hand(), cleaner());
        cut(wrong, &server, &cleaner).await;
        released_after_a_drop(&server).await;
    });
}

#[test]
fn keeps_no_seat_when_it_is_dropped_while_acquiring() {
    testkit::run_paused(async || {
        let wrong =
            first_wrong_cut(Phase::Acquiring, Server::new, |state, _| {
                state.acquired.len() > state.releases.len()
            });
        let Some(wrong) = wrong.await else {
            takes_its_request_back().await;
            return;
        };
        let (server, cleaner) = (Server::new().by_hand(), cleaner());
        cut(wrong, &server, &cleaner).await;
        settled().await;
        let verdict = Verdict::new("a seat was acquired that nobody has")
            .asked("dropped while it acquires, a scope leaves no seat taken")
            .fact("the scope was dropped before the work began")
            .fact("seats acquired: 1, released: 0");
        let by_another = server.was_asked_by_another();
        if by_another || server.acquired_after_the_drop() {
            verdict.because(ACQUIRED_IN_A_TASK).fail();
        }
        let lost = server.state().releases.is_empty() && !server.is_held();
        if lost {
            verdict.because(AWAIT_IN_BETWEEN).fail();
        }
        verdict.fail();
    });
}

/// Drops a scope that asks a server which never answers.
async fn takes_its_request_back() {
    let (server, cleaner) = (Server::new().unseen().silent(), cleaner());
    let mut scope = scope_of(&server, &cleaner, Exit::Ok);
    let _ = timeout(IN_THE_WORK, scope.as_mut()).await;
    dropped(scope);
    settled().await;
    if server.state().asking == 0 {
        return;
    }
    let finished = timeout(A_SECOND, cleaner.finished()).await;
    let mut verdict = Verdict::new("the request goes on after the drop")
        .asked("dropped while it acquires, a scope takes its request back")
        .fact("the scope was dropped before the server answered")
        .fact("one second after the drop, the request still waits");
    if finished.is_err() {
        verdict = verdict.fact("`cleaner.finished()` waits for it");
    }
    if server.was_asked_by_another() {
        verdict = verdict.because(ACQUIRED_IN_A_TASK);
    }
    verdict.without_drawing().fail();
}

#[test]
fn a_release_once_begun_runs_to_its_end() {
    testkit::run_paused(async || {
        let wrong =
            first_wrong_cut(Phase::Releasing, Server::new, |state, _| {
                state.acquired.len() > state.releases_ended()
            });
        let Some(wrong) = wrong.await else { return };
        let (server, cleaner) = (Server::new().by_hand(), cleaner());
        cut(wrong, &server, &cleaner).await;
        if server.comes_back().await {
            return;
        }
        let state = server.state();
        let (begun, ended) = (state.releases.len(), state.releases_ended());
        let before = state.releases_before_the_drop;
        let cut_off = state.has_release(How::Cut);
        drop(state);
        let never = begun == 0 && !server.is_held();
        let with_the_scope = begun == before && (cut_off || never);
        let verdict = Verdict::new(if begun == 0 {
            "no release after a drop between the work and the release"
        } else {
            "the release came to no end"
        })
        .asked("a release that runs to its end, wherever the scope is dropped")
        .fact("the scope was dropped when the work was over")
        .fact(format!("releases begun: {begun}, before the drop: {before}"))
        .fact(format!("come to their end: {ended}, wanted: 1"));
        if with_the_scope {
            verdict.because(CUT_OFF).fail();
        }
        verdict.fail();
    });
}

#[test]
fn releases_each_seat_once() {
    testkit::run_paused(async || {
        for exit in Exit::ALL {
            let (server, cleaner) = (Server::new().unseen(), cleaner());
            leave(&server, &cleaner, exit).await;
            settled().await;
            if server.state().releases.len() > 1 {
                let server = Server::new();
                leave(&server, &cleaner, exit).await;
                settled().await;
                Verdict::new(format!(
                    "the seat is released more than once {}",
                    exit.after()
                ))
                .asked("one release for each seat that was acquired")
                .fact(format!(
                    "calls of release: {}, wanted: 1",
                    server.state().releases.len()
                ))
                .because(TWICE)
                .fail();
            }
        }
        fails_without_another_try().await;
        let wrong =
            first_wrong_cut(Phase::Releasing, Server::new, |state, _| {
                state.releases.len() > 1
            });
        let Some(wrong) = wrong.await else { return };
        let (server, cleaner) = (Server::new().by_hand(), cleaner());
        cut(wrong, &server, &cleaner).await;
        settled().await;
        let (calls, before) = {
            let state = server.state();
            (state.releases.len(), state.releases_before_the_drop)
        };
        let verdict =
            Verdict::new("a drop during the release releases once more")
                .asked("one release for each seat that was acquired")
                .fact("the scope was dropped when the work was over")
                .fact(format!("calls of release: {calls}, wanted: 1"))
                .fact(format!("before the drop: {before}"))
                .fact("without a drop: 1");
        if before == 1 {
            verdict.because(DISARMED_LATE).fail();
        }
        verdict.fail();
    });
}

/// Leaves scopes whose release fails, unless it is begun again.
async fn fails_without_another_try() {
    for exit in Exit::ALL {
        let server = Server::new().unseen().hanging_up();
        leave(&server, &cleaner(), exit).await;
        settled().await;
        if server.state().releases.len() == 1 {
            continue;
        }
        let server = Server::new().hanging_up();
        leave(&server, &cleaner(), exit).await;
        settled().await;
        let calls = server.state().releases.len();
        if calls > 1 {
            Verdict::new(format!(
                "a release that failed is begun again {}",
                exit.after()
            ))
            .asked("one release for each seat, even if it fails")
            .fact(format!("calls of release: {calls}, wanted: 1"))
            .fact("if the first does not fail: 1")
            .because(TWICE)
            .fail();
        }
    }
}

#[test]
fn a_failing_release_changes_no_result() {
    testkit::run_paused(async || {
        for exit in [Exit::Ok, Exit::Err, Exit::Panic] {
            let server = Server::new().unseen().hanging_up();
            let came = leave(&server, &cleaner(), exit).await;
            let Came::Back(result) = &came else { continue };
            if exit != Exit::Panic && *result == exit.result() {
                continue;
            }
            let verdict = Verdict::new(format!(
                "the release failed, and the result changed {}",
                exit.after()
            ))
            .asked("the result of the work, however the release ends")
            .fact(format!("returned: {}", told(result)))
            .fact(format!("the work: {}", exit.of_the_work()));
            if is_masked(exit, &came).await {
                verdict.because(MASKS).fail();
            }
            verdict.fail();
        }
    });
}

/// Whether an error of the server came in place of what comes where the release
/// does not fail.
async fn is_masked(exit: Exit, came: &Came) -> bool {
    let Came::Back(Err(SeatError::Refused(_))) = came else {
        return false;
    };
    match leave(&Server::new().unseen(), &cleaner(), exit).await {
        Came::Back(result) => exit != Exit::Panic && result == exit.result(),
        Came::Panicked(panic) => panic.is::<Crash>(),
        Came::Dropped => false,
    }
}

#[test]
fn reports_a_release_that_fails() {
    testkit::run_paused(async || {
        for exit in Exit::ALL {
            let server = Server::new().unseen().hanging_up();
            let cleaner = cleaner();
            let came = leave(&server, &cleaner, exit).await;
            let at_once = cleaner.reported();
            let was_over = server.state().releases_ended() == 1;
            settled().await;
            let reported = cleaner.reported();
            // After a drop the release has yet to come.
            let in_time = exit == Exit::Dropped || at_once == reported;
            let right = in_time && reported == [LicenceError::HungUp];
            if right || !server.state().released_once() {
                continue;
            }
            if !in_time && !was_over {
                not_awaited(exit).fail();
            }
            let mut verdict = Verdict::new(format!(
                "a failed release is not reported as it should be {}",
                exit.after()
            ))
            .asked("the error of the release, reported to the cleaner, once")
            .fact("releases that failed: 1");
            if !in_time {
                let count = at_once.len();
                verdict = verdict
                    .fact(format!("errors reported when it returned: {count}"));
            }
            let count = reported.len();
            verdict =
                verdict.fact(format!("errors reported: {count}, wanted: 1"));
            if is_masked(exit, &came).await {
                verdict.because(MASKS).fail();
            }
            if reported.is_empty() && server.nothing_is_under_way() {
                verdict.because(UNREPORTED).fail();
            }
            verdict.fail();
        }
        reports_though_dropped().await;
    });
}

/// Drops scopes while their releases are under way, which then fail.
async fn reports_though_dropped() {
    let failing = || Server::new().hanging_up();
    let wrong = first_wrong_cut(Phase::Releasing, failing, |state, cleaner| {
        state.released_once() && cleaner.reported().len() != 1
    });
    let Some(wrong) = wrong.await else { return };
    let (server, cleaner) = (failing().by_hand(), cleaner());
    cut(wrong, &server, &cleaner).await;
    settled().await;
    let reported = cleaner.reported().len();
    let verdict = Verdict::new(if reported == 0 {
        "a drop during the release loses its error"
    } else {
        "a drop during the release reports its error again"
    })
    .asked("the error of the release, reported to the cleaner, once")
    .fact("the scope was dropped when the work was over")
    .fact("releases that failed: 1")
    .fact(format!("errors reported: {reported}, wanted: 1"));
    let verdict = verdict.fact("errors reported without the drop: 1");
    if reported == 0 && server.nothing_is_under_way() {
        verdict.because(REPORTED_BY_SCOPE).fail();
    }
    verdict.fail();
}

#[test]
fn leaves_nothing_to_the_shutdown() {
    testkit::run(async || {
        let server = in_a_runtime_of_its_own(|runtime| {
            // No release ends while nothing waits for it.
            let server = Server::new().unseen().by_hand().holding();
            runtime.block_on(async {
                let cleaner = cleaner();
                drop_three(&server, &cleaner).await;
                let mut finished = pin!(cleaner.finished());
                let mut waited = 0;
                while future::poll_immediate(&mut finished).await.is_none() {
                    task::yield_now().await;
                    waited += 1;
                    if waited > 20 {
                        server.let_go();
                    }
                }
            });
            server
        })
        .await;
        if server.all_released() {
            return;
        }
        let (other, lost) = dropped_with_time_enough().await;
        let verdict =
            Verdict::new("the runtime has ended, and seats are taken")
                .asked("every seat is back when `cleaner.finished()` returns")
                .fact(server.counts())
                .fact(
                    "three scopes dropped, `finished` awaited, runtime ended",
                );
        if other.all_released() {
            verdict
                .fact("with time enough before the end: all released")
                .because(SPAWN_IN_DROP)
                .fail();
        }
        let verdict = verdict.fact("with time enough before the end: the same");
        if server.state().releases.is_empty() && lost {
            verdict.because(NO_RELEASE_AFTER_A_DROP).fail();
        }
        verdict.fail();
    });
}

/// Drops three scopes in a runtime that goes on for a while. Whether all seats
/// were lost by then: no release had begun, and nothing was left to begin one.
async fn dropped_with_time_enough() -> (Server, bool) {
    in_a_runtime_of_its_own(|runtime| {
        let server = Server::new().unseen().by_hand();
        let lost = runtime.block_on(async {
            drop_three(&server, &cleaner()).await;
            server.given_time().await;
            server.state().releases.is_empty() && !server.is_held()
        });
        (server, lost)
    })
    .await
}

#[test]
fn may_be_dropped_outside_of_the_runtime() {
    testkit::run(async || {
        let server = in_a_runtime_of_its_own(|runtime| {
            let server = Server::new().by_hand();
            let cleaner = Cleaner::on(runtime.handle().clone());
            let mut scope = scope_of(&server, &cleaner, Exit::Dropped);
            runtime.block_on(until_in_use(1, &mut scope, &server));
            // No runtime around it: this is a plain thread.
            dropped(scope);
            runtime.block_on(cleaner.finished());
            server.clone()
        })
        .await;
        if !server.all_released() {
            let verdict = Verdict::new(
                "the seat stays taken after the scope was dropped",
            )
            .asked("a seat that is released, wherever the scope is dropped")
            .fact("the scope was dropped on a thread without a runtime")
            .fact("after that, `cleaner.finished()` was awaited")
            .fact(server.counts());
            if server.state().releases.is_empty() {
                let (_, lost) = dropped_with_time_enough().await;
                if lost {
                    verdict
                        .fact("dropped inside of a runtime: the same")
                        .because(NO_RELEASE_AFTER_A_DROP)
                        .fail();
                }
            }
            verdict.fail();
        }
        if !released_in_another_runtime(Ends::AtOnce).await {
            let later = released_in_another_runtime(Ends::Later).await;
            stays_taken_in_another_runtime(later);
        }
    });
}

/// When a runtime ends in which a scope is dropped.
#[derive(Clone, Copy)]
enum Ends {
    AtOnce,
    Later,
}

/// Drops a scope in a runtime that is not the cleaner's, and ends. Whether the
/// seat comes back.
async fn released_in_another_runtime(ends: Ends) -> bool {
    let (server, cleaner) = (Server::new().unseen().by_hand(), cleaner());
    let (client, cleaners) = (server.clone(), cleaner.clone());
    in_a_runtime_of_its_own(move |runtime| {
        let mut scope = scope_of(&client, &cleaners, Exit::Dropped);
        runtime.block_on(async {
            until_in_use(1, &mut scope, &client).await;
            dropped(scope);
            if matches!(ends, Ends::Later) {
                client.given_time().await;
            }
        });
    })
    .await;
    cleaner.finished().await;
    server.given_time().await;
    server.all_released()
}

fn stays_taken_in_another_runtime(unless_it_ends: bool) -> ! {
    let verdict =
        Verdict::new("the seat stays taken after a drop in another runtime")
            .asked("a seat that is released, wherever the scope is dropped")
            .fact("the scope was dropped in a runtime that then ended")
            .fact("the cleaner is on another runtime, which goes on")
            .without_drawing();
    if unless_it_ends {
        verdict
            .fact("if the first runtime ends a little later: released")
            .because(SPAWN_IN_DROP)
            .fail();
    }
    verdict.fail();
}

#[test]
fn releases_before_it_returns_on_several_threads() {
    testkit::run_parallel(async || {
        let server = Server::new().by_hand().holding();
        let cleaner = cleaner();
        let scope = scope_of(&server, &cleaner, Exit::Ok);

        // The release ends when the test lets it, and not before.
        let begun = pin!(server.release_has_begun());
        if let Either::Right(((), scope)) = future::select(scope, begun).await {
            server.let_go();
            let _ = scope.await;
        }

        if server.all_released() {
            return;
        }
        server.let_go();
        testkit::at_rest_for(Duration::from_millis(100)).await;
        if server.all_released() {
            not_awaited(Exit::Ok)
                .fact("the release ended when the test let it, later")
                .without_drawing()
                .fail();
        }
        Verdict::new("the seat stays taken after a success")
            .asked("every seat is released, however the work ends")
            .without_drawing()
            .fail();
    });
}

#[test]
fn waits_for_no_other_release() {
    testkit::run_paused(async || {
        let slow = Server::new().unseen().holding();
        let (server, cleaner) = (Server::new().unseen(), cleaner());
        let scope = |server| scope_of(server, &cleaner, Exit::Ok);
        let mut other = future::maybe_done(scope(&slow));
        let begun = pin!(slow.release_has_begun());
        future::select(&mut other, begun).await;

        let mut scope = future::maybe_done(scope(&server));
        let in_time = timeout(A_SECOND, &mut scope).await.is_ok();

        let begun = !server.state().releases.is_empty();
        let over = server.all_released();
        slow.let_go();
        // Both to their ends: a drop that panics during a panic ends the
        // process. What all tests share, a lock perhaps, needs real time.
        let mut both = future::join(&mut scope, &mut other);
        let mut late = false;
        for _ in 0..10 {
            late = timeout(A_SECOND, &mut both).await.is_ok();
            if late {
                break;
            }
            thread::sleep(Duration::from_millis(3));
        }
        if !in_time {
            waits_for_another(begun, over, late);
        }
    });
}

fn waits_for_another(begun: bool, over: bool, late: bool) -> ! {
    let own = match (begun, over) {
        (_, true) => "over",
        (true, false) => "begun",
        (false, false) => "not begun",
    };
    let then = if late { "it returns" } else { "it waits" };
    let verdict = Verdict::new("a scope waits for the release of another")
        .asked("a scope waits for its own release, and for no other")
        .fact("while the release of another scope is held up: it waits")
        .fact(format!("its own release at that time: {own}"))
        .fact(format!("when the other release is over: {then}"))
        .without_drawing();
    if over && late {
        verdict.because(WAITS_FOR_ALL).fail();
    }
    verdict.fail();
}

#[test]
fn releases_only_when_the_work_is_gone() {
    testkit::run_parallel(async || {
        let server = Server::new().unseen().by_hand().slow_to_go();
        let cleaner = cleaner();
        let mut scope = scope_of(&server, &cleaner, Exit::Dropped);
        until_in_use(1, &mut scope, &server).await;

        dropped(scope);

        let quiet = testkit::at_rest_for(Duration::from_millis(100));
        future::select(pin!(server.release_has_begun()), pin!(quiet)).await;
        server.was_not_released_early();
    });
}

// What the verdicts have in common.

/// Fails unless the seat is back at this moment, when the scope has ended.
async fn released_by_now(server: &Server, exit: Exit) {
    server.was_not_released_early();
    if server.all_released() {
        released_however_long_it_takes(exit).await;
        return;
    }
    settled().await;
    if server.all_released() {
        not_awaited(exit).fail();
    }
    stays_taken(exit, server).await;
}

/// Leaves a scope whose release takes longer than anybody's patience.
async fn released_however_long_it_takes(exit: Exit) {
    let server = Server::new().unseen().slow_to_release();
    leave(&server, &cleaner(), exit).await;
    if server.all_released() {
        return;
    }
    let cut_off = server.state().has_release(How::Cut);
    let verdict = Verdict::new(format!(
        "{} {}",
        if cut_off {
            "a slow release is cut off"
        } else {
            "the caller goes on before a slow release"
        },
        exit.after()
    ))
    .asked("the release is over before the caller gets the result")
    .fact("a release of 20 ms: waited for")
    .fact("a release of a day: not waited for")
    .without_drawing();
    if cut_off {
        verdict.because(LIMITED_RELEASE).fail();
    }
    if server.state().has_release(How::UnderWay) {
        verdict.because(NOT_WAITED).fail();
    }
    verdict.fail();
}

fn not_awaited(exit: Exit) -> Verdict {
    Verdict::new(format!(
        "the caller goes on before the release {}",
        exit.after()
    ))
    .asked("the release is over before the caller gets the result")
    .because(NOT_WAITED)
}

/// Fails unless the seat is back soon, with nobody awaiting the cleaner.
async fn released_after_a_drop(server: &Server) {
    let back = server.comes_back().await;
    server.was_not_released_early();
    if !back {
        stays_taken(Exit::Dropped, server).await;
    }
}

/// Fails for a seat that is never released, after a look at the other exits.
async fn stays_taken(exit: Exit, server: &Server) {
    let mut verdict =
        Verdict::new(format!("the seat stays taken {}", exit.after()))
            .asked("every seat is released, however the work ends");
    let lost = |server: &Server| {
        server.state().releases.is_empty() && !server.is_held()
    };
    let mut all_lost = lost(server);
    let mut back = Vec::new();
    for exit in Exit::ALL {
        let server = Server::new().unseen();
        leave(&server, &cleaner(), exit).await;
        settled().await;
        let released = server.all_released();
        let what = if released {
            "released"
        } else if server.is_held() {
            "not released yet, and something still holds the server"
        } else {
            "stays taken"
        };
        verdict = verdict.fact(format!("{}: {what}", exit.after()));
        back.push(released);
        all_lost &= released || lost(&server);
    }
    let homeless = |one: &Release| one.homeless && one.how == How::Cut;
    if server.state().releases.iter().any(homeless) {
        verdict = verdict
            .fact("the release began on a thread without a runtime")
            .fact("it panicked there, and came to no end");
    }
    match back[..] {
        [true, false, false, false] if all_lost => {
            verdict.because(QUESTION_MARK)
        }
        [true, true, _, false] if all_lost => verdict.because(OK_AND_ERR),
        _ => verdict,
    }
    .fail();
}

fn wrong_result(exit: Exit, came: &Came) -> Option<Verdict> {
    let Came::Back(result) = came else {
        return None;
    };
    (*result != exit.result()).then(|| {
        Verdict::new("the result is not that of the work")
            .asked("the value of the work, or its error in `Work`")
            .fact(format!("returned: {}", told(result)))
            .fact(format!("the work: {}", exit.of_the_work()))
            .without_drawing()
    })
}

fn swallowed(result: &Outcome) -> Verdict {
    Verdict::new("the work panicked, and the caller does not learn of it")
        .asked("the panic goes on, with its payload")
        .fact(format!("returned: {}", told(result)))
}

fn told(result: &Outcome) -> String {
    match result {
        Ok(value) => format!("Ok({value})"),
        Err(SeatError::Work(Broken(why))) => format!("Err(Work({why}))"),
        Err(SeatError::Refused(error)) => {
            format!("Err(Refused({}))", name(error))
        }
    }
}

fn name(error: &LicenceError) -> &'static str {
    match error {
        LicenceError::NoneFree => "NoneFree",
        LicenceError::HungUp => "HungUp",
    }
}

fn message(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    let owned = || panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(owned).unwrap_or("a payload without a text")
}

/// The panic, unless it is a `todo!()`: that one goes on.
fn unless_unfinished(panic: Box<dyn Any + Send>) -> Box<dyn Any + Send> {
    if message(&*panic).starts_with("not ") {
        resume_unwind(panic);
    }
    panic
}

/// Drops `scope`, which must not panic.
fn dropped(scope: Scope<'_>) {
    if let Some(wrong) = panics_when_dropped(scope) {
        wrong.fail();
    }
}

fn panics_when_dropped(scope: Scope<'_>) -> Option<Verdict> {
    let dropping = AssertUnwindSafe(|| drop(scope));
    let panic = catch_unwind(dropping).err()?;
    let text = message(&*panic);
    let verdict = Verdict::new("dropping the scope panics")
        .asked("a scope that may be dropped at any moment, on any thread")
        .without_drawing();
    Some(if text.contains("from within a runtime") {
        verdict
            .fact("a runtime cannot be blocked on from within a runtime")
            .because(BLOCK_ON_IN_DROP)
    } else if text.contains("no reactor running") {
        verdict
            .fact("no runtime is running on the thread of the drop")
            .because(NO_RUNTIME_THERE)
    } else {
        verdict.fact(format!("the panic: {text}"))
    })
}

// The scope, and its exits.

type Outcome = Result<&'static str, SeatError<Broken>>;

/// Why the work failed. Nothing can be done with it but to pass it on.
#[derive(Debug, PartialEq)]
struct Broken(&'static str);

/// What the work panics with.
struct Crash;

/// The four ways out of a scope.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Exit {
    Ok,
    Err,
    Panic,
    Dropped,
}

impl Exit {
    const ALL: [Self; 4] = [Self::Ok, Self::Err, Self::Panic, Self::Dropped];

    fn after(self) -> &'static str {
        match self {
            Self::Ok => "after a success",
            Self::Err => "after an error",
            Self::Panic => "after a panic",
            Self::Dropped => "after a drop",
        }
    }

    fn of_the_work(self) -> String {
        match self {
            Self::Ok => format!("Ok({DRAWING})"),
            Self::Err => format!("Err({})", BROKEN.0),
            Self::Panic => "a panic".to_owned(),
            Self::Dropped => "dropped".to_owned(),
        }
    }

    /// What the caller is to get, where it gets a result.
    fn result(self) -> Outcome {
        if self == Self::Err {
            Err(SeatError::Work(BROKEN))
        } else {
            Ok(DRAWING)
        }
    }
}

/// How a scope came to its end.
enum Came {
    Back(Outcome),
    Panicked(Box<dyn Any + Send>),
    Dropped,
}

fn cleaner() -> Cleaner {
    Cleaner::on(Handle::current())
}

type Scope<'a> = Pin<Box<dyn Future<Output = Outcome> + 'a>>;

/// A scope whose work takes the exit `exit`. All tests share this one, so that
/// the code under test is compiled once.
fn scope_of<'a>(
    server: &'a Server,
    cleaner: &'a Cleaner,
    exit: Exit,
) -> Scope<'a> {
    Box::pin(with_seat(server, cleaner, async move |seat| {
        server.work(seat, exit).await
    }))
}

/// Runs a scope whose work takes the exit `exit`. Its clock is paused.
async fn leave(server: &Server, cleaner: &Cleaner, exit: Exit) -> Came {
    let call = server.call("scope");
    let mut scope = scope_of(server, cleaner, exit);
    let ends = AssertUnwindSafe(scope.as_mut()).catch_unwind();
    let ended = if exit == Exit::Dropped {
        timeout(IN_THE_WORK, ends).await.ok()
    } else {
        Some(ends.await)
    };
    let Some(ended) = ended else {
        dropped(scope);
        return Came::Dropped;
    };
    let came = match ended {
        Ok(result) => Came::Back(result),
        Err(panic) if exit == Exit::Panic => {
            Came::Panicked(unless_unfinished(panic))
        }
        Err(panic) => resume_unwind(panic),
    };
    if let (Some(call), Came::Back(_)) = (call, &came) {
        call.finished();
    }
    came
}

/// Long after everything that was going to happen: on a paused clock.
async fn settled() {
    sleep(A_SECOND).await;
}

/// Where a scope is cut.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Phase {
    Acquiring,
    Working,
    Releasing,
}

/// A cut that went wrong: after how many polls, of a scope with which exit.
type WrongCut = (usize, Exit);

/// Cuts scopes at each of their awaits. Gives the first cut in `phase` that
/// went wrong. All of them are cuts of a success, except while they release.
async fn first_wrong_cut(
    phase: Phase,
    server: fn() -> Server,
    wrong: fn(&State, &Cleaner) -> bool,
) -> Option<WrongCut> {
    let exits = match phase {
        Phase::Acquiring | Phase::Working => &Exit::ALL[..1],
        Phase::Releasing => &Exit::ALL[..3],
    };
    for exit in exits.iter().copied() {
        for polls in 1..200 {
            let (server, cleaner) = (server().unseen().by_hand(), cleaner());
            let Some(panicked) = cut((polls, exit), &server, &cleaner).await
            else {
                break;
            };
            settled().await;
            if server.state().dropped_while != Some(phase) {
                continue;
            }
            if let Some(panicked) = panicked {
                panicked.fail();
            }
            if wrong(&server.state(), &cleaner) {
                return Some((polls, exit));
            }
        }
    }
    None
}

/// A drop, and the verdict on it if it panicked.
type Cut = Option<Verdict>;

/// Polls a scope so many times, other tasks running in between, and drops it.
/// `None` if it came to its end before that.
async fn cut(
    (polls, exit): WrongCut,
    server: &Server,
    cleaner: &Cleaner,
) -> Option<Cut> {
    let call = server.call("scope");
    let mut scope = scope_of(server, cleaner, exit);
    let waker = noop_waker();
    for _ in 0..polls {
        let poll = || scope.as_mut().poll(&mut Context::from_waker(&waker));
        match catch_unwind(AssertUnwindSafe(poll)) {
            Ok(Poll::Pending) => task::yield_now().await,
            Ok(Poll::Ready(_)) => {
                if let Some(call) = call {
                    call.finished();
                }
                return None;
            }
            Err(panic) if exit == Exit::Panic => {
                drop(unless_unfinished(panic));
                return None;
            }
            Err(panic) => resume_unwind(panic),
        }
    }
    server.is_dropped_now();
    Some(panics_when_dropped(scope))
}

/// Runs `scope` until `seats` are in use.
async fn until_in_use(seats: usize, scope: &mut Scope<'_>, server: &Server) {
    future::poll_fn(|context| {
        let ended = scope.as_mut().poll(context).is_ready();
        if ended || server.state().in_use >= seats {
            Poll::Ready(())
        } else {
            Poll::Pending
        }
    })
    .await;
}

/// Drops three scopes, all of them in the middle of their work.
async fn drop_three(server: &Server, cleaner: &Cleaner) {
    let mut scopes = Vec::new();
    for seats in 1..=3 {
        let mut scope = scope_of(server, cleaner, Exit::Dropped);
        until_in_use(seats, &mut scope, server).await;
        scopes.push(scope);
    }
    // All of them first: a drop that panics during a panic ends the process.
    let wrong: Vec<_> =
        scopes.into_iter().filter_map(panics_when_dropped).collect();
    if let Some(wrong) = wrong.into_iter().next() {
        wrong.fail();
    }
}

/// Runs `body` with a runtime that ends with it, on a thread of its own.
async fn in_a_runtime_of_its_own<T: Send + 'static>(
    body: impl FnOnce(&Runtime) -> T + Send + 'static,
) -> T {
    let membership = Membership::of_this_thread();
    let (ended, end) = oneshot::channel();
    thread::spawn(move || {
        membership.join();
        let result = catch_unwind(AssertUnwindSafe(|| {
            let runtime = Builder::new_current_thread()
                .enable_all()
                .build()
                .expect("a runtime needs a few file descriptors");
            body(&runtime)
        }));
        // The test may have been given up.
        let _ = ended.send(result);
    });
    match end.await.expect("the thread sends before it ends") {
        Ok(value) => value,
        Err(panic) => resume_unwind(panic),
    }
}

// The licence server, in memory.

const REFUSAL: LicenceError = LicenceError::NoneFree;

/// So often it refuses. A client that asks again and again comes to an end.
const REFUSALS: usize = 3;

/// A step of the server or of the work, where the clock is paused.
const STEP: Duration = Duration::from_millis(10);

/// In the second of the three steps of the work.
const IN_THE_WORK: Duration = Duration::from_millis(25);

/// Long after a step, where the clock is paused.
const A_SECOND: Duration = Duration::from_secs(1);

/// Longer than anybody's patience.
const A_DAY: Duration = Duration::from_hours(24);

/// The longest that the work takes to be dropped, where it is slow to go.
const SLOW: Duration = Duration::from_millis(150);

#[derive(Clone)]
struct Server {
    journal: Option<Journal>,
    by_hand: bool,
    manner: Manner,
    slow_to_go: bool,
    shared: Arc<Shared>,
}

/// How the server treats its clients.
#[derive(Clone, Copy, PartialEq)]
enum Manner {
    Obliging,
    Silent,
    Refusing,
    HangingUp,
    Holding,
    SlowToRelease,
}

#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    /// A release has begun: for tasks, and for threads.
    begun: Notify,
    begun_for_threads: Condvar,
    let_go: Notify,
}

/// What the server has seen.
#[derive(Default)]
struct State {
    asked: usize,
    asking: usize,
    asked_by: Option<Asker>,
    acquired: Vec<Seat>,
    worked_with: Vec<Seat>,
    in_use: usize,
    releases: Vec<Release>,
    dropped_while: Option<Phase>,
    acquired_before_the_drop: usize,
    releases_before_the_drop: usize,
}

/// Where code runs: on which thread, and in which task.
type Asker = (ThreadId, Option<task::Id>);

fn here() -> Asker {
    (thread::current().id(), task::try_id())
}

impl State {
    fn releases_ended(&self) -> usize {
        let ended = |one: &&Release| one.how == How::Ended;
        self.releases.iter().filter(ended).count()
    }

    fn has_release(&self, how: How) -> bool {
        self.releases.iter().any(|one| one.how == how)
    }

    /// Whether there was one release, and it ended. Where it began twice, or
    /// was cut off, that is another test's matter.
    fn released_once(&self) -> bool {
        self.releases.len() == 1 && self.releases_ended() == 1
    }
}

/// One call of `release`.
struct Release {
    seat: Seat,
    while_in_use: bool,
    /// It began on a thread with no runtime around it.
    homeless: bool,
    how: How,
}

#[derive(Clone, Copy, PartialEq)]
enum How {
    UnderWay,
    Ended,
    Cut,
}

impl Server {
    fn new() -> Self {
        Self {
            journal: Some(journal()),
            by_hand: false,
            manner: Manner::Obliging,
            slow_to_go: false,
            shared: Arc::default(),
        }
    }

    /// Leaves this server out of the drawing.
    fn unseen(mut self) -> Self {
        self.journal = None;
        self
    }

    /// Needs polls instead of time.
    fn by_hand(mut self) -> Self {
        self.by_hand = true;
        self
    }

    /// Has no seat to give.
    fn refusing(mut self) -> Self {
        self.manner = Manner::Refusing;
        self
    }

    /// Never answers.
    fn silent(mut self) -> Self {
        self.manner = Manner::Silent;
        self
    }

    /// The first release that comes to its end fails.
    fn hanging_up(mut self) -> Self {
        self.manner = Manner::HangingUp;
        self
    }

    /// No release ends before [`let_go`](Self::let_go).
    fn holding(mut self) -> Self {
        self.manner = Manner::Holding;
        self
    }

    /// A release takes a day.
    fn slow_to_release(mut self) -> Self {
        self.manner = Manner::SlowToRelease;
        self
    }

    /// The work takes a while to be dropped, or until a release begins.
    fn slow_to_go(mut self) -> Self {
        self.slow_to_go = true;
        self
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.shared.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn call(&self, lane: &str) -> Option<Call> {
        let journal = self.journal.as_ref()?;
        journal.declare(["scope", "acquire", "use", "release"]);
        Some(journal.call(lane))
    }

    async fn steps(&self, steps: u32) {
        if self.by_hand {
            for _ in 0..steps {
                task::yield_now().await;
            }
        } else {
            sleep(STEP * steps).await;
        }
    }

    /// Works with `seat`, and ends in `exit`.
    async fn work(
        &self,
        seat: Seat,
        exit: Exit,
    ) -> Result<&'static str, Broken> {
        self.state().worked_with.push(seat);
        self.state().in_use += 1;
        let using = Using { server: self.clone(), call: self.call("use") };
        self.steps(3).await;
        let result = match exit {
            Exit::Ok => Ok(DRAWING),
            Exit::Err => Err(BROKEN),
            Exit::Panic => panic_any(Crash),
            Exit::Dropped => future::pending().await,
        };
        using.over();
        result
    }

    fn all_released(&self) -> bool {
        let state = self.state();
        let ended = |seat: &Seat| {
            let releases = state.releases.iter();
            { releases }.any(|one| one.seat == *seat && one.how == How::Ended)
        };
        !state.acquired.is_empty() && state.acquired.iter().all(ended)
    }

    /// Whether the seats are back soon. For a paused clock.
    async fn comes_back(&self) -> bool {
        settled().await;
        // A thread that releases needs real time, which has not passed so far.
        for _ in 0..10 {
            if self.all_released() {
                return true;
            }
            thread::sleep(Duration::from_millis(3));
            settled().await;
        }
        self.all_released()
    }

    /// Waits until the seats are back, or tasks and threads had time enough.
    async fn given_time(&self) {
        for _ in 0..50 {
            if self.all_released() {
                break;
            }
            sleep(Duration::from_millis(1)).await;
        }
    }

    fn counts(&self) -> String {
        let state = self.state();
        format!(
            "seats acquired: {}, released: {}",
            state.acquired.len(),
            state.releases_ended()
        )
    }

    fn is_dropped_now(&self) {
        let mut state = self.state();
        state.acquired_before_the_drop = state.acquired.len();
        state.releases_before_the_drop = state.releases.len();
        state.dropped_while = Some(if state.worked_with.is_empty() {
            Phase::Acquiring
        } else if state.in_use > 0 {
            Phase::Working
        } else {
            Phase::Releasing
        });
    }

    fn acquired_after_the_drop(&self) -> bool {
        let state = self.state();
        state.acquired.len() > state.acquired_before_the_drop
    }

    /// Whether the last request for a seat came from somewhere else than this
    /// task, in which every scope is polled.
    fn was_asked_by_another(&self) -> bool {
        self.state().asked_by.is_some_and(|asker| asker != here())
    }

    /// Whether somebody has this server besides the test: what is to release a
    /// seat has to. Asked when the scope is gone.
    fn is_held(&self) -> bool {
        Arc::strong_count(&self.shared) > 1
    }

    /// Whether nothing that was started goes on. For a current-thread runtime.
    fn nothing_is_under_way(&self) -> bool {
        !self.is_held() && testkit::alive_tasks() == 0
    }

    async fn release_has_begun(&self) {
        self.shared.begun.notified().await;
    }

    fn let_go(&self) {
        self.shared.let_go.notify_one();
    }

    /// Fails unless one seat was asked for, and the work was done with it.
    fn was_used_rightly(&self) {
        let state = self.state();
        let (asked, times) = (state.asked, state.worked_with.len());
        let right = asked == 1 && state.worked_with == state.acquired;
        drop(state);
        if !right {
            let headline = if asked > 1 {
                ASKED_TWICE
            } else {
                "the work was not done with the seat"
            };
            Verdict::new(headline)
                .asked("one seat, and the work done with it, once")
                .fact(format!("requests for a seat: {asked}, wanted: 1"))
                .fact(format!("work was done: {times} times, wanted: 1"))
                .fail();
        }
    }

    fn was_not_released_early(&self) {
        let early = self.state().releases.iter().any(|one| one.while_in_use);
        if early {
            Verdict::new("the seat is released while the work still uses it")
                .asked("a release when the work is over, and not before")
                .fact("when the release began, the work was not yet dropped")
                .because(DROP_ORDER)
                .without_drawing()
                .fail();
        }
    }
}

impl Licences for Server {
    async fn acquire(&self) -> Result<Seat, LicenceError> {
        const SEATS: [u32; 4] = [7, 2, 9, 4];
        let _asking = Asking::begin(self.clone());
        let call = self.call("acquire");
        self.steps(1 + u32::from(self.by_hand)).await;
        if let Some(call) = call {
            call.finished();
        }
        if self.manner == Manner::Silent {
            future::pending::<()>().await;
        }
        let mut state = self.state();
        if self.manner == Manner::Refusing && state.asked <= REFUSALS {
            return Err(REFUSAL);
        }
        let seat = Seat(SEATS[state.acquired.len() % SEATS.len()]);
        state.acquired.push(seat);
        Ok(seat)
    }

    async fn release(&self, seat: Seat) -> Result<(), LicenceError> {
        let releasing = Releasing::begin(self.clone(), seat);
        self.steps(2).await;
        if self.manner == Manner::Holding {
            self.shared.let_go.notified().await;
        }
        if self.manner == Manner::SlowToRelease {
            sleep(A_DAY).await;
        }
        releasing.end();
        let first = self.state().releases_ended() == 1;
        if self.manner == Manner::HangingUp && first {
            return Err(LicenceError::HungUp);
        }
        Ok(())
    }
}

/// A request for a seat, under way.
struct Asking(Server);

impl Asking {
    fn begin(server: Server) -> Self {
        let mut state = server.state();
        state.asked += 1;
        state.asking += 1;
        state.asked_by = Some(here());
        drop(state);
        Self(server)
    }
}

impl Drop for Asking {
    fn drop(&mut self) {
        self.0.state().asking -= 1;
    }
}

/// The work, while it uses a seat.
struct Using {
    server: Server,
    call: Option<Call>,
}

impl Using {
    fn over(mut self) {
        if let Some(call) = self.call.take() {
            call.finished();
        }
    }
}

impl Drop for Using {
    fn drop(&mut self) {
        let mut state = self.server.state();
        if self.server.slow_to_go {
            let begun = &self.server.shared.begun_for_threads;
            let none = |state: &mut State| state.releases.is_empty();
            (state, _) = begun
                .wait_timeout_while(state, SLOW, none)
                .unwrap_or_else(PoisonError::into_inner);
        }
        state.in_use -= 1;
    }
}

/// A release under way. Dropped half way, it notes so.
struct Releasing {
    server: Server,
    place: usize,
    call: Option<Call>,
}

impl Releasing {
    fn begin(server: Server, seat: Seat) -> Self {
        let call = server.call("release");
        let mut state = server.state();
        let release = Release {
            seat,
            while_in_use: state.in_use > 0,
            homeless: Handle::try_current().is_err(),
            how: How::UnderWay,
        };
        state.releases.push(release);
        let place = state.releases.len() - 1;
        drop(state);
        server.shared.begun.notify_one();
        server.shared.begun_for_threads.notify_all();
        Self { server, place, call }
    }

    fn end(mut self) {
        self.server.state().releases[self.place].how = How::Ended;
        if let Some(call) = self.call.take() {
            call.finished();
        }
    }
}

impl Drop for Releasing {
    fn drop(&mut self) {
        let how = &mut self.server.state().releases[self.place].how;
        if *how == How::UnderWay {
            *how = How::Cut;
        }
    }
}
