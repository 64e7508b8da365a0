//! A learner's file is overwritten only on request, and nothing that was in it is lost: not when
//! the command is killed half way, and not when there is no room for a copy.

mod fixture;

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use fixture::{EXERCISE, Fixture, said};
use workbook::commands::{reset, solution, undo};
use workbook::learner::backup;
use workbook::learner::progress::{self, Progress, Seen, State};

const START: &str = "solutions/pair/src/start.rs";
const REFERENCE: &str = "solutions/pair/src/reference.rs";

/// What the copies of an exercise hold, oldest first.
fn kept(fixture: &Fixture, name: &str) -> Vec<String> {
    let catalogue = fixture.catalogue();
    let exercise = catalogue.find(name).expect("it is there");
    let copies = backup::copies(&fixture.workspace, exercise);
    copies.iter().map(|copy| fs::read_to_string(&copy.file).expect("a copy")).collect()
}

/// The files that a command ended half way has left behind.
fn unfinished(fixture: &Fixture) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for folder in ["exercises/pair/src", ".workbook", ".workbook/kept/pair"] {
        let entries = fs::read_dir(fixture.path(folder)).into_iter().flatten().flatten();
        let names = entries.map(|entry| entry.path());
        found.extend(names.filter(|path| path.to_string_lossy().ends_with(".unfinished")));
    }
    found
}

#[test]
fn reset_keeps_what_was_there_and_undo_brings_it_back() {
    let fixture = Fixture::shipped("reset");
    let start = fixture.read(START);
    fixture.write(EXERCISE, "// attempt\n");
    let text = said(&fixture.workbook(&["reset", "pair", "--yes"]), 0);
    assert_eq!(fixture.read(EXERCISE), start);
    let copy = text.split("kept as ").nth(1).and_then(|rest| rest.lines().next());
    assert_eq!(fixture.read(copy.expect("it says where")), "// attempt\n");
    assert!(text.contains("`cargo workbook undo` brings it back"), "{text}");
    let again = said(&fixture.workbook(&["reset", "pair"]), 0);
    assert!(again.contains("Nothing to do: pair is as shipped"), "{again}");

    let text = said(&fixture.workbook(&["undo", "pair"]), 0);
    assert!(text.contains("exercises/pair/src/answer.rs is again what it was before `reset`"));
    assert_eq!(fixture.read(EXERCISE), "// attempt\n");
    said(&fixture.workbook(&["undo"]), 0);
    assert_eq!(fixture.read(EXERCISE), start, "an undo can be undone");
    said(&fixture.workbook(&["undo"]), 0);
    assert_eq!(fixture.read(EXERCISE), "// attempt\n");
    assert_eq!(kept(&fixture, "pair"), ["// attempt\n", &*start, "// attempt\n", &*start]);
}

#[test]
fn undo_without_a_name_takes_back_what_one_command_has_done() {
    let fixture = Fixture::shipped("together");
    fixture.add("trio", "");
    fixture.write(EXERCISE, "// one\n");
    fixture.write("exercises/trio/src/answer.rs", "// two\n");
    let text = said(&fixture.workbook(&["reset", "--all", "--yes"]), 0);
    assert!(text.contains("`cargo workbook undo` brings them back"), "{text}");
    assert_eq!(fixture.read("exercises/trio/src/answer.rs"), fixture.read(START));
    said(&fixture.workbook(&["undo"]), 0);
    assert_eq!(fixture.read(EXERCISE), "// one\n");
    assert_eq!(fixture.read("exercises/trio/src/answer.rs"), "// two\n");
    said(&fixture.workbook(&["undo", "trio"]), 0);
    assert_eq!(fixture.read(EXERCISE), "// one\n");
    assert_eq!(fixture.read("exercises/trio/src/answer.rs"), fixture.read(START));
}

#[test]
fn progress_goes_with_the_file() {
    let fixture = Fixture::shipped("goes_with");
    let pair = &fixture.pair();
    let workspace = &fixture.workspace;
    let state = || Progress::read(workspace, &fixture.catalogue()).state(pair);
    fixture.write(EXERCISE, "// an answer\n");
    let passed = fixture::judgement(None);
    assert!(progress::record(workspace, pair, &Seen::of(pair), Some(&passed)).solved);

    let (changed, notices) = reset::reset(workspace, &[pair]).expect("it can be reset");
    assert_eq!((changed.len(), notices.len()), (1, 0));
    assert_eq!(state(), State::Untouched);
    fixture.write(EXERCISE, "// begun anew\n");
    assert_eq!(state(), State::Started, "what was solved is not what is there");
    fixture.write(EXERCISE, &fixture.read(START));
    let catalogue = fixture.catalogue();
    undo::undo(workspace, &catalogue, Some("pair")).expect("there is a copy");
    assert_eq!(state(), State::Solved, "this file has passed");
    let (applied, _) = solution::apply(workspace, pair).expect("it can be applied");
    assert!(applied.is_some_and(|changed| changed.kept.is_some()));
    assert_eq!(fixture.read(EXERCISE), fixture.read(REFERENCE));
    assert_eq!(state(), State::Started, "nobody has run it");
    let (applied, _) = solution::apply(workspace, pair).expect("it can be applied");
    assert!(applied.is_none(), "it is there already");
}

