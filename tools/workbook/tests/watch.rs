//! The screen, driven as a learner drives it: in a terminal, by keys and saves.
#![cfg(target_os = "linux")]

mod fixture;
mod terminal;

use std::env;
use std::fs;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant, SystemTime};

use fixture::{EXERCISE, Fixture};
use rustix::process::Signal;
use serde_json::Value;
use terminal::picture::{self, Scene};
use terminal::{PATIENCE, Terminal, none_left, processes};
use timeline::{Clock, How, Recording};
use workbook::engine::signals::is_ignored;

const WORKBOOK: &str = env!("CARGO_BIN_EXE_workbook");
const REFERENCE: &str = "solutions/pair/src/reference.rs";
const IN_SEQUENCE: &str = "solutions/pair/src/anti/in_sequence.rs";
const IN_SEQUENCE_NAMED: &str =
    "This fails exactly as the anti-pattern \"Awaiting in a loop\" does.";
const LINK: &str = "\x1b]8;;file:///";
const STORY: &str = "tests/recorded/story.svg";

/// The fixture with a second exercise: the first, with another name.
fn two_exercises(case: &str) -> Fixture {
    let fixture = Fixture::shipped(case);
    for file in [
        "exercises/pair/Cargo.toml",
        "exercises/pair/exercise.toml",
        "exercises/pair/src/lib.rs",
        "exercises/pair/src/given.rs",
        "exercises/pair/src/answer.rs",
        "exercises/pair/tests/pair.rs",
        "exercises/pair/tests/pair/causes.rs",
        "solutions/pair/Cargo.toml",
        "solutions/pair/src/lib.rs",
        "solutions/pair/src/reference.rs",
        "solutions/pair/src/start.rs",
        "book/src/pair.md",
    ] {
        let text = fixture.read(file).replace("pair", "again").replace("Two", "Two more");
        write_if_new(&fixture, &file.replace("pair", "again"), &text);
    }
    let summary = fixture.read("book/src/SUMMARY.md") + "- [Two more](again.md)\n";
    fixture.write("book/src/SUMMARY.md", &summary);
    fixture.write("solutions/pair/recorded/in_sequence.asks_together.json", &trace());
    fixture.ship();
    fixture
}

/// A file that is written anew is built anew.
fn write_if_new(fixture: &Fixture, file: &str, text: &str) {
    if fs::read_to_string(fixture.path(file)).ok().as_deref() != Some(text) {
        fixture.write(file, text);
    }
}

/// What `verify` records of the anti-pattern.
fn trace() -> String {
    let mut recording = Recording::new(Clock::Real);
    for call in ["call 1", "call 2", "call 3"] {
        let call = recording.start(call, 0);
        recording.end(call, How::Finished, 0);
    }
    serde_json::to_string(&recording.timeline()).expect("plain data")
}

fn watch(fixture: &Fixture, variables: &[(&str, &str)]) -> Terminal {
    let root = fixture.workspace.root.display().to_string();
    let target = fixture.workspace.target.display().to_string();
    let mut all = vec![("CARGO_TARGET_DIR", target.as_str())];
    all.extend(variables);
    Terminal::start(WORKBOOK, &["--root", &root], &all)
}

/// An answer that is right, and is not the reference.
const OWN: &str = "\
use futures::future::join_all;

use crate::given::*;

/// Asks all `questions` at once.
pub async fn ask_all(
    ask: impl AsyncFn(u32) -> Answer,
    questions: &[u32],
) -> Vec<Answer> {
    let mut calls = Vec::new();
    for &question in questions {
        calls.push(ask(question));
    }
    join_all(calls).await
}
";

/// A learner's file whose body is this.
fn answer(body: &str) -> String {
    format!(
        "pub async fn ask_all(ask: impl AsyncFn(u32) -> u32, questions: &[u32]) -> Vec<u32> {{\n\
         let _ = (&ask, questions);\n{body}\nvec![]\n}}\n"
    )
}

