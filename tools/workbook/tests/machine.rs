//! What the engine makes of failures that the machine may have brought about. A shell script plays the
//! test binary: it has one test, and says each time what the case asks for.

#![cfg(unix)]

use std::fs;
use std::io;
use std::path::Path;
use std::time::Duration;

use tempfile::TempDir;
use timeline::outcome::{Kind, Outcome};
use timeline::seal::Key;
use workbook::commands::verdict::Verdict;
use workbook::engine::judge::{self, Judgement, TestOutcome, TestRun};
use workbook::engine::process_group::CancelToken;

/// What plays the test binary. It is not written by the test: while another thread starts a process,
/// the system may take a file for one that is still being written, and refuse to run it.
const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/machine/binary.sh");

/// A folder in which that script runs.
struct Binary(TempDir);

impl Binary {
    /// `case` is what it does, in a shell: `passes`, `fails HEADLINE DOUBTFUL`, or what else there is.
    /// In `$run` is the number of the run.
    fn new(case: &str) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let own = std::env::current_exe().expect("a test has a binary");
        let sealer = own.to_str().expect("its path is text");
        fs::write(folder.path().join("sealer"), sealer).expect("the path is written");
        fs::write(folder.path().join("case"), case).expect("the case is written");
        Self(folder)
    }

    fn judge(&self) -> Judgement {
        judge::judge(TestRun {
            token: &CancelToken::default(),
            executable: Path::new(SCRIPT),
            identity: None,
            sandbox: None,
            folder: self.0.path(),
            module: None,
            order: &[],
            limit: Duration::from_mins(1),
        })
        .expect("it can be judged")
    }

    fn runs(&self) -> usize {
        let runs = fs::read_to_string(self.0.path().join("runs")).expect("it has run");
        runs.lines().count()
    }
}

/// What a script cannot do: seals the outcome that it has written, with the key of its run.
#[test]
#[ignore = "the script runs it"]
fn seals_an_outcome() {
    let key = io::read_to_string(io::stdin()).expect("the key is there");
    let key: Key = key.trim_end().parse().expect("it is a key");
    let unsealed = fs::read("unsealed.json").expect("the script has written it");
    let outcome: Outcome = serde_json::from_slice(&unsealed).expect("it is an outcome");
    let folder = std::env::var_os("WORKBOOK_JOURNAL").expect("the script is run by `judge`");
    let sealed = serde_json::to_vec(&outcome.sealed(&key)).expect("plain data");
    fs::write(Path::new(&folder).join("a.json"), sealed).expect("it is written");
}

/// What became of the only test, what that comes to, and after how many runs.
fn judged(case: &str) -> (TestOutcome, Verdict, usize) {
    let binary = Binary::new(case);
    let judgement = binary.judge();
    assert_eq!(judgement.tests.len(), 1, "{judgement:#?}");
    let verdict = Verdict::from(&judgement);
    (judgement.tests[0].outcome.clone(), verdict, binary.runs())
}

#[test]
fn a_failure_that_is_certain_is_told_at_once() {
    let (outcome, verdict, runs) = judged("fails late false");
    assert_eq!((outcome.headline(), verdict, runs), ("late", Verdict::Rejected, 1));
}

#[test]
fn a_failure_in_doubt_is_told_when_it_is_confirmed() {
    let (outcome, verdict, runs) =
        judged("[ $run = 1 ] && fails late true; fails 'in another order' false");
    assert_eq!((outcome.headline(), verdict, runs), ("in another order", Verdict::Rejected, 2));
}

#[test]
fn a_test_that_passes_when_it_runs_alone_has_passed() {
    let (outcome, verdict, runs) = judged("[ $run = 3 ] && passes; fails late true");
    assert!(matches!(outcome, TestOutcome::Passed), "{outcome:?}");
    assert_eq!((verdict, runs), (Verdict::Accepted, 3));
}

#[test]
fn where_every_run_is_in_doubt_they_must_agree() {
    let (outcome, verdict, runs) = judged("fails late true");
    assert_eq!((outcome.headline(), verdict, runs), ("late", Verdict::Rejected, 3));
    assert!(outcome.is_doubtful(), "whoever tells it says so");

    let (outcome, verdict, runs) = judged("fails late$run true");
    assert_eq!((verdict, runs), (Verdict::NotJudged, 3));
    assert_eq!(outcome.headline(), "this test could not be judged: the machine is too busy");
}

#[test]
fn an_outcome_that_cannot_be_written_is_the_machines_fault() {
    cannot_write("No space left on device (os error 28)", "Free some space");
    cannot_write("Too many open files (os error 24)", "`ulimit -n 2048`");
}

fn cannot_write(said: &str, remedy: &str) {
    let case = format!("echo 'workbook: cannot write the outcome of a: {said}' >&2; exit 101");
    let (outcome, verdict, _) = judged(&case);
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
    let (outcome, verdict, _) = judged(case);
    assert_eq!(verdict, Verdict::Rejected);
    assert!(outcome.headline().ends_with("is 18 MiB long, 16 at most are read"), "{outcome:?}");
}
