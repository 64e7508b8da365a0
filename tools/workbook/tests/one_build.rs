//! What is compiled for one exercise serves the next: its libraries have the same features.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

/// These have libraries of their own, which ask for more: sqlx twice, and WebSockets.
const APART: [&str; 3] = ["background", "chat", "transactions"];

/// The packages under `name`, each with its features.
fn tree(name: &str) -> BTreeMap<String, String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["tree", "--offline", "--package", name, "--edges", "normal,build,dev"]);
    cargo.args(["--prefix", "none", "--no-dedupe", "--format", "{p}|{f}"]).current_dir(root);
    let output = cargo.output().expect("cargo can be started");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    let lines = String::from_utf8(output.stdout).expect("it is text");
    let package = |line: &str| line.split_once('|').map(|(p, f)| (p.to_owned(), f.to_owned()));
    lines.lines().filter_map(package).collect()
}

#[test]
fn what_is_compiled_for_one_exercise_serves_the_next() {
    let first = tree("gather");
    assert!(first.keys().any(|package| package.starts_with("axum v")));
    let exercises = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../exercises");
    let names = exercises.read_dir().expect("it is there").flatten();
    let names = names.filter(|entry| entry.path().join("Cargo.toml").is_file());
    let names: BTreeSet<String> =
        names.filter_map(|entry| entry.file_name().into_string().ok()).collect();
    assert!(names.len() > APART.len());
    for name in names.iter().filter(|name| !APART.contains(&name.as_str())) {
        let differs = |(package, features): &(String, String)| {
            first.get(package).is_some_and(|known| known != features)
        };
        let own: Vec<_> = tree(name).into_iter().filter(differs).collect();
        assert!(
            own.is_empty(),
            "{name} compiles these anew, with other features than gather. If all exercises are to \
             have them, ask for them in tools/testkit/Cargo.toml: {own:#?}"
        );
    }
}
