//! What becomes of tests where few files may be open. In a process of its own, and one test: the limit
//! is that of the whole process.

#![cfg(unix)]

use std::fs::File;

use rlimit::Resource;
use testkit::{Verdict, run::failure_of};
use timeline::outcome::Kind;

fn allow(soft: u64, hard: u64) {
    Resource::NOFILE.set(soft, hard).expect("a limit can be lowered");
}

fn open(count: usize) -> Vec<File> {
    (0..count).map(|_| File::open("/dev/null").unwrap()).collect()
}

#[test]
fn a_limit_is_raised_and_where_it_is_too_low_the_code_is_not_blamed() {
    let limits = || Resource::NOFILE.get().expect("every system tells them");
    let (_, hard) = limits();
    if hard < 2048 {
        eprintln!("skipped: this machine allows too few open files to try it");
        return;
    }
    let wrong = || failure_of(async || Verdict::new("the answer is wrong").fail()).unwrap();

    allow(64, hard);
    assert!(failure_of(async || drop(open(200))).is_none(), "the limit is raised");
    let (certain, (limit, _)) = (wrong(), limits());
    assert_eq!((certain.kind, certain.doubtful), (Kind::Verdict, false));
    assert!(limit >= 2048, "{limit}");

    // Enough for one test, and not for sixteen side by side.
    allow(1000, 1000);
    let doubtful = wrong();
    assert_eq!((doubtful.kind, doubtful.doubtful), (Kind::Verdict, true));
    let panicked = failure_of(async || drop(open(1100))).unwrap();
    assert_eq!(panicked.kind, Kind::NotJudged);
    assert_eq!(panicked.headline, "this test could not be judged: too few files may be open");
    assert!(panicked.facts[0].contains("(os error 24)"), "{:?}", panicked.facts);
    assert!(panicked.why.contains("`ulimit -n 2048`"), "{}", panicked.why);
    let silent = failure_of(async || {
        let mut files = Vec::new();
        while let Ok(file) = File::open("/dev/null") {
            files.push(file);
        }
        // Long enough for a look of the watchdog.
        testkit::at_rest().await;
        drop(files);
        Verdict::new("an answer is missing").fail();
    });
    assert_eq!(silent.unwrap().kind, Kind::NotJudged, "the code keeps it to itself");

    allow(200, 200);
    assert!(failure_of(async || {}).is_none(), "a pass is a pass");
    let unreliable = wrong();
    assert_eq!(unreliable.kind, Kind::NotJudged);
    assert_eq!(unreliable.facts, ["files that may be open: 200, needed: 512"]);
    let unwritten = failure_of(async || todo!()).unwrap();
    assert_eq!(unwritten.kind, Kind::Unfinished, "that is so on any machine");

    allow(3, 200);
    let no_runtime = failure_of(async || {}).unwrap();
    assert_eq!(no_runtime.kind, Kind::NotJudged);
    assert!(no_runtime.facts[0].contains("(os error 24)"), "{:?}", no_runtime.facts);
}
