//! Tests that hang because of another one in the same process.
//!
//! Code may keep something in a `static`: a lock, a number of permits, a queue. Where one test takes
//! it and does not give it back, the next one waits, and its own account says only that it hangs. So
//! where an answer has such a thing, what hung is run once more, each test in a process of its own.
//! Other answers are spared the seconds that this takes.

use std::fs;
use std::path::Path;

use timeline::outcome::{Failure, Kind, ReadOn};

use crate::engine::account::account;

/// The cause of a test that another one of its process holds up. No manifest lists it.
pub const HELD_UP: &str = "held_up";

/// Whether the code may share something between calls that know nothing of each other, as far as
/// its text shows: it has the word `static`, and not as a lifetime.
pub fn may_be(answer: &Path) -> bool {
    // A file that cannot be read any more shows nothing.
    fs::read_to_string(answer).is_ok_and(|code| has_a_static(&code))
}

fn has_a_static(code: &str) -> bool {
    let part_of_a_word = |last: char| last == '\'' || last == '_' || last.is_alphanumeric();
    code.match_indices("static ").any(|(at, _)| !code[..at].ends_with(part_of_a_word))
}

/// What is told of a test that hangs beside the others, as `together` says, and passes alone.
pub fn failure(together: &Failure) -> Failure {
    let facts = [
        format!("with the other tests, in one process: {}", together.headline),
        "alone, in a process of its own: it passes".to_owned(),
    ];
    let mut failure = account(
        Kind::Hang,
        "another test holds this one up",
        &facts,
        "All tests of an exercise run in one process, as all calls of a server do. What is kept in \
         a `static` is there once for all of them, and here one call waits for what another has \
         not given back.",
    );
    HELD_UP.clone_into(&mut failure.cause);
    failure.read_on =
        Some(ReadOn { page: "how-tests-see".to_owned(), section: "A hang".to_owned() });
    failure
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lifetime_is_no_static() {
        assert!(has_a_static("static SEATS: Semaphore = Semaphore::const_new(1);"));
        assert!(has_a_static("fn f() {\n    static mut N: u8 = 0;\n}"));
        assert!(!has_a_static("fn f(s: &'static str) {}"));
        assert!(!has_a_static("let ecstatic = 1; // all ecstatic "));
        assert!(!has_a_static(""));
    }

    #[test]
    fn it_says_what_was_seen() {
        let hang = Failure { headline: "it hangs".to_owned(), ..Failure::new(Kind::Hang) };
        let text = failure(&hang).text;
        assert!(text.starts_with("another test holds this one up\n\n  with the other"), "{text}");
        assert!(text.contains("in one process: it hangs\n  alone, in a process"), "{text}");
    }
}
