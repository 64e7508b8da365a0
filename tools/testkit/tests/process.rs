//! A test's second process: what it says, how it is ended, and that it is not left behind.

use std::{thread, time::Duration};

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
    use std::os::unix::process::ExitStatusExt as _;
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
