//! What the exercise gives you: types that are ready to use.

use std::sync::Arc;

/// A document that a query has found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document(pub String);

/// How well a document answers the query.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Score(pub u64);

/// There is no score for a document, because the model panicked on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the document could not be scored")]
pub struct NotScored;

/// Scores a document. It computes for some milliseconds, and panics on a few
/// documents. Clone the `Arc` for each thread.
pub type Model = Arc<dyn Fn(&Document) -> Score + Send + Sync>;
