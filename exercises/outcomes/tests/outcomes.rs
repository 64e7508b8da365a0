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
    if_it_hangs, journal, probe::Entered,
};
use tokio::{sync::watch, task, time::sleep};

use self::Ends::{Aborted, Busy, Done, Mute, Panics, Refused};

const PAGE: &str = "outcomes";

const NOT_AS_IT_WAS: &str = "the outcomes are not told as they were";

/// A day, in milliseconds: on a paused clock it takes no time.
const DAY: u64 = 24 * 60 * 60 * 1000;

/// After so many tries of one database the console makes an end.
const TOO_OFTEN: usize = 10;

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
                verdict
                    .why(
                        "An `Err` without a single failure in it. Whether a \
                         whole is a success is a question about its failures: \
                         that there is none.",
                    )
                    .read_on(PAGE, "Some is enough")
                    .fail();
            }
            verdict.fail();
        }
    });
}

#[test]
fn returns_the_snapshots_in_order() {
    testkit::run_paused(async || {
        let console = Console::of(&[
            ("users", 40, Done),
            ("orders", 30, Done),
            ("mail", 20, Done),
            ("stock", 10, Done),
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
        if seen.result.as_ref().is_ok_and(|list| list.len() == 3) {
            verdict
                .fact("started: 4, snapshots: 3, wanted: 4")
                .why(
                    "All four ran, and one outcome is gone. What belongs to an \
                     entry is found by its place; a name is not unique.",
                )
                .read_on(PAGE, "Kept by name")
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
        if together == 1 {
            verdict
                .why(
                    "Starting and awaiting stand in the same turn of a loop. A \
                     spawned task runs by itself; start all of them, and then \
                     take the handles.",
                )
                .read_on(PAGE, "One after another")
                .fail();
        }
        if console.notes().starts.len() == 300 {
            verdict
                .why(
                    "The others had to wait until one of these had ended. A \
                     spawned task runs by itself, and nothing here limits how \
                     many do.",
                )
                .read_on(PAGE, "One after another")
                .fail();
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
        if console.notes().stopped > 0 {
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
        ]);

        let seen = console.back_up().await;

        let verdict = Verdict::new("snapshots are not told as they were")
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
        let console = Console::of(&[("users", 10, Busy), ("orders", 30, Done)])
            .then("users", 40, Done);

        let seen = console.back_up().await;

        let asked = "a backup that ends with `Busy` is started once more";
        let starts = console.starts_of("users");
        if starts == 1 {
            let verdict = Verdict::new("a busy database has no second try")
                .asked(asked)
                .fact("users started: once, wanted: twice");
            no_second_try(verdict).fail();
        }
        let swapped = ["orders", "users"].map(|name| Snapshot(name.to_owned()));
        let headline = if seen.result == Ok(swapped.to_vec()) {
            "the snapshots are not in the order of the list"
        } else {
            "what a second try brought is not told"
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

        let again: Vec<_> = console
            .plan
            .iter()
            .filter(|entry| console.starts_of(&entry.name) > 1)
            .collect();
        if again.is_empty() {
            return;
        }
        let mut verdict = Verdict::new("a backup was started again in vain")
            .asked("only a backup that ends with `Busy` is started again");
        for entry in &again {
            verdict = verdict.fact(format!(
                "started again: {}, which {}",
                entry.name,
                entry.first.told()
            ));
        }
        if again.iter().any(|entry| entry.first == Aborted) {
            verdict = verdict
                .why(
                    "Somebody aborted it and saw it come back. A cancellation \
                     is an instruction, not an accident; and neither a refusal \
                     nor a mistake in the code goes away by itself.",
                )
                .read_on(PAGE, "Everything again");
        } else if again.iter().all(|entry| entry.first.says("busy")) {
            verdict = verdict
                .why(
                    "What was started again has a word in its message, and what \
                     has not, was not. A message is written for people; the \
                     kind is in the type.",
                )
                .read_on(PAGE, "One text for every kind");
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
                    "The tries come to an end by themselves, but late: there \
                     is one second try, and what becomes of it is the outcome.",
                )
                .without_drawing()
                .fail();
        }
        if starts > TOO_OFTEN {
            Verdict::new("a busy database is asked again and again")
                .asked(asked)
                .fact("orders started: more than twice, wanted: twice")
                .fact("orders was busy each time")
                .why(
                    "Nothing in the code ends the trying but a success. A \
                     database that stays busy has a visitor who never leaves.",
                )
                .read_on(PAGE, "Until it works")
                .without_drawing()
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

        let verdict = Verdict::new("a second try is not told as it ended")
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
                .why(
                    "When it was started again, its first try was under way. \
                     How long a backup takes says nothing of how it ends.",
                )
                .fail();
        }

        let verdict = Verdict::new("a failing second try ends others too")
            .asked("second tries awaited too, whatever fails, none aborted");
        if console.notes().stopped > 0 {
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
        let again = (console.again_of("users"), console.again_of("orders"));
        if again == (1, 1) {
            let verdict = verdict
                .fact("users stands twice, and was busy twice")
                .fact("second tries of users: 1, wanted: 2")
                .fact("second tries of orders: 1, wanted: 1");
            let told = seen.result.as_ref().err();
            let busy = (0, Failure::Failed(BackupError::Busy));
            let (first, last) = (busy.clone(), (2, busy.1));
            if told.is_some_and(|told| {
                told.failed.contains(&first) || told.failed.contains(&last)
            }) {
                verdict
                    .why(
                        "One place of users had its second try, and the other \
                         is told as busy: its name had used that try up. A \
                         name is not unique.",
                    )
                    .read_on(PAGE, "One second try for a name")
                    .fail();
            }
            verdict
                .fact(format!("returned: {}", told_whole(&seen.result)))
                .fail();
        }
        if console.gave_up_on_the_busy(&seen) {
            none_again(&console).await;
        }
        // In a loop that awaits each, the one of users is its other place.
        let sole = console.starts_of("orders") == 1;
        if again == (1, 0) && sole && console.all_ended(&seen) {
            Verdict::new("a busy database has no second try")
                .asked(asked)
                .fact("orders was busy, and started: once, wanted: twice")
                .why(
                    "No second try of it was started. A backup that ends with \
                     `Busy` is started once more.",
                )
                .read_on(PAGE, "All alike")
                .without_drawing()
                .fail();
        }
        // Which place the failing second try belongs to is left to the code.
        let console = console.with_places_as_told(&seen);
        mixed_up(verdict, &console, &seen).await;
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
    let notes = console.notes();
    if notes.stopped_again == notes.stopped {
        return verdict
            .fact("second tries were stopped that nobody had aborted")
            .why(
                "They were under way when another one failed, and were ended \
                 with it. They might have had their snapshots: each of them \
                 is about another database.",
            )
            .read_on(PAGE, "Stopping the second tries");
    }
    verdict
        .fact("backups were stopped that nobody at the console had aborted")
        .why(
            "They were under way, and might have had their snapshots. What is \
             told of them says nothing about their databases.",
        )
        .read_on(PAGE, "Stopping the rest")
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
    let came_back = format!(
        "came back {at} with {} under way, wanted: 0",
        counted(seen.under_way, "backup")
    );
    let verdict = verdict.fact(&came_back);
    let told_busy = |(place, failure): &(usize, Failure)| {
        *failure == Failure::Failed(BackupError::Busy)
            && seen.again_under_way(console, *place)
    };
    let told = seen.result.as_ref().map_or_else(|it| &it.failed[..], |_| &[]);
    if told.iter().any(told_busy) {
        return second_not_awaited(verdict);
    }
    if let Some((place, failure)) =
        told.iter().find(|(place, _)| seen.under_way_at(console, *place))
    {
        let name = &console.plan[*place].name;
        let told = in_short(&Err(failure.clone()));
        let verdict = Verdict::new("the call did not wait to the end")
            .asked("all awaited, however long they take")
            .fact(came_back)
            .fact(format!("{name} is told: {told}"));
        return given_up(verdict, console, seen, name, failure);
    }
    let first_failure = console.notes().failures.first().map(|it| it.0);
    if first_failure != Some(seen.after) {
        return verdict;
    }
    verdict
        .why(
            "That was the moment of the first failure. The others run on, and \
             nobody is left who hears how they end.",
        )
        .read_on(PAGE, "The first failure only")
}

/// Explains a failure that is told of `name`, which was under way.
fn given_up(
    verdict: Verdict,
    console: &Console,
    seen: &Seen,
    name: &str,
    told: &Failure,
) -> Verdict {
    let is_told = |other: &str| {
        let mut entries = console.entries_of(other);
        other != name && entries.any(|it| it.outcome() == Err(told.clone()))
    };
    // Not on a real clock, which does not say what the call came back with.
    let failed = console.failed_at(seen.after).filter(|_| !console.staged);
    let why = if let Some((other, ended)) = failed {
        let of_other = if is_told(&other) {
            format!(" What is told of {name} has happened to {other}.")
        } else {
            String::new()
        };
        format!(
            "The call came back when {other} {ended}, and {name} was under \
             way: its task runs on, and nobody has heard how it ends.{of_other}",
        )
    } else if let Failure::Panicked(_) = told
        && let Some(other) = seen.ended.iter().find(|it| is_told(it))
    {
        format!(
            "{name} was under way when the call came back: its task runs on, \
             and nobody has heard how it ends. What is told of {name} has \
             happened to {other}.",
        )
    } else {
        return runs_on(verdict, name);
    };
    verdict.why(why).read_on(PAGE, "The first failure only")
}

fn runs_on(verdict: Verdict, name: &str) -> Verdict {
    verdict
        .why(format!(
            "{name} was under way when the call came back, and its task runs \
             on: nobody has heard how it ends. How long a backup takes is no \
             failure.",
        ))
        .read_on("timeouts", "The task that runs on")
}

fn second_not_awaited(verdict: Verdict) -> Verdict {
    verdict
        .why(
            "A second try was under way when the call came back, and its \
             database is told as busy. Nobody has heard how that try ended.",
        )
        .read_on(PAGE, "The second tries not awaited")
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
    let (here, there, why) = if all_busy {
        (
            "second tries where all were busy",
            "second tries where one of two was",
            "Each backup that ends with `Busy` has a second try, whatever \
             becomes of the others.",
        )
    } else {
        (
            "second tries of all that were busy",
            "where nothing else had failed for good",
            "What another backup has met says nothing of a database that was \
             busy.",
        )
    };
    let verdict = verdict.fact(format!("{here}: 0"));
    if calm.tried_again() {
        verdict.fact(format!("{there}: 1, as wanted")).why(why).fail();
    }
    no_second_try(verdict.fact(format!("{there}: 0"))).fail();
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
    let verdict = Verdict::new("not each busy database has a second try")
        .asked(asked)
        .fact("where one of two was busy, started again: 1, as wanted")
        .fact(format!("where 100 of 101 were: {again}, wanted: 100"))
        .without_drawing();
    let why = if starts < 201 {
        "Each backup that ends with `Busy` has a second try of its own, however \
         many they are."
    } else {
        "As many second tries were started as there were busy ones, but not \
         all of them for those. A second try has the place of the first."
    };
    verdict.why(why).fail();
}

/// Fails where a name has decided what is told of which place.
async fn mixed_up(verdict: Verdict, console: &Console, seen: &Seen) {
    let [first, other, last] = [0, 1, 2].map(|place| seen.told_at(place));
    let right = [console.plan[0].outcome(), console.plan[2].outcome()];
    let facts = |verdict: Verdict| {
        verdict
            .fact(format!("users, place 0: {}", all_in_short(&first)))
            .fact(format!("users, place 2: {}", all_in_short(&last)))
            .fact("second tries of users: one done, one refused")
    };
    if other != [console.plan[1].outcome()] || console.again_of("users") != 2 {
        return;
    }
    let both: Vec<_> = first.iter().chain(&last).collect();
    if first == last && matches!(both[..], [one, _] if right.contains(one)) {
        let section = if first_tries_are_kept_by_name().await {
            "Kept by name"
        } else {
            "The second try kept by name"
        };
        facts(verdict)
            .why(
                "Both places tell one and the same second try, and the other \
                 one is in no list. What belongs to an entry is found by its \
                 place; a name is not unique.",
            )
            .read_on(PAGE, section)
            .fail();
    }
    let at_one_place = first.is_empty() || last.is_empty();
    if at_one_place
        && both.len() == 2
        && right.iter().all(|one| both.contains(&one))
    {
        facts(verdict)
            .why(
                "Both outcomes are told of one place, and none of the other. A \
                 place that is looked up by its name is that of whichever \
                 entry is found first.",
            )
            .read_on(PAGE, "The place looked up by name")
            .fail();
    }
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
        _ if console.notes().stopped > 0 => {
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
                snapshots_differ(verdict, console, wanted, &got);
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
    verdict.why(
        "A second try was started, but of another database than the one that \
         was busy. A second try has the place of the first.",
    )
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
        in_completion_order(verdict)
    } else if here == there {
        in_no_order(verdict)
    } else {
        verdict
    };
    verdict.fail_unless_same(&names(wanted), &names(got));
}

fn told_as_success(verdict: Verdict, got: &[Snapshot], console: &Console) -> ! {
    verdict
        .fact(format!(
            "returned: Ok with {}, wanted: Err",
            counted(got.len(), "snapshot")
        ))
        .fact(format!("databases: {}", console.plan.len()))
        .why(
            "`Ok` says that there is a snapshot of every database. Whoever \
             reads it looks no further, and the failures are in no list.",
        )
        .read_on(PAGE, "Some is enough")
        .fail();
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
            in_completion_order(verdict).fail();
        }
        verdict.fail();
    }
    let [(place, told)] = got.failed.as_slice() else {
        kind_by_kind(verdict, console, seen, got).fail();
    };
    let told_right = console
        .plan
        .get(*place)
        .is_some_and(|entry| entry.outcome() == Err(told.clone()));
    if told_right && got.done.is_empty() {
        verdict
            .fact(format!("outcomes told: 1, wanted: {}", console.plan.len()))
            .why(
                "One failure stands for all. Whoever mends it meets the next \
                 one tomorrow, and the one after that the day after.",
            )
            .read_on(PAGE, "The first failure only")
            .fail();
    }
    kind_by_kind(verdict, console, seen, got).fail();
}

fn snapshots_differ(
    verdict: Verdict,
    console: &Console,
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
            in_completion_order(verdict).fail();
        }
        verdict.fail();
    }
    if got.done.is_empty() && got.failed == wanted.failed {
        verdict
            .why(
                "Every failure is there, and no snapshot. An error that can \
                 hold both is needed where both have happened.",
            )
            .read_on(PAGE, "What was done is lost")
            .fail();
    }
    verdict.fail();
}

fn no_second_try(verdict: Verdict) -> Verdict {
    verdict
        .why(
            "To be busy is the one failure that passes by itself. What is to \
             be done about a failure depends on its kind.",
        )
        .read_on(PAGE, "All alike")
}

fn in_completion_order(verdict: Verdict) -> Verdict {
    verdict
        .why(
            "They stand in the order in which the backups ended. Take them as \
             they come, but put each in its place.",
        )
        .read_on(PAGE, "In completion order")
}

fn in_no_order(verdict: Verdict) -> Verdict {
    verdict.why(
        "Each is told once, and some of them at the place of another: neither \
         in the order of the list, nor in that in which the backups ended. \
         Keep its place with each handle.",
    )
}

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
        return verdict.why(
            "Each outcome is told once, and some of them at the place of \
             another. Keep its place with each handle.",
        );
    }
    for (place, entry) in console.plan.iter().enumerate() {
        let told: Vec<_> = told_at(place, got);
        let wanted = entry.outcome();
        if told.as_slice() != std::slice::from_ref(&wanted) {
            return because(verdict, console, seen, got, place, &told);
        }
    }
    verdict
}

