//! What is known of an exercise before its first run in this session has ended.

use crate::catalogue::Exercise;
use crate::learner::progress::{LastRun, Progress};

/// What the last run of an earlier session came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Recalled {
    /// No run is remembered.
    #[default]
    Nothing,
    /// Every test passed, and nothing has changed since.
    Passed,
    /// This test failed first, and nothing has changed since.
    Failed(String),
    /// This test failed first, or none; something has changed since.
    Changed(Option<String>),
}

impl Recalled {
    /// What is remembered of the exercise. It reads files, so it is not for each drawing.
    pub fn of(progress: &Progress, exercise: &Exercise) -> Self {
        match progress.last_run(exercise) {
            LastRun::Passed => Self::Passed,
            LastRun::Failed(test) => Self::Failed(test),
            LastRun::Unknown if progress.has_run(exercise) => {
                Self::Changed(progress.failed_last(exercise).map(str::to_owned))
            }
            LastRun::Unknown => Self::Nothing,
        }
    }

    /// The same for the learner. `None`: there is nothing to say.
    pub fn sentence(&self) -> Option<String> {
        Some(match self {
            Self::Nothing => return None,
            Self::Passed => {
                "Last run: every test passed, and nothing has changed since.".to_owned()
            }
            Self::Failed(test) => {
                format!("Last run: {test} failed first, and nothing has changed since.")
            }
            Self::Changed(Some(test)) => {
                format!("Last run: {test} failed first. Something has changed since.")
            }
            Self::Changed(None) => {
                "Last run: every test passed. Something has changed since.".to_owned()
            }
        })
    }
}