#[test]
fn copies_are_found_under_a_former_name() {
    let fixture = Fixture::shipped("former");
    fixture.write(EXERCISE, "// attempt\n");
    reset::reset(&fixture.workspace, &[&fixture.pair()]).expect("it can be reset");
    fixture.add("duo", "formerly = [\"pair\"]");
    fs::remove_dir_all(fixture.path("exercises/pair")).expect("it is there");
    said(&fixture.workbook(&["undo", "duo"]), 0);
    assert_eq!(fixture.read("exercises/duo/src/answer.rs"), "// attempt\n");
}

#[test]
fn a_file_that_is_gone_comes_back() {
    let fixture = Fixture::shipped("gone");
    fs::remove_file(fixture.path(EXERCISE)).expect("it is there");
    let list = said(&fixture.workbook(&["list"]), 0);
    assert!(list.contains("… started    pair"), "{list}");
    let text = said(&fixture.workbook(&["reset", "pair", "--yes"]), 0);
    assert!(!text.contains("undo") && !text.contains("kept"), "nothing was there: {text}");
    assert_eq!(fixture.read(EXERCISE), fixture.read(START));
    let nothing = said(&fixture.workbook(&["undo"]), 3);
    assert!(nothing.contains("there is no kept copy to restore"), "{nothing}");
}

/// A folder of that name cannot be read, whoever asks.
#[test]
fn what_cannot_be_read_is_moved_aside() {
    let fixture = Fixture::shipped("unreadable");
    fs::remove_file(fixture.path(EXERCISE)).expect("it is there");
    fixture.write(&format!("{EXERCISE}/note.txt"), "mine");
    said(&fixture.workbook(&["list"]), 0);
    let text = said(&fixture.workbook(&["reset", "pair", "--yes"]), 0);
    assert_eq!(fixture.read(EXERCISE), fixture.read(START));
    assert!(!text.contains("undo"), "{text}");
    let moved = text.split("It is now ").nth(1).and_then(|rest| rest.lines().next());
    let moved = moved.expect("it says where");
    assert_eq!(fixture.read(&format!("{moved}/note.txt")), "mine");
    said(&fixture.workbook(&["undo"]), 3);
    fs::remove_dir_all(fixture.path(".workbook")).expect("it is there");
}

#[test]
fn nothing_is_overwritten_without_a_yes() {
    let fixture = Fixture::shipped("asks");
    fixture.write(EXERCISE, "// attempt\n");
    for command in [&["reset", "pair"][..], &["reset", "--all"], &["solution", "pair", "--apply"]] {
        let text = said(&fixture.workbook(command), 3);
        assert!(text.contains("add --yes"), "{text}");
        assert_eq!(fixture.read(EXERCISE), "// attempt\n");
    }
    assert!(!fixture.path(".workbook/kept").exists());
}

/// Whenever the command is killed, the file is whole, old or new, and the old one can be had back.
#[test]
fn a_reset_that_is_killed_loses_nothing() {
    const KILLS: u32 = 30;
    const ENOUGH: Duration = Duration::from_secs(2);
    let fixture = Fixture::shipped("killed");
    let start = fixture.read(START);
    let reset = || {
        let mut command = Command::new(env!("CARGO_BIN_EXE_workbook"));
        command.args(["reset", "pair", "--yes", "--root"]).arg(&fixture.workspace.root);
        command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("it can be started")
    };
    fixture.write(EXERCISE, "// the first\n");
    let began = Instant::now();
    reset().wait().expect("it ends");
    let usual = began.elapsed();

    let mut done = 0;
    let began = Instant::now();
    for round in 0..KILLS {
        // Early and late moments in turn. Where the disk is slow, some of them are enough.
        let kill = round * 7 % KILLS;
        if began.elapsed() > ENOUGH {
            break;
        }
        let attempt = format!("// attempt {kill}\n{}", "// a line\n".repeat(2000));
        fixture.write(EXERCISE, &attempt);
        let mut child = reset();
        thread::sleep(usual * kill / KILLS);
        child.kill().expect("it can be killed");
        child.wait().expect("it ends");

        let found = fixture.read(EXERCISE);
        let copies = kept(&fixture, "pair");
        if found == start {
            assert_eq!(copies.last(), Some(&attempt), "it was replaced and not kept");
            done += 1;
        } else {
            assert!(found == attempt, "the file is neither the old one nor the new one");
        }
        let whole = |copy: &String| copy == "// the first\n" || copy.lines().count() == 2001;
        assert!(copies.iter().all(whole), "a copy is not whole");
    }
    println!("{done} resets were done before the kill");
    fixture.write(EXERCISE, "// the last\n");
    said(&fixture.workbook(&["reset", "pair", "--yes"]), 0);
    assert_eq!(kept(&fixture, "pair").last().map(String::as_str), Some("// the last\n"));
    assert_eq!(unfinished(&fixture), Vec::<PathBuf>::new(), "the next command sweeps");
}