#[test]
fn a_learners_story() {
    let fixture = &two_exercises("story");
    record_in_sequence(fixture);
    let mut scenes = Vec::new();
    let terminal = &mut watch(fixture, &[]);
    let mut scene = |terminal: &Terminal, caption: &str| {
        scenes.push(Scene { caption: caption.to_owned(), screen: terminal.screen() });
    };

    // The first time: how to begin, what is red, and the way on.
    terminal.wait_for(&["pair  Two questions at once", "0 of 2 solved, 5 min", "2 of 2 tests"]);
    terminal.wait_for(&[" Open ", " Save ", " Keys ", " Help ", "this part is not written yet"]);
    scene(terminal, "$ cargo workbook        the first time: how to begin");
    terminal.press("h");
    terminal.wait_for(&["hint 1 of 2: When is the second question asked?"]);
    terminal.press("h");
    terminal.wait_for(&["hint 1 of 2:", "hint 2 of 2: `futures::future::join_all`"]);
    scene(terminal, "h, and again: hints for the test that fails now");
    terminal.press("h");
    terminal.wait_for(&["These are all the hints."]);

    // Edits.
    fixture.write(EXERCISE, &fixture.read(IN_SEQUENCE));
    terminal.wait_for(&["1 of 2 tests to go", "the calls were made one after another"]);
    terminal.wait_for(&["call 3     ▐▌", "Read on: pair, \"Awaiting in a loop\""]);
    let shown = terminal.wait_for(&[IN_SEQUENCE_NAMED]);
    assert!(shown.contains("hint 2 of 2"), "the hints belong to the test:\n{shown}");
    scene(terminal, "An edit, saved: the tests have run, and name the anti-pattern");
    fixture.write(EXERCISE, &answer("let number: u32 = \"one\";"));
    let shown = terminal.wait_for(&["It does not compile", "error[E0308]: mismatched types"]);
    assert!(!shown.contains("hint 2 of 2"), "the compiler comes first:\n{shown}");
    terminal.press("h");
    terminal.wait_for(&["It does not compile yet: hints are about tests that fail."]);
    fixture.write(EXERCISE, OWN);
    let solved = terminal.wait_for(&["Solved: 2 tests passed", "1 of 2 solved"]);
    for words in [
        "`join_all` polls its futures together and keeps their order.",
        "Yours                                   Awaiting in a loop",
        "call 1 ▐▌                               call 1 ▐▌",
        "call 2 ▐▌                               call 2   ▐▌",
        "The reference: solutions/pair/src/reference.rs",
        "Next: again, Two more questions at once. Press n.",
    ] {
        assert!(solved.contains(words), "{words} is missing in:\n{solved}");
    }
    scene(terminal, "Another edit: solved, and beside it what the loop would have done");

    // Other exercises.
    terminal.press("n");
    terminal.wait_for(&["again  Two more questions at once", "2 of 2 tests to go"]);
    terminal.press("l");
    terminal.wait_for(&[
        "1 of 2 solved",
        "[all]",
        "✓ solved    pair",
        "  untouched again",
        "/ search",
    ]);
    terminal.press("p");
    terminal.wait_until("what is pending", |text| {
        text.contains("[pending]") && !text.contains("✓ solved")
    });
    terminal.press("p/pai");
    terminal.wait_until("one exercise", |text| {
        text.contains("search: pai") && !text.contains("untouched")
    });
    terminal.press("\r");
    terminal.wait_for(&["pair  Two questions at once", "Solved: 2 tests passed"]);

    back_to_the_start_and_forward_again(terminal, fixture);

    // The reference, after it and before it is solved.
    terminal.press("s");
    terminal.wait_for(&["//! The reference.", "join_all(questions.iter()", "Other right answers"]);
    terminal.press("d");
    terminal.wait_for(&["- yours", "+ the reference", "-    for &question in questions {"]);
    terminal.wait_for(&["-    join_all(calls).await", "+    join_all(questions.iter().map("]);
    scene(terminal, "d, once it is solved: your code and the reference");
    terminal.press("\x1b");
    terminal.wait_for(&["Solved: 2 tests passed"]);
    terminal.press("n");
    terminal.wait_for(&["2 of 2 tests to go"]);
    terminal.press("s");
    terminal.wait_for(&["Show the reference of again? You have not solved it yet."]);
    terminal.press("y\r");
    terminal.wait_for(&["join_all(questions.iter()"]);
    terminal.press("d");
    terminal.wait_for(&["-    todo!(", "+    join_all(questions.iter()"]);
    terminal.press("s");
    terminal.wait_for(&["a put it in my file"]);
    terminal.press("ay\r");
    terminal.wait_for(&["Solved: 2 tests passed", "Every exercise is solved.", "2 of 2 solved"]);

    terminal.press("q");
    assert_eq!(terminal.ended().code(), Some(0));
    terminal.wait_for(&["2 of 2 exercises solved."]);
    none_left(&fixture.workspace.root.display().to_string());
    recorded(&picture::svg("A learner's first minutes with cargo workbook", &scenes, 2));
}

