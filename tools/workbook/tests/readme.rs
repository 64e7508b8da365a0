//! The front page and what it links to: they show what is recorded, and name only commands, folders
//! and files that exist. So do the jobs of CI.

use std::{collections::BTreeSet, fs, path::Path, process::Command};

/// The pages of the repository that are not the book's.
const PAGES: [&str; 4] = ["README.md", "CONTRIBUTING.md", "ARCHITECTURE.md", "CHANGELOG.md"];

fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
}

fn read(file: &str) -> String {
    let text = fs::read_to_string(root().join(file));
    // A checkout on Windows may have carriage returns.
    text.unwrap_or_else(|error| panic!("{file}: {error}")).replace('\r', "")
}

#[test]
fn the_failing_test_on_the_front_page_is_the_recorded_one() {
    let recorded = read("solutions/gather/recorded/in_sequence.sends_the_requests_together.txt");
    let shown = read("README.md");
    let shown = shown.split("```text\n").nth(1).unwrap().split("```").next().unwrap();
    assert_eq!(shown.trim_end(), recorded.trim_end(), "copy the recording into README.md");
}

#[test]
fn the_picture_on_the_front_page_is_the_recorded_one() {
    let picture = "tools/workbook/tests/recorded/story.svg";
    assert!(read("README.md").contains(&format!("]({picture})")), "the front page shows {picture}");
    assert!(root().join(picture).is_file(), "BLESS=1 cargo test -p workbook --test watch");
}

#[test]
fn the_linker_is_named_with_the_command_of_each_system() {
    for page in ["README.md", "book/src/setup.md"] {
        let text = read(page).split_whitespace().collect::<Vec<_>>().join(" ");
        for words in [
            "sudo apt install build-essential",
            "xcode-select --install",
            "Visual Studio's Build Tools",
        ] {
            assert!(text.contains(words), "{page} does not name `{words}`");
        }
    }
}

#[test]
fn the_plan_for_a_workshop_takes_two_hours_and_says_what_to_drop() {
    let page = read("book/src/teaching.md");
    let plan = page.split("## Two hours\n").nth(1).and_then(|rest| rest.split("\n## ").next());
    let plan = plan.expect("the plan");
    let cells = plan.lines().filter_map(|line| line.strip_prefix("| ")?.split(' ').next());
    let minutes: u32 = cells.filter_map(|cell| cell.parse::<u32>().ok()).sum();
    assert_eq!(minutes, 120);
    assert!(plan.contains("If you run late, drop "), "{plan}");
}

#[test]
fn every_command_that_a_page_names_exists() {
    let mut commands = BTreeSet::new();
    for page in PAGES {
        let text = read(page);
        let named = text.split("cargo workbook ").skip(1);
        let words = named.filter_map(|rest| rest.split(|c: char| !c.is_ascii_lowercase()).next());
        commands.extend(words.filter(|word| !word.is_empty()).map(str::to_owned));
    }
    assert!(commands.len() > 5, "the pages name few commands: {commands:?}");
    for command in commands {
        let help = Command::new(env!("CARGO_BIN_EXE_workbook"))
            .args([&command, "--help"])
            .output()
            .unwrap();
        assert!(help.status.success(), "`cargo workbook {command}` does not exist");
    }
}

#[test]
fn every_link_and_folder_of_a_page_exists() {
    for page in PAGES {
        let text = read(page);
        let links = text.split("](").skip(1).filter_map(|rest| rest.split(')').next());
        let links = links.filter(|link| !link.contains(':'));
        let quoted = text.split('`').skip(1).step_by(2);
        let ours = ["book/", "tools/", "exercises/", "solutions/", ".ci/"];
        let paths = quoted.filter(|path| ours.iter().any(|folder| path.starts_with(folder)));
        for path in links.chain(paths) {
            let path = path.split('#').next().unwrap();
            // What stands for many is not looked up, nor what is built.
            if !path.is_empty()
                && !path.contains(['*', ' '])
                && !path.contains("NAME")
                && path != "book/book"
            {
                assert!(root().join(path).exists(), "{page} names {path}");
            }
        }
    }
}

#[test]
fn the_pages_link_to_each_other() {
    for page in PAGES {
        let text = read(page);
        for other in PAGES.into_iter().skip(1).filter(|other| *other != page) {
            assert!(text.contains(&format!("]({other})")), "{page} does not link {other}");
        }
    }
    let lines = read("ARCHITECTURE.md").lines().count();
    assert!(lines <= 120, "ARCHITECTURE.md has {lines} lines: it is read in one go");
}

#[test]
fn ci_uses_pinned_actions_the_promised_toolchain_and_parts_that_there_are() {
    let manifest: toml::Table = read("Cargo.toml").parse().unwrap();
    let oldest = manifest["workspace"]["package"]["rust-version"].as_str().unwrap();
    let [ci, night] = ["ci", "night"].map(|name| read(&format!(".github/workflows/{name}.yml")));
    for workflow in [&ci, &night] {
        for line in workflow.lines().filter(|line| line.contains("uses: ")) {
            let pin = line.split('@').nth(1).unwrap_or_default();
            let (commit, version) = pin.split_once(" # v").unwrap_or_default();
            let hex = commit.len() == 40 && commit.bytes().all(|byte| byte.is_ascii_hexdigit());
            assert!(hex && !version.is_empty(), "not pinned to the commit of a version: {line}");
        }
        let promised = format!("OLDEST: \"{oldest}\"");
        assert!(workflow.contains(&promised), "CI does not test Rust {oldest}");
    }
    let script = read(".ci/run");
    let all = script.split("all=(").nth(1).and_then(|rest| rest.split(')').next());
    let all: BTreeSet<&str> = all.unwrap().split_whitespace().collect();
    assert_eq!(parts(&ci), all, "the jobs of CI are all parts of .ci/run");
    assert_eq!(parts(&night), BTreeSet::from(["night"]));
}

/// The parts of .ci/run that a workflow runs.
fn parts(workflow: &str) -> BTreeSet<&str> {
    let steps = workflow.lines().filter_map(|line| line.split("run: ").nth(1));
    let parts = steps.filter_map(|step| step.split(".ci/run ").nth(1));
    parts.flat_map(str::split_whitespace).collect()
}
