//! What `timeouts` is asked for: one behaviour a test.

use std::{
    any::Any,
    future::pending,
    mem::forget,
    panic::{AssertUnwindSafe, resume_unwind},
    pin::pin,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    thread,
    time::Duration,
    vec,
};

use futures::FutureExt;
use reqwest::{Client, Response};
use testkit::{
    Answer, Call, InFlight, Journal, Stopwatch, Upstream, Verdict, at_rest,
    journal, probe::Entered,
};
use timeouts::{Body, DownloadError, Http, Store, StoreError, download};
use tokio::{
    select, task,
    time::{sleep, timeout},
};

const PAGE: &str = "timeouts";

/// The file that is downloaded.
const NAME: &str = "prices.csv";

/// The limit of most tests, in ms of the paused clock.
const LIMIT: u64 = 100;

/// A limit that has nothing to do with what happens.
const FAR_AWAY: Duration = Duration::from_secs(10);

// In memory, on a paused clock.

#[test]
fn brings_the_whole_file() {
    testkit::run_paused(async || {
        // Pieces may be equal, and may be empty.
        let pieces = ["", "1;9.50\n", "1;9.50\n", "", "2;7"];
        let store = Memory::of(After(0, ""), pieces.map(|text| After(1, text)));

        let seen = downloaded(&store.unseen(), ms(LIMIT)).await;

        let wanted = pieces.concat();
        let got = match seen.result {
            Some(Ok(file)) if file == wanted.as_bytes() => return,
            Some(Ok(file)) => format!("{} bytes", file.len()),
            other => told(other.as_ref()),
        };
        let verdict = Verdict::new("the file is not what the store sent")
            .asked("every byte of every piece, in order")
            .fact(format!("got: {got}, wanted: {} bytes", wanted.len()));
        if got == "0 bytes" {
            verdict
                .why(
                    "The first piece is empty, and others come after it. A \
                     file ends with `None`, and with nothing else.",
                )
                .read_on(PAGE, "An empty piece taken for the end")
                .fail();
        }
        verdict.fail();
    });
}

#[test]
fn comes_back_with_the_last_piece() {
    testkit::run_paused(async || {
        let store = Memory::of(After(20, ""), [After(30, "all of it")]);

        let seen = downloaded(&store, ms(LIMIT)).await;

        not_later_than(50, &seen, "the file was whole");
    });
}

#[test]
fn comes_back_with_the_first_failure() {
    testkit::run_paused(async || {
        let store = Memory::of(Fails(30, 503), []);

        let seen = downloaded(&store, ms(LIMIT)).await;

        not_later_than(30, &seen, "the store had failed");
    });
}

/// Fails where the download ended later than at `millis`, when `what`.
fn not_later_than(millis: u64, seen: &Seen, what: &str) {
    if seen.result.is_some() && seen.after <= millis {
        return;
    }
    let verdict = Verdict::new(format!("{what}, and the caller waited on"))
        .asked("an end as soon as there is a file or a failure")
        .fact(format!("{}, wanted: {millis} ms", seen.came_back()));
    if seen.after == LIMIT {
        verdict
            .why(
                "It came back when the limit was over. A limit is the most \
                 that something may take, not an appointment.",
            )
            .read_on(PAGE, "Sleeping it out")
            .fail();
    }
    verdict.fail();
}

#[test]
fn stops_before_the_headers() {
    testkit::run_paused(async || {
        let store = Memory::of(Stalls, []);

        let seen = downloaded(&store, ms(LIMIT)).await;

        ends_at_the_limit(&seen, "no headers came").await;
    });
}

#[test]
fn stops_in_the_middle_of_the_body() {
    testkit::run_paused(async || {
        let store = Memory::of(After(20, ""), [After(30, "1;9"), Stalls]);

        let seen = downloaded(&store, ms(LIMIT)).await;

        ends_at_the_limit(&seen, "the body had stalled").await;
    });
}