fn back_to_the_start_and_forward_again(terminal: &Terminal, fixture: &Fixture) {
    terminal.press("x");
    terminal.wait_for(&["Reset pair? exercises/pair/src/answer.rs becomes", "y Enter yes"]);
    // Neither a letter nor `no` changes anything or leads anywhere.
    terminal.press("n");
    terminal.wait_for(&["> n_", "pair  Two questions at once"]);
    terminal.press("\r");
    terminal.wait_for(&["Nothing was changed.", "pair  Two questions at once"]);
    terminal.press("xy");
    terminal.wait_for(&["> y_", "pair  Two questions at once"]);
    terminal.press("\x1b");
    terminal.wait_for(&["Nothing was changed.", "pair  Two questions at once"]);
    assert_eq!(fixture.read(EXERCISE), OWN);
    terminal.press("xy\r");
    terminal.wait_for(&["starting point is back.", "2 of 2 tests to go", "0 of 2 solved"]);
    assert_eq!(fixture.read(EXERCISE), fixture.read("solutions/pair/src/start.rs"));
    terminal.press("uy\r");
    terminal.wait_for(&["Solved: 2 tests passed", "1 of 2 solved"]);
    assert_eq!(fixture.read(EXERCISE), OWN);
}

/// Compares the picture in the README with this one, or with `BLESS=1` writes it.
fn recorded(picture: &str) {
    let picture = without_durations(picture);
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(STORY);
    if env::var_os("BLESS").is_some() {
        fs::create_dir_all(file.parent().expect("a folder")).expect("a folder");
        fs::write(&file, &picture).expect("the picture is written");
    }
    let old = fs::read_to_string(&file).unwrap_or_default().replace('\r', "");
    assert!(
        old == picture,
        "tools/workbook/{STORY} shows another screen. If the new one is right: \
         BLESS=1 cargo test -p workbook --test watch"
    );
}

/// How long tests took differs from run to run, and so does how many runs there were.
fn without_durations(picture: &str) -> String {
    let is_duration = |words: &str| {
        let time = words.split("  run ").next().and_then(|time| time.strip_suffix(" s"));
        words.starts_with("run ") || time.is_some_and(|number| number.parse::<f32>().is_ok())
    };
    let lines = picture.lines().map(|line| {
        line.split_inclusive("</tspan>")
            .filter(|span| {
                let text = span.rsplit_once("</tspan>").map_or("", |(before, _)| before);
                !is_duration(text.rsplit('>').next().unwrap_or_default())
            })
            .collect::<String>()
    });
    lines.map(|line| line + "\n").collect()
}

