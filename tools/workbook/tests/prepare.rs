//! `cargo workbook prepare` itself, on a network that leads nowhere.

mod fixture;

use std::fs;
use std::path::Path;
use std::process::Command;

use fixture::{EXERCISE, Fixture};

/// The exit code and all that was printed, without a network.
fn prepared(mut command: Command) -> (Option<i32>, String) {
    // Nobody listens there. Cargo reads the lower case first.
    command.env("https_proxy", "http://127.0.0.1:9").env("HTTPS_PROXY", "http://127.0.0.1:9");
    let output = command.env("CARGO_NET_RETRY", "0").output().expect("it can be started");
    let text = [&*output.stdout, &*output.stderr].concat();
    (output.status.code(), String::from_utf8_lossy(&text).into_owned())
}

#[test]
fn a_machine_with_every_crate_is_ready_and_the_learners_file_is_untouched() {
    let fixture = Fixture::shipped("prepare");
    fixture.write(EXERCISE, "this is half writ");
    let (code, text) = prepared(fixture.command(&["prepare", "--docs"]));
    assert_eq!(code, Some(0), "{text}");
    assert!(text.starts_with("On two cores this takes 4 to 9 minutes, and 2.5 GB of"), "{text}");
    let page = fixture.workspace.target.join("doc").join("futures").join("index.html");
    let docs = format!("the documentation of futures: open {}", page.display());
    assert!(text.contains(&docs) && page.is_file(), "{text}");
    assert!(text.contains("pair, but for your own file, which does not compile yet"), "{text}");
    assert!(text.contains("pair, as it is shipped, is red without the network"), "{text}");
    assert!(text.contains("pair, as the reference has it, is green"), "{text}");
    assert!(text.contains("Ready:"), "{text}");
    assert_eq!(fixture.read(EXERCISE), "this is half writ");
    assert!(!fixture.path(".workbook").exists(), "nothing is taken for the learner's progress");
}

#[test]
fn a_missing_crate_without_a_network_is_told_with_how_to_mend_it() {
    let fixture = Fixture::shipped("prepare-missing");
    let manifest = "exercises/pair/Cargo.toml";
    let text = fixture.read(manifest);
    fixture.write(
        manifest,
        &text.replace("[dependencies]", "[dependencies]\nthis-crate-is-nowhere = \"1\""),
    );
    let (code, text) = prepared(fixture.command(&["prepare"]));
    assert_eq!(code, Some(1), "{text}");
    assert!(text.contains("Not ready. One thing is wrong:"), "{text}");
    assert!(text.contains("the network cannot be reached"), "{text}");
    assert!(text.contains("prepare --vendor FOLDER"), "{text}");
    assert!(!text.contains("building"), "nothing is built in vain: {text}");
}

#[test]
#[cfg(unix)]
fn an_old_compiler_is_told_before_anything_is_built() {
    use std::os::unix::fs::PermissionsExt as _;
    let fixture = Fixture::shipped("prepare-old");
    let old = fixture.path("old-rustc");
    fixture.write("old-rustc", "#!/bin/sh\necho 'rustc 1.80.0 (051478957 2024-07-21)'\n");
    fs::set_permissions(&old, fs::Permissions::from_mode(0o755)).expect("it can be started");
    let mut command = fixture.command(&["prepare"]);
    command.env("RUSTC", old);
    let (code, text) = prepared(command);
    assert_eq!(code, Some(1), "{text}");
    assert!(text.contains("1. Rust is 1.80.0, and 1.95 or later is needed"), "{text}");
    assert!(text.contains("rustup update stable"), "{text}");
    assert!(!text.contains("building"), "{text}");
}

#[test]
fn a_folder_to_hand_out_never_overwrites_anything() {
    let fixture = Fixture::shipped("prepare-vendor");
    let outside = tempfile::tempdir().expect("a folder");
    fs::write(outside.path().join("thesis.tex"), "years of work").expect("a file");
    let vendor = |folder: &Path| {
        let folder = folder.to_str().expect("its path is text");
        prepared(fixture.command(&["prepare", "--vendor", folder]))
    };
    let (code, text) = vendor(outside.path());
    assert_eq!(code, Some(3), "{text}");
    assert!(text.contains("is not empty, and nothing in it was changed"), "{text}");
    assert!(text.contains("Name a folder that is empty or not there yet."), "{text}");
    assert_eq!(fs::read_dir(outside.path()).expect("a folder").count(), 1);

    let (code, text) = vendor(&fixture.path("to-hand-out"));
    assert_eq!(code, Some(3), "{text}");
    assert!(text.contains("would be copied into itself"), "{text}");
}
