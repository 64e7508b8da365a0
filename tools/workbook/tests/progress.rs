//! What is remembered of a learner's progress, and what becomes of it when things go wrong.
//!
//! No test here builds anything: the runs are made up.

mod fixture;

use std::fs;
use std::thread;
use std::time::Duration;

use fixture::{EXERCISE, Fixture, judgement};
use workbook::catalogue::{Catalogue, Exercise};
use workbook::engine::judge::Judgement;
use workbook::learner::pristine;
use workbook::learner::progress::{self, LastRun, Progress, Recorded, Seen, State, store};

const PROGRESS: &str = ".workbook/progress.toml";
const SPEC: &str = "exercises/pair/tests/pair.rs";
const FINGERPRINTS: &str = "solutions/pair/recorded/tests.txt";

fn read(fixture: &Fixture) -> Progress {
    Progress::read(&fixture.workspace, &fixture.catalogue())
}

fn state(fixture: &Fixture) -> State {
    read(fixture).state(&fixture.pair())
}

fn last_run(fixture: &Fixture) -> LastRun {
    read(fixture).last_run(&fixture.pair())
}

/// A run of the learner's file as it is, which fails the test, or passes.
fn run(fixture: &Fixture, fails: Option<&str>) -> Recorded {
    let pair = fixture.pair();
    progress::record(&fixture.workspace, &pair, &Seen::of(&pair), Some(&judgement(fails)))
}

fn solve(fixture: &Fixture) {
    fixture.write(EXERCISE, "// an answer\n");
    let recorded = run(fixture, None);
    assert_eq!(recorded, Recorded { solved: true, ..Recorded::default() });
}

#[track_caller]
fn one(notices: &[String]) -> &str {
    assert_eq!(notices.len(), 1, "{notices:#?}");
    &notices[0]
}

#[test]
fn an_exercise_is_untouched_then_started_then_solved() {
    let fixture = Fixture::shipped("states");
    assert_eq!(state(&fixture), State::Untouched);
    fixture.write(EXERCISE, &fixture.read(EXERCISE).replace('\n', "\r\n"));
    assert_eq!(state(&fixture), State::Untouched, "git may have changed the line endings");
    fixture.write(EXERCISE, "// half an answer\n");
    assert_eq!(state(&fixture), State::Started);
    assert!(!run(&fixture, Some("keeps_the_order")).solved);
    assert_eq!(state(&fixture), State::Started);
    assert_eq!(last_run(&fixture), LastRun::Failed("keeps_the_order".to_owned()));

    solve(&fixture);
    assert_eq!(state(&fixture), State::Solved);
    fixture.write(EXERCISE, "// an answer, put in order\n");
    assert_eq!(state(&fixture), State::Solved, "no run has said otherwise");
    assert_eq!(last_run(&fixture), LastRun::Unknown);
    run(&fixture, Some("asks_together"));
    assert_eq!(state(&fixture), State::Started);
    fixture.write(EXERCISE, "// an answer\n");
    assert_eq!(state(&fixture), State::Solved, "this very file has passed");
}

#[test]
fn a_run_that_could_not_be_judged_changes_nothing() {
    let fixture = Fixture::shipped("not_judged");
    let pair = fixture.pair();
    let not_judged = || {
        let seen = Seen::of(&pair);
        progress::record(&fixture.workspace, &pair, &seen, Some(&fixture::not_judged()))
    };
    fixture.write(EXERCISE, "// half an answer\n");
    assert_eq!(not_judged(), Recorded::default());
    assert_eq!(state(&fixture), State::Started);
    assert_eq!(read(&fixture).last_run(&pair), LastRun::Unknown);

    solve(&fixture);
    not_judged();
    assert_eq!(state(&fixture), State::Solved);
    assert_eq!(read(&fixture).last_run(&pair), LastRun::Passed);
}