#[test]
fn the_first_time_it_says_how_to_begin_and_later_what_it_knows() {
    let fixture = &Fixture::shipped("first");
    let is_welcome = |text: &str| text.contains(" Save  it, and the tests run by themselves.");
    let terminal = &mut watch(fixture, &[]);
    terminal.wait_for(&["Open  exercises/pair/src/answer.rs in your editor"]);
    let shown = terminal.wait_for(&["2 of 2 tests to go", "run 1, "]);
    assert!(is_welcome(&shown), "nothing has been saved yet:\n{shown}");
    fixture.write(EXERCISE, &fixture.read(IN_SEQUENCE));
    let shown = terminal.wait_for(&["1 of 2 tests to go"]);
    assert!(!is_welcome(&shown), "the first save is judged:\n{shown}");
    terminal.press("q");
    assert!(terminal.ended().success());

    // One run of which it is certain that nothing was saved meanwhile.
    fixture.workbook(&["test", "pair"]);
    // Nothing is ever built, so that all that is shown was known before.
    let cargo = script(fixture, "cargo.sh", &format!("exec sleep {BUILDING}"));
    let terminal = &mut watch(fixture, &[("CARGO", &cargo)]);
    let known = "Last run: asks_together failed first, and nothing has changed since.";
    let shown = terminal.wait_for(&[known, "building"]);
    assert!(!is_welcome(&shown), "it is not the first time:\n{shown}");
    fixture.write(EXERCISE, &fixture.read(REFERENCE));
    terminal.wait_for(&["Last run: asks_together failed first. Something has changed since."]);
    terminal.press("q");
    assert!(terminal.ended().success());
    none_left(&format!("sleep {BUILDING}"));
}

/// A program of the fixture's own.
fn script(fixture: &Fixture, name: &str, text: &str) -> String {
    fixture.write(name, &format!("#!/bin/sh\n{text}\n"));
    let file = fixture.path(name);
    let may_run = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    fs::set_permissions(&file, may_run).expect("it may be run");
    file.display().to_string()
}

/// So long takes a build that does not end. No other test has this number.
const BUILDING: u32 = 86_398;

#[test]
fn the_page_is_shown_without_building_anything() {
    let fixture = &Fixture::shipped("page");
    let pages = "[output.html]\nsite-url = \"/b/\"\n\
                 git-repository-url = \"https://github.com/a/b\"\n";
    fixture.write("book/book.toml", pages);
    // Nothing is ever built, neither tests nor the book.
    let cargo = script(fixture, "cargo.sh", &format!("exec sleep {BUILDING}"));
    let target = fixture.path("target").display().to_string();
    let root = fixture.workspace.root.display().to_string();
    let variables = [("CARGO_TARGET_DIR", target.as_str()), ("CARGO", &cargo), ("BROWSER", "true")];
    let shown = |words: &[&str]| {
        let terminal = &mut Terminal::start(WORKBOOK, &["--root", &root], &variables);
        terminal.wait_for(&["read the page: b", "building"]);
        terminal.press("b");
        terminal.wait_for(words);
        terminal.press("q");
        assert!(terminal.ended().success());
    };
    let offline = "`cargo workbook book build` in another terminal";
    shown(&["The page: https://a.github.io/b/pair.html", offline]);
    // What was compiled once serves the book at once.
    let says = format!("echo 'The book is at http://127.0.0.1:3/ (so)'\nexec sleep {BUILDING}");
    script(fixture, "target/debug/mdbook-workbook", &says);
    shown(&["The page: http://127.0.0.1:3/pair.html"]);
    none_left(&root);
}

#[test]
fn whatever_happens_the_terminal_is_given_back_and_no_process_is_left() {
    whatever_the_code_does_it_is_judged();
    signals_end_it_with_all_that_it_has_started();
}

