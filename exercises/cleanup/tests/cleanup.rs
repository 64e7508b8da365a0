//! What `cleanup` is asked for: one behaviour a test. Most of them have a paused
//! clock: when everything waits, it jumps to the next timer.

use std::{
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
    sync::atomic::Ordering::SeqCst,
    time::Duration,
};

use cleanup::LicenceError;
use futures::{FutureExt as _, future::join_all, join};
use testkit::{
    Ended::CutOff, alive_tasks, at_rest_for, expect, observe, on_a_thread,
    run_parallel, run_paused,
};
use tokio::{runtime::Builder, time::sleep};

#[path = "cleanup/causes.rs"]
mod causes;
#[path = "cleanup/service.rs"]
mod service;

use causes::*;
use service::{Manner::*, *};

#[test]
fn releases_before_it_returns_a_success() {
    run_paused(async || releases_first(Exit::Ok).await);
}

#[test]
fn releases_before_it_returns_an_error() {
    run_paused(async || releases_first(Exit::Err).await);
}

#[test]
fn releases_before_a_panic_goes_on() {
    run_paused(async || releases_first(Exit::Panic).await);
}

/// Fails unless the release is over when the caller goes on.
async fn releases_first(exit: Exit) {
    for manner in [Usual, Slow] {
        let slow = manner == Slow;
        let server = if slow { Server::undrawn } else { Server::new }(manner);
        server.leave(exit).await;
        let (back, cut) =
            (server.all_back(), server.log.ends("release ").contains(&CutOff));
        sleep(A_DAY * 2).await;
        if !cut {
            server.is_released(exit).await;
        }
        let what = if cut {
            "a slow release is cut off"
        } else {
            "the caller goes on before the release"
        };
        let panics = exit == Exit::Panic && !cut;
        expect(back, format!("{what} {}", exit.after()))
            .asked("the release is over before the caller goes on")
            .fact_if(slow, "it waits for a release of 20 ms, not for a day")
            .fact_if(panics, "while a thread unwinds, nothing can be awaited")
            .drawn_if(!slow)
            .because([(cut && slow, LIMITED_RELEASE), (!cut, NOT_WAITED)]);
    }
}

#[test]
fn a_panic_goes_on_as_it_was() {
    run_paused(async || {
        Server::undrawn(Usual).leave(Exit::Panic).await;

        let call = Server::undrawn(Usual).scope(Exit::Panic).call;
        let observed = observe(call).await;
        let panicked = observed.panic_message().is_some();
        let same = observed.panicked_with::<Crash>();
        expect(same, "the work's panic has not come out as it was")
            .asked("the work's own panic, with its payload")
            .without_drawing()
            .because([(panicked, ANOTHER_PANIC)]);
    });
}

#[test]
fn without_a_seat_there_is_no_work() {
    run_paused(async || {
        Server::undrawn(Usual).leave(Exit::Ok).await;
        for error in [LicenceError::NoneFree, LicenceError::HungUp] {
            let server = Server::undrawn(Refusing(error.clone()));
            let Scope { call, used } = server.scope(Exit::Ok);
            let observed = observe(call).await;

            let panic = observed.panic_message().unwrap_or_default();
            // `unwrap` and `expect` show the error.
            let unwraps = panic.contains(&format!("{error:?}"));
            let got = if unwraps {
                format!("a panic: {panic}")
            } else {
                format!("{:?}", observed.returned("with_seat"))
            };
            let wanted = format!("Err(Refused({error:?}))");
            let (asked, work) = (server.log.named("acquire"), used.len());
            let fine =
                got == wanted && asked == 1 && server.begun() + work == 0;
            expect(fine, "a refusal is not passed on")
                .asked(format!("one request, and {wanted}"))
                .fact(format!("the result: {got}"))
                .fact(format!("requests: {asked}, the work was done: {work}"))
                .without_drawing()
                .because([(unwraps, UNWRAPS), (asked > 1, ASKS_AGAIN)]);
        }
    });
}

