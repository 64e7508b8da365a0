//! What is held of a long list, and results that wait for the next request.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::SeqCst},
    },
    time::Duration,
};

use futures::FutureExt;
use limits::{Body, Client, FetchError, fetch_all};
use testkit::{Held, expect, observe};
use tokio::{runtime::Handle, sync::watch, time::timeout};

use super::{causes::*, service::*};

/// The limit for long lists, and the most that may be held of one.
const LIMIT: usize = 2;
const MOST: usize = 10 * LIMIT;

/// When too much was held: requests sent, those in flight, tasks alive.
type Seen = [usize; 3];

/// Fails if too much of a list of `count` ids is held at once. `slow` is called
/// before each result counts as handed over.
pub async fn holds_only_a_few(
    takes: impl Fn(u64) -> Takes + Send + Sync + 'static,
    count: u64,
    slow: impl Fn(&Held<Seen>) + Send + 'static,
) {
    let catalogue = Catalogue::new(takes);
    let log = catalogue.requests.clone();
    let held = Held::at_most(MOST, move || {
        let runtime = Handle::try_current();
        let tasks = runtime.map_or(0, |it| it.metrics().num_alive_tasks());
        [log.count(), log.open(), tasks]
    });
    let note = Arc::clone(&held);
    let each = move |_, _| {
        slow(&note);
        note.hand_over();
    };
    let job = fetch_all(catalogue, at_most(LIMIT), held.list(1..=count), each);
    observe(job).await.returned("fetch_all");

    let [sent, open, tasks] = held.too_much().copied().unwrap_or_default();
    // All that was taken but the last `MOST` had been handed over by then.
    let handed = held.taken().saturating_sub(MOST);
    let results = sent.saturating_sub(open + handed);
    let (many, waiting) = (tasks > MOST / 2, results <= MOST / 2);
    expect(held.too_much().is_none(), "too much of a long list is held")
        .asked(format!("at most {MOST} ids taken and not handed over"))
        .fact(format!("another id is taken while {MOST} are held"))
        .fact_if(many, "most have a task that has not ended")
        .fact_if(!waiting && !many, "most are results that are there")
        .without_drawing()
        .because([
            (many, ALL_SPAWNED),
            (!waiting, NO_BOUND),
            (waiting, QUEUED),
        ]);
    let missing = held.taken() - held.handed();
    expect(missing == 0, "a long list is not fetched to its end")
        .asked("a result for each id of the list")
        .fact_if(missing > 0, "results are missing when it returns")
        .without_drawing()
        .because([(missing <= MOST, GONE_TOO_SOON)]);
}

/// A client whose responses each wait until all results before it have been
/// handed over.
#[derive(Clone)]
struct Patient {
    asked: Arc<AtomicUsize>,
    handed: watch::Sender<usize>,
    late: Arc<AtomicUsize>,
}

impl Client for Patient {
    async fn get(&self, id: u64) -> Result<Body, FetchError> {
        let before = self.asked.fetch_add(1, SeqCst);
        if self.late.load(SeqCst) == 0 {
            let mut handed = self.handed.subscribe();
            let all = handed.wait_for(|handed| *handed >= before);
            // Right answers hand it over in microseconds.
            if timeout(Duration::from_millis(500), all).await.is_err() {
                self.late.fetch_add(1, SeqCst);
            }
        }
        Ok(async move { Ok(format!("document {id}")) }.boxed())
    }
}

impl Drop for Patient {
    /// A clone is dropped when its task is all but over: what was given back
    /// before is taken by then, and the result is not there yet.
    fn drop(&mut self) {
        std::thread::sleep(Duration::from_millis(1));
    }
}

/// Whether some result of many waits for the end of the next request.
pub async fn a_result_is_late() -> bool {
    let (asked, late) = (Arc::default(), Arc::default());
    let client = Patient { asked, handed: watch::Sender::new(0), late };
    let handed = client.handed.clone();
    let each = move |_, _| handed.send_modify(|handed| *handed += 1);
    let job = fetch_all(client.clone(), at_most(1), 1..=40, each);
    observe(job).await.returned("fetch_all");
    client.late.load(SeqCst) > 0
}