fn whatever_the_code_does_it_is_judged() {
    let fixture = &Fixture::shipped("faults");
    fixture.write(".workbook/progress.toml", "not = [a file");
    let terminal = &mut watch(fixture, &[]);
    // What cannot be read is put aside, and said.
    terminal.wait_for(&["progress.toml", "2 of 2 tests to go"]);
    let aside = fs::read_dir(fixture.path(".workbook")).expect("the folder").flatten();
    assert!(
        aside.into_iter().any(|file| fs::read(file.path()).is_ok_and(|it| it == b"not = [a file"))
    );

    // Two hundred children, half of which leave the group, and a message that would steer the
    // terminal.
    let children = format!(
        "for number in 0..200 {{\n\
         let program = if number % 2 == 0 {{ \"env\" }} else {{ \"setsid\" }};\n\
         let mut child = std::process::Command::new(program);\n\
         child.args([\"sleep\", \"{SLEEP}\"]).spawn().expect(\"a child\");\n\
         }}\npanic!(\"\\x1b[2J\\x1b]0;title\\x07two hundred\");"
    );
    fixture.write(EXERCISE, &answer(&children));
    terminal.wait_for(&["two hundred", "pair  Two questions"]);
    none_left(&sleeps());

    // Fifty megabytes, past the test runner's own capture.
    let flood = "use std::io::Write as _;\n\
                 let line = [b'x'; 1 << 20];\n\
                 for _ in 0..25 { std::io::stdout().write_all(&line).expect(\"written\"); \
                 std::io::stderr().write_all(&line).expect(\"written\"); }\nstd::process::abort();";
    fixture.write(EXERCISE, &answer(flood));
    terminal.wait_for(&["your code aborted the whole process"]);
    let memory = fs::read_to_string(format!("/proc/{}/status", terminal.id())).expect("its status");
    let peak = memory.lines().find(|line| line.starts_with("VmHWM:")).expect("its peak");
    let peak: u32 = peak.split_whitespace().nth(1).expect("a number").parse().expect("a number");
    assert!(peak < 64 * 1024, "it used {peak} KiB");

    // What it prints is shown below its failure.
    fixture.write(EXERCISE, &answer("dbg!(questions.len());"));
    terminal.wait_for(&["What this test printed:", "questions.len() = 3"]);

    // A hang that a newer save cuts short.
    fixture.write(EXERCISE, &hanging());
    wait_for_sleep(terminal);
    fixture.write(EXERCISE, &fixture.read(REFERENCE));
    terminal.wait_for(&["Solved: 2 tests passed"]);
    let hung = contains(&terminal.bytes(), "never gave the runtime's thread back");
    assert!(!hung, "the run was not called off, but waited for");
    none_left(&sleeps());

    // A burst of saves, the last of which counts.
    for count in 0..100 {
        fixture.write(EXERCISE, &format!("{}// {count}\n", fixture.read(IN_SEQUENCE)));
        thread::sleep(Duration::from_millis(3));
    }
    terminal.wait_for(&["1 of 2 tests to go", "one after another"]);
    fixture.write(EXERCISE, &fixture.read(REFERENCE));
    terminal.wait_for(&["Solved: 2 tests passed"]);

    // A file that is put in place with an old time, by which cargo goes.
    fixture.write("old.rs", &fixture.read(IN_SEQUENCE));
    let old = fs::File::options().write(true).open(fixture.path("old.rs")).expect("the file");
    old.set_modified(SystemTime::now() - Duration::from_hours(24)).expect("an old time");
    fs::rename(fixture.path("old.rs"), fixture.path(EXERCISE)).expect("it is put in place");
    terminal.wait_for(&["1 of 2 tests to go", "one after another"]);

    // A folder in the place of the file.
    fs::remove_file(fixture.path(EXERCISE)).expect("it is there");
    fs::create_dir(fixture.path(EXERCISE)).expect("nothing is there");
    terminal.wait_for(&["answer.rs is a folder. `cargo workbook reset pair` moves"]);
    fs::remove_dir(fixture.path(EXERCISE)).expect("it is empty");

    terminal.press("q");
    assert_eq!(terminal.ended().code(), Some(0));
    none_left(&fixture.workspace.root.display().to_string());
}

#[test]
fn a_machine_that_is_in_the_way_is_named() {
    let fixture = &Fixture::shipped("in-the-way");
    let cargo = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/troubles/cargo.sh");
    let words = "error: No space left on device (os error 28)";
    let terminal = &mut watch(fixture, &[("CARGO", cargo), ("CARGO_WORDS", words)]);
    terminal.wait_for(&["It cannot be run", "the disk is full", "Free some space"]);
    terminal.press("q");
    assert_eq!(terminal.ended().code(), Some(0));
}

/// So long sleep the processes that are to be ended. No other test has this number.
const SLEEP: u32 = 86_399;

fn sleeps() -> String {
    format!("sleep {SLEEP}")
}