#[test]
fn counts_the_limit_once_for_all_the_pieces() {
    testkit::run_paused(async || {
        // 20 ms, 50 ms, 80 ms and so on, up to 320 ms.
        let store = Memory::of(After(20, ""), [After(30, "1;9.50\n"); 10]);

        let seen = downloaded(&store, ms(LIMIT)).await;

        ends_at_the_limit(&seen, "pieces were still coming").await;
    });
}

/// Fails where the download did not end at the limit.
async fn ends_at_the_limit(seen: &Seen, meanwhile: &str) {
    if seen.result.is_some() && seen.after == LIMIT {
        return;
    }
    let verdict = Verdict::new(match seen.result {
        None => format!("{meanwhile}, and the download waited for ever"),
        Some(_) if seen.after < LIMIT => {
            "the download was given up before its limit".to_owned()
        }
        Some(_) => format!("{meanwhile}, and the limit was not kept"),
    })
    .asked(format!("an end at {LIMIT} ms, whatever has come by then"))
    .fact(format!("{}, wanted: {LIMIT} ms", seen.came_back()));
    if seen.result.is_some() && seen.after < LIMIT {
        given_up_early(verdict, seen.after).fail();
    }
    match Habit::found().await {
        Habit::WaitsForHeaders => verdict
            .why(
                "Nothing ends the wait itself. A look at the clock helps \
                 only when there is something to wake up for.",
            )
            .read_on(PAGE, "Looking between the pieces"),
        Habit::WaitsForTheBody => verdict
            .why(
                "The limit covers the headers, and ends with them. The body \
                 is awaited without one.",
            )
            .read_on(PAGE, "Only the headers"),
        Habit::CountsFromTheHeaders => verdict
            .why(
                "When the headers had come, the limit began anew. Together \
                 the two may take twice as long as was said.",
            )
            .read_on(PAGE, "Two limits"),
        Habit::CountsFromThePiece => verdict
            .why(
                "With each piece the limit begins anew. It is never over, as \
                 long as something comes now and then.",
            )
            .read_on(PAGE, "A timer for each turn"),
        Habit::AnotherClock => verdict
            .fact("15 ms passed on the wall, and 0 ms on tokio's clock")
            .fact("a download with a limit of 10 ms was given up")
            .why(
                "The code reads another clock than tokio's. Its timers follow \
                 tokio's, which stands still or jumps in these tests.",
            ),
        Habit::Other => verdict,
    }
    .fail();
}

fn given_up_early(verdict: Verdict, after: u64) -> Verdict {
    let verdict = verdict.why(format!(
        "There were {} ms left. Whichever part of the answer is slow, it may \
         use all the time there is.",
        LIMIT - after
    ));
    if after == LIMIT / 2 {
        verdict.read_on(PAGE, "A share for the headers")
    } else {
        verdict
    }
}

#[test]
fn a_slow_file_may_use_all_of_its_limit() {
    testkit::run_paused(async || {
        let slow_headers = Memory::of(After(80, ""), [After(10, "1;9")]);
        let slow_body = Memory::of(After(10, ""), [After(80, "1;9")]);
        for store in [slow_headers, slow_body] {
            let unseen = downloaded(&store.unseen(), ms(LIMIT)).await;
            if let Some(Ok(_)) = unseen.result {
                continue;
            }
            // Once more, to be drawn: on a paused clock it is the same.
            let seen = downloaded(&store, ms(LIMIT)).await;
            let asks = store.in_flight.ever();
            let verdict = Verdict::new("a file that came in time was refused")
                .asked(format!("one limit of {LIMIT} ms for all of it"))
                .fact("whole after: 90 ms")
                .fact(seen.came_back());
            if asks > 1 {
                verdict
                    .fact(format!("asked for: {asks} times, wanted: once"))
                    .why(
                        "The first try was given up while it was on its way, \
                         and the second began from nothing.",
                    )
                    .read_on(PAGE, "Two tries in the time of one")
                    .fail();
            }
            if seen.after < LIMIT {
                given_up_early(verdict, seen.after).fail();
            }
            verdict.fail();
        }
    });
}

