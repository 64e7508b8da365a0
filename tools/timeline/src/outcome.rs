//! What a test leaves behind for other programs to read: one JSON file per test.
//!
//! The test kit writes it twice, when the test starts and when it ends, so that a test whose
//! process died is still seen to have started. The watch screen, `verify` and the book read it.

use serde::{Deserialize, Serialize};

use crate::Timeline;
use crate::seal::Key;

/// Begins a line on standard error where an outcome could not be written: the test's name follows, a
/// colon, and the system's error.
pub const CANNOT_WRITE: &str = "workbook: cannot write the outcome of ";

/// The state of one test, and what happened in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcome {
    /// Proves that the test kit wrote this, in a run that was given a [`Key`]. Empty in a plain
    /// `cargo test`.
    #[serde(default)]
    pub seal: String,
    /// The name of the test function, without its modules.
    pub test: String,
    /// How far it got.
    pub state: State,
    /// Why it failed, if it did.
    pub failure: Option<Failure>,
    /// What happened, up to when this was written.
    pub timeline: Timeline,
}

impl Outcome {
    /// The same, with the seal that belongs to it.
    #[must_use]
    pub fn sealed(mut self, key: &Key) -> Self {
        self.seal = self.seal_by(key);
        self
    }

    /// Whether it was sealed with this key, and is as it was then.
    pub fn is_sealed_by(&self, key: &Key) -> bool {
        self.seal == self.seal_by(key)
    }

    fn seal_by(&self, key: &Key) -> String {
        let Self { seal: _, test, state, failure, timeline } = self;
        key.seal((test, state, failure, timeline))
    }
}

/// How far a test got.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// It began, and has not ended, or its process died.
    Started,
    /// It ended, and all it asked for was so.
    Passed,
    /// It ended with a [`Failure`].
    Failed,
}

/// Why a test failed, in the parts that a reader is shown.
///
/// Nothing in it varies between runs of the same deterministic misbehaviour: no time of the real
/// clock, no thread, no address. So a recorded failure can be compared with a new one exactly.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Failure {
    /// What sort of failure it was.
    pub kind: Kind,
    /// What went wrong, in one line.
    pub headline: String,
    /// What was asked for.
    pub asked: String,
    /// What happened, as [`text::by_order`](crate::text::by_order) draws it. May be empty.
    pub drawing: String,
    /// What was counted, each with what was wanted: "in flight at once: 1, wanted: 4".
    pub facts: Vec<String>,
    /// The cause, by its id. Empty where nothing that was seen proves one.
    #[serde(default)]
    pub cause: String,
    /// Why that goes wrong.
    pub why: String,
    /// Where the book explains it.
    pub read_on: Option<ReadOn>,
    /// All of it in full, as a plain `cargo test` shows it.
    pub text: String,
    /// Whether the machine may have brought it about: the run was short of processor time. Whoever
    /// tells of the failure runs the test again first, alone.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub doubtful: bool,
}

impl Failure {
    /// A failure of this kind, of which nothing is said yet.
    pub fn new(kind: Kind) -> Self {
        Self {
            kind,
            headline: String::new(),
            asked: String::new(),
            drawing: String::new(),
            facts: Vec::new(),
            cause: String::new(),
            why: String::new(),
            read_on: None,
            text: String::new(),
            doubtful: false,
        }
    }
}

/// What sort of failure a test met.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// The test looked and found something other than was asked.
    Verdict,
    /// The code panicked.
    Panic,
    /// The code did not come back before the watchdog's limit.
    Hang,
    /// A `todo!` or `unimplemented!` was reached: nobody has written that part yet.
    Unfinished,
    /// The machine could not do what the test needs, so it says nothing about the code.
    #[serde(rename = "not judged")]
    NotJudged,
}

/// A place in the book.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ReadOn {
    /// The page, by the name of its exercise.
    pub page: String,
    /// The heading of the section on that page.
    pub section: String,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Clock, How, Recording};

    #[test]
    fn the_file_looks_like_this() {
        let mut recording = Recording::new(Clock::Virtual);
        let request = recording.start("user 1", 0);
        recording.mark("user 1", "sent", 10);
        recording.end(request, How::Finished, 50_000);
        let outcome = Outcome {
            seal: String::new(),
            test: "keeps_the_order_of_the_input".to_owned(),
            state: State::Failed,
            failure: Some(Failure {
                kind: Kind::Unfinished,
                headline: "not written yet".to_owned(),
                asked: "an answer".to_owned(),
                drawing: String::new(),
                facts: vec!["in flight at once: 1, wanted: 4".to_owned()],
                cause: "in_sequence".to_owned(),
                why: "because".to_owned(),
                read_on: Some(ReadOn { page: "gather".to_owned(), section: "The pattern".into() }),
                text: "not written yet".to_owned(),
                doubtful: false,
            }),
            timeline: recording.timeline(),
        };
        let json = serde_json::json!({
            "seal": "",
            "test": "keeps_the_order_of_the_input",
            "state": "failed",
            "failure": {
                "kind": "unfinished",
                "headline": "not written yet",
                "asked": "an answer",
                "drawing": "",
                "facts": ["in flight at once: 1, wanted: 4"],
                "cause": "in_sequence",
                "why": "because",
                "read_on": { "page": "gather", "section": "The pattern" },
                "text": "not written yet",
            },
            "timeline": {
                "clock": "virtual",
                "lanes": [{
                    "name": "user 1",
                    "spans": [{
                        "start": { "micros": 0, "column": 0 },
                        "end": { "micros": 50_000, "column": 2 },
                        "how": "finished",
                    }],
                    "marks": [{ "at": { "micros": 10, "column": 1 }, "label": "sent" }],
                }],
            },
        });
        assert_eq!(serde_json::to_value(&outcome).expect("plain data"), json);
        assert_eq!(serde_json::from_value::<Outcome>(json).expect("the same shape"), outcome);
    }

    #[test]
    fn what_was_changed_has_lost_its_seal() {
        let key = Key::new([1, 2]);
        let started = Outcome {
            seal: String::new(),
            test: "a".to_owned(),
            state: State::Started,
            failure: None,
            timeline: Recording::new(Clock::Real).timeline(),
        };
        assert!(!started.is_sealed_by(&key), "without a seal");
        let sealed = started.sealed(&key);
        assert!(sealed.is_sealed_by(&key));
        assert!(!sealed.is_sealed_by(&Key::new([1, 3])), "of another run");
        assert!(!Outcome { state: State::Passed, ..sealed.clone() }.is_sealed_by(&key));
        assert!(!Outcome { test: "b".to_owned(), ..sealed.clone() }.is_sealed_by(&key));
        let json = serde_json::to_string(&sealed).expect("plain data");
        let read: Outcome = serde_json::from_str(&json).expect("the same shape");
        assert!(read.is_sealed_by(&key), "it was written and read");
    }
}