#[test]
fn a_file_that_does_not_compile_is_not_solved() {
    let fixture = Fixture::shipped("uncompiled");
    solve(&fixture);
    fixture.write(EXERCISE, "// no longer an answer\n");
    let pair = fixture.pair();
    let run = || progress::record(&fixture.workspace, &pair, &Seen::of(&pair), None);
    let recorded = run();
    assert!(!recorded.solved);
    assert_eq!(
        one(&recorded.notices),
        "pair was solved; it does not compile now, so it counts as started until every test passes \
         again"
    );
    assert_eq!(state(&fixture), State::Started);
    assert_eq!(run(), Recorded::default(), "it is said once");
}

#[test]
fn a_solved_file_that_fails_now_is_said_once() {
    let fixture = Fixture::shipped("fails_now");
    solve(&fixture);
    fixture.write(EXERCISE, "// no longer an answer\n");
    let said = run(&fixture, Some("asks_together")).notices;
    assert!(one(&said).starts_with("pair was solved; asks_together fails now,"), "{said:?}");
    assert_eq!(run(&fixture, Some("asks_together")).notices, [""; 0]);
    // The starting point is put back on purpose.
    solve(&fixture);
    fixture.write(EXERCISE, &fixture.read("solutions/pair/src/start.rs"));
    assert_eq!(run(&fixture, Some("asks_together")).notices, [""; 0]);
}

#[test]
fn a_solved_file_that_was_edited_is_marked_until_it_runs() {
    let fixture = Fixture::shipped("changed_since");
    let changed = || read(&fixture).is_changed_since_solved(&fixture.pair());
    let listed = || fixture::said(&fixture.workbook(&["list"]), 0);
    fixture.write(EXERCISE, "// half an answer\n");
    assert!(!changed(), "it is not solved");
    solve(&fixture);
    assert!(!changed() && !listed().contains("changed"));
    fixture.write(EXERCISE, "// an answer, put in order\n");
    assert!(changed());
    assert!(listed().contains("solved, changed since  pair"), "{}", listed());
    let json = fixture::said(&fixture.workbook(&["list", "--json"]), 0);
    assert!(json.contains("\"changed_since\": true"), "{json}");
    run(&fixture, None);
    assert!(!changed(), "it has passed");
    fixture.write(EXERCISE, "// an answer\n");
    run(&fixture, Some("asks_together"));
    assert!(!changed() && !listed().contains("changed"), "it is not solved any more");
}

#[test]
fn a_pass_counts_with_the_tests_as_shipped() {
    let fixture = Fixture::shipped("spec");
    fixture.write(EXERCISE, "// an answer\n");
    let shipped = fixture.read(SPEC);
    fixture.write(SPEC, &shipped.replace("answers == wanted", "true"));
    let changed = run(&fixture, None);
    assert!(!changed.solved);
    let said = one(&changed.notices);
    assert!(said.contains("tests/pair.rs is not as shipped, so this pass does not"), "{said}");
    assert!(said.contains("; copy it from the workbook as you got it"), "{said}");
    assert_eq!(state(&fixture), State::Started);

    fixture.write(SPEC, &shipped.replace('\n', "\r\n"));
    assert_eq!(run(&fixture, None), Recorded { solved: true, ..Recorded::default() });
    // Trying something out in the tests takes nothing away.
    fixture.write(SPEC, "// emptied\n");
    assert!(!run(&fixture, Some("asks_together")).solved);
    fixture.write(SPEC, &shipped);
    assert_eq!(state(&fixture), State::Solved);
    for (file, text) in [("given.rs", "pub type Answer = u64;\n"), ("lib.rs", "")] {
        let file = format!("exercises/pair/src/{file}");
        let before = fixture.read(&file);
        fixture.write(&file, text);
        let changed = run(&fixture, None);
        assert!(!changed.solved, "{file} is not the learner's");
        assert!(one(&changed.notices).starts_with(&format!("{file} is not as shipped")));
        fixture.write(&file, &before);
    }
    fixture.write("exercises/pair/tests/more.rs", "");
    assert!(one(&run(&fixture, None).notices).contains("more.rs is not as shipped"));
}