#[test]
fn asks_once() {
    testkit::run_paused(async || {
        let store = Memory::of(After(20, ""), [Stalls]);

        downloaded(&store, ms(LIMIT)).await;

        asked_once(store.in_flight.ever(), |verdict| verdict);
    });
    // Nor is a store asked again whose answer breaks off.
    testkit::run(async || {
        let upstream = Upstream::start(|_| {
            Answer::text("1;9.50\n2;7.25\n").breaking_after(4)
        });
        let store = Watched::over_http(&upstream);

        select! {
            biased;
            _ = download(&store, NAME, FAR_AWAY) => {}
            () = at_rest() => {}
        }

        asked_once(upstream.requests().len(), Verdict::without_drawing);
    });
}

/// Unless the store was asked once, fails with a verdict drawn as `drawn` says.
fn asked_once(asks: usize, drawn: fn(Verdict) -> Verdict) {
    if asks == 1 {
        return;
    }
    let verdict = drawn(Verdict::new("the store was not asked once"))
        .asked("one question for one download")
        .fact(format!("asked: {asks} times, wanted: once"));
    if asks == 0 {
        verdict.fail();
    }
    verdict
        .why(
            "A store in trouble gets more to do, and each try begins from \
             nothing. Trying again is for the caller to decide.",
        )
        .read_on(PAGE, "Two tries in the time of one")
        .fail();
}

#[test]
fn tells_the_limit_from_a_failure() {
    testkit::run_paused(async || {
        let store = Memory::of(Stalls, []);

        let seen = downloaded(&store, ms(LIMIT)).await;

        let verdict = Verdict::new("the limit is told as something else")
            .asked("`Elapsed` when the limit is over")
            .fact(format!("got: {}, wanted: Elapsed", seen.told()));
        match seen.result {
            // Whether it comes back is asked elsewhere.
            None | Some(Err(DownloadError::Elapsed)) => {}
            Some(Err(DownloadError::Failed(_))) => verdict
                .why(
                    "The store has reported nothing: it is our own time that \
                     was up. One calls for more time, the other for another \
                     store.",
                )
                .read_on(PAGE, "The limit as a failure")
                .fail(),
            Some(_) => verdict.fail(),
        }
    });
}

#[test]
fn tells_a_failure_from_the_limit() {
    testkit::run_paused(async || {
        // The store's own time is up: that is an answer.
        let store = Memory::of(Fails(30, 504), []);

        let seen = downloaded(&store, ms(LIMIT)).await;

        let failed = DownloadError::Failed(StoreError::Status(504));
        if seen.told() == told(Some(&Err(failed))) {
            return;
        }
        let verdict = Verdict::new("a failure is told as something else")
            .asked("`Failed` when the store answers with an error")
            .fact(format!("got: {}, wanted: Failed, status 504", seen.told()))
            .fact(seen.came_back());
        match seen.result {
            Some(Err(DownloadError::Elapsed)) if seen.after < LIMIT => {
                limit_was_not_over(verdict).fail()
            }
            _ => verdict.fail(),
        }
    });
}

fn limit_was_not_over(verdict: Verdict) -> Verdict {
    verdict
        .why(
            "The limit was not over: the store had failed. Whoever reads \
             `Elapsed` waits longer the next time, and nobody looks at the \
             store.",
        )
        .read_on(PAGE, "Every error is the limit")
}

#[test]
fn a_cut_file_is_not_a_file() {
    testkit::run_paused(async || {
        let store = Memory::of(After(20, ""), [After(30, "1;9"), Stalls]);

        let seen = downloaded(&store, ms(LIMIT)).await;

        if let Some(Ok(file)) = seen.result {
            Verdict::new("a part of a file was returned as the file")
                .asked("`Elapsed` when the limit is over, whatever has come")
                .fact(format!("got: a file of {} bytes", file.len()))
                .fact("the store had more to send")
                .why(
                    "Nothing in `Ok` says that the rest is missing: whoever \
                     reads it takes the part for the whole.",
                )
                .read_on(PAGE, "Half a file")
                .fail();
        }
    });
}

