//! What the exercise gives you: types that are ready to use.

use std::sync::Arc;

/// Why a job did not do what it was started for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MailError {
    /// The mailer answered with a status that is not a success.
    #[error("the mailer answered {0}")]
    Status(u16),
    /// There was no answer, or it broke off.
    #[error("the mailer did not answer")]
    NoAnswer,
}

/// How a job failed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// The job returned this error.
    #[error("{0}")]
    Failed(#[from] MailError),
    /// The job panicked.
    #[error("the job panicked")]
    Panicked,
}

/// Writes to the service's log that the job of this order failed. It returns at
/// once, and may be called on any thread.
pub type Report = Arc<dyn Fn(u64, Failure) + Send + Sync>;

/// The job was not taken: the service is being shut down.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the service is being shut down")]
pub struct Closed;
