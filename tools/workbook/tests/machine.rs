//! What the engine makes of outcomes that cannot be written or read. A shell script plays the test
//! binary: it has one test, and does what the case asks for.

#![cfg(unix)]

use std::fs;
use std::path::Path;
use std::time::Duration;

use tempfile::TempDir;
use timeline::outcome::Kind;
use workbook::commands::verdict::Verdict;
use workbook::engine::judge::{self, Judgement, TestOutcome, TestRun};
use workbook::engine::process_group::CancelToken;

/// What plays the test binary. It is not written by the test: while another thread starts a process,
/// the system may take a file for one that is still being written, and refuse to run it.
const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/machine/binary.sh");

/// A folder in which that script runs.
struct Binary(TempDir);

impl Binary {
    /// `case` is what it does, in a shell.
    fn new(case: &str) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        fs::write(folder.path().join("case"), case).expect("the case is written");
        Self(folder)
    }

    fn judge(&self) -> Judgement {
        self.judge_in_order(&[], Duration::from_mins(1))
    }

    fn judge_in_order(&self, order: &[String], limit: Duration) -> Judgement {
        judge::judge(TestRun {
            token: &CancelToken::default(),
            executable: Path::new(SCRIPT),
            identity: None,
            sandbox: None,
            folder: self.0.path(),
            module: None,
            answer: Path::new(SCRIPT),
            order,
            alone: false,
            limit,
        })
        .expect("it can be judged")
    }
}

/// What became of the only test, and what that comes to.
fn judged(case: &str) -> (TestOutcome, Verdict) {
    let binary = Binary::new(case);
    let judgement = binary.judge();
    assert_eq!(judgement.tests.len(), 1, "{judgement:#?}");
    let verdict = Verdict::from(&judgement);
    (judgement.tests[0].outcome.clone(), verdict)
}

#[test]
fn an_outcome_that_cannot_be_written_is_the_machines_fault() {
    cannot_write("No space left on device (os error 28)", "Free some space");
    cannot_write("Too many open files (os error 24)", "`ulimit -n 2048`");
}

fn cannot_write(said: &str, remedy: &str) {
    let case = format!("echo 'workbook: cannot write the outcome of a: {said}' >&2; exit 101");
    let (outcome, verdict) = judged(&case);
    assert_eq!(verdict, Verdict::NotJudged);
    let TestOutcome::NotJudged(failure) = outcome else { panic!("{outcome:?}") };
    assert_eq!(failure.kind, Kind::NotJudged);
    assert_eq!(failure.facts, [format!("the system says: {said}")]);
    assert!(failure.text.contains("its outcome could not be written\n\n  the system says"));
    assert!(failure.text.contains(remedy), "{}", failure.text);
}

#[test]
fn an_outcome_that_is_too_long_is_called_that() {
    let case = "head -c 17825793 /dev/zero > \"$WORKBOOK_JOURNAL/a.json\"; exit 101";
    let (outcome, verdict) = judged(case);
    assert_eq!(verdict, Verdict::Rejected);
    assert!(outcome.headline().ends_with("is 18 MiB long, 16 at most are read"), "{outcome:?}");
}

#[test]
fn a_program_that_does_not_get_to_its_tests_is_rejected() {
    let names = ["a".to_owned(), "b".to_owned()];
    for (begins, limit, headline) in [
        ("exit 7", 60, "the program ended before it got to its tests, with exit code 7"),
        ("kill -ABRT $$", 60, "ended before it got to its tests, by signal 6 (SIGABRT)"),
        ("exec sleep 60", 1, "the program did not get to its tests within 1 s"),
    ] {
        let binary = Binary::new("exit 101");
        fs::write(binary.0.path().join("begins"), begins).expect("it is written");
        let judgement = binary.judge_in_order(&names, Duration::from_secs(limit));
        assert_eq!(Verdict::from(&judgement), Verdict::Rejected);
        let tests: Vec<&String> = judgement.tests.iter().map(|judged| &judged.test).collect();
        assert_eq!(tests, [&names[0], &names[1]]);
        let said = judgement.tests[0].outcome.headline();
        assert!(said.contains(headline), "{said}");
    }
}
