//! A test's second process: what it says, how it is ended, and that it is not left behind.

use std::{env, process::Command};

use testkit::process::{Process, is_child, say};

#[test]
fn hears_what_the_child_says_and_how_it_ends() {
    if is_child() {
        println!("libtest's own lines are left out");
        say("one");
        say("two");
        std::process::exit(7);
    }
    testkit::run(async || {
        let name = "hears_what_the_child_says_and_how_it_ends";
        let mut child = Process::start(module_path!(), name);

        assert_eq!(child.says().await.as_deref(), Some("one"));
        assert_eq!(child.says().await.as_deref(), Some("two"));
        assert_eq!(child.says().await, None);
        assert_eq!(child.ended().await.and_then(|status| status.code()), Some(7));
    });
}

#[cfg(unix)]
#[test]
fn terminates_the_child() {
    use std::{os::unix::process::ExitStatusExt as _, thread, time::Duration};

    if is_child() {
        say("here");
        thread::sleep(Duration::from_mins(1));
    }
    testkit::run(async || {
        let mut child = Process::start(module_path!(), "terminates_the_child");
        assert_eq!(child.says().await.as_deref(), Some("here"));

        child.terminate().await;

        assert_eq!(child.ended().await.and_then(|status| status.signal()), Some(15));
    });
}

/// The process aborts, and only what it prints tells that from an abort of the code's own.
#[test]
fn a_panic_within_a_panic_is_printed() {
    const CHILD: &str = "PANICS_TWICE";
    struct Panics;
    impl Drop for Panics {
        fn drop(&mut self) {
            panic!("in the drop");
        }
    }
    if env::var_os(CHILD).is_some() {
        testkit::run(async || {
            let _panics = Panics;
            panic!("before the drop");
        });
    }
    let output = Command::new(env::current_exe().expect("a test binary has a path"))
        .args(["--exact", "--nocapture", "a_panic_within_a_panic_is_printed"])
        .env(CHILD, "")
        .output()
        .expect("it can be started again");

    assert!(!output.status.success());
    let printed = String::from_utf8_lossy(&output.stderr);
    assert!(printed.contains("panic in a destructor during cleanup"), "{printed}");
}