#[test]
fn takes_the_longest_limit_there_is() {
    testkit::run_paused(async || {
        let store = Memory::of(After(20, ""), [After(30, "all of it")]);
        let download = downloaded(&store, Duration::MAX);

        let Err(panic) = AssertUnwindSafe(download).catch_unwind().await else {
            return;
        };
        if !says(&*panic, "overflow") {
            resume_unwind(panic);
        }
        Verdict::new("the longest limit is a panic")
            .asked("`Duration::MAX` is a limit like any other")
            .fact("limit: Duration::MAX")
            .fact("the code panicked: overflow in a sum of times")
            .why(
                "No `Instant` is that far away, so the sum of now and the \
                 limit overflows. `timeout` and `sleep` take a `Duration`, \
                 and see to that themselves. For a sum of your own there is \
                 `checked_add`, which gives `None`.",
            )
            .read_on(PAGE, "A limit that overflows")
            .without_drawing()
            .fail();
    });
}

/// Whether the message of `panic` contains `word`.
fn says(panic: &(dyn Any + Send), word: &str) -> bool {
    let text = panic.downcast_ref::<&str>().copied();
    let owned = || panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(owned).is_some_and(|text| text.contains(word))
}

#[test]
fn ends_when_its_caller_goes() {
    testkit::run_paused(async || {
        let store = Memory::of(After(20, ""), [After(30, "1;9"), Stalls]);
        journal().declare(["caller"]);
        let caller = journal().call("caller");

        // Dropped at 70 ms, far from the limit.
        let download = download(&store, NAME, FAR_AWAY);
        let ended = timeout(ms(70), download).await.is_ok();
        caller.finished();
        // An aborted task ends in its next turn.
        sleep(ms(10)).await;

        if ended || store.in_flight.now() == 0 {
            return;
        }
        store.keep_the_drawing();
        let verdict = Verdict::new("the caller went, and the download went on")
            .asked("when the caller drops it, the download ends too")
            .fact("the caller went at 70 ms")
            .fact("still on its way at 80 ms: 1 download, wanted: 0");
        if !store.in_a_task() {
            verdict.fail();
        }
        if ends_by_itself_at_the_limit().await {
            verdict
                .why(
                    "It runs in a task that is stopped at the limit, by the \
                     function that waits for it. That function is gone, and \
                     the task does not know.",
                )
                .read_on(PAGE, "Aborted at the limit only")
                .fail();
        }
        runs_on(verdict).fail();
    });
}

/// Whether nothing is on its way any more when the limit is over.
async fn ends_by_itself_at_the_limit() -> bool {
    let store = Memory::of(Stalls, []).unseen();
    downloaded(&store, ms(LIMIT)).await;
    sleep(ms(10)).await;
    store.in_flight.now() == 0
}

fn runs_on(verdict: Verdict) -> Verdict {
    verdict
        .why(
            "It runs in a task of its own. A task goes on when its handle is \
             dropped; a future does not.",
        )
        .read_on(PAGE, "The task that runs on")
}

// Over HTTP, on a real clock.

#[test]
fn the_store_sees_it_go_after_the_headers() {
    testkit::run(async || the_store_sees_it_go(0).await);
}

#[test]
fn the_store_sees_it_go_in_the_middle_of_the_body() {
    testkit::run(async || the_store_sees_it_go(4).await);
}

#[test]
fn the_store_sees_it_go_on_several_threads() {
    testkit::run_parallel(async || the_store_sees_it_go(4).await);
}