/// An answer that hangs, and has started a process that left its group.
fn hanging() -> String {
    // The thread of the test is held, which the test kit's watchdog would end after seconds.
    answer(&format!(
        "std::process::Command::new(\"setsid\").args([\"sleep\", \"{SLEEP}\"]).spawn().ok();\n\
         std::thread::sleep(std::time::Duration::from_secs(3600));"
    ))
}

/// Waits until the answer that hangs is running.
fn wait_for_sleep(terminal: &Terminal) {
    let began = Instant::now();
    while processes(&sleeps()).is_empty() {
        let screen = terminal.text();
        assert!(began.elapsed() < PATIENCE, "it does not start:\n{screen}");
        thread::sleep(Duration::from_millis(5));
    }
}

/// One after another with the test above: both look for the same processes.
fn signals_end_it_with_all_that_it_has_started() {
    let fixture = &Fixture::shipped("signals");
    fixture.write(EXERCISE, &hanging());
    for signal in [Signal::TERM, Signal::HUP, Signal::INT] {
        // Under `nohup` it goes on, as these tests do.
        if signal == Signal::HUP && is_ignored(signal.as_raw()) {
            continue;
        }
        let terminal = &mut watch(fixture, &[]);
        wait_for_sleep(terminal);
        terminal.signal(signal);
        let status = terminal.ended();
        assert_eq!(std::os::unix::process::ExitStatusExt::signal(&status), Some(signal.as_raw()));
        none_left(&sleeps());
    }
    // Nothing can be drawn on a terminal that is stopped, and that holds nothing up.
    let terminal = &mut watch(fixture, &[]);
    wait_for_sleep(terminal);
    terminal.stop();
    terminal.signal(Signal::TERM);
    let status = terminal.exited();
    assert_eq!(std::os::unix::process::ExitStatusExt::signal(&status), Some(Signal::TERM.as_raw()));
    assert!(terminal.is_ordinary(), "the terminal is still in raw mode");
    none_left(&sleeps());
    // Ctrl-C is a key here, and ends it like q.
    let terminal = &mut watch(fixture, &[]);
    wait_for_sleep(terminal);
    terminal.press("\x03");
    assert_eq!(terminal.ended().code(), Some(0));
    none_left(&sleeps());
    // The commands without a screen, too: the tests are not in the terminal's foreground.
    let root = fixture.workspace.root.display().to_string();
    let target = fixture.workspace.target.display().to_string();
    let variables = [("CARGO_TARGET_DIR", target.as_str())];
    let terminal = &mut Terminal::start(WORKBOOK, &["test", "pair", "--root", &root], &variables);
    wait_for_sleep(terminal);
    terminal.press("\x03");
    assert!(!terminal.ended().success());
    none_left(&sleeps());
    none_left(&root);
}

/// Records what the test of the anti-pattern says, as `verify` does.
fn record_in_sequence(fixture: &Fixture) {
    let file = fixture.path(IN_SEQUENCE).display().to_string();
    let checked = fixture.workbook(&["check", "pair", &file, "--json"]);
    let json: Value = serde_json::from_slice(&checked.stdout).expect("a report");
    let text = json["tests"][0]["text"].as_str().expect("it fails");
    fixture.write("solutions/pair/recorded/in_sequence.asks_together.txt", text);
}

