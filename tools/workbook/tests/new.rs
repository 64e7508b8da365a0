//! `cargo workbook new`, and from its skeleton to a whole exercise by what `verify` says.

mod fixture;

use std::{
    collections::BTreeSet,
    fs,
    path::Path,
    process::{Command, Output},
    time::Instant,
};

use fixture::{Fixture, said};
use workbook::{
    author::{
        new::skeleton,
        verify::{Options, report::Problem},
    },
    engine::compile::cargo,
};

const MANIFEST: &str = "exercises/demo/exercise.toml";
const PAGE: &str = "book/src/demo.md";

/// Something that an author does because `verify` asks for it.
struct Step {
    /// Words of the problems that ask for it: of what is expected, what is, or what to do.
    asked: &'static [&'static str],
    /// What the author does.
    does: fn(&Fixture),
}

/// What `verify` asks for, besides `--bless` and files of one's own in the place of the skeleton's.
const STEPS: [Step; 8] = [
    Step {
        asked: &["the line of `demo` in book/src/SUMMARY.md is your own"],
        does: |at| replace(at, "book/src/SUMMARY.md", "Three calls at once", "A basket"),
    },
    Step {
        asked: &["the line of `demo` in book/src/from-asyncio.md is your own"],
        does: |at| replace(at, "book/src/from-asyncio.md", "three calls at once", "a basket"),
    },
    Step {
        asked: &["Copy the one that is right over the other."],
        does: |at| {
            at.write("exercises/demo/src/answer.rs", &at.read("solutions/demo/src/start.rs"));
        },
    },
    Step {
        asked: &["Write another right answer, of another form than the reference"],
        does: |at| {
            write(at, "solutions/demo/src/alt/unordered.rs");
            let table = "\n[alternatives.unordered]\ntitle = \"`FuturesUnordered`: as they come\"\n\
                         when = \"Each price is of use at once.\"\n";
            append(at, MANIFEST, table);
        },
    },
    Step {
        asked: &[
            "\"`FuturesUnordered`: as they come\" is a heading",
            "has no {{#item solutions/demo/src/alt/unordered.rs",
        ],
        does: |at| {
            let section = "\n### `FuturesUnordered`: as they come\n\n\
                           {{#item solutions/demo/src/alt/unordered.rs total}}\n";
            append(at, PAGE, section);
        },
    },
    Step {
        asked: &["Add a wrong answer that it catches", "Add a wrong answer that it is true of"],
        does: |at| {
            write(at, "solutions/demo/src/anti/once_each.rs");
            let table = "\n[anti.once_each]\ntitle = \"A set of items\"\n\
                         symptom = \"Two of a kind cost as much as one.\"\n\
                         fails = [\"adds_every_item\"]\n";
            append(at, MANIFEST, table);
        },
    },
    Step {
        asked: &[
            "Write `{{#anti demo/once_each}}`",
            "\"A set of items\" is a section of book/src/demo.md",
        ],
        does: |at| {
            let section = "{{#anti demo/once_each}}\n\n## Other right answers";
            replace(at, PAGE, "## Other right answers", section);
        },
    },
    Step {
        asked: &["missing: The case, When not to, Go deeper"],
        does: |at| {
            replace(at, PAGE, "## Predict", "## The case\n\nA slow checkout.\n\n## Predict");
            append(at, PAGE, "\n## When not to\n\nOne item.\n\n## Go deeper\n\nNothing more.\n");
        },
    },
];

/// What a problem asks for.
#[derive(Debug)]
enum Action {
    /// To record what happens.
    Bless,
    /// To put a file of one's own in the place of the skeleton's.
    Write(String),
    /// Another step: its place among the [`STEPS`].
    Step(usize),
}

fn action_for(problem: &Problem) -> Action {
    let text = [&*problem.expected, &problem.happened, &problem.remedy].join("\n");
    if let Some(step) =
        STEPS.iter().position(|step| step.asked.iter().any(|words| text.contains(words)))
    {
        return Action::Step(step);
    }
    if problem.remedy.contains("`cargo workbook verify demo --bless`") {
        return Action::Bless;
    }
    let file = problem.expected.strip_suffix(" is your own");
    file.map_or_else(
        || panic!("the author does not know what to do: {problem:#?}"),
        |file| Action::Write(file.to_owned()),
    )
}