#[test]
fn new_tests_are_to_be_passed_anew_and_that_is_said_once() {
    let fixture = Fixture::shipped("upgrade");
    solve(&fixture);
    fixture.write(SPEC, &(fixture.read(SPEC) + "\n// one more test\n"));
    fixture.ship();
    let progress = read(&fixture);
    assert!(one(&progress.notices).contains("the tests of pair have changed since you solved it"));
    assert_eq!(progress.state(&fixture.pair()), State::Started);
    let again = read(&fixture);
    assert_eq!(again.notices, Vec::<String>::new());
    assert_eq!(again.state(&fixture.pair()), State::Started);
    solve(&fixture);
    assert_eq!(state(&fixture), State::Solved);
}

#[test]
fn tests_without_a_record_are_not_known_to_be_as_shipped() {
    let fixture = Fixture::shipped("unrecorded");
    fs::remove_file(fixture.path(FINGERPRINTS)).expect("it is there");
    fixture.write(EXERCISE, "// an answer\n");
    let recorded = run(&fixture, None);
    assert!(!recorded.solved);
    assert!(one(&recorded.notices).starts_with(&format!("{FINGERPRINTS} is not as shipped, so")));
    assert_eq!(state(&fixture), State::Started);
}

/// A pass that nothing but a changed test kit has made possible is no pass.
#[test]
fn a_pass_counts_with_the_test_kit_as_shipped() {
    let fixture = Fixture::shipped("kit");
    let kit = "tools/testkit/src/lib.rs";
    fixture.write(kit, "// the kit\n");
    fixture.write("tools/testkit/Cargo.toml", "");
    fixture.write(EXERCISE, "// an answer\n");
    let unrecorded = run(&fixture, None);
    let file = "tools/testkit/shipped.txt";
    assert!(one(&unrecorded.notices).starts_with(&format!("{file} is not as shipped, so")));
    let text = pristine::recordable_tools(&fixture.workspace.root).expect("they can be read");
    assert_eq!(text.lines().count(), 2, "{text}");
    fixture.write(file, &text);
    solve(&fixture);

    fixture.write(kit, "// every test passes\n");
    assert_eq!(last_run(&fixture), LastRun::Unknown);
    let changed = run(&fixture, None);
    assert!(!changed.solved);
    assert!(one(&changed.notices).starts_with(&format!("{kit} is not as shipped, so this pass")));
}

/// Everything that decides how a run comes out is in the one hash.
#[test]
fn what_passed_is_known_until_something_that_decides_it_changes() {
    let fixture = Fixture::shipped("inputs");
    let helper = "exercises/pair/src/helper.rs";
    let outside = "elsewhere/table.txt";
    let of_kit = "tools/timeline/src/lib.rs";
    for (file, text) in [(helper, "// a module\n"), (outside, "1, 2\n"), (of_kit, "// lanes\n")] {
        fixture.write(file, text);
    }
    fixture.write("tools/timeline/Cargo.toml", "");
    fixture.write(EXERCISE, "mod helper;\n");
    // What is not looked at before the build has to be older than the run, beyond doubt.
    thread::sleep(Duration::from_millis(30));
    let pair = fixture.pair();
    let mut seen = Seen::of(&pair);
    // As rustc lists them.
    seen.built_from(&[fixture.path(EXERCISE), fixture.path(helper), fixture.path(outside)]);
    progress::record(&fixture.workspace, &pair, &seen, Some(&judgement(Some("asks_together"))));
    assert_eq!(last_run(&fixture), LastRun::Failed("asks_together".to_owned()));
    let files = [
        EXERCISE,
        helper,
        outside,
        of_kit,
        SPEC,
        "exercises/pair/src/given.rs",
        "exercises/pair/src/lib.rs",
        "exercises/pair/tests/pair/causes.rs",
        "exercises/pair/Cargo.toml",
        "tools/timeline/Cargo.toml",
        "Cargo.toml",
        "Cargo.lock",
    ];
    for file in files {
        let before = fixture.read(file);
        fixture.write(file, &format!("{before}\n# changed\n"));
        assert_eq!(last_run(&fixture), LastRun::Unknown, "{file} is another one");
        fs::remove_file(fixture.path(file)).expect("it is there");
        assert_eq!(last_run(&fixture), LastRun::Unknown, "{file} is gone");
        fixture.write(file, &before);
        assert!(matches!(last_run(&fixture), LastRun::Failed(_)), "{file} is what it was");
    }
    fixture.write("exercises/pair/src/notes.rs", "// no module of anything\n");
    assert!(matches!(last_run(&fixture), LastRun::Failed(_)));
}

