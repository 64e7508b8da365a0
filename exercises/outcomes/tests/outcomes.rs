//! What `outcomes` is asked for: one behaviour a test.
//!
//! The backups are tasks that wait and then end as the test says: with a
//! snapshot, an error or a panic, or aborted from outside. The clock is paused:
//! when everything waits, it jumps to the next timer. One test takes real
//! threads and the real clock.

use std::{
    any::Any,
    future,
    panic::{self, AssertUnwindSafe},
    pin::pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use futures::{FutureExt, future::select};
use outcomes::{Backup, BackupError, Failure, Failures, Snapshot, back_up_all};
use testkit::{
    Call, Gate, InFlight, Journal, Stopwatch, Verdict, at_rest, at_rest_for,
    journal, probe::Entered,
};
use tokio::{sync::watch, task, time::sleep};

use self::Ends::{Aborted, Busy, Done, Mute, Panics, Refused};

#[path = "outcomes/causes.rs"]
mod causes;
use causes::*;

const NOT_AS_IT_WAS: &str = "the outcomes are not reported as they were";

/// A day, in milliseconds: on a paused clock it takes no time.
const DAY: u64 = 24 * 60 * 60 * 1000;

/// After so many tries of one database the console makes an end: more than
/// anyone would choose as a limit.
const TOO_OFTEN: usize = 1000;

#[test]
fn an_empty_list_is_a_success() {
    testkit::run_paused(async || {
        let console = Console::of(&[]);

        let seen = console.back_up().await;

        if seen.result != Ok(Vec::new()) {
            let verdict = Verdict::new("no databases, and no success")
                .asked("`Ok` with an empty list for an empty list")
                .fact(format!("returned: {}", told_whole(&seen.result)));
            if let Err(failures) = &seen.result
                && failures.failed.is_empty()
            {
                verdict.because(SOME_IS_ENOUGH).fail();
            }
            verdict.fail();
        }
    });
}

#[test]
fn returns_the_snapshots_in_order() {
    testkit::run_paused(async || {
        let console = Console::of(&[
            ("users", 30, Done),
            ("orders", 40, Done),
            ("mail", 10, Done),
            ("stock", 20, Done),
        ]);

        let seen = console.back_up().await;

        let verdict = Verdict::new("the snapshots are not those of the list")
            .asked("one snapshot for each database, in their order");
        judge(verdict, Part::All, &console, &seen);
    });
}

#[test]
fn a_name_may_stand_twice() {
    testkit::run_paused(async || {
        let console = Console::of(&[
            ("users", 10, Done),
            ("orders", 20, Done),
            ("users", 10, Done),
            ("mail", 15, Done),
        ]);

        let seen = console.back_up().await;

        let asked = "four entries are four backups, whatever their names";
        let started = console.notes().starts.len();
        if started != 4 {
            Verdict::new("not each entry of the list was started once")
                .asked(asked)
                .fact(format!("started: {started}, wanted: 4"))
                .fail();
        }
        let verdict = Verdict::new("the snapshots are not those of the list")
            .asked(asked);
        let mut got = seen.names();
        got.sort_unstable();
        let one_of_each = got == ["mail", "orders", "users"];
        if one_of_each && are_right_with_other_names().await {
            verdict
                .fact("started: 4, snapshots: 3, wanted: 4")
                .without_drawing()
                .because(BY_NAME)
                .fail();
        }
        judge(verdict, Part::All, &console, &seen);
    });
}

#[test]
fn starts_them_all_together() {
    testkit::run_paused(async || {
        let names: Vec<_> =
            (1..=300).map(|number| format!("db {number}")).collect();
        let all: Vec<_> =
            names.iter().map(|name| (name.as_str(), 10, Done)).collect();
        // None ends before all are there, or no more can be expected.
        let console = Console::of(&all).gated(Gate::of(300));

        console.back_up().await;

        let together = console.notes().started_before_an_end;
        if together == 300 {
            return;
        }
        let verdict = Verdict::new("not all backups were started together")
            .asked("all 300 started before you wait for any")
            .fact(format!(
                "started before the first one ended: {together}, wanted: 300"
            ));
        if console.starts_at_ends() {
            verdict.because(IN_SEQUENCE).fail();
        }
        verdict.fail();
    });
}

#[test]
fn waits_for_all_of_them() {
    testkit::run_paused(async || {
        let console = Console::of(&[
            ("users", 60, Done),
            ("orders", 20, Refused("the disk is full")),
            ("mail", 100, Done),
            ("stock", 80, Refused("no such table")),
        ]);

        let seen = console.back_up().await;

        let verdict = Verdict::new("a failure ends more than its own backup")
            .asked("all four awaited, whatever fails, and none aborted");
        if !console.notes().stops.is_empty() {
            stopped_the_rest(verdict, &console).fail();
        }
        if seen.under_way > 0 {
            came_back_early(verdict, &console, &seen).fail();
        }
    });
}

#[test]
fn returns_every_failure_in_its_place() {
    testkit::run_paused(async || {
        let console = Console::of(&[
            ("users", 50, Refused("the disk is full")),
            ("orders", 20, Done),
            ("mail", 40, Refused("the lease was cancelled")),
            ("stock", 10, Refused("the disk is full")),
            ("logs", 30, Refused("the server panicked")),
        ]);

        let seen = console.back_up().await;

        let verdict = Verdict::new(NOT_AS_IT_WAS)
            .asked("each failure, with its place, in the order of the places");
        judge(verdict, Part::Failed, &console, &seen);
    });
}

#[test]
fn keeps_the_snapshots_beside_the_failures() {
    testkit::run_paused(async || {
        let console = Console::of(&[
            ("users", 30, Done),
            ("orders", 10, Refused("the disk is full")),
            ("mail", 20, Done),
            ("stock", 25, Done),
        ]);

        let seen = console.back_up().await;

        let verdict = Verdict::new("snapshots are not reported as they were")
            .asked("in `done`, each snapshot with its place, in their order");
        judge(verdict, Part::Done, &console, &seen);
    });
}

#[test]
fn tells_a_panic_with_its_message() {
    testkit::run_paused(async || {
        let console = Console::of(&[
            ("users", 20, Panics("index out of bounds")),
            ("orders", 30, Refused("the disk is full")),
            ("mail", 10, Mute),
            ("stock", 40, Done),
            ("logs", 25, Panics("lease cancelled")),
            ("search", 15, Panics("  left: one\n right: two\n")),
        ]);

        let seen = console.back_up().await;

        let verdict = Verdict::new(NOT_AS_IT_WAS)
            .asked("`Panicked`, with the message of the panic, unchanged");
        judge(verdict, Part::Failed, &console, &seen);
    });
}

#[test]
fn tells_a_cancellation_from_a_failure() {
    testkit::run_paused(async || {
        let console = Console::of(&[
            ("users", 30, Refused("the disk is full")),
            ("orders", 10, Aborted),
            ("mail", 20, Done),
            ("stock", 25, Refused("no such table")),
        ]);

        let seen = console.back_up().await;

        let verdict = Verdict::new(NOT_AS_IT_WAS)
            .asked("`Cancelled` for a task that somebody aborted");
        judge(verdict, Part::Failed, &console, &seen);
    });
}

#[test]
fn tells_the_kinds_apart_on_several_threads() {
    testkit::run_parallel(async || {
        let console = Console::of(&[
            ("users", 2, Aborted),
            ("orders", 1, Panics("division by zero")),
            ("mail", 2, Refused("the disk is full")),
            ("stock", 2, Aborted),
            ("logs", 2, Done),
            ("search", 2, Panics("index out of bounds")),
        ])
        .staged();

        let seen = console.back_up().await;

        let verdict = Verdict::new(NOT_AS_IT_WAS)
            .asked("each failure as what it was")
            .without_drawing();
        judge(verdict, Part::Kinds, &console, &seen);
    });
}

#[test]
fn starts_a_busy_one_again() {
    testkit::run_paused(async || {
        let console = Console::of(&[
            ("users", 10, Busy),
            ("orders", 20, Done),
            ("mail", 30, Done),
        ])
        .then("users", 40, Done);

        let seen = console.back_up().await;

        let asked = "a backup that ends with `Busy` is started once more";
        let starts = console.starts_of("users");
        if starts == 1 {
            let verdict = Verdict::new("a busy database has no second try")
                .asked(asked)
                .fact("users started: once, wanted: twice");
            if console.all_ended(&seen) {
                verdict.because(ALL_ALIKE).fail();
            }
            verdict.fail();
        }
        let mut got = seen.names();
        got.sort_unstable();
        let headline = if got == ["mail", "orders", "users"] {
            "the snapshots are not in the order of the list"
        } else {
            "what a second try brought is not reported"
        };
        let verdict = Verdict::new(headline)
            .asked(asked)
            .fact(format!("users started: {starts}, wanted: 2"));
        judge(verdict, Part::All, &console, &seen);
        each_of_many_again(asked).await;
    });
}

#[test]
fn starts_nothing_else_again() {
    testkit::run_paused(async || {
        let console = Console::of(&[
            ("users", 10, Refused("too many busy connections")),
            ("orders", 20, Panics("the lock is busy")),
            ("mail", 30, Aborted),
            ("stock", 40, Refused("the disk is full")),
            ("logs", 50, Panics("index out of bounds")),
            ("search", 60, Done),
        ]);

        console.back_up().await;

        let is_again = |entry: &Entry| console.starts_of(&entry.name) > 1;
        let entries = || console.plan.iter();
        if !entries().any(is_again) {
            return;
        }
        let verdict = Verdict::new("a backup was started again in vain")
            .asked("only a backup that ends with `Busy` is started again");
        let again = entries().filter(|entry| is_again(entry)).map(|entry| {
            let (name, was) = (&entry.name, entry.first.told());
            format!("started again: {name}, which {was}")
        });
        let verdict = again.fold(verdict, Verdict::fact);
        if entries().all(|entry| is_again(entry) != (entry.first == Done)) {
            verdict.because(EVERYTHING_AGAIN).fail();
        }
        // Of those that were refused, and perhaps of those that panicked.
        let by_the_word = entries().all(|entry| {
            let says_so = entry.first.says("busy");
            is_again(entry) == says_so
                || says_so && matches!(entry.first, Panics(_))
        });
        if by_the_word {
            verdict.because(DECIDED_BY_TEXT).fail();
        }
        verdict.fail();
    });
}

#[test]
fn starts_a_busy_one_only_once_more() {
    testkit::run_paused(async || {
        let console = Console::of(&[("users", 10, Done), ("orders", 20, Busy)]);

        let seen = console.back_up().await;

        let asked = "a second try, and no third";
        let starts = console.starts_of("orders");
        if starts > 2 && starts <= TOO_OFTEN {
            Verdict::new("a busy database is asked too often")
                .asked(asked)
                .fact(format!("orders started: {starts} times, wanted: twice"))
                .fact("orders was busy each time")
                .why(
                    "There is one second try, and what becomes of it is the \
                     outcome.",
                )
                .without_drawing()
                .fail();
        }
        if starts > TOO_OFTEN {
            Verdict::new("a busy database is asked again and again")
                .asked(asked)
                .fact("orders started: 1000 times and more, wanted: twice")
                .fact("orders was busy each time")
                .without_drawing()
                .because(UNTIL_IT_WORKS)
                .fail();
        }
        let verdict = Verdict::new(NOT_AS_IT_WAS).asked(asked);
        judge(verdict, Part::Failed, &console, &seen);
    });
}

#[test]
fn tells_the_second_try_as_it_was() {
    testkit::run_paused(async || {
        let console = Console::of(&[
            ("users", 10, Busy),
            ("orders", 10, Busy),
            ("mail", 10, Busy),
            ("stock", 10, Busy),
            ("logs", 5, Refused("no such table")),
            ("search", 6, Panics("division by zero")),
            ("files", 7, Aborted),
        ])
        .then("users", 20, Refused("the disk is full"))
        .then("orders", 30, Panics("index out of bounds"))
        .then("mail", 40, Aborted)
        .then("stock", 3 * DAY, Done);

        let seen = console.back_up().await;

        let verdict = Verdict::new("a second try is not reported as it ended")
            .asked("what becomes of the second try is the outcome");
        if console.gave_up_on_the_busy(&seen) {
            none_again(&console).await;
        }
        judge(verdict, Part::Failed, &console, &seen);
    });
}

#[test]
fn waits_for_the_second_tries_too() {
    testkit::run_paused(async || {
        let console = Console::of(&[
            ("users", 10, Busy),
            ("orders", 10, Busy),
            ("mail", 10, Busy),
            ("stock", 3 * DAY, Done),
        ])
        .then("users", 20, Refused("the disk is full"))
        .then("orders", 60, Done)
        .then("mail", 100, Done);

        let seen = console.back_up().await;

        if console.starts_of("stock") > 1 {
            Verdict::new("a backup that takes days was started twice")
                .asked("only a backup that ends with `Busy` is started again")
                .fact("stock started: more than once, wanted: once")
                .fact("stock was not busy: it was under way for three days")
                .fail();
        }

        let verdict = Verdict::new("a failing second try ends others too")
            .asked("second tries awaited too, whatever fails, none aborted");
        if !console.notes().stops.is_empty() {
            stopped_the_rest(verdict, &console).fail();
        }
        if seen.under_way > 0 {
            came_back_early(verdict, &console, &seen).fail();
        }
    });
}

#[test]
fn each_place_has_a_second_try_of_its_own() {
    testkit::run_paused(async || {
        let console = Console::of(&[
            ("users", 10, Busy),
            ("orders", 10, Busy),
            ("users", 10, Busy),
        ])
        .then("users", 20, Done)
        .then("users", 40, Refused("the disk is full"))
        .then("orders", 20, Done);

        let seen = console.back_up().await;

        let asked =
            "a backup and a second try for each place, whatever its name";
        let verdict = Verdict::new("two places with one name are mixed up")
            .asked(asked)
            .without_drawing();
        // Where one was started after another had ended, nobody can tell a
        // first try of the second users from a second try of the first.
        let together = console.notes().started_before_an_end == 3;
        let again = (console.again_of("users"), console.again_of("orders"));
        if together && again == (1, 1) {
            let verdict = verdict
                .fact("users is in the list twice, and was busy twice")
                .fact("second tries of users: 1, wanted: 2")
                .fact("second tries of orders: 1, wanted: 1")
                .fact(format!("returned: {}", told_whole(&seen.result)));
            let told = [0, 1, 2].map(|place| seen.told_at(place)).concat();
            let busy = Err(Failure::Failed(BackupError::Busy));
            let cause = match told.len() {
                2 => BY_NAME,
                3 if told.contains(&busy) => ONCE_PER_NAME,
                _ => verdict.fail(),
            };
            if are_right_with_other_names().await {
                verdict.because(cause).fail();
            }
            verdict.fail();
        }
        if console.gave_up_on_the_busy(&seen) {
            none_again(&console).await;
        }
        // Which place the failing second try belongs to is left to the code.
        let console = console.with_places_as_told(&seen);
        if together {
            mixed_up(verdict, &console, &seen).await;
        }
        let verdict =
            Verdict::new(NOT_AS_IT_WAS).asked(asked).without_drawing();
        judge(verdict.clone(), Part::Failed, &console, &seen);
        judge(verdict, Part::Done, &console, &seen);
    });
}

// What the verdicts have in common.

/// What a test looks at when something has failed.
#[derive(Clone, Copy, PartialEq)]
enum Part {
    /// A success, with its list.
    All,
    Done,
    Failed,
    /// The failures, in any order.
    Kinds,
}

/// Explains backups that were dropped before they could end.
fn stopped_the_rest(verdict: Verdict, console: &Console) -> Verdict {
    let verdict = verdict.fact("backups were aborted that should have gone on");
    let notes = console.notes();
    // On a real clock it comes some time after the failure.
    let at_a_failure = |stop: &Stop| {
        notes.failures.iter().any(|at| console.staged || *at == stop.at)
    };
    if !notes.stops.iter().all(at_a_failure) {
        return verdict;
    }
    if notes.stops.iter().all(|stop| stop.again) {
        return verdict.because(STOPS_SECOND_TRIES);
    }
    verdict.because(STOPS_THE_REST)
}

/// Explains a call that is over while backups are under way.
fn came_back_early(
    verdict: Verdict,
    console: &Console,
    seen: &Seen,
) -> Verdict {
    let at = if seen.after < DAY {
        format!("at {} ms", seen.after)
    } else {
        format!("after {}", counted(seen.days(), "day"))
    };
    let verdict = verdict.fact(format!(
        "came back {at} with {} under way, wanted: 0",
        counted(seen.under_way, "backup")
    ));
    let told_busy = |(place, failure): &(usize, Failure)| {
        *failure == Failure::Failed(BackupError::Busy)
            && seen.again_under_way(console, *place)
    };
    let told = seen.result.as_ref().map_or_else(|it| &it.failed[..], |_| &[]);
    if told.iter().any(told_busy) {
        return verdict.because(SECOND_NOT_AWAITED);
    }
    if is_the_first_failure(console, seen) {
        return verdict.because(FIRST_FAILURE_ONLY);
    }
    let under_way =
        told.iter().find(|(place, _)| seen.under_way_at(console, *place));
    let Some((place, failure)) = under_way else { return verdict };
    let (name, failure) = (&console.plan[*place].name, Err(failure.clone()));
    verdict.fact(format!("{name} is reported as: {}", in_short(&failure)))
}

/// Whether one failure is all that is reported, though there are more, or the
/// call came back at its moment while backups were under way.
fn is_the_first_failure(console: &Console, seen: &Seen) -> bool {
    let Err(Failures { done, failed }) = &seen.result else { return false };
    let [(place, told)] = &failed[..] else { return false };
    let entry = console.plan.get(*place);
    let is_true = entry.is_some_and(|it| it.outcome() == Err(told.clone()));
    let more = console.wanted().is_err_and(|it| it.failed.len() > 1);
    let at_once = seen.under_way > 0 && console.failed_at(seen.after);
    is_true && done.is_empty() && (more || at_once)
}

/// Fails for `console`, where nothing was started again, after a look at a list
/// of which one is busy and nothing else fails.
async fn none_again(console: &Console) -> ! {
    let calm = Console::of(&[("users", 10, Busy), ("orders", 30, Done)])
        .then("users", 40, Done);
    calm.back_up().await;
    let verdict = Verdict::new("a busy database has no second try")
        .asked("a backup that ends with `Busy` is started once more")
        .without_drawing();
    let all_busy = console.plan.iter().all(|entry| entry.first == Busy);
    let (here, there) = if all_busy {
        ("where all were busy", "where one of two was")
    } else {
        ("where others had failed for good", "where nothing else failed")
    };
    let verdict = verdict.fact(format!("second tries {here}: 0"));
    if calm.tried_again() {
        verdict.fact(format!("second tries {there}: 1, as wanted")).fail();
    }
    let verdict = verdict.fact(format!("second tries {there}: 0"));
    verdict.because(ALL_ALIKE).fail()
}

/// Fails unless each of many that are busy is started again, as the one was
/// before.
async fn each_of_many_again(asked: &str) {
    let names: Vec<_> =
        (1..=100).map(|number| format!("db {number}")).collect();
    let mut list: Vec<_> =
        names.iter().map(|name| (name.as_str(), 10, Busy)).collect();
    list.push(("orders", 30, Done));
    let mut console = Console::of(&list);
    for name in &names {
        console = console.then(name, 40, Done);
    }
    console.back_up().await;
    let starts = console.notes().starts.len();
    let again = names.iter().filter(|name| console.starts_of(name) > 1).count();
    if again == 100 {
        return;
    }
    Verdict::new("not each busy database has a second try")
        .asked(asked)
        .fact("where one of three was busy, started again: 1, as wanted")
        .fact(format!("where 100 of 101 were: {again}, wanted: 100"))
        .fact(format!("backups started: {starts}, wanted: 201"))
        .without_drawing()
        .fail();
}

/// Fails where a name has decided what is told of which place.
async fn mixed_up(verdict: Verdict, console: &Console, seen: &Seen) {
    let [first, other, last] = [0, 1, 2].map(|place| seen.told_at(place));
    let right = [console.plan[0].outcome(), console.plan[2].outcome()];
    let verdict = verdict
        .fact(format!("users, place 0: {}", all_in_short(&first)))
        .fact(format!("users, place 2: {}", all_in_short(&last)))
        .fact("second tries of users: one done, one refused");
    if other != [console.plan[1].outcome()] || console.again_of("users") != 2 {
        return;
    }
    let both: Vec<_> = first.iter().chain(&last).collect();
    let one_for_both =
        first == last && matches!(both[..], [one, _] if right.contains(one));
    let at_one_place = (first.is_empty() || last.is_empty())
        && both.len() == 2
        && right.iter().all(|one| both.contains(&one));
    if !one_for_both && !at_one_place || !are_right_with_other_names().await {
        return;
    }
    let cause = if at_one_place {
        PLACE_BY_NAME
    } else if first_tries_are_kept_by_name().await {
        BY_NAME
    } else {
        SECOND_BY_NAME
    };
    verdict.because(cause).fail();
}

/// Whether three busy backups of three names are reported as they ended.
async fn are_right_with_other_names() -> bool {
    let busy = ["users", "orders", "mail"].map(|name| (name, 10, Busy));
    let console = Console::of(&busy)
        .then("users", 20, Done)
        .then("orders", 20, Done)
        .then("mail", 40, Refused("the disk is full"));
    console.back_up().await.result == console.wanted()
}

/// Whether two entries of one name are told alike where none is busy.
async fn first_tries_are_kept_by_name() -> bool {
    let console = Console::of(&[
        ("users", 10, Done),
        ("orders", 10, Done),
        ("users", 10, Refused("the disk is full")),
    ]);
    let seen = console.back_up().await;
    seen.told_at(0) == seen.told_at(2)
}

/// Fails unless the call gave what became of the backups.
fn judge(verdict: Verdict, part: Part, console: &Console, seen: &Seen) {
    let wanted = console.wanted();
    match (&wanted, &seen.result) {
        (wanted, got) if wanted == got => {}
        _ if !console.notes().stops.is_empty() => {
            stopped_the_rest(verdict, console).fail()
        }
        _ if another_again(console) => {
            started_another(verdict, console).fail();
        }
        (Ok(wanted), Ok(got)) => not_the_list(verdict, wanted, got, console),
        (Err(_), Ok(got)) => told_as_success(verdict, got, console),
        (Ok(_), Err(got)) => {
            let verdict = verdict.fact("returned: Err, wanted: Ok");
            kind_by_kind(verdict, console, seen, got).fail();
        }
        (Err(wanted), Err(got)) => {
            let mut got = got.clone();
            if part == Part::Kinds {
                // Real threads: which of two ends first is left to chance.
                got.failed.sort_by_key(|(place, _)| *place);
            }
            if part != Part::Done && wanted.failed != got.failed {
                failures_differ(verdict, console, seen, wanted, &got);
            }
            if part == Part::Done && wanted.done != got.done {
                snapshots_differ(verdict, console, seen, wanted, &got);
            }
        }
    }
}

/// Whether one was started again that was not busy, and one that was busy was
/// not.
fn another_again(console: &Console) -> bool {
    let odd = || console.plan.iter().filter(|entry| console.is_odd(entry));
    odd().any(|entry| entry.first == Busy)
        && odd().any(|entry| entry.first != Busy)
}

fn started_another(mut verdict: Verdict, console: &Console) -> Verdict {
    for entry in console.plan.iter().filter(|entry| console.is_odd(entry)) {
        let not = if entry.first == Busy { "not " } else { "" };
        let (name, was) = (&entry.name, entry.first.told());
        verdict =
            verdict.fact(format!("{name} {was}, and was {not}started again"));
    }
    verdict
}

fn not_the_list(
    verdict: Verdict,
    wanted: &[Snapshot],
    got: &[Snapshot],
    console: &Console,
) {
    let names = |list: &[Snapshot]| -> Vec<String> {
        list.iter().map(|one| one.0.clone()).collect()
    };
    let (mut here, mut there) = (names(wanted), names(got));
    here.sort();
    there.sort();
    let verdict = if wanted != got && names(got) == console.ended() {
        verdict.because(COMPLETION_ORDER)
    } else if here == there {
        verdict.why(AT_OTHER_PLACES)
    } else {
        verdict
    };
    verdict.fail_unless_same(&names(wanted), &names(got));
}

fn told_as_success(verdict: Verdict, got: &[Snapshot], console: &Console) -> ! {
    let verdict = verdict
        .fact(format!(
            "returned: Ok with {}, wanted: Err",
            counted(got.len(), "snapshot")
        ))
        .fact(format!("databases: {}", console.plan.len()));
    let outcomes = console.plan.iter().map(Entry::outcome);
    if outcomes.filter_map(Result::ok).eq(got.iter().cloned()) {
        verdict.because(SOME_IS_ENOUGH).fail();
    }
    verdict.fail()
}

fn failures_differ(
    verdict: Verdict,
    console: &Console,
    seen: &Seen,
    wanted: &Failures,
    got: &Failures,
) -> ! {
    let told: Vec<_> = got.failed.iter().map(|(place, _)| *place).collect();
    let mut sorted = got.failed.clone();
    sorted.sort_by_key(|(place, _)| *place);
    if sorted == wanted.failed {
        let verdict = verdict.fact(format!(
            "places in `failed`: {told:?}, wanted: {:?}",
            wanted.failed.iter().map(|(at, _)| *at).collect::<Vec<_>>()
        ));
        // The order in which they ended, without those that are done.
        let mut ended = console.places_as_they_ended();
        ended.retain(|place| told.contains(place));
        if ended == told {
            verdict.because(COMPLETION_ORDER).fail();
        }
        verdict.fail();
    }
    if is_the_first_failure(console, seen) {
        verdict
            .fact(format!("outcomes reported: 1, of {}", console.plan.len()))
            .because(FIRST_FAILURE_ONLY)
            .fail();
    }
    kind_by_kind(verdict, console, seen, got).fail();
}

fn snapshots_differ(
    verdict: Verdict,
    console: &Console,
    seen: &Seen,
    wanted: &Failures,
    got: &Failures,
) -> ! {
    let verdict = each_place(verdict, console, got);
    let mut sorted = got.done.clone();
    sorted.sort_by_key(|(place, _)| *place);
    if sorted == wanted.done {
        let verdict = verdict.fact("the places in `done` are out of order");
        let told: Vec<_> = got.done.iter().map(|(place, _)| *place).collect();
        let mut ended = console.places_as_they_ended();
        ended.retain(|place| told.contains(place));
        if ended == told {
            verdict.because(COMPLETION_ORDER).fail();
        }
        verdict.fail();
    }
    if is_the_first_failure(console, seen) {
        verdict.because(FIRST_FAILURE_ONLY).fail();
    }
    if got.done.is_empty() && got.failed == wanted.failed {
        verdict.because(DONE_IS_LOST).fail();
    }
    verdict.fail();
}

/// What the facts mean where each outcome is told once.
const AT_OTHER_PLACES: &str = "Each outcome is reported once, and some of them \
                               at the position of another.";

/// Whether each outcome is told once, but not each at its place.
fn at_other_places(console: &Console, got: &Failures) -> bool {
    let told = (0..console.plan.len()).flat_map(|place| told_at(place, got));
    let mut told: Vec<_> = told.map(|it| format!("{it:?}")).collect();
    let wanted = console.plan.iter().map(Entry::outcome);
    let mut wanted: Vec<_> = wanted.map(|it| format!("{it:?}")).collect();
    told.sort();
    wanted.sort();
    told == wanted
}

/// Each place with what was wanted and what is told; the first one that differs
/// gives the reason.
fn kind_by_kind(
    verdict: Verdict,
    console: &Console,
    seen: &Seen,
    got: &Failures,
) -> Verdict {
    let verdict = each_place(verdict, console, got);
    if at_other_places(console, got) {
        return verdict.why(AT_OTHER_PLACES);
    }
    if kinds_go_by_a_word(console, got) {
        return verdict.because(DECIDED_BY_TEXT);
    }
    for (place, entry) in console.plan.iter().enumerate() {
        let told: Vec<_> = told_at(place, got);
        let wanted = entry.outcome();
        if told.as_slice() != std::slice::from_ref(&wanted) {
            return because(verdict, console, seen, got, place);
        }
    }
    verdict
}

/// Explains the first place at which not what happened is told.
fn because(
    verdict: Verdict,
    console: &Console,
    seen: &Seen,
    got: &Failures,
    place: usize,
) -> Verdict {
    let entry = &console.plan[place];
    let name = &entry.name;
    let (starts, entries) =
        (console.starts_of(name), console.entries_of(name).count());
    if starts > 2 * entries {
        return verdict
            .fact(format!("{name} started: {starts} times, wanted: twice"));
    }
    // Of all backups that ended as this one did: whether they are told so.
    let all_alike = |so: fn(&[Outcome], &Console) -> bool| {
        let alike = |other: &Entry| other.last().kind() == entry.last().kind();
        let mut others = console.plan.iter().enumerate();
        others.all(|(at, it)| !alike(it) || so(&told_at(at, got), console))
    };
    let told: &[Outcome] = &told_at(place, got);
    match (&entry.outcome(), told) {
        (_, [Err(Failure::Failed(BackupError::Busy))]) => {
            because_of_busy(verdict, console, seen, place)
        }
        _ if seen.under_way_at(console, place) => {
            verdict.fact(format!("{name} was under way at that moment"))
        }
        (Err(Failure::Cancelled), [])
            if only_cancelled_missing(console, got) =>
        {
            verdict.because(CANCELLED_LEFT_OUT)
        }
        (Err(Failure::Panicked(_) | Failure::Cancelled), [_])
            if all_alike(are_answers) =>
        {
            verdict.because(END_AS_ANSWER)
        }
        (Err(Failure::Panicked(_)), [_]) if all_alike(are_cancelled) => {
            verdict.because(ALWAYS_CANCELLED)
        }
        (Err(Failure::Cancelled), [_]) if all_alike(are_panicked) => {
            verdict.because(ALWAYS_A_PANIC)
        }
        (Err(Failure::Panicked(own)), [Err(Failure::Panicked(text))]) => {
            not_its_message(verdict, own, text)
        }
        (
            Err(Failure::Failed(BackupError::Refused(text))),
            [Err(Failure::Failed(BackupError::Refused(longer)))],
        ) if longer.len() > text.len() && longer.contains(text.as_str()) => {
            verdict.because(TEXT_OF_AN_ERROR)
        }
        _ => verdict,
    }
}

/// Whether this is an error that no backup has answered with.
fn are_answers(told: &[Outcome], console: &Console) -> bool {
    let [outcome @ Err(Failure::Failed(BackupError::Refused(_)))] = told else {
        return false;
    };
    console.plan.iter().all(|entry| entry.outcome() != *outcome)
}

fn are_cancelled(told: &[Outcome], _: &Console) -> bool {
    matches!(told, [Err(Failure::Cancelled)])
}

fn are_panicked(told: &[Outcome], _: &Console) -> bool {
    matches!(told, [Err(Failure::Panicked(_))])
}

/// Whether nothing is told of those that were aborted, and of no other.
fn only_cancelled_missing(console: &Console, got: &Failures) -> bool {
    let mut plan = console.plan.iter().enumerate();
    plan.all(|(place, entry)| {
        told_at(place, got).is_empty() == (entry.last() == Aborted)
    })
}

/// Explains a place that is told as busy.
fn because_of_busy(
    verdict: Verdict,
    console: &Console,
    seen: &Seen,
    place: usize,
) -> Verdict {
    let entry = &console.plan[place];
    if seen.again_under_way(console, place) {
        let under_way = counted(seen.under_way, "backup");
        return verdict
            .fact(format!("came back with {under_way} under way, wanted: 0"))
            .because(SECOND_NOT_AWAITED);
    }
    if entry.first == Busy && console.all_tried_again(&entry.name) {
        return verdict.because(FIRST_TRY_TOLD);
    }
    verdict
}

/// Whether "cancelled" and "panicked" in a message are told as the kinds of
/// these names, and messages without a word as what they are.
fn kinds_go_by_a_word(console: &Console, got: &Failures) -> bool {
    let (mut by_a_word, mut others) = (0, 0);
    for (place, entry) in console.plan.iter().enumerate() {
        let (Refused(text) | Panics(text)) = entry.last() else { continue };
        let told = told_at(place, got);
        let [Err(told)] = &told[..] else { return false };
        let cancelled = text.contains("cancelled");
        let panicked = text.contains("panicked")
            || matches!(entry.last(), Panics(_)) && !cancelled;
        let as_the_word_says = match told {
            Failure::Cancelled => cancelled,
            Failure::Panicked(_) => panicked && !cancelled,
            Failure::Failed(_) => !panicked && !cancelled,
        };
        if !as_the_word_says {
            return false;
        }
        if text.contains("cancelled") || text.contains("panicked") {
            by_a_word += 1;
        } else {
            others += 1;
        }
    }
    by_a_word > 0 && others > 0
}

/// Explains a panic that is told with another text than its `own`.
fn not_its_message(verdict: Verdict, own: &str, text: &str) -> Verdict {
    if text.starts_with("task ") || text.contains("JoinError::") {
        return verdict.because(TEXT_OF_AN_ERROR);
    }
    if text == "a panic without a message" {
        return verdict.why(
            "This panic has a message. `message_of` finds it in the payload as \
             `try_into_panic` gives it.",
        );
    }
    if text == "Any { .. }" {
        return verdict.why(
            "`Any { .. }` is the box, not what is in it. `message_of` reads \
             the message.",
        );
    }
    if own.contains(text) {
        return verdict
            .why("That is a part of the message, and not all of it.");
    }
    verdict
}

/// Adds what was wanted and what is told at each place.
fn each_place(verdict: Verdict, console: &Console, got: &Failures) -> Verdict {
    let names = console.plan.iter().map(|entry| entry.name.len());
    let width = names.max().unwrap_or(0);
    let mut verdict = verdict;
    for (place, entry) in console.plan.iter().enumerate() {
        let (wanted, told) = (entry.outcome(), told_at(place, got));
        let told = all_in_short(&told);
        let wanted = in_short(&wanted);
        verdict = verdict.fact(if wanted == told {
            format!("{:width$}  {wanted}", entry.name)
        } else {
            format!(
                "{:width$}  {told}   ✗\n{:width$}  wanted: {wanted}",
                entry.name, ""
            )
        });
    }
    let beyond = got.failed.iter().map(|(place, _)| *place);
    let beyond = beyond.chain(got.done.iter().map(|(place, _)| *place));
    match beyond.max() {
        Some(place) if place >= console.plan.len() => verdict.fact(format!(
            "a place is {place}, and the last database has {}",
            console.plan.len() - 1
        )),
        _ => verdict,
    }
}

/// What is told of the database at `place`: once, if all is well.
fn told_at(place: usize, got: &Failures) -> Vec<Outcome> {
    let done = got.done.iter().filter(|(at, _)| *at == place);
    let failed = got.failed.iter().filter(|(at, _)| *at == place);
    done.map(|(_, snapshot)| Ok(snapshot.clone()))
        .chain(failed.map(|(_, failure)| Err(failure.clone())))
        .collect()
}

fn all_in_short(told: &[Outcome]) -> String {
    match told {
        [] => "nothing".to_owned(),
        told => told.iter().map(in_short).collect::<Vec<_>>().join(", "),
    }
}

fn in_short(outcome: &Outcome) -> String {
    match outcome {
        Ok(Snapshot(name)) => format!("snapshot of {name}"),
        Err(Failure::Failed(BackupError::Busy)) => "Busy".to_owned(),
        Err(Failure::Failed(BackupError::Refused(text))) => {
            format!("Refused, {:?}", without_id(text))
        }
        Err(Failure::Panicked(text)) => {
            format!("Panicked, {:?}", without_id(text))
        }
        Err(Failure::Cancelled) => "Cancelled".to_owned(),
    }
}

/// The number of a task differs from run to run.
fn without_id(text: &str) -> String {
    let Some((before, behind)) = text.split_once("task ") else {
        return text.to_owned();
    };
    let rest = behind.trim_start_matches(|c: char| c.is_ascii_digit());
    let number = if rest.len() < behind.len() { "N" } else { "" };
    format!("{before}task {number}{rest}")
}

fn told_whole(result: &Result<Vec<Snapshot>, Failures>) -> String {
    match result {
        Ok(list) => format!("Ok with {}", counted(list.len(), "snapshot")),
        Err(Failures { done, failed }) => format!(
            "Err with {} and {}",
            counted(done.len(), "snapshot"),
            counted(failed.len(), "failure")
        ),
    }
}

fn counted(number: usize, what: &str) -> String {
    let s = if number == 1 { "" } else { "s" };
    format!("{number} {what}{s}")
}

/// Fails for a call that panicked.
fn call_panicked(console: &Console, payload: Box<dyn Any + Send>) -> ! {
    let text = match payload.downcast_ref::<String>() {
        Some(text) => text.as_str(),
        None => payload.downcast_ref::<&str>().copied().unwrap_or_default(),
    };
    let of_a_backup = payload.is::<WithoutText>()
        || console.plan.iter().any(|entry| match entry.last() {
            Panics(message) => text == message,
            _ => false,
        });
    if of_a_backup {
        Verdict::new("the panic of one backup ended the whole call")
            .asked("`Panicked` in its place, beside all the others")
            .without_drawing()
            .because(PASSED_ON)
            .fail();
    }
    if text.contains("`JoinError` reason is not a panic") {
        Verdict::new("the call panicked at a backup that was aborted")
            .asked("`Cancelled` in its place, beside all the others")
            .fact("`into_panic` panicked: `JoinError` reason is not a panic")
            .without_drawing()
            .because(ALWAYS_A_PANIC)
            .fail();
    }
    if text.contains("JoinError::") {
        let verdict =
            Verdict::new("the call panicked when a task did not end well")
                .asked("`Panicked` or `Cancelled` in its place")
                .without_drawing();
        if text.contains("JoinError::Panic") {
            verdict.because(PASSED_ON).fail();
        }
        verdict.fact("it panicked over a task that had been aborted").fail();
    }
    panic::resume_unwind(payload);
}

// The backups, watched.

type Outcome = Result<Snapshot, Failure>;

/// How a backup ends.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Ends {
    Done,
    Busy,
    Refused(&'static str),
    Panics(&'static str),
    /// With a panic that carries no text.
    Mute,
    /// Somebody aborts its task.
    Aborted,
}

/// What [`Ends`] have in common.
#[derive(PartialEq)]
enum Kind {
    Answers,
    Panics,
    Aborted,
}

impl Ends {
    fn kind(self) -> Kind {
        match self {
            Done | Busy | Refused(_) => Kind::Answers,
            Panics(_) | Mute => Kind::Panics,
            Aborted => Kind::Aborted,
        }
    }

    fn says(self, word: &str) -> bool {
        matches!(self, Refused(text) | Panics(text) if text.contains(word))
    }

    fn told(self) -> &'static str {
        match self {
            Done => "was done",
            Busy => "was busy",
            Refused(_) => "was refused",
            Panics(_) | Mute => "panicked",
            Aborted => "was aborted",
        }
    }
}

/// What a panic carries that carries no text.
struct WithoutText;

/// A database, and how its backup ends.
#[derive(Clone)]
struct Entry {
    name: String,
    after: u64,
    first: Ends,
    /// How the second try ends; as the first, if nothing is said.
    second: Option<(u64, Ends)>,
}

impl Entry {
    /// How the last try ends that is asked for.
    fn last(&self) -> Ends {
        match (self.first, self.second) {
            (Busy, Some((_, second))) => second,
            (first, _) => first,
        }
    }

    fn outcome(&self) -> Outcome {
        Err(match self.last() {
            Done => return Ok(Snapshot(self.name.clone())),
            Busy => Failure::Failed(BackupError::Busy),
            Refused(text) => {
                Failure::Failed(BackupError::Refused(text.to_owned()))
            }
            Panics(text) => Failure::Panicked(text.to_owned()),
            Mute => Failure::Panicked("a panic without a message".to_owned()),
            Aborted => Failure::Cancelled,
        })
    }
}

/// Where backups are started, watched and aborted.
#[derive(Clone)]
struct Console {
    plan: Arc<Vec<Entry>>,
    notes: Arc<Mutex<Notes>>,
    in_flight: InFlight,
    began: Stopwatch,
    /// Whether a backup has ended.
    first_end: watch::Sender<bool>,
    /// What holds the backups in before they end.
    gate: Option<Gate>,
    /// On real threads, backups that are not the first to end wait for the
    /// code under test to have dealt with that one.
    staged: bool,
    journal: Journal,
}

#[derive(Default)]
struct Notes {
    starts: Vec<String>,
    /// The names of the backups that were busy, and of those that were started
    /// after that.
    busy: Vec<String>,
    again: Vec<String>,
    /// The names of the backups that have ended, in that order.
    ended: Vec<String>,
    started_before_an_end: usize,
    /// When backups were started, and when they ended.
    began: Vec<u64>,
    over: Vec<u64>,
    /// Tasks that ended early, though nobody at the console had aborted them.
    stops: Vec<Stop>,
    /// When backups ended with a failure that is not `Busy`.
    failures: Vec<u64>,
}

/// The early end of a task that nobody at the console had aborted.
struct Stop {
    at: u64,
    /// Whether it was a second try.
    again: bool,
}

/// What a call gave.
struct Seen {
    result: Result<Vec<Snapshot>, Failures>,
    after: u64,
    under_way: usize,
    /// The names of the backups that had ended when the call came back.
    ended: Vec<String>,
}

impl Seen {
    /// The databases of a success.
    fn names(&self) -> Vec<&str> {
        let list = self.result.iter().flatten();
        list.map(|snapshot| snapshot.0.as_str()).collect()
    }

    /// What is told of the database at `place`.
    fn told_at(&self, place: usize) -> Vec<Outcome> {
        match &self.result {
            Ok(list) => list.get(place).cloned().map(Ok).into_iter().collect(),
            Err(failures) => told_at(place, failures),
        }
    }

    /// Whether a backup of the database at `place` was under way when the call
    /// came back.
    fn under_way_at(&self, console: &Console, place: usize) -> bool {
        let Some(entry) = console.plan.get(place) else {
            return false;
        };
        let ended = self.ended.iter().filter(|one| **one == entry.name);
        ended.count() < console.starts_of(&entry.name)
    }

    fn days(&self) -> usize {
        usize::try_from(self.after / DAY).unwrap_or(usize::MAX)
    }

    /// Whether all second tries of the database at `place` had been started,
    /// and not all of them had ended, when the call came back.
    fn again_under_way(&self, console: &Console, place: usize) -> bool {
        let name = &console.plan[place].name;
        let ended = self.ended.iter().filter(|one| *one == name).count();
        console.all_tried_again(name) && ended < console.starts_of(name)
    }
}

impl Console {
    fn of(plan: &[(&str, u64, Ends)]) -> Self {
        let entry = |(name, after, first): &(&str, u64, Ends)| Entry {
            name: (*name).to_owned(),
            after: *after,
            first: *first,
            second: None,
        };
        let plan: Vec<Entry> = plan.iter().map(entry).collect();
        let journal = journal();
        journal.declare(["the call"]);
        journal.declare(plan.iter().map(|entry| &entry.name));
        Self {
            plan: Arc::new(plan),
            notes: Arc::default(),
            in_flight: InFlight::default(),
            began: Stopwatch::start(),
            first_end: watch::Sender::new(false),
            gate: None,
            staged: false,
            journal,
        }
    }

    /// How the second try of `name` ends; called again, how that of the next
    /// entry with this name does.
    fn then(mut self, name: &str, after: u64, ends: Ends) -> Self {
        let plan = Arc::get_mut(&mut self.plan);
        let mut entries = plan.into_iter().flatten();
        let next =
            entries.find(|entry| entry.name == name && entry.second.is_none());
        if let Some(entry) = next {
            entry.second = Some((after, ends));
        }
        self
    }

    /// This console with the first and the last entry exchanged, if the call
    /// tells their outcomes the other way round.
    fn with_places_as_told(mut self, seen: &Seen) -> Self {
        let Err(failures) = &seen.result else {
            return self;
        };
        let last = self.plan.len() - 1;
        let told = |place, entry: usize| {
            told_at(place, failures) == [self.plan[entry].outcome()]
        };
        if !told(0, 0) && told(0, last) || !told(last, last) && told(last, 0) {
            let mut plan: Vec<Entry> = self.plan.to_vec();
            plan.swap(0, last);
            self.plan = Arc::new(plan);
        }
        self
    }

    /// For real threads: the backup that takes 1 ms ends first, and the code
    /// under test deals with it before another one ends.
    fn staged(mut self) -> Self {
        self.staged = true;
        self
    }

    fn gated(mut self, gate: Gate) -> Self {
        self.gate = Some(gate);
        self
    }

    /// Has all databases backed up by the code under test.
    async fn back_up(&self) -> Seen {
        let names: Vec<String> =
            self.plan.iter().map(|entry| entry.name.clone()).collect();
        let console = self.clone();
        let start = move |name: &str| console.start(name);
        let watch = Stopwatch::start();
        let call = self.journal.call("the call");
        let called = AssertUnwindSafe(back_up_all(start, &names));
        let result = match called.catch_unwind().await {
            Ok(result) => result,
            Err(payload) => {
                self.journal.mark("the call", "panicked");
                call.finished();
                call_panicked(self, payload)
            }
        };
        call.finished();
        let (after, under_way) = (watch.millis(), self.in_flight.now());
        let ended = self.notes().ended.clone();
        // What still runs is drawn to its end.
        self.in_flight.none().await;
        Seen { result, after, under_way, ended }
    }

    /// Starts a backup of `name`, on a task of its own.
    fn start(&self, name: &str) -> Backup {
        let (after, ends) = self.next_try_of(name);
        let mut under_way = self.enter(name);
        under_way.may_stop = ends == Aborted;
        let name = name.to_owned();
        let time = self.time(after);
        let task = task::spawn(async move {
            if ends == Aborted {
                future::pending::<()>().await;
            }
            time.await;
            under_way.is_let_go().await;
            under_way.ends(ends)?;
            Ok(Snapshot(name))
        });
        if ends == Aborted {
            let to_abort = task.abort_handle();
            let time = self.time(after);
            task::spawn(async move {
                time.await;
                to_abort.abort();
            });
        }
        task
    }

    /// Waits until a backup ends that takes so many milliseconds.
    fn time(&self, after: u64) -> impl Future<Output = ()> + Send + 'static {
        let rest = self.staged && after > 1;
        let mut first = self.first_end.subscribe();
        async move {
            if rest {
                // Or until no more can be expected: code that awaits each in
                // turn has not started that one.
                let ends = pin!(first.wait_for(|has_ended| *has_ended));
                select(ends, pin!(at_rest())).await;
                at_rest_for(Duration::from_millis(100)).await;
            } else {
                sleep(Duration::from_millis(after)).await;
            }
        }
    }

    fn next_try_of(&self, name: &str) -> (u64, Ends) {
        let entries: Vec<_> = self.entries_of(name).collect();
        if entries.is_empty() {
            return (0, Refused("there is no such database"));
        }
        let (starts, again) = (self.starts_of(name), self.again_of(name));
        // Whoever asks without end is stopped here, and fails for it.
        if starts >= TOO_OFTEN {
            return (0, Refused("asked too often"));
        }
        if self.is_due_again(name)
            && let Some(second) = entries[again % entries.len()].second
        {
            return second;
        }
        let entry = entries[(starts - again) % entries.len()];
        (entry.after, entry.first)
    }

    /// Notes that a backup of `name` is under way.
    fn enter(&self, name: &str) -> UnderWay {
        let again = self.is_due_again(name);
        let mut notes = self.notes();
        notes.starts.push(name.to_owned());
        notes.began.push(self.began.millis());
        if again {
            notes.again.push(name.to_owned());
        }
        if notes.ended.is_empty() {
            notes.started_before_an_end += 1;
        }
        drop(notes);
        let (planned, starts) =
            (self.entries_of(name).count(), self.starts_of(name));
        let lane = if planned > 1 && starts == 2 {
            format!("{name} (2)")
        } else {
            name.to_owned()
        };
        UnderWay {
            console: self.clone(),
            name: name.to_owned(),
            call: Some(self.journal.call(&lane)),
            _entered: self.in_flight.enter(),
            may_stop: false,
            again,
        }
    }

    fn entries_of(&self, name: &str) -> impl Iterator<Item = &Entry> {
        self.plan.iter().filter(move |entry| entry.name == name)
    }

    /// Whether a backup of `name` was busy and has not been started again.
    fn is_due_again(&self, name: &str) -> bool {
        let notes = self.notes();
        let busy = notes.busy.iter().filter(|one| *one == name).count();
        busy > notes.again.iter().filter(|one| *one == name).count()
    }

    fn again_of(&self, name: &str) -> usize {
        let notes = self.notes();
        notes.again.iter().filter(|one| *one == name).count()
    }

    /// Whether `entry`, alone with its name, was started again without having
    /// been busy, or was not, though it had been.
    fn is_odd(&self, entry: &Entry) -> bool {
        let sole = self.entries_of(&entry.name).count() == 1;
        let again = self.starts_of(&entry.name) > 1;
        sole && again != (entry.first == Busy)
    }

    fn tried_again(&self) -> bool {
        !self.notes().again.is_empty()
    }

    /// Whether each entry called `name` was started once more.
    fn all_tried_again(&self, name: &str) -> bool {
        self.again_of(name) == self.entries_of(name).count()
    }

    /// Whether a backup failed after so many milliseconds, as far as can be
    /// told on a real clock.
    fn failed_at(&self, after: u64) -> bool {
        self.staged || self.notes().failures.contains(&after)
    }

    /// Whether each backup that was started after one had ended began when one
    /// ended. A gate that gives up may move the paused clock on by a part of a
    /// millisecond.
    fn starts_at_ends(&self) -> bool {
        let notes = self.notes();
        let ends = |at: &u64| notes.over.iter().any(|it| it.abs_diff(*at) <= 1);
        notes.began[notes.started_before_an_end..].iter().all(ends)
    }

    /// Whether all backups came to an end, and nothing was started again.
    fn gave_up_on_the_busy(&self, seen: &Seen) -> bool {
        self.all_ended(seen) && !self.tried_again()
    }

    /// Whether all backups had ended by themselves when the call came back.
    fn all_ended(&self, seen: &Seen) -> bool {
        seen.under_way == 0 && self.notes().stops.is_empty()
    }

    /// What the call has to give.
    fn wanted(&self) -> Result<Vec<Snapshot>, Failures> {
        let (mut done, mut failed) = (Vec::new(), Vec::new());
        for (place, entry) in self.plan.iter().enumerate() {
            match entry.outcome() {
                Ok(snapshot) => done.push((place, snapshot)),
                Err(failure) => failed.push((place, failure)),
            }
        }
        if failed.is_empty() {
            return Ok(done.into_iter().map(|(_, one)| one).collect());
        }
        Err(Failures { done, failed })
    }

    fn starts_of(&self, name: &str) -> usize {
        let notes = self.notes();
        notes.starts.iter().filter(|start| *start == name).count()
    }

    /// The names of the backups in the order in which their last tries ended.
    fn ended(&self) -> Vec<String> {
        let mut names: Vec<String> = Vec::new();
        for name in &self.notes().ended {
            let busy = self
                .plan
                .iter()
                .any(|entry| entry.name == *name && entry.first == Busy);
            if busy {
                names.retain(|other| other != name);
            }
            names.push(name.clone());
        }
        names
    }

    fn places_as_they_ended(&self) -> Vec<usize> {
        let place = |name: String| {
            self.plan.iter().position(|entry| entry.name == name)
        };
        self.ended().into_iter().filter_map(place).collect()
    }

    fn notes(&self) -> MutexGuard<'_, Notes> {
        self.notes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A backup under way, held by its task.
struct UnderWay {
    console: Console,
    name: String,
    call: Option<Call>,
    /// Let go of after the notes have been made.
    _entered: Entered,
    /// Whether somebody at the console is going to abort it.
    may_stop: bool,
    again: bool,
}

impl UnderWay {
    async fn is_let_go(&self) {
        if let (Some(gate), Some(call)) = (&self.console.gate, &self.call) {
            gate.pass(call).await;
        }
    }

    fn fails(&self) {
        let after = self.console.began.millis();
        self.console.notes().failures.push(after);
    }

    /// Ends it as the test says.
    fn ends(mut self, ends: Ends) -> Result<(), BackupError> {
        if let Some(call) = self.call.take() {
            let label = match ends {
                Done | Aborted => None,
                Busy => Some("busy"),
                Refused(_) => Some("refused"),
                Panics(_) | Mute => Some("panicked"),
            };
            if let Some(label) = label {
                self.console.journal.mark(call.lane(), label);
            }
            call.finished();
        }
        if matches!(ends, Refused(_) | Panics(_) | Mute) {
            self.fails();
        }
        match ends {
            Done | Aborted => Ok(()),
            Busy => {
                self.console.notes().busy.push(self.name.clone());
                Err(BackupError::Busy)
            }
            Refused(text) => Err(BackupError::Refused(text.to_owned())),
            // A panic with a literal carries a `&str`, one with arguments a
            // `String`.
            Panics(text) if text.len() % 2 == 0 => panic::panic_any(text),
            Panics(text) => panic!("{text}"),
            Mute => panic::panic_any(WithoutText),
        }
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        if self.call.is_some() && self.may_stop {
            self.fails();
        }
        let at = self.console.began.millis();
        let mut notes = self.console.notes();
        notes.ended.push(self.name.clone());
        notes.over.push(at);
        self.console.first_end.send_replace(true);
        if self.call.is_some() && !self.may_stop {
            notes.stops.push(Stop { at, again: self.again });
        }
    }
}
