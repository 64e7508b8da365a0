//! A fake piece of work: how long it takes, and how it ends.

use std::panic::panic_any;

use tokio::sync::watch;

use crate::calls::CallLog;

/// How a piece of work goes, and after how many milliseconds it ends.
///
/// ```
/// use testkit::{CallLog, Course, Ended};
///
/// testkit::run_paused(async || {
///     let log = CallLog::new();
///     let sent = log.play("mail 1".to_owned(), Course::Succeeds(20), "refused").await;
///     let failed = log.play("mail 2".to_owned(), Course::Fails(5), "refused").await;
///
///     assert_eq!((sent, failed), (Ok(()), Err("refused")));
///     assert_eq!(log.numbers(Ended::Failed), [2]);
///     assert_eq!(log.now(), 25);
/// });
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Course {
    /// It succeeds.
    Succeeds(u64),
    /// It returns an error.
    Fails(u64),
    /// It panics, with a payload that is no string.
    Panics(u64),
}

impl Course {
    /// After how many milliseconds it ends.
    pub fn millis(self) -> u64 {
        let (Self::Succeeds(millis) | Self::Fails(millis) | Self::Panics(millis)) = self;
        millis
    }
}

impl CallLog {
    /// A call that begins when it is polled for the first time, and goes like this. `error` is what
    /// it returns if it fails. Dropped, it is cut off.
    pub fn play<E: Send + 'static>(
        &self,
        name: String,
        course: Course,
        error: E,
    ) -> impl Future<Output = Result<(), E>> + Send + use<E> {
        let log = self.clone();
        async move {
            let call = log.begin(name);
            call.takes(course.millis()).await;
            match course {
                Course::Succeeds(_) => call.finish(),
                Course::Fails(_) | Course::Panics(_) => call.fail(),
            }
            match course {
                Course::Succeeds(_) => Ok(()),
                Course::Fails(_) => Err(error),
                Course::Panics(_) => panic_any(course),
            }
        }
    }

    /// A call that is under way until the test opens the gate, on whichever clock.
    pub fn play_until(
        &self,
        name: String,
        mut open: watch::Receiver<bool>,
    ) -> impl Future<Output = ()> + Send + use<> {
        let log = self.clone();
        async move {
            let call = log.begin(name);
            // The test keeps the sender.
            let _ = open.wait_for(|open| *open).await;
            call.finish();
        }
    }
}