#[test]
fn a_module_that_is_broken_takes_the_pass_with_it() {
    let fixture = Fixture::shipped("helper");
    let helper = "exercises/pair/src/helper.rs";
    fixture.write(helper, "// a module\n");
    fixture.write(EXERCISE, "mod helper;\n");
    let pair = fixture.pair();
    let run = |judgement: Option<&Judgement>| {
        let mut seen = Seen::of(&pair);
        seen.built_from(&[fixture.path(EXERCISE), fixture.path(helper)]);
        progress::record(&fixture.workspace, &pair, &seen, judgement)
    };
    assert!(run(Some(&judgement(None))).solved);
    fixture.write(helper, "// a module that does not compile\n");
    assert!(!run(None).solved);
    assert_eq!(state(&fixture), State::Started, "the answer file is the same, and is not all");
    fixture.write(helper, "// a module\n");
    assert_eq!(state(&fixture), State::Solved, "these very files have passed");
}

/// As the command wrote it that knew the answer file and the tests only.
#[test]
fn progress_of_a_former_version_is_kept_and_its_runs_are_run_again() {
    let fixture = Fixture::shipped("former_format");
    solve(&fixture);
    let text = fixture.read(PROGRESS);
    let former: String = text
        .lines()
        .filter(|line| !line.starts_with("inputs = "))
        .map(|it| it.to_owned() + "\n")
        .collect();
    assert_ne!(former, text);
    fixture.write(PROGRESS, &former);
    let progress = read(&fixture);
    assert_eq!(progress.notices, Vec::<String>::new());
    assert_eq!(progress.state(&fixture.pair()), State::Solved);
    assert_eq!(progress.last_run(&fixture.pair()), LastRun::Unknown, "it knew less than all");
    run(&fixture, Some("asks_together"));
    assert_eq!(state(&fixture), State::Started);
}

#[test]
fn progress_follows_an_exercise_to_its_new_name() {
    let fixture = Fixture::shipped("renamed");
    solve(&fixture);
    fixture.add("duo", "formerly = [\"twins\", \"pair\"]");
    fs::remove_dir_all(fixture.path("exercises/pair")).expect("it is there");
    let of = |name: &str| {
        let catalogue = fixture.catalogue();
        let found = catalogue.find(name).expect("it is there").clone();
        (read(&fixture).state(&found), found)
    };
    assert_eq!(of("duo").0, State::Untouched);
    fixture.write("exercises/duo/src/answer.rs", "// an answer\n");
    assert_eq!(of("duo").0, State::Solved);
    let duo = of("duo").1;
    fixture.ship();
    progress::record(&fixture.workspace, &duo, &Seen::of(&duo), Some(&judgement(Some("a"))));
    fixture.write("exercises/duo/src/answer.rs", "// another answer\n");
    assert_eq!(of("duo").0, State::Started);
    let unknown = fixture.catalogue().find("twins").expect_err("an old name").to_string();
    assert_eq!(unknown, "`twins` is called `duo` now.");

    // Back on the branch with the old name.
    fs::remove_dir_all(fixture.path("exercises/duo")).expect("it is there");
    let fixture = fixture.again();
    fixture.write(EXERCISE, "// an answer\n");
    assert_eq!(state(&fixture), State::Solved);
}