#[test]
fn all_are_checked_from_the_shell_and_on_the_screen() {
    let fixture = &two_exercises("check_all");
    let again = "exercises/again/src/answer.rs";
    let reference = fixture.read(REFERENCE);
    let all = |code: i32, words: &[&str]| {
        let printed = fixture::said(&fixture.workbook(&["test", "--all"]), code);
        for words in words {
            assert!(printed.contains(words), "{words} is missing in:\n{printed}");
        }
    };
    // What nobody has started is not built.
    fixture.write("exercises/again/src/given.rs", "not Rust");
    let untouched = "    again  untouched, so it was not built";
    all(0, &[untouched, "0 solved, 2 untouched.", "Nothing is started yet"]);
    fixture.write(EXERCISE, &fixture.read(IN_SEQUENCE));
    let fails = "✗ pair   fails first in asks_together (1 of 2 tests)";
    all(1, &[fails, untouched, "0 solved, 1 fails, 1 untouched."]);
    fixture.write("exercises/again/src/given.rs", &fixture.read("exercises/pair/src/given.rs"));

    // The worst of them decides, and what it finds is remembered.
    fixture.write(again, &reference);
    all(1, &[fails, "✓ again  solved", "1 solved, 1 fails."]);
    let listed = fixture::said(&fixture.workbook(&["list"]), 0);
    assert!(listed.contains("1 of 2 exercises solved"), "{listed}");
    fixture.write(again, "fn");
    let once = "note: again was solved; it does not compile now, so it counts as started";
    all(2, &["✗ again  does not compile", "0 solved, 1 fails, 1 does not compile.", once]);

    // On the screen, which also knows what was edited while it showed another exercise.
    fixture.write(again, &fixture.read("solutions/again/src/start.rs"));
    let terminal = &mut watch(fixture, &[]);
    terminal.wait_for(&["1 of 2 tests to go", "0 of 2 solved"]);
    fixture.write(again, &reference);
    terminal.press("c");
    terminal.wait_for(&["Checked all", "1 solved, 1 fails.", "✗ pair"]);
    terminal.wait_for(&["fails first in asks_together", "✓ again  solved", "Esc back"]);
    terminal.press("\x1b");
    terminal.wait_for(&["1 of 2 tests to go", "1 of 2 solved"]);
    fixture.write(again, &format!("{reference}// In order.\n"));
    terminal.press("l");
    terminal.wait_for(&["✓ solved, changed since again"]);
    terminal.press("\x1b");
    terminal.wait_for(&["1 of 2 tests to go"]);

    // A key stops it, and so does a save, which is judged.
    let slow = answer("std::thread::sleep(std::time::Duration::from_secs(3600));");
    let pair_at_work =
        |text: &str| text.contains("Checking all") && text.contains("pair   testing");
    fixture.write(EXERCISE, &slow);
    terminal.wait_for(&["… testing"]);
    terminal.press("c");
    terminal.wait_until("the tests of pair", pair_at_work);
    terminal.press("\x1b");
    terminal.wait_for(&["Stopped after 0 of 2", "0 solved."]);
    terminal.press("c");
    terminal.wait_until("the tests of pair", pair_at_work);
    fixture.write(EXERCISE, &reference);
    terminal.wait_for(&["the check of all was stopped", "pair  Two questions at once"]);
    terminal.wait_for(&["Solved: 2 tests passed", "2 of 2 solved"]);
    // A typo takes that back, and it is said.
    fixture.write(EXERCISE, "fn");
    terminal.wait_for(&["pair was solved; it does not compile now", "1 of 2 solved"]);
    terminal.press("q");
    assert!(terminal.ended().success());
    none_left(&fixture.workspace.root.display().to_string());
}

#[test]
fn it_fits_the_terminal_that_there_is() {
    let fixture = &Fixture::shipped("terminals");
    fixture.write(EXERCISE, &fixture.read(IN_SEQUENCE));
    record_in_sequence(fixture);
    let terminal = &mut watch(fixture, &[]);
    terminal.wait_for(&["1 of 2 tests to go", "▐▌"]);
    terminal.wait_for(&[IN_SEQUENCE_NAMED]);
    let colours = terminal.bytes();
    assert!(contains(&colours, "\x1b[31m"), "it has colours");
    for (columns, rows) in [(40, 20), (120, 40), (20, 6), (80, 24)] {
        terminal.resize(columns, rows);
        let columns = usize::from(columns);
        terminal.wait_until("a rule as wide as the screen", |text| {
            text.lines().any(|line| line.contains('─') && line.chars().count() == columns)
        });
    }
    terminal.press("q");
    assert!(terminal.ended().success());

    assert!(!contains(&terminal.bytes(), LINK), "no links, as FORCE_HYPERLINK=0 asks");

    let variables = [("NO_COLOR", "1"), ("LANG", "C"), ("FORCE_HYPERLINK", "1")];
    let plain = &mut watch(fixture, &variables);
    plain.wait_for(&["x 1 of 2 tests to go", "call 2   []"]);
    plain.press("l");
    plain.wait_for(&["[------------------]  0 of 1 solved", "/ search"]);
    let bytes = plain.bytes();
    assert!(bytes.is_ascii(), "ASCII only");
    assert!(contains(&bytes, LINK), "links");
    assert!(!contains(&bytes, "\x1b[31m") && !contains(&bytes, "\x1b[1m"), "no colours");
    plain.press("\x1b");
    plain.wait_for(&["1 of 2 tests to go"]);
    plain.press("q");
    assert!(plain.ended().success());

    let dumb = &mut watch(fixture, &[("TERM", "dumb")]);
    assert_eq!(dumb.ended().code(), Some(1), "printed once, and red");
    dumb.wait_for(&["1 of 2 tests to go."]);
    assert!(!contains(&dumb.bytes(), "\x1b[?1049h"), "nothing that a dumb terminal cannot do");
}

