//! What the exercise gives you: types and functions that are ready to use.

/// Why a group has no values.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum GroupError<E> {
    /// A job returned this error.
    #[error("a job failed: {0}")]
    Failed(E),
    /// A job panicked.
    #[error("a job panicked")]
    Panicked,
}