#[test]
fn a_former_name_belongs_to_one_exercise() {
    let fixture = Fixture::shipped("formerly");
    fixture.add("duo", "formerly = [\"pair\", \"twins\"]");
    fixture.add("trio", "formerly = [\"twins\", \"\"]");
    let (catalogue, flaws) = Catalogue::survey(&fixture.workspace.root).expect("it is there");
    let flaws: Vec<String> = flaws.iter().map(ToString::to_string).collect();
    assert_eq!(flaws.len(), 2, "{flaws:#?}");
    assert!(flaws[0].starts_with("exercises/trio/exercise.toml: `formerly`: holds an empty name"));
    let clash = "exercises/duo/exercise.toml: `formerly`: `pair` is the name of an exercise.";
    assert!(flaws[1].starts_with(clash), "{flaws:#?}");
    assert_eq!(catalogue.exercises.len(), 2);

    fixture.add("duo", "formerly = [\"twins\"]");
    fixture.add("trio", "formerly = [\"twins\"]");
    let (_, flaws) = Catalogue::survey(&fixture.workspace.root).expect("it is there");
    assert!(flaws[0].what.contains("`twins` is a former name of duo too"), "{flaws:#?}");
}

#[test]
fn the_next_exercise_is_one_that_is_not_solved() {
    let fixture = Fixture::shipped("next");
    fixture.add("trio", "");
    fixture.add("zebra", "");
    let catalogue = &fixture.catalogue();
    let after = |name: &str| {
        let exercise = catalogue.find(name).expect("it is there");
        let next = read(&fixture).next_after(catalogue, exercise);
        next.map(|exercise| exercise.name.clone())
    };
    assert_eq!(after("trio").as_deref(), Some("zebra"));
    assert_eq!(after("zebra").as_deref(), Some("pair"));
    solve(&fixture);
    assert_eq!(after("zebra").as_deref(), Some("trio"));
    let first = read(&fixture).first_unsolved(catalogue).map(|exercise| exercise.name.clone());
    assert_eq!(first.as_deref(), Some("trio"));
}

#[test]
fn a_run_during_which_something_was_saved_is_not_remembered() {
    let fixture = Fixture::shipped("saved");
    fixture.write(EXERCISE, "// an answer\n");
    let pair = fixture.pair();
    for (file, text) in [(EXERCISE, "// another answer\n"), (SPEC, "// fewer tests\n")] {
        let seen = Seen::of(&pair);
        let before = fixture.read(file);
        fixture.write(file, text);
        for fails in [None, Some("asks_together")] {
            let judgement = judgement(fails);
            let recorded = progress::record(&fixture.workspace, &pair, &seen, Some(&judgement));
            assert_eq!((recorded.solved, &recorded.saved), (false, &vec![file.to_owned()]));
            let said = one(&recorded.notices);
            assert!(
                said.contains(&format!("{file} was saved while the tests were built")),
                "{said}"
            );
        }
        fixture.write(file, &before);
        assert_eq!(last_run(&fixture), LastRun::Unknown, "which of the two has run?");
        assert_eq!(state(&fixture), State::Started);
    }
    // A save that changes nothing is none.
    let seen = Seen::of(&pair);
    fixture.write(EXERCISE, "// an answer\n");
    let recorded = progress::record(&fixture.workspace, &pair, &seen, Some(&judgement(None)));
    assert_eq!(recorded, Recorded { solved: true, ..Recorded::default() });
}

