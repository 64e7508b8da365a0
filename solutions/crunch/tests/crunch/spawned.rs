//! It can be shared by tasks of a multi-thread runtime, as in a server.

use std::{num::NonZeroUsize, sync::Arc};

use crunch::{Document, Model, Score, Scorer};

#[test]
fn in_tasks_of_a_server() {
    testkit::run_parallel(async || {
        let length =
            |document: &Document| Score(document.0.chars().count() as u64);
        let model: Model = Arc::new(length);
        let places = NonZeroUsize::new(2).expect("not 0");
        let scorer = Arc::new(Scorer::new(places, model));

        let tasks = ["x", "größer"].map(|text| {
            let scorer = Arc::clone(&scorer);
            let documents = vec![Document(text.to_owned()); 3];
            tokio::spawn(async move { scorer.score_all(documents).await })
        });

        let [short, long] = tasks;
        assert_eq!(short.await.expect("no panic"), [Ok(Score(1)); 3]);
        assert_eq!(long.await.expect("no panic"), [Ok(Score(6)); 3]);
    });
}