/// A store that stalls when it has sent the headers and so many bytes.
async fn the_store_sees_it_go(sent: usize) {
    // On a busy machine the limit may be over before there is anything to wait
    // for: that shows nothing, and is tried again.
    for _ in 0..20 {
        let upstream = Upstream::start(move |_| {
            Answer::text("1;9.50\n2;7.25\n")
                .on_lane("download")
                .stalling_after(sent)
        });
        let store = Watched::over_http(&upstream);
        let mut download = pin!(download(&store, NAME, ms(50)));
        let came_back = select! {
            biased;
            _ = &mut download => true,
            () = at_rest() => false,
        };
        if !store.began(sent > 0) {
            continue;
        }
        let verdict = |headline| {
            Verdict::new(headline).asked(
                "when the limit is over, the function returns, and the store \
                 sees it go",
            )
            .without_drawing()
        };
        if !came_back {
            verdict("the store had stalled, and the download waited on")
                .fact(format!("the headers had come, and {sent} bytes"))
                .why("The rest of the body is awaited without a limit.")
                .read_on(PAGE, "What happens")
                .fail();
        }
        if !upstream.nothing_in_flight().await {
            let verdict =
                verdict("the caller was told, and the download went on")
                    .fact("still on its way: 1 download, wanted: 0");
            if store.in_a_task() {
                runs_on(verdict).fail();
            }
            verdict.fail();
        }
        return;
    }
    Verdict::new("the download ended before the answer had begun")
        .asked("a limit of 50 ms, and a store that answers at once")
        .without_drawing()
        .fail();
}

#[test]
fn a_file_that_breaks_off_is_a_failure() {
    testkit::run(async || {
        let upstream = Upstream::start(|_| {
            Answer::text("1;9.50\n2;7.25\n")
                .on_lane("download")
                .breaking_after(4)
        });
        let store = Watched::over_http(&upstream);

        let result = select! {
            biased;
            result = download(&store, NAME, FAR_AWAY) => Some(result),
            () = at_rest() => None,
        };

        let verdict = Verdict::new("a broken answer is not told as a failure")
            .asked("`Failed` when the answer breaks off")
            .fact(format!(
                "got: {}, wanted: Failed, connection",
                told(result.as_ref())
            ))
            .without_drawing();
        match result {
            Some(Err(DownloadError::Failed(_))) => {}
            Some(Ok(_)) => verdict
                .why(
                    "The answer broke off, and what had come by then was \
                     taken for the whole. Only `Ok(None)` is the end of a \
                     file.",
                )
                .read_on(PAGE, "A break taken for the end")
                .fail(),
            Some(Err(DownloadError::Elapsed)) => {
                limit_was_not_over(verdict).fail()
            }
            None => verdict
                .fact("the limit of 10 s was not over")
                .why(
                    "The store had gone, so nothing more could come, and the \
                     function did not return.",
                )
                .fail(),
            Some(_) => verdict.fail(),
        }
    });
}

// What the verdicts have in common.

/// How a download deals with a store that stalls.
enum Habit {
    /// It waits for headers, for ever.
    WaitsForHeaders,
    /// It waits for headers until the limit, and for a body for ever.
    WaitsForTheBody,
    /// Its limit is counted from the headers.
    CountsFromTheHeaders,
    /// Its limit is counted from the last piece.
    CountsFromThePiece,
    /// Its limit is counted on another clock than tokio's.
    AnotherClock,
    Other,
}

impl Habit {
    /// Tries two stores that stall, at once and after headers at 20 ms and a
    /// piece at 50 ms, and one that holds the thread.
    async fn found() -> Self {
        let at_once = Memory::of(Stalls, []).unseen();
        if downloaded(&at_once, ms(LIMIT)).await.result.is_none() {
            return Self::WaitsForHeaders;
        }
        let blocking = Memory::of(Blocks, [After(5, "")]).unseen();
        let seen = downloaded(&blocking, ms(10)).await;
        if let Some(Err(DownloadError::Elapsed)) = seen.result {
            return Self::AnotherClock;
        }
        let later = Memory::of(After(20, ""), [After(30, "1;9"), Stalls]);
        let seen = downloaded(&later.unseen(), ms(LIMIT)).await;
        match seen.after {
            _ if seen.result.is_none() => Self::WaitsForTheBody,
            after if after == 20 + LIMIT => Self::CountsFromTheHeaders,
            after if after == 50 + LIMIT => Self::CountsFromThePiece,
            _ => Self::Other,
        }
    }
}

