//! What a command that is about all exercises begins with.

use anyhow::Result;

use crate::catalogue::Catalogue;
use crate::catalogue::workspace::Workspace;
use crate::learner::progress::Progress;
use crate::terminal::report_text::notices;

/// Every sound exercise, and how far the learner is.
pub struct Survey {
    /// The exercises.
    pub catalogue: Catalogue,
    /// How far they are.
    pub progress: Progress,
    /// Whether there are exercises that are not sound.
    pub leaves_some_out: bool,
}

impl Survey {
    /// Reads it, and prints what has to be said of it: which exercises are left out, for example.
    pub fn read(workspace: &Workspace) -> Result<Self> {
        let (catalogue, left_out) = Catalogue::load_sound(&workspace.root)?;
        notices(&left_out);
        let progress = Progress::read(workspace, &catalogue);
        notices(&progress.notices);
        Ok(Self { catalogue, progress, leaves_some_out: !left_out.is_empty() })
    }
}
