//! The table of lints: what is recorded, and what turns it red.

mod fixture;

use anyhow::Result;
use fixture::Fixture;
use workbook::author::lints::{self, Observed};
use workbook::author::verify::Options;
use workbook::author::verify::lints::{compare, with};
use workbook::author::verify::recordings::Recorded;
use workbook::author::verify::shown;
use workbook::catalogue::recording_paths;
use workbook::pages::book_context::BookContext;
use workbook::pages::directives;

const CASE: &str = "solutions/pair/src/lints/underscore.rs";
const RECORDING: &str = "solutions/pair/recorded/lints.json";

const MISTAKE: &str = "pub async fn call() -> u32 {
    7
}

pub async fn wrong() {
    let _ = call();
}

pub async fn right() -> u32 {
    call().await
}
";

fn with_a_case(name: &str) -> Fixture {
    let fixture = Fixture::new(name);
    let manifest = "exercises/pair/exercise.toml";
    let case = "\n[lints.underscore]\ntitle = \"`let _ =`\"\n";
    fixture.write(manifest, &(fixture.read(manifest) + case));
    fixture.write(CASE, MISTAKE);
    fixture
}

/// Without asking the compiler.
fn recorded(fixture: &Fixture) -> Recorded {
    compare(&fixture.workspace, &fixture.pair(), &Options::default()).expect("it can be read")
}

fn observed(fixture: &Fixture) -> Result<Observed> {
    lints::observe(&fixture.workspace, &fixture.pair())
}

fn compared(fixture: &Fixture, now: &Observed, bless: bool) -> Recorded {
    with(&fixture.workspace, &fixture.pair(), now, bless).expect("it can be written")
}

#[track_caller]
fn only(recorded: &Recorded) -> (&str, &str) {
    let [problem] = &recorded.problems[..] else { panic!("{:#?}", recorded.problems) };
    assert_eq!(problem.place, "pair");
    (&problem.happened, &problem.remedy)
}

#[test]
fn what_is_reported_is_recorded_and_compared() {
    let fixture = with_a_case("lints");
    let now = &observed(&fixture).expect("cargo can be asked");
    let remedy = "If the new one is right: `cargo workbook verify pair --bless --lint`.";
    assert_eq!(only(&recorded(&fixture)).1, remedy);
    assert_eq!(only(&compared(&fixture, now, false)).1, remedy);

    let written = compared(&fixture, now, true);
    assert_eq!(written.problems.len(), 0, "{:#?}", written.problems);
    assert_eq!(written.blessed, [RECORDING]);
    let text = fixture.read(RECORDING);
    assert!(text.contains("\"clippy::let_underscore_future\""), "{text}");
    assert!(text.contains("\"let_underscore_drop\""), "{text}");
    assert_eq!(recorded(&fixture).problems.len(), 0);
    let same = compared(&fixture, now, true);
    assert_eq!((same.problems.len(), same.blessed.len()), (0, 0), "{same:#?}");

    // A toolchain that reports more than it did, seen from the one that knew less.
    let less = text.replace("\"clippy::let_underscore_future\"", "");
    fixture.write(RECORDING, &less);
    assert_eq!(recorded(&fixture).problems.len(), 0, "nobody was asked");
    let differs = compared(&fixture, now, false);
    let (happened, told) = only(&differs);
    let (was, is) = happened.split_once(", is ").expect("it says both");
    assert!(was.contains("underscore: was clippy::unused_async (when asked)"), "{happened}");
    assert!(is.starts_with("clippy::let_underscore_future, "), "{happened}");
    assert_eq!(told, remedy);

    // The version alone is no difference: the next toolchain may well report the same.
    let rustc = workbook::catalogue::toolchain::rustc().expect("rustc is installed");
    fixture.write(RECORDING, &text.replace(&rustc, "1.0.0"));
    assert_eq!(compared(&fixture, now, false).problems.len(), 0);
}

#[test]
fn the_table_stands_on_the_page() {
    let fixture = with_a_case("lints-page");
    let now = observed(&fixture).expect("cargo can be asked");
    compared(&fixture, &now, true);
    let context = BookContext::around(&fixture.path("book")).expect("the workbook can be read");
    let misses_the_table = |markdown: &str| {
        let expanded = directives::page(&context, markdown).expect("the page can be built");
        shown::all(&fixture.workspace, &fixture.pair(), &expanded)
            .iter()
            .any(|problem| problem.happened == "book/src/pair.md has no {{#lints pair}}")
    };
    assert!(misses_the_table("No table.\n"));
    assert!(!misses_the_table("{{#lints pair}}\n"));
}

#[test]
fn a_cure_that_is_reported_is_no_cure() {
    let fixture = with_a_case("lints-cure");
    fixture.write(CASE, &MISTAKE.replace("call().await", "call();\n    7"));
    let now = observed(&fixture).expect("cargo can be asked");
    let noisy = compared(&fixture, &now, true);
    assert_eq!(noisy.problems[0].candidate.as_deref(), Some("underscore"));
    assert!(noisy.problems[0].happened.contains("unused_must_use"), "{noisy:#?}");
}

#[test]
fn a_case_that_does_not_compile_or_is_not_there_is_told() {
    let fixture = with_a_case("lints-broken");
    fixture.write(CASE, &MISTAKE.replace("    7", "    \"7\""));
    let said = format!("{:#}", observed(&fixture).expect_err("it does not compile"));
    assert!(said.contains("do not compile") && said.contains("underscore.rs"), "{said}");

    std::fs::remove_file(fixture.path(CASE)).expect("it was there");
    let flaws = fixture.pair().file_flaws();
    assert_eq!(flaws.len(), 1, "{flaws:?}");
    assert_eq!(flaws[0].file.to_string_lossy(), CASE);
    fixture.write("solutions/pair/src/lints/stray.rs", MISTAKE);
    let flaws = fixture.pair().file_flaws();
    assert_eq!(flaws[1].field.as_deref(), Some("lints.stray"), "{flaws:?}");
    assert_eq!(recording_paths::lints_file(&fixture.pair()), fixture.path(RECORDING));
}