#[test]
fn a_shell_can_stop_it_and_go_on_with_it() {
    let fixture = &Fixture::shipped("stopped");
    let root = fixture.workspace.root.display().to_string();
    let target = fixture.workspace.target.display().to_string();
    let variables = [("CARGO_TARGET_DIR", target.as_str()), ("PS1", "ready> ")];
    let shell = &mut Terminal::start("bash", &["--norc", "--noprofile", "-i"], &variables);
    shell.wait_for(&["ready>"]);
    shell.press(&format!("{WORKBOOK} --root {root}\n"));
    shell.wait_for(&["2 of 2 tests to go"]);
    shell.press("\x1a");
    shell.wait_for(&["Stopped", "ready>"]);
    assert!(!shell.screen().alternate_screen());
    shell.press("echo still $((40 + 2))\n");
    shell.wait_for(&["still 42"]);
    shell.press("fg\n");
    shell.wait_for(&["2 of 2 tests to go", "q quit"]);
    shell.press("h");
    shell.wait_for(&["hint 1 of 2"]);
    shell.press("q");
    shell.wait_for(&["0 of 1 exercise solved."]);
    shell.press("exit\n");
    assert!(shell.ended().success());
}

#[test]
fn the_learners_editor_has_the_terminal_to_itself() {
    let fixture = &Fixture::shipped("editor");
    let text = "echo \"editing $1\"; read answer; \
                  sed -i 's/todo!.*/vec![]/' \"$1\"; test -n \"$answer\"\n";
    let editor = script(fixture, "editor.sh", text);
    // One that is not installed, as `code` may be in VS Code's own terminal, is passed over.
    let terminal = &mut watch(fixture, &[("VISUAL", "not-installed-here"), ("EDITOR", &editor)]);
    terminal.wait_for(&["this part is not written yet"]);
    terminal.press("e");
    terminal.wait_for(&["editing ", "src/answer.rs"]);
    assert!(terminal.is_ordinary(), "the editor finds an ordinary terminal");
    // Ctrl-C is for the editor, which is not a shell's job here: it ends, and the screen is back.
    terminal.press("quit\n");
    terminal.wait_for(&["2 of 2 tests to go", "one after another"]);
    terminal.press("q");
    assert!(terminal.ended().success());
}

fn contains(bytes: &[u8], words: &str) -> bool {
    bytes.windows(words.len()).any(|window| window == words.as_bytes())
}

#[test]
fn each_verdict_is_told_to_the_board_that_was_joined() {
    let fixture = &Fixture::shipped("watch-board");
    fixture.write(EXERCISE, &answer("let number: u32 = \"one\";"));
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("it is bound");
    let joined = format!("address = \"{address}\"\nname = \"Ada\"\nsecret = \"5ec2e7\"\n");
    fixture.write(".workbook/board.toml", &joined);
    let terminal = &mut watch(fixture, &[]);
    terminal.wait_for(&["on the board", "It does not compile"]);
    let (told, _) = listener.accept().expect("it is told");
    let (_, request) = fixture::asked(&told);
    assert!(request.ends_with(r#""states":{"pair":"started"}}"#), "{request}");
}
