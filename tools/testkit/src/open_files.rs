//! How many files this process may have open at once: each socket and each runtime needs some.

use std::{
    fs::File,
    io,
    sync::{
        Once,
        atomic::{AtomicUsize, Ordering},
    },
};

/// With so many, all tests of an exercise can run side by side: those of `gather` have some hundred
/// connections open, each of which is two files here.
pub(crate) const ENOUGH: u64 = 2048;

/// With fewer, not even one test by itself can be relied on.
pub(crate) const TOO_FEW: u64 = 512;

/// No test needs more. Code that opens files without end is to meet a limit, on every system.
#[cfg(unix)]
const AT_MOST: u64 = 10_240;

/// Runs that have begun in this process.
static RUNS: AtomicUsize = AtomicUsize::new(0);

/// Called when a run begins. Raises this process's limit as far as the system lets it, once. By
/// default macOS allows 256 files, and the tests of one exercise side by side need more.
pub(crate) fn raise_limit() {
    static ONCE: Once = Once::new();
    RUNS.fetch_add(1, Ordering::SeqCst);
    ONCE.call_once(raise);
}

/// The limit as it is now; `None` where there is none.
#[cfg(unix)]
pub(crate) fn limit() -> Option<u64> {
    let (limit, _) = rlimit::Resource::NOFILE.get().ok()?;
    (limit != rlimit::INFINITY).then_some(limit)
}

/// The limit as it is now; `None` where there is none.
#[cfg(not(unix))]
pub(crate) fn limit() -> Option<u64> {
    None
}

/// Whether all tests of an exercise, side by side, may need more than the limit allows.
pub(crate) fn are_scarce() -> bool {
    limit().is_some_and(|limit| limit < ENOUGH)
}

/// Whether another run may have taken files that this one needed.
pub(crate) fn may_have_been_taken() -> bool {
    are_scarce() && RUNS.load(Ordering::SeqCst) > 1
}

/// The system's answer where no file can be opened at this moment.
pub(crate) fn refusal() -> Option<io::Error> {
    // A file that is there on every Unix. The test binary itself may have no name any more.
    let opened = File::open("/dev/null");
    opened.err().filter(|error| matches!(error.raw_os_error(), Some(EMFILE | ENFILE)))
}

/// Too many open files in this process: the same number on every Unix.
pub(crate) const EMFILE: i32 = 24;

/// Too many open files in the whole system: the same number on every Unix.
pub(crate) const ENFILE: i32 = 23;

#[cfg(unix)]
fn raise() {
    // Where it is refused, the tests run with what there is, and say so if that is too little.
    let _ = rlimit::increase_nofile_limit(AT_MOST);
}

#[cfg(not(unix))]
fn raise() {}