type Downloaded = Result<Vec<u8>, DownloadError>;

/// A result in one line, the same on every machine.
fn told(result: Option<&Downloaded>) -> String {
    match result {
        None => "nothing yet".to_owned(),
        Some(Ok(file)) => format!("a file of {} bytes", file.len()),
        Some(Err(DownloadError::Elapsed)) => "Elapsed".to_owned(),
        Some(Err(DownloadError::Failed(StoreError::Status(status)))) => {
            format!("Failed, status {status}")
        }
        Some(Err(DownloadError::Failed(StoreError::Transport(_)))) => {
            "Failed, connection".to_owned()
        }
        Some(Err(DownloadError::Task(_))) => "Task".to_owned(),
    }
}

fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

// The download, watched.

/// What a download gave, and after how many milliseconds.
struct Seen {
    /// `None` where it had not come back when the test lost patience.
    result: Option<Downloaded>,
    after: u64,
}

impl Seen {
    fn told(&self) -> String {
        told(self.result.as_ref())
    }

    fn came_back(&self) -> String {
        match self.result {
            None => format!("not back at {} ms", self.after),
            Some(_) => format!("came back at {} ms", self.after),
        }
    }
}

/// Downloads from `store`. In the drawing, a limit that can pass has a lane.
async fn downloaded(store: &Memory, limit: Duration) -> Seen {
    /// Longer than any download of these tests may take.
    const PATIENCE: Duration = Duration::from_secs(1);

    let lane = store.journal.clone().filter(|_| limit < PATIENCE);
    let drawn = lane.map(|journal| {
        journal.declare(["limit"]);
        let call = journal.call("limit");
        task::spawn(async move {
            sleep(limit).await;
            call.finished();
        })
    });
    let watch = Stopwatch::start();
    let mut download = Box::pin(download(store, NAME, limit));
    let result = select! {
        biased;
        result = &mut download => Some(result),
        () = sleep(PATIENCE) => None,
    };
    let after = watch.millis();
    if result.is_none() {
        // So that the drawing shows what is still under way.
        forget(download);
    }
    if let Some(drawn) = drawn {
        // So that the limit is drawn to its end.
        let _ = drawn.await;
    }
    Seen { result, after }
}

/// What a store in memory does next.
#[derive(Clone, Copy)]
enum Step {
    /// Sends the headers or a piece after so many ms.
    After(u64, &'static str),
    /// Fails after so many ms, with a status.
    Fails(u64, u16),
    /// Sends nothing, for ever.
    Stalls,
    /// Sends the headers after 15 ms on the wall, and none on tokio's clock.
    Blocks,
}
use Step::{After, Blocks, Fails, Stalls};

/// A store in memory, which draws what it does.
#[derive(Clone)]
struct Memory {
    headers: Step,
    body: Vec<Step>,
    journal: Option<Journal>,
    in_flight: InFlight,
    in_a_task: Arc<AtomicBool>,
    over: Arc<AtomicBool>,
}

/// A step under way, as it is drawn.
struct Drawn {
    call: Option<Call>,
    over: Arc<AtomicBool>,
}

impl Drawn {
    fn finished(mut self) {
        if let Some(call) = self.call.take() {
            call.finished();
        }
    }
}

impl Drop for Drawn {
    fn drop(&mut self) {
        if self.over.load(Ordering::SeqCst) {
            forget(self.call.take());
        }
    }
}

impl Memory {
    fn of<const N: usize>(headers: Step, body: [Step; N]) -> Self {
        Self {
            headers,
            body: body.to_vec(),
            journal: Some(journal()),
            in_flight: InFlight::default(),
            in_a_task: Arc::default(),
            over: Arc::default(),
        }
    }

    /// A store like this one that is left out of the drawing.
    fn unseen(&self) -> Self {
        Self {
            journal: None,
            in_flight: InFlight::default(),
            ..self.clone()
        }
    }

    /// Draws what is under way as being so, whatever becomes of it.
    fn keep_the_drawing(&self) {
        self.over.store(true, Ordering::SeqCst);
    }

