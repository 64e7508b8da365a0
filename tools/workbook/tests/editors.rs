//! The settings for editors and containers that are shipped: they can be read, and say what the
//! set-up page says of them.

use std::{fs, path::Path, process::Command};

use serde_json::Value;

fn shipped(file: &str) -> Value {
    let root = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."));
    let text =
        fs::read_to_string(root.join(file)).unwrap_or_else(|error| panic!("{file}: {error}"));
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{file}: {error}"))
}

#[test]
fn rust_analyzer_has_a_target_directory_of_its_own_and_checks_one_exercise_at_a_time() {
    let code = shipped(".vscode/settings.json");
    assert_eq!(code["rust-analyzer.cargo.targetDir"], true);
    assert_eq!(code["rust-analyzer.check.workspace"], false);
    let zed = shipped(".zed/settings.json");
    let options = &zed["lsp"]["rust-analyzer"]["initialization_options"];
    assert_eq!(options["cargo"]["targetDir"], true);
    assert_eq!(options["check"]["workspace"], false);
    assert_eq!(shipped(".vscode/extensions.json")["recommendations"][0], "rust-lang.rust-analyzer");
}

#[test]
fn every_task_is_a_command_of_ours() {
    let code = shipped(".vscode/tasks.json");
    let code = code["tasks"].as_array().expect("VS Code has tasks");
    let zed = shipped(".zed/tasks.json");
    for task in code.iter().chain(zed.as_array().expect("Zed has tasks")) {
        assert_eq!(task["command"], "cargo");
        let arguments: Vec<&str> =
            task["args"].as_array().expect("arguments").iter().filter_map(Value::as_str).collect();
        let (first, ours) = arguments.split_first().expect("a command");
        assert_eq!(*first, "workbook");
        let help = Command::new(env!("CARGO_BIN_EXE_workbook")).args(ours).arg("--help").output();
        assert!(help.expect("it starts").status.success(), "`cargo workbook {ours:?}`");
    }
}

#[test]
fn the_container_has_the_oldest_toolchain_that_is_promised() {
    let root = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."));
    let manifest = fs::read_to_string(root.join("Cargo.toml")).expect("the workspace");
    let manifest: toml::Table = manifest.parse().expect("the workspace");
    let promised = manifest["workspace"]["package"]["rust-version"].as_str().expect("a version");
    let container = shipped(".devcontainer/devcontainer.json");
    let image = container["image"].as_str().expect("an image");
    assert!(image.contains(&format!("rust:{promised}")), "{image} is not Rust {promised}");
    assert_eq!(container["postCreateCommand"], "cargo workbook prepare");
}