fn because(
    verdict: Verdict,
    console: &Console,
    seen: &Seen,
    got: &Failures,
    place: usize,
    told: &[Outcome],
) -> Verdict {
    let entry = &console.plan[place];
    let name = &entry.name;
    let mut plan = console.plan.iter().enumerate();
    let only_cancelled_missing = plan.all(|(place, entry)| {
        entry.last() == Aborted || !told_at(place, got).is_empty()
    });
    if console.starts_of(name) > 2 * console.entries_of(name).count() {
        return verdict
            .fact(format!(
                "{name} started: {} times, wanted: at most twice",
                console.starts_of(name)
            ))
            .why(
                "What becomes of the second try is the outcome, whatever it \
                 is. Here another one was started after it.",
            );
    }
    let busy = Failure::Failed(BackupError::Busy);
    if let [Err(failure)] = told
        && *failure != busy
        && seen.under_way_at(console, place)
    {
        return given_up(verdict, console, seen, name, failure);
    }
    match (&entry.outcome(), told) {
        (Err(Failure::Cancelled), []) if only_cancelled_missing => verdict
            .why(format!(
                "{name} has no snapshot, and stands in no list. That somebody \
                 wanted it so is a reason to tell it apart, not to hide it.",
            ))
            .read_on(PAGE, "A cancellation left out"),
        (
            Err(Failure::Panicked(_) | Failure::Cancelled),
            [Err(Failure::Failed(error))],
        ) if *error != BackupError::Busy => verdict
            .why(format!(
                "The backup of {name} has not answered at all. Its task {}: \
                 that is what `JoinError` says, and it is no answer.",
                entry.last().told()
            ))
            .read_on(PAGE, "The end taken for an answer"),
        (Err(Failure::Panicked(_)), [Err(Failure::Cancelled)])
            if panics_are_told_by_a_word(console, got) =>
        {
            verdict
                .why(format!(
                    "Nobody aborted {name}: its task panicked, with the word \
                     \"cancelled\" in its message. A message is written for \
                     people; the kind is in the type.",
                ))
                .read_on(PAGE, "One text for every kind")
        }
        (Err(Failure::Panicked(_)), [Err(Failure::Cancelled)]) => verdict
            .why(format!(
                "Nobody aborted {name}: its task panicked. A `JoinError` is \
                 one or the other, and there is a mistake in the code that \
                 nobody will look for.",
            ))
            .read_on(PAGE, "Every JoinError a cancellation"),
        (Err(Failure::Cancelled), [Err(Failure::Panicked(_))]) => verdict
            .why(format!(
                "Nothing panicked in {name}: its task was aborted. A \
                 `JoinError` is one or the other.",
            ))
            .read_on(PAGE, "Every JoinError a panic"),
        (Err(Failure::Panicked(own)), [Err(Failure::Panicked(text))]) => {
            not_its_message(verdict, own, text)
        }
        (
            Err(Failure::Failed(_)),
            [Err(Failure::Panicked(_) | Failure::Cancelled)],
        ) => verdict
            .why(format!(
                "The backup of {name} answered with an error, and its task \
                 ended in good order. What stands in the message says nothing \
                 about its kind.",
            ))
            .read_on(PAGE, "One text for every kind"),
        (
            Err(Failure::Failed(BackupError::Refused(text))),
            [Err(Failure::Failed(BackupError::Refused(longer)))],
        ) if longer.len() > text.len() && longer.contains(text.as_str()) => {
            verdict
                .why(
                    "That is the text of an error, wrapped up as the message \
                     of another one. The error itself is there to be handed \
                     on, as it came.",
                )
                .read_on(PAGE, "One text for every kind")
        }
        (_, [Err(Failure::Failed(BackupError::Busy))]) => {
            because_of_busy(verdict, console, seen, place)
        }
        _ => verdict,
    }
}

