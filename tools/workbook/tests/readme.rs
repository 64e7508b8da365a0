//! The front page shows what is recorded and names only commands that exist.

use std::{fs, path::Path, process::Command};

fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
}

fn readme() -> String {
    // A checkout on Windows may have carriage returns.
    fs::read_to_string(root().join("README.md")).unwrap().replace('\r', "")
}

#[test]
fn the_failing_test_on_the_front_page_is_the_recorded_one() {
    let recorded = "solutions/gather/recorded/in_sequence.sends_the_requests_together.txt";
    let recorded = fs::read_to_string(root().join(recorded)).unwrap().replace('\r', "");
    let shown = readme();
    let shown = shown.split("```text\n").nth(1).unwrap().split("```").next().unwrap();
    assert_eq!(shown.trim_end(), recorded.trim_end(), "copy the recording into README.md");
}

#[test]
fn the_picture_on_the_front_page_is_the_recorded_one() {
    let picture = "tools/workbook/tests/recorded/story.svg";
    assert!(readme().contains(&format!("]({picture})")), "the front page shows {picture}");
    assert!(root().join(picture).is_file(), "BLESS=1 cargo test -p workbook --test watch");
}

#[test]
fn every_command_on_the_front_page_exists() {
    let readme = readme();
    let mut commands: Vec<&str> = readme
        .split("cargo workbook ")
        .skip(1)
        .filter_map(|rest| rest.split(|c: char| !c.is_ascii_lowercase()).next())
        .filter(|word| !word.is_empty())
        .collect();
    commands.sort_unstable();
    commands.dedup();
    assert!(commands.len() > 3, "the front page names few commands: {commands:?}");
    for command in commands {
        let help = Command::new(env!("CARGO_BIN_EXE_workbook"))
            .args([command, "--help"])
            .output()
            .unwrap();
        assert!(help.status.success(), "`cargo workbook {command}` does not exist");
    }
}