#[test]
fn releases_when_it_is_dropped_during_the_work() {
    run_paused(async || {
        released_after_a_drop().await;
        let lost = |cut: &Cut| !cut.server.all_back();
        let wrong = Cut::first_wrong(Phase::Working, Usual, lost).await;
        if let Some(cut) = wrong {
            cut.server.is_released(Exit::Dropped).await;
        }
    });
}

/// Fails unless the seat comes back after a drop that is like most of them.
async fn released_after_a_drop() {
    let server = Server::new(Usual);
    server.leave(Exit::Dropped).await;
    server.is_released(Exit::Dropped).await;
}

#[test]
fn may_be_dropped_anywhere() {
    run_paused(async || {
        // Two panics at once end the process: first a drop without another.
        released_after_a_drop().await;
        for place in [ON_A_THREAD, IN_A_PANIC, ELSEWHERE] {
            let server = Server::undrawn(Usual);
            let started = dropped(&server, place).await;
            let back = server.comes_back().await;
            let lost = server.is_lost();
            expect(back, "the seat stays taken after its scope is dropped")
                .asked("a released seat, wherever the scope is dropped")
                .fact("dropped in the cleaner's runtime: released")
                .fact(format!("dropped {place}: not released so far"))
                .fact_if(alive_tasks() > 0, "a task is still under way")
                .without_drawing()
                .because([
                    (lost && place == IN_A_PANIC, NOT_WHILE_PANICKING),
                    (lost && place == ON_A_THREAD, ONLY_IN_RUNTIME),
                    (started > 0, SPAWN_IN_DROP),
                ]);
        }
    });
}

const ON_A_THREAD: &str = "on a thread without a runtime";
const IN_A_PANIC: &str = "while its thread unwinds";
const ELSEWHERE: &str = "in another runtime, which then ends";

/// Drops a scope there. How many tasks that has started in another runtime.
async fn dropped(server: &Server, place: &'static str) -> usize {
    let (server, scope) = (server.clone(), server.at_work().await);
    on_a_thread(move || {
        if place == ELSEWHERE {
            let runtime = Builder::new_current_thread().enable_all().build();
            let runtime = runtime.expect("it needs a few descriptors");
            let _inside = runtime.enter();
            server.drop_well(scope);
            return alive_tasks();
        }
        if place == ON_A_THREAD {
            server.drop_well(scope);
        } else {
            let _ = catch_unwind(AssertUnwindSafe(|| {
                let _scope = scope;
                resume_unwind(Box::new(Crash));
            }));
        }
        0
    })
    .await
}

#[test]
fn leaves_nothing_to_the_shutdown() {
    run_paused(async || {
        for phase in [Phase::Working, Phase::Releasing] {
            let wrong = Cut::first_wrong(phase, Usual, |it| it.unknown).await;
            let Some(Cut { server, .. }) = wrong else { continue };
            server.is_released(Exit::Dropped).await;
            expect(false, "the cleaner has finished, but a seat is taken")
                .asked("every seat is back when `cleaner.finished()` returns")
                .fact("a little later, where the runtime goes on: released")
                .because([(true, SPAWN_IN_DROP)]);
        }
    });
}

#[test]
fn keeps_no_seat_when_it_is_dropped_while_acquiring() {
    run_paused(async || {
        let taken = |cut: &Cut| cut.server.granted.len() > cut.server.over();
        let wrong = Cut::first_wrong(Phase::Acquiring, Usual, taken).await;
        let Some(Cut { server, granted, .. }) = wrong else { return };
        let (all, back) = (server.granted.len(), server.comes_back().await);
        let lost = server.is_lost();
        expect(back, "a seat was acquired, and no scope has it")
            .asked("dropped while it acquires, a scope leaves no seat taken")
            .fact(format!("granted before the drop: {granted}, in all: {all}"))
            .fact(format!("released: {}", server.over()))
            .because([
                (lost && all > granted, ACQUIRED_IN_A_TASK),
                (lost && all == granted, AWAIT_IN_BETWEEN),
            ]);
    });
}

