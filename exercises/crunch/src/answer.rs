//! # crunch: CPU-bound work, one limit for the whole service
//!
//! Write a `Scorer`, which all requests of a search service share.
//!
//! - Other tasks go on while documents are being scored.
//! - Return one result for each document, in the order of `documents`.
//! - No place is idle while a document of any call waits.
//! - At most `places` documents are being scored at once, in all calls together.
//! - A document on which the model panics is an `Err` at its position.
//! - A panic costs no place.
//! - Nothing stops the model: a document that is being scored keeps its place to
//!   the end, even if its call is dropped.
//! - A call that is dropped begins nothing more, and costs no place.
//!
//! Run `cargo test -p crunch`. The page: book/src/crunch.md

use std::num::NonZeroUsize;

use crate::given::*;

/// Scores documents for a whole service, which makes one and shares it.
pub struct Scorer {
    // What all calls share: a pool, a semaphore, a queue, and the model.
}

impl Scorer {
    /// A scorer with this many places.
    pub fn new(places: NonZeroUsize, model: Model) -> Self {
        drop(model); // until it is used: delete this line
        todo!("make a scorer with {places} places")
    }

    /// Scores each of `documents`: one result for each, in their order.
    pub async fn score_all(
        &self,
        documents: Vec<Document>,
    ) -> Vec<Result<Score, NotScored>> {
        todo!("score {} documents", documents.len())
    }
}