/// Explains a place that is told as busy.
fn because_of_busy(
    verdict: Verdict,
    console: &Console,
    seen: &Seen,
    place: usize,
) -> Verdict {
    let entry = &console.plan[place];
    let name = &entry.name;
    if entry.second.is_some() && !console.tried_again() {
        return no_second_try(verdict);
    }
    if seen.again_under_way(console, place) {
        return second_not_awaited(verdict.fact(format!(
            "came back with {} under way, wanted: 0",
            counted(seen.under_way, "backup")
        )));
    }
    let others = || console.plan.iter().any(|entry| entry.first == Busy);
    if entry.first != Busy && others() {
        return verdict.why(format!(
            "{name} was never busy: that has happened to another one. What \
             becomes of a second try is told at the place of the first.",
        ));
    }
    if entry.first == Busy && console.again_of(name) == 0 {
        return verdict.why(format!(
            "{name} was busy, and was not started again; another one was. Each \
             backup that ends with `Busy` has a second try, whatever becomes \
             of the others.",
        ));
    }
    if console.all_tried_again(name) {
        return verdict
            .why(format!(
                "{name} was busy at the first try, and not at the second. What \
                 is told is over, and what has happened since is lost.",
            ))
            .read_on(PAGE, "The first try told");
    }
    verdict
}