#[test]
fn releases_only_when_the_work_is_gone() {
    run_parallel(async || {
        let server = Server::undrawn(SlowToGo);
        for exit in [Exit::Dropped, Exit::Ok, Exit::Err, Exit::Panic] {
            server.leave(exit).await;
        }
        at_rest_for(Duration::from_millis(100)).await;
        let early = server.early.load(SeqCst);
        expect(!early, "the seat is released before the work is gone")
            .asked("the release only when nothing is left of the work")
            .without_drawing()
            .because([(early, DROP_ORDER)]);
    });
}

#[test]
fn a_release_once_begun_runs_to_its_end() {
    run_paused(async || {
        let lost = |cut: &Cut| !cut.server.all_back();
        let wrong = Cut::first_wrong(Phase::Releasing, Usual, lost).await;
        let Some(Cut { server, begun: before, .. }) = wrong else { return };
        let (begun, over) = (server.begun(), server.over());
        let ended_with_it =
            server.log.ends("release ").contains(&CutOff) || server.is_lost();
        let back = server.comes_back().await;
        expect(back, "dropped after the work, a scope leaves its seat taken")
            .asked("a release runs to its end, wherever the scope is dropped")
            .fact(format!("releases before the drop: {before}, all: {begun}"))
            .fact(format!("run to their end: {over}"))
            .because([(begun == before && ended_with_it, CUT_OFF)]);
    });
}

#[test]
fn releases_each_seat_once() {
    run_paused(async || {
        for n in 0..8 {
            let (exit, fails) = (EXITS[n / 2], n % 2 == 1);
            let manner = if fails { Failing } else { Usual };
            let server = Server::undrawn(manner);
            server.leave(exit).await;
            settled().await;
            let begun = server.begun();
            expect(begun <= 1, "the seat is released more than once")
                .asked("one release for each seat, even if it fails")
                .fact(format!("releases {}: {begun}", exit.after()))
                .fact_if(fails, "the first of them failed")
                .without_drawing()
                .because([(true, TWICE)]);
        }
        let again = |cut: &Cut| cut.server.begun() > 1;
        let wrong = Cut::first_wrong(Phase::Releasing, Usual, again).await;
        let Some(Cut { server, begun: before, .. }) = wrong else { return };
        expect(false, "a drop during the release releases again")
            .asked("one release for each seat that was acquired")
            .fact(format!("releases before the drop: {before}"))
            .fact(format!("releases in all: {}", server.begun()))
            .because([(before == 1, DISARMED_LATE)]);
    });
}

#[test]
fn a_failing_release_changes_no_result() {
    run_paused(async || {
        for exit in [Exit::Ok, Exit::Err, Exit::Panic] {
            Server::undrawn(Usual).leave(exit).await;
            let (wanted, got) = Server::undrawn(Failing).leave(exit).await;
            let masked = got == "Err(Refused(HungUp))";
            expect(wanted == got, "the release failed, and the result changed")
                .asked("the result of the work, however the release ends")
                .fact(format!("the work: {wanted}, returned: {got}"))
                .without_drawing()
                .because([(masked, MASKS)]);
        }
    });
}