    /// Whether it was asked from a task: the test's body is none.
    fn in_a_task(&self) -> bool {
        self.in_a_task.load(Ordering::SeqCst)
    }

    async fn take(&self, step: Step, lane: &str) -> Result<&str, StoreError> {
        let drawn = Drawn {
            call: self.journal.as_ref().map(|journal| {
                journal.declare([lane]);
                journal.call(lane)
            }),
            over: Arc::clone(&self.over),
        };
        let taken = match step {
            After(millis, text) => {
                sleep(ms(millis)).await;
                Ok(text)
            }
            Fails(millis, status) => {
                sleep(ms(millis)).await;
                Err(StoreError::Status(status))
            }
            Stalls => pending().await,
            Blocks => {
                thread::sleep(ms(15));
                Ok("")
            }
        };
        drawn.finished();
        taken
    }
}

impl Store for Memory {
    type Body = MemoryBody;

    async fn open(&self, _name: &str) -> Result<MemoryBody, StoreError> {
        let entered = self.in_flight.enter();
        let in_a_task = task::try_id().is_some();
        self.in_a_task.fetch_or(in_a_task, Ordering::SeqCst);
        self.take(self.headers, "headers").await?;
        Ok(MemoryBody {
            store: self.clone(),
            steps: self.body.clone().into_iter(),
            _entered: entered,
        })
    }
}

struct MemoryBody {
    store: Memory,
    steps: vec::IntoIter<Step>,
    _entered: Entered,
}

impl Body for MemoryBody {
    async fn piece(&mut self) -> Result<Option<Vec<u8>>, StoreError> {
        match self.steps.next() {
            None => Ok(None),
            Some(step) => {
                let text = self.store.take(step, "body").await?;
                Ok(Some(text.as_bytes().to_vec()))
            }
        }
    }
}

/// A store over HTTP that notes how far the answer has come on this side.
#[derive(Clone)]
struct Watched {
    http: Http,
    notes: Arc<Notes>,
}

#[derive(Default)]
struct Notes {
    headers: AtomicBool,
    asked: AtomicUsize,
    pieces: AtomicUsize,
    in_a_task: AtomicBool,
}

impl Watched {
    fn over_http(upstream: &Upstream) -> Self {
        let client = Client::builder()
            .no_proxy()
            .build()
            .expect("a client without TLS needs nothing from the system");
        let base = upstream.url();
        Self {
            http: Http { client, base },
            notes: Arc::default(),
        }
    }

    /// Whether the headers have come, and a piece where there is one, and the
    /// code under test has begun to wait for what does not come.
    fn began(&self, with_a_piece: bool) -> bool {
        let pieces = self.notes.pieces.load(Ordering::SeqCst);
        self.notes.headers.load(Ordering::SeqCst)
            && pieces >= usize::from(with_a_piece)
            && self.notes.asked.load(Ordering::SeqCst) > pieces
    }

    fn in_a_task(&self) -> bool {
        self.notes.in_a_task.load(Ordering::SeqCst)
    }
}

impl Store for Watched {
    type Body = WatchedBody;

    async fn open(&self, name: &str) -> Result<WatchedBody, StoreError> {
        let in_a_task = task::try_id().is_some();
        self.notes.in_a_task.fetch_or(in_a_task, Ordering::SeqCst);
        let response = self.http.open(name).await?;
        self.notes.headers.store(true, Ordering::SeqCst);
        let notes = Arc::clone(&self.notes);
        Ok(WatchedBody { response, notes })
    }
}

struct WatchedBody {
    response: Response,
    notes: Arc<Notes>,
}

impl Body for WatchedBody {
    async fn piece(&mut self) -> Result<Option<Vec<u8>>, StoreError> {
        self.notes.asked.fetch_add(1, Ordering::SeqCst);
        let piece = Body::piece(&mut self.response).await?;
        self.notes.pieces.fetch_add(1, Ordering::SeqCst);
        Ok(piece)
    }
}
