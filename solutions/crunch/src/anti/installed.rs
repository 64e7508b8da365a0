//! The pool of the service, waited for with the runtime's thread.

use std::{
    num::NonZeroUsize,
    panic::{self, AssertUnwindSafe},
};

use rayon::{ThreadPool, ThreadPoolBuilder, prelude::*};

use crate::given::*;

pub struct Scorer {
    pool: ThreadPool,
    model: Model,
}

impl Scorer {
    /// # Panics
    ///
    /// If the system gives no thread for each place.
    pub fn new(places: NonZeroUsize, model: Model) -> Self {
        let pool = ThreadPoolBuilder::new()
            .num_threads(places.get())
            .build()
            .expect("a thread for each place");
        Self { pool, model }
    }

    pub async fn score_all(
        &self,
        documents: Vec<Document>,
    ) -> Vec<Result<Score, NotScored>> {
        let score = |document| {
            panic::catch_unwind(AssertUnwindSafe(|| (self.model)(document)))
                .map_err(|_| NotScored)
        };
        self.pool.install(|| documents.par_iter().map(score).collect())
    }
}
