//! `cargo workbook verify --matrix`: right answers under conditions that others may bring.
#![cfg(unix)]

mod fixture;

use std::collections::BTreeSet;

use fixture::{Fixture, said};
use workbook::author::verify::matrix::{self, Condition, Matrix};

const SPEC: &str = "exercises/pair/tests/pair.rs";

#[test]
fn right_answers_stay_right_and_what_goes_by_the_clock_is_found() {
    let fixture = &Fixture::new("matrix");
    all_is_asked_and_holds(fixture);
    a_busy_machine_is_a_condition_too(fixture);
    a_limit_in_real_time_is_found(fixture);
    what_cannot_be_asked_is_named(fixture);
    what_does_not_compile_is_named(fixture);
    the_command_prints_the_table(fixture);
}

fn matrix(fixture: &Fixture, conditions: &[Condition]) -> Matrix {
    matrix::verify(&fixture.workspace, &[], conditions, false).expect("it comes to a report")
}

/// All but the load: whether a test passes then depends on what else the machine has to do.
const SURE: [Condition; 4] =
    [Condition::Spawned, Condition::Ticker, Condition::Late, Condition::Descriptors];

fn all_is_asked_and_holds(fixture: &Fixture) {
    let Matrix { exercises, problems, unasked, candidates, .. } = matrix(fixture, &SURE);

    assert_eq!(problems.len(), 0, "{problems:#?}");
    assert_eq!(unasked, []);
    assert_eq!(candidates, 3);
    let cells = exercises[0].cells.iter().map(|cell| (cell.condition, cell.asked));
    let (tests, spawned) = (3 * 2, 3);
    let wanted = SURE.map(|it| (it, if it == Condition::Spawned { spawned } else { tests }));
    assert!(cells.eq(wanted), "{exercises:#?}");
}

fn a_busy_machine_is_a_condition_too(fixture: &Fixture) {
    let Matrix { exercises, unasked, .. } = matrix(fixture, &[Condition::Load]);

    let [cell] = &exercises[0].cells[..] else { panic!("{exercises:#?}") };
    assert_eq!(cell.condition, Condition::Load);
    assert!(cell.asked == 3 * 2 || !unasked.is_empty(), "{exercises:#?}, {unasked:#?}");
}

/// The test would take every answer of ours, on a machine of ours.
fn a_limit_in_real_time_is_found(fixture: &Fixture) {
    let (from, to) = (
        "        let gate = Gate::of(3);\n        answers(&gate).await;",
        "        let gate = Gate::of(3);\n        let limit = std::time::Duration::from_millis(400);\n        \
         tokio::time::timeout(limit, answers(&gate)).await.expect(\"an answer in time\");",
    );
    let problems = fixture.with(SPEC, from, to, || matrix(fixture, &[Condition::Late]).problems);

    let late: Vec<_> =
        problems.iter().filter(|problem| problem.expected.contains("(late)")).collect();
    let named: BTreeSet<_> = late
        .iter()
        .map(|problem| (&*problem.place, problem.candidate.as_deref(), problem.test.as_deref()))
        .collect();
    let wanted = ["reference", "buffered", "ordered"]
        .map(|candidate| ("pair", Some(candidate), Some("asks_together")));
    assert_eq!(named, BTreeSet::from(wanted), "{problems:#?}");
    assert!(late[0].happened.contains("an answer in time"), "{problems:#?}");
}

fn what_cannot_be_asked_is_named(fixture: &Fixture) {
    let (from, to) = (
        "#[test]\nfn asks_together",
        "#[test]\nfn asks_nothing() {\n    testkit::run(async || drop(pair::ask_all(async |_| 1, &[])));\n}\n\n\
         #[test]\nfn asks_together",
    );
    let unasked = fixture.with(SPEC, from, to, || matrix(fixture, &[Condition::Late]).unasked);

    let [unasked] = &unasked[..] else { panic!("{unasked:#?}") };
    assert_eq!((&*unasked.exercise, unasked.condition), ("pair", Condition::Late));
    assert!(unasked.tests.iter().eq(["asks_nothing"]));
}

fn what_does_not_compile_is_named(fixture: &Fixture) {
    let file = "solutions/pair/src/alt/ordered.rs";
    let problems = fixture.with(file, "calls.collect().await", "calls", || {
        matrix(fixture, &[Condition::Late]).problems
    });

    let [problem] = &problems[..] else { panic!("{problems:#?}") };
    assert_eq!(problem.candidate.as_deref(), Some("ordered"));
    assert!(problem.happened.contains("mismatched types"), "{}", problem.happened);
}

fn the_command_prints_the_table(fixture: &Fixture) {
    let said =
        said(&fixture.workbook(&["verify", "--matrix=spawned,ticker,late,descriptors", "pair"]), 0);

    let [head, row] = ["exercise", "pair"].map(|name| {
        let line =
            said.lines().find(|line| line.trim_start().starts_with(name)).unwrap_or_default();
        line.split_whitespace().collect::<Vec<&str>>()
    });
    assert_eq!(
        head,
        ["exercise", "candidates", "spawned", "ticker", "late", "descriptors"],
        "{said}"
    );
    assert_eq!(row, ["pair", "3", "3/3", "6/6", "6/6", "6/6"], "{said}");
    assert!(said.contains("Right answers stay right. (3 candidates, "), "{said}");
}