/// Each is moved aside whole, and said in a sentence; after that all goes on as ever.
#[test]
fn a_file_that_cannot_be_used_is_kept_aside_and_said() {
    let cases: [(&str, &[u8], &str); 5] = [
        ("damaged", b"version = 1\n[exercises.pair\nsolved = tru", "line 2 is damaged"),
        (
            "newer",
            b"version = 2\nexercises = []\n",
            "a newer workbook has written it, in version 2",
        ),
        ("other", b"solved = [\"pair\"]\n", "it does not say `version = 1`"),
        ("shape", b"version = 1\n[exercises]\npair = 7\n", "invalid type: integer `7`"),
        ("binary", b"\0\xff\xfe", "it is not text"),
    ];
    for (name, bytes, why) in cases {
        let fixture = Fixture::shipped(name);
        solve(&fixture);
        fs::write(fixture.path(PROGRESS), bytes).expect("the file is written");
        let progress = read(&fixture);
        let said = one(&progress.notices);
        assert!(said.starts_with(".workbook/progress.toml could not be used"), "{said}");
        assert!(said.contains(why), "{name}: {said}");
        let kept = said.split("kept as ").nth(1).and_then(|rest| rest.split(',').next());
        let kept = fixture.path(kept.expect("it names the copy"));
        assert_eq!(fs::read(kept).expect("the copy is there"), bytes);
        assert_eq!(progress.state(&fixture.pair()), State::Started);
        assert_eq!(read(&fixture).notices, Vec::<String>::new(), "{name}: it is said once");
        solve(&fixture);
        assert_eq!(state(&fixture), State::Solved);
    }
}

#[test]
fn what_is_unknown_is_kept() {
    let fixture = Fixture::shipped("unknown");
    let text = "version = 1\ncolour = \"red\"\n\n[exercises.elsewhere]\nsolved = true\nstars = 5\n";
    fixture.write(PROGRESS, text);
    solve(&fixture);
    let after = fixture.read(PROGRESS);
    for line in text.lines() {
        assert!(after.contains(line), "`{line}` is gone:\n{after}");
    }
    assert!(after.contains("[exercises.pair]"), "{after}");
}

#[test]
fn commands_at_once_lose_nothing() {
    let fixture = &Fixture::shipped("at_once");
    let pair = &fixture.pair();
    thread::scope(|scope| {
        for worker in 0..6 {
            scope.spawn(move || {
                for count in 1..=5 {
                    let test = format!("test_{worker}");
                    let notices = progress::remember_hints(&fixture.workspace, pair, &test, count);
                    assert_eq!(notices, Vec::<String>::new());
                }
            });
        }
    });
    let progress = read(fixture);
    for worker in 0..6 {
        assert_eq!(progress.hints_shown(pair, &format!("test_{worker}")), 5);
    }
}

#[test]
fn a_command_waits_for_another_that_is_writing() {
    let fixture = &Fixture::shipped("waits");
    let held = store::lock(&fixture.workspace).expect("nobody else has it");
    thread::scope(|scope| {
        let other = scope.spawn(|| solve(fixture));
        thread::sleep(Duration::from_millis(30));
        assert!(!other.is_finished());
        drop(held);
    });
    assert_eq!(state(fixture), State::Solved);
}

/// A folder that is read-only would do as well, but not for root.
#[test]
fn without_a_place_to_write_the_commands_go_on_and_say_so() {
    let fixture = Fixture::shipped("unwritable");
    fixture.write(".workbook", "a file stands where the folder should be");
    fixture.write(EXERCISE, "// an answer\n");
    let recorded = run(&fixture, None);
    assert!(recorded.solved, "the run has passed all the same");
    let said = one(&recorded.notices);
    assert!(said.contains("cannot be brought up to date (cannot create the folder .workbook"));
    assert_eq!(state(&fixture), State::Started);
    fs::remove_file(fixture.path(".workbook")).expect("it is there");
}

/// The former names come after the name: what is newer counts.
#[test]
fn names_are_the_newest_first() {
    let fixture = Fixture::shipped("names");
    fixture.add("duo", "formerly = [\"twins\", \"couple\"]");
    let catalogue = fixture.catalogue();
    let duo: &Exercise = catalogue.find("duo").expect("it is there");
    assert_eq!(duo.names().collect::<Vec<_>>(), ["duo", "twins", "couple"]);
}