#[test]
fn reports_a_release_that_fails() {
    run_paused(async || {
        for (exit, n) in EXITS.into_iter().flat_map(|it| [(it, 1), (it, 2)]) {
            let server = Server::undrawn(Failing);
            for _ in 0..n {
                server.leave(exit).await;
            }
            let (over, at_once) =
                (server.over(), server.cleaner.reported().len());
            settled().await;
            let reports = server.cleaner.reported().len();
            let (idle, returned) = (server.is_idle(), exit != Exit::Dropped);
            let fine = reports == n && (at_once == n || !returned);
            // What is released twice is another test's matter.
            let judged = (server.begun(), server.over()) == (n, n);
            let headline = "a failed release is not reported as it should be";
            expect(fine || !judged, headline)
                .asked("the error of each release that fails, reported once")
                .fact(format!("releases that failed {}: {n}", exit.after()))
                .fact_if(returned, format!("reports at its end: {at_once}"))
                .fact(format!("reports a little later: {reports}"))
                .without_drawing()
                .because([
                    (returned && over < n, NOT_WAITED),
                    (reports == 0 && idle, UNREPORTED),
                    (n == 2 && reports == 1 && idle, EQUAL_ERRORS),
                ]);
        }
        let wrong = |cut: &Cut| {
            cut.server.over() == 1 && cut.server.cleaner.reported().is_empty()
        };
        let wrong = Cut::first_wrong(Phase::Releasing, Failing, wrong).await;
        let Some(Cut { server, .. }) = wrong else { return };
        expect(false, "a drop during the release loses its report")
            .asked("the error of each release that fails, reported once")
            .fact("reports without a drop: 1, with a drop: 0")
            .because([(server.is_idle(), REPORTED_BY_SCOPE)]);
    });
}

#[test]
fn releases_before_it_returns_on_several_threads() {
    run_parallel(async || {
        let one = async |exit| {
            let server = Server::undrawn(Usual);
            server.leave(exit).await;
            let back = server.all_back();
            sleep(Duration::from_millis(100)).await;
            // What stays taken for ever is another test's matter.
            (exit, back || !server.all_back(), server.begun())
        };
        let tasks = (0..24).map(|n| tokio::spawn(one(EXITS[n % 3])));
        for ended in join_all(tasks).await {
            let (exit, back, begun) =
                ended.unwrap_or_else(|error| resume_unwind(error.into_panic()));
            let headline = "the caller goes on before the release";
            expect(back, format!("{headline} {}", exit.after()))
                .asked("the release is over before the caller goes on")
                .fact("24 scopes in tasks, on four threads")
                .because([(!back, NOT_WAITED)]);
            expect(begun <= 1, "a seat is released more than once").or_fail();
        }
    });
}

#[test]
fn waits_for_no_other_release() {
    run_paused(async || {
        let slow = Server::undrawn(Slow);
        let mut server = Server::undrawn(Usual);
        server.cleaner = slow.cleaner.clone();

        let second = async {
            sleep(A_DAY * 9 / 4).await; // The other one is releasing.
            server.leave(Exit::Ok).await;
            slow.all_back()
        };
        let meanwhile = sleep(A_DAY * 5 / 2).map(|()| server.all_back());
        let (_, late, over) = join!(slow.leave(Exit::Ok), second, meanwhile);

        let own = if over { "over" } else { "not over" };
        let fine = !late || server.log.is_untimed();
        expect(fine, "a scope waits for the release of another")
            .asked("a scope waits for its own release, and for no other")
            .fact("while the release of another scope takes a day: it waits")
            .fact(format!("its own release, six hours later: {own}"))
            .without_drawing()
            .because([(over, WAITS_FOR_ALL)]);
    });
}

#[test]
fn knows_nothing_of_other_scopes() {
    run_paused(async || {
        let server = Server::undrawn(Usual);
        server.leave(Exit::Ok).await;
        let third = sleep(Duration::from_millis(15))
            .then(|()| server.leave(Exit::Panic));
        join!(server.leave(Exit::Ok), server.leave(Exit::Err), third);

        let asked = server.log.named("acquire") - 1;
        expect(asked == 3, "scopes at the same time share a seat")
            .asked("a seat for each scope")
            .fact("requests of one scope alone: 1")
            .fact(format!("of three at the same time: {asked}"))
            .without_drawing()
            .because([(asked < 3, SHARED_SEAT)]);

        let servers = [(); 3].map(|()| Server::undrawn(Usual));
        join_all(servers.iter().map(|it| it.leave(Exit::Ok))).await;
        settled().await;
        let back = servers.iter().filter(|it| it.all_back()).count();
        expect(back == 3, format!("three servers lend seat 7; back: {back}"))
            .asked("scopes that do not affect each other")
            .or_fail();
    });
}