/// Nothing is done that `verify` has not asked for, and nothing twice. What stays to be done in the
/// end is nothing.
#[test]
fn verify_leads_from_the_skeleton_to_a_whole_exercise() {
    let fixture = Fixture::new("new");
    said(&fixture.workbook(&["new", "demo"]), 0);
    the_skeleton_is_a_tiny_exercise_that_works(&fixture);

    let began = Instant::now();
    let mut rounds = 0;
    let mut done = BTreeSet::new();
    let mut bless = false;
    loop {
        rounds += 1;
        let names = vec!["demo".to_owned()];
        let report = fixture.verify(&Options { names, bless, ..Options::default() });
        if report.problems.is_empty() && !bless {
            break;
        }
        bless = false;
        let mut now = BTreeSet::new();
        for problem in &report.problems {
            let action = action_for(problem);
            if let Action::Bless = action {
                bless = true;
                continue;
            }
            let name = format!("{action:?}");
            assert!(!done.contains(&name), "it is done, and asked for again: {problem:#?}");
            if now.insert(name) {
                match action {
                    Action::Bless => {}
                    Action::Write(file) => write(&fixture, &file),
                    Action::Step(step) => (STEPS[step].does)(&fixture),
                }
            }
        }
        done.extend(now);
    }
    println!("{} steps in {rounds} rounds, {:.1} s", done.len(), began.elapsed().as_secs_f64());
    let files = skeleton::files("demo").iter().filter(|file| file.remedy.is_some()).count();
    assert_eq!(done.len(), files + STEPS.len(), "every step was asked for: {done:#?}");
}

fn the_skeleton_is_a_tiny_exercise_that_works(fixture: &Fixture) {
    let green = said(&tests_of(fixture, "demo-solution"), 0);
    assert!(green.contains("exercise::makes_the_three_calls_together ... ok"), "{green}");
    assert!(green.contains("spawned::in_a_task_of_a_server ... ok"), "{green}");
    let red = said(&tests_of(fixture, "demo"), 101);
    assert!(red.contains("this part is not written yet"), "{red}");
    is_formatted(fixture);
}

/// Where rustfmt is installed: nothing else here needs it.
fn is_formatted(fixture: &Fixture) {
    let version = Command::new("rustfmt").arg("--version").output();
    if !version.is_ok_and(|output| output.status.success()) {
        return;
    }
    let mut files = skeleton::files("demo");
    files.retain(|file| Path::new(&file.path).extension().is_some_and(|it| it == "rs"));
    let mut rustfmt = Command::new("rustfmt");
    rustfmt.args(["--check", "--edition", "2024", "--config", "max_width=80"]);
    rustfmt.args(["--config", "use_small_heuristics=Max"]);
    rustfmt.args(files.iter().map(|file| fixture.path(&file.path)));
    said(&rustfmt.output().expect("it can be started"), 0);
}

fn tests_of(fixture: &Fixture, package: &str) -> Output {
    let mut command = cargo();
    command.args(["test", "--offline", "-p", package]).current_dir(&fixture.workspace.root);
    command.env("CARGO_TARGET_DIR", &fixture.workspace.target);
    command.output().expect("cargo can be started")
}

#[test]
fn new_refuses_names_that_cannot_be_and_overwrites_nothing() {
    let fixture = Fixture::new("new-refused");
    let mine = "book/quiz/quizzed.toml";
    fixture.write(mine, "# mine\n");
    fixture.write("book/src/paged.md", "# Mine\n");
    fixture.add("trio", "formerly = [\"threesome\"]");
    for (name, why) in [
        ("", "one word of the letters a to z"),
        ("Demo", "one word of the letters a to z"),
        ("two_words", "one word of the letters a to z"),
        ("two-words", "one word of the letters a to z"),
        ("part2", "one word of the letters a to z"),
        ("../demo", "one word of the letters a to z"),
        ("async", "a meaning of its own"),
        ("exercise", "a meaning of its own"),
        ("std", "a meaning of its own"),
        ("pair", "There is an exercise `pair`"),
        ("threesome", "was the name of `trio`"),
        ("tokio", "a dependency `tokio` 1."),
        ("testkit", "a package of this workbook `testkit`"),
        ("paged", "book/src/paged.md is a page of the book already"),
        ("quizzed", "book/quiz/quizzed.toml exists already"),
    ] {
        let text = said(&fixture.workbook(&["new", name]), 3);
        assert!(text.contains(why), "{name}: {text}");
        assert!(
            ["Choose another", "Use one word"].iter().any(|remedy| text.contains(remedy)),
            "{name}: {text}"
        );
        assert_eq!(fixture.path("exercises").join(name).exists(), ["", "pair"].contains(&name));
    }
    assert_eq!(fixture.read(mine), "# mine\n");
    assert!(!fixture.read("book/src/SUMMARY.md").contains("Three calls"), "nothing is linked");
}

/// The author's text of a file, from `tests/new/demo`.
fn write(fixture: &Fixture, file: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/new/demo").join(file);
    fixture.write(file, &fs::read_to_string(path).expect("the author has a text"));
}

fn append(fixture: &Fixture, file: &str, text: &str) {
    fixture.write(file, &(fixture.read(file) + text));
}

fn replace(fixture: &Fixture, file: &str, from: &str, to: &str) {
    let text = fixture.read(file);
    assert!(text.contains(from), "{file} does not contain {from}");
    fixture.write(file, &text.replacen(from, to, 1));
}
