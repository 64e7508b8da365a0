//! On the runtime's thread, with a pause after each document.

use std::{
    num::NonZeroUsize,
    panic::{self, AssertUnwindSafe},
};

use tokio::task::yield_now;

use crate::given::*;

pub struct Scorer {
    model: Model,
}

impl Scorer {
    pub fn new(_places: NonZeroUsize, model: Model) -> Self {
        Self { model }
    }

    pub async fn score_all(
        &self,
        documents: Vec<Document>,
    ) -> Vec<Result<Score, NotScored>> {
        let mut scores = Vec::new();
        for document in documents {
            let work = AssertUnwindSafe(|| (self.model)(&document));
            scores.push(panic::catch_unwind(work).map_err(|_| NotScored));
            yield_now().await;
        }
        scores
    }
}
