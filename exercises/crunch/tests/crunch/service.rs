//! A search service: its scorer, its calls, and a model that notes its work. A
//! document is named after its call: `A1`, `A2`.

use std::{num::NonZeroUsize, sync::Arc};

use crunch::{Document, NotScored, Score, Scorer};
use futures::future::join_all;
use testkit::{Gate, Observed, WorkLog, Working, expect, observe};

use super::causes::*;

/// One scorer for all calls, and the work of its model.
#[derive(Clone)]
pub struct Service {
    scorer: Arc<Scorer>,
    pub work: WorkLog,
}

impl Service {
    /// A service. What its `model` scores is noted in `work`.
    pub fn new(
        places: usize,
        work: WorkLog,
        model: impl Fn(&Working) + Send + Sync + 'static,
    ) -> Self {
        let places = NonZeroUsize::new(places).expect("not 0");
        let log = work.clone();
        let model = move |document: &Document| {
            let working = log.begin(&document.0);
            model(&working);
            score_of(&document.0)
        };
        Self { scorer: Arc::new(Scorer::new(places, Arc::new(model))), work }
    }

    /// A call: its results in words.
    pub async fn call(&self, names: &[String]) -> Vec<String> {
        let documents = names.iter().cloned().map(Document).collect();
        let results = self.scorer.score_all(documents).await;
        results.iter().map(|result| in_words(*result, names)).collect()
    }

    /// What becomes of a call.
    pub async fn outcome(&self, names: &[String]) -> Observed<Vec<String>> {
        observe(self.call(names)).await
    }

    /// The results of a call that returns.
    pub async fn results(&self, names: &[String]) -> Vec<String> {
        self.outcome(names).await.returned("score_all")
    }

    /// Fails if a document was scored on the runtime's thread. `turns` of other
    /// tasks were seen between the documents.
    pub fn stays_off_the_runtime(&self, turns: usize) {
        let (there, begun) = (self.work.on_the_runtime(), self.work.begun());
        expect(there == 0, "documents are scored on the runtime's thread")
            .asked("other tasks go on while documents are being scored")
            .fact(format!("scored there: {there} of {begun}"))
            .drawn_if(turns > 0)
            .because([
                (there == begun && turns > 0, YIELDS),
                (true, ON_THE_RUNTIME),
            ]);
    }
}

/// A service whose documents wait for each other until all places are in use.
/// Each call has more documents than there are places.
pub async fn all_places(places: usize, calls: &[&str]) -> Service {
    let gate = Gate::of(places);
    let model = move |working: &Working| working.waits_at(&gate);
    let service = Service::new(places, WorkLog::new(), model);
    let calls: Vec<_> = calls.iter().map(|call| of(call, places + 2)).collect();
    join_all(calls.iter().map(|call| service.call(call))).await;
    service
}

/// The documents of a call: `A1`, `A2` and so on.
pub fn of(call: &str, documents: usize) -> Vec<String> {
    (1..=documents).map(|number| format!("{call}{number}")).collect()
}

pub fn scored<S: ToString>(names: &[S]) -> Vec<String> {
    names.iter().map(|name| format!("score of {}", name.to_string())).collect()
}

/// A score that no other document has.
fn score_of(name: &str) -> Score {
    Score(name.bytes().fold(0, |score, byte| score * 256 + u64::from(byte)))
}

fn in_words(result: Result<Score, NotScored>, names: &[String]) -> String {
    let Ok(score) = result else { return "not scored".to_owned() };
    let name = names.iter().find(|name| score_of(name) == score);
    name.map_or("another score".to_owned(), |name| format!("score of {name}"))
}