/// The limit on the size of files stands for a full disk: writing fails, all else works.
#[cfg(unix)]
#[test]
fn without_room_for_a_copy_nothing_is_changed() {
    let fixture = Fixture::shipped("full");
    fixture.write(EXERCISE, "// attempt\n");
    let full = |arguments: &str| {
        let binary = env!("CARGO_BIN_EXE_workbook");
        let root = fixture.workspace.root.display();
        let script =
            format!("trap '' XFSZ; ulimit -f 0; exec '{binary}' {arguments} --root '{root}'");
        Command::new("sh").args(["-c", &script]).output().expect("a shell")
    };
    for arguments in ["reset pair --yes", "solution pair --apply --yes"] {
        let text = said(&full(arguments), 3);
        assert!(text.contains("nothing was changed"), "{text}");
        assert!(text.contains(".workbook/kept/pair/"), "it says where there is no room: {text}");
        assert_eq!(fixture.read(EXERCISE), "// attempt\n");
    }
    assert_eq!(kept(&fixture, "pair"), Vec::<String>::new());
    assert_eq!(unfinished(&fixture), Vec::<PathBuf>::new());

    // Progress is a convenience: without it the command goes on.
    fixture.write(".workbook/progress.toml", "damaged");
    let text = said(&full("list"), 0);
    assert!(text.contains("cannot be brought up to date"), "{text}");
    assert!(text.contains("started"), "{text}");
}

#[cfg(unix)]
#[test]
fn a_read_only_folder_is_said_and_nothing_is_changed() {
    use std::os::unix::fs::PermissionsExt as _;
    let fixture = Fixture::shipped("read_only");
    fixture.write(EXERCISE, "// attempt\n");
    let mode = |path: &str, mode| {
        let path = fixture.path(path);
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("it is ours");
    };
    fs::create_dir(fixture.path(".workbook")).expect("it is not there yet");
    mode(".workbook", 0o555);
    // Root may write everywhere.
    if fs::write(fixture.path(".workbook/probe"), "").is_err() {
        let text = said(&fixture.workbook(&["reset", "pair", "--yes"]), 3);
        assert!(text.contains("nothing was changed"), "{text}");
        assert!(text.contains("Permission denied"), "{text}");
    }
    mode(".workbook", 0o755);
    mode("exercises/pair/src", 0o555);
    if fs::write(fixture.path("exercises/pair/src/probe"), "").is_err() {
        let text = said(&fixture.workbook(&["reset", "pair", "--yes"]), 3);
        assert!(text.contains("which is as it was"), "{text}");
        assert_eq!(fixture.read(EXERCISE), "// attempt\n");
    }
    mode("exercises/pair/src", 0o755);
    fs::remove_file(fixture.path("exercises/pair/src/probe")).ok();

    // Whoever may write: a file where the folder should be.
    fs::remove_dir_all(fixture.path(".workbook")).expect("it is there");
    fixture.write(EXERCISE, "// attempt\n");
    fixture.write(".workbook/kept", "");
    let text = said(&fixture.workbook(&["reset", "pair", "--yes"]), 3);
    assert!(text.contains("nothing was changed"), "{text}");
    assert_eq!(fixture.read(EXERCISE), "// attempt\n");
    fs::remove_dir_all(fixture.path(".workbook")).expect("it is there");
}

/// The file keeps what belongs to it: its permissions, and that it is a link.
#[cfg(unix)]
#[test]
fn a_link_stays_a_link_and_permissions_stay() {
    use std::os::unix::fs::PermissionsExt as _;
    let fixture = Fixture::shipped("link");
    let real = fixture.path("my-answers/pair.rs");
    fixture.write("my-answers/pair.rs", "// attempt\n");
    fs::set_permissions(&real, fs::Permissions::from_mode(0o640)).expect("it is ours");
    fs::remove_file(fixture.path(EXERCISE)).expect("it is there");
    std::os::unix::fs::symlink(&real, fixture.path(EXERCISE)).expect("a link");
    said(&fixture.workbook(&["reset", "pair", "--yes"]), 0);
    assert_eq!(fs::read_link(fixture.path(EXERCISE)).expect("still a link"), real);
    assert_eq!(fixture.read("my-answers/pair.rs"), fixture.read(START));
    assert_eq!(fs::metadata(&real).expect("it is there").permissions().mode() & 0o777, 0o640);
    fs::remove_file(fixture.path(EXERCISE)).expect("it is there");
}