/// Whether all panics are told as panics but those with a word in the message.
fn panics_are_told_by_a_word(console: &Console, got: &Failures) -> bool {
    let panics = console.plan.iter().enumerate();
    let panics = panics.filter(|(_, it)| matches!(it.last(), Panics(_)));
    let (mut told_as_panics, mut by_the_word) = (0, true);
    for (place, entry) in panics {
        let panicked =
            matches!(told_at(place, got)[..], [Err(Failure::Panicked(_))]);
        told_as_panics += usize::from(panicked);
        by_the_word &= panicked != entry.last().says("cancelled");
    }
    by_the_word && told_as_panics > 0
}

/// Explains a panic that is told with another text than its `own`.
fn not_its_message(verdict: Verdict, own: &str, text: &str) -> Verdict {
    if text == "a panic without a message" {
        return verdict.why(
            "The panic has a message. `message_of` finds it in the payload as \
             `try_into_panic` gives it, not in a box around that; and it \
             reads a `String` as well as a `&str`.",
        );
    }
    if own.contains(text) {
        return verdict.why(
            "That is a part of the message, and not all of it. What \
             `message_of` gives goes into `Panicked` unchanged.",
        );
    }
    let why = if text == "Any { .. }" {
        "`Any { .. }` is the box, not what is in it. `message_of` reads the \
         message."
    } else if text.starts_with("task ") || text.contains("JoinError::") {
        "That is the text of the `JoinError`, which differs from run to run by \
         the number of the task. The panic carries its own message: \
         `message_of` reads it."
    } else {
        return verdict;
    };
    verdict.why(why).read_on(PAGE, "One text for every kind")
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
            format!("Refused, \"{}\"", without_id(text))
        }
        Err(Failure::Panicked(text)) => {
            format!("Panicked, \"{}\"", without_id(text))
        }
        Err(Failure::Cancelled) => "Cancelled".to_owned(),
    }
}

