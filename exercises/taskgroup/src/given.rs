//! What the exercise gives you: types and functions that are ready to use.

use std::any::Any;

/// Why a group has no values.
#[derive(Debug, thiserror::Error)]
pub enum GroupError<E> {
    /// A job returned this error.
    #[error("a job failed: {0}")]
    Failed(E),
    /// A job panicked, with this payload: what `catch_unwind` and
    /// `JoinError::into_panic` give, and `resume_unwind` takes.
    #[error("a job panicked")]
    Panicked(Box<dyn Any + Send>),
}