/// The number of a task differs from run to run.
fn without_id(text: &str) -> String {
    let number = |word: &str| {
        !word.is_empty() && word.chars().all(|c| c.is_ascii_digit())
    };
    let words = text.split(' ');
    let words = words.map(|word| if number(word) { "N" } else { word });
    words.collect::<Vec<_>>().join(" ").replace('\n', "\\n")
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
            .why(
                "The task had kept the panic to itself, and handed it over with \
                 its handle. Your code panicked with it.",
            )
            .read_on(PAGE, "A panic passed on")
            .without_drawing()
            .fail();
    }
    if text.contains("`JoinError` reason is not a panic") {
        Verdict::new("the call panicked at a backup that was aborted")
            .asked("`Cancelled` in its place, beside all the others")
            .fact("`into_panic` panicked: `JoinError` reason is not a panic")
            .why(
                "A `JoinError` is a panic or a cancellation, and `into_panic` \
                 takes it for a panic unseen. `try_into_panic` asks first.",
            )
            .read_on(PAGE, "Every JoinError a panic")
            .without_drawing()
            .fail();
    }
    if text.contains("JoinError::") {
        let section = if text.contains("JoinError::Cancelled") {
            "Every JoinError a panic"
        } else {
            "A panic passed on"
        };
        Verdict::new("the call panicked when a task did not end in good order")
            .asked("`Panicked` or `Cancelled` in its place")
            .why(
                "The `JoinError` of a handle was unwrapped. It says how the \
                 task ended: in a panic, or aborted. `try_into_panic` tells \
                 which; put it in its place.",
            )
            .read_on(PAGE, section)
            .without_drawing()
            .fail();
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

impl Ends {
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
    /// Tasks that ended early, though nobody at the console had aborted them.
    stopped: usize,
    /// Those of them that were second tries.
    stopped_again: usize,
    /// When backups ended with a failure that is not `Busy`, which, and how.
    failures: Vec<(u64, String, Ends)>,
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

    /// Called when a backup ends: says what it means if the call does not.
    fn expect_of_a_hang(&self) {
        let started = self.notes().starts.len();
        if self.in_flight.now() == 1 {
            if_it_hangs(
                Verdict::new("all backups have ended, and the call waits on")
                    .fact(format!("started, and ended: {started}"))
                    .why(
                        "Nothing is left that could wake it. A handle tells of \
                         its end only whom has polled it; what else the call \
                         waits for, only the call itself could bring.",
                    )
                    .read_on("how-tests-see", "A hang"),
            );
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

    /// Which backup failed after so many milliseconds, and how.
    fn failed_at(&self, after: u64) -> Option<(String, &'static str)> {
        let notes = self.notes();
        let failed = notes.failures.iter().find(|it| it.0 == after);
        failed.map(|(_, name, ends)| (name.clone(), ends.told()))
    }

    /// Whether all backups came to an end, and nothing was started again.
    fn gave_up_on_the_busy(&self, seen: &Seen) -> bool {
        self.all_ended(seen) && !self.tried_again()
    }

    /// Whether all backups had ended by themselves when the call came back.
    fn all_ended(&self, seen: &Seen) -> bool {
        seen.under_way == 0 && self.notes().stopped == 0
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

    fn fails(&self, ends: Ends) {
        let after = self.console.began.millis();
        let failure = (after, self.name.clone(), ends);
        self.console.notes().failures.push(failure);
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
        self.console.expect_of_a_hang();
        if matches!(ends, Refused(_) | Panics(_) | Mute) {
            self.fails(ends);
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
            self.fails(Aborted);
        }
        let mut notes = self.console.notes();
        notes.ended.push(self.name.clone());
        self.console.first_end.send_replace(true);
        if self.call.is_some() && !self.may_stop {
            notes.stopped += 1;
            notes.stopped_again += usize::from(self.again);
        }
    }
}
