//! Stores in memory, and what was seen of a download from one of them.

use std::{
    future::pending,
    mem::forget,
    panic::resume_unwind,
    sync::atomic::{AtomicU32, Ordering::SeqCst},
    thread,
    time::Duration,
};

use futures::FutureExt;
use testkit::{
    CallLog, Cause, Ended, InFlight, Observed, Stopwatch, expect, journal,
    observe, probe::Entered,
};
use timeouts::{Body, DownloadError, Store, StoreError, download};
use tokio::{
    task,
    time::{advance, sleep, timeout},
};

use super::causes::*;

/// The limit of most tests, in ms of the paused clock.
pub const LIMIT: u64 = 100;

/// Longer than any download of these tests may take, in ms.
pub const LONG: u64 = 10_000;

/// What a store in memory does next.
#[derive(Clone, Copy)]
pub enum Step {
    /// Sends the headers or a piece after so many ms.
    After(u64, &'static [u8]),
    /// The same without a wait, when the clock has passed so many ms at once.
    Leaps(u64, &'static [u8]),
    /// Fails after so many ms, with a status.
    Fails(u64, u16),
    /// Sends nothing, for ever.
    Stalls,
    /// Takes so many ms on the wall, and none on the clock.
    Blocks(u64),
    Panics(fn() -> !),
}
use Step::{After, Blocks, Fails, Leaps, Panics, Stalls};

/// Headers come after 20 ms.
pub const HEADERS: Step = After(20, b"");

/// A piece comes 30 ms later.
pub const PIECE: Step = After(30, b"1;9");

/// Headers come at 20 ms, a piece at 50 ms, and nothing more.
pub const STALLED: [Step; 3] = [HEADERS, PIECE, Stalls];

/// Headers come at 20 ms, and pieces at 50, 80, 110 ms, to the end at 200 ms.
pub const SLOW: [Step; 7] = [HEADERS, PIECE, PIECE, PIECE, PIECE, PIECE, PIECE];

/// A store in memory, for one download. Its first step brings the headers.
#[derive(Clone)]
pub struct Memory {
    pub name: String,
    pub steps: Vec<Step>,
    /// The waits for headers and for pieces.
    pub parts: CallLog,
    /// From a call of `open` until its body is dropped.
    pub downloads: InFlight,
}

impl Memory {
    /// A store whose file has a name like no other.
    pub fn of(steps: &[Step]) -> Self {
        static MADE: AtomicU32 = AtomicU32::new(0);
        Self {
            name: format!(" Größen {}.CSV ", MADE.fetch_add(1, SeqCst)),
            steps: steps.to_vec(),
            parts: CallLog::undrawn(),
            downloads: InFlight::default(),
        }
    }

    /// Draws what it sends, beside a lane for something that takes `millis`.
    pub fn drawn_if(self, drawn: bool, lane: &str, millis: u64) -> Self {
        if !drawn {
            return self;
        }
        journal().declare([lane, "headers", "body"]);
        let call = journal().call(lane);
        task::spawn(sleep(ms(millis)).map(|()| call.finished()));
        Self { parts: CallLog::new(), ..self }
    }

    /// Why a download goes on, when it had time enough to end.
    pub fn goes_on(&self) -> [(bool, Cause); 2] {
        let (parts, cuts) = (&self.parts, self.parts.ended(Ended::CutOff));
        let reads_on = cuts == 1 && parts.went_on_after_a_cut();
        let runs_on = parts.began_in_a_task() && self.downloads.now() > 0;
        [(reads_on, DRAINS), (runs_on, RUNS_ON)]
    }

    async fn take(
        &self,
        step: Step,
        lane: &str,
    ) -> Result<Vec<u8>, StoreError> {
        let part = self.parts.begin(lane);
        match step {
            After(millis, _) | Fails(millis, _) => part.takes(millis).await,
            // The clock moves at the first poll.
            Leaps(millis, _) => drop(advance(ms(millis)).now_or_never()),
            Blocks(millis) => thread::sleep(ms(millis)),
            Stalls => pending().await,
            Panics(panic) => panic(),
        }
        if let Fails(_, status) = step {
            part.fail();
            return Err(StoreError::Status(status));
        }
        part.finish();
        Ok(bytes(&[step]))
    }
}

/// All that these steps send.
pub fn bytes(steps: &[Step]) -> Vec<u8> {
    let sent = |step: &Step| match step {
        After(_, bytes) | Leaps(_, bytes) => *bytes,
        _ => b"",
    };
    steps.iter().flat_map(sent).copied().collect()
}

impl Store for Memory {
    type Body = MemoryBody;

    async fn open(&self, name: &str) -> Result<MemoryBody, StoreError> {
        expect(name == self.name, "another file was asked for")
            .asked("the file `name` of the store, spelled the same")
            .fact(format!("got: {name:?}, wanted: {:?}", self.name))
            .or_fail();
        let entered = self.downloads.enter();
        self.take(self.steps[0], "headers").await?;
        Ok(MemoryBody { store: self.clone(), next: 1, _entered: entered })
    }
}

pub struct MemoryBody {
    store: Memory,
    next: usize,
    _entered: Entered,
}

impl Body for MemoryBody {
    async fn piece(&mut self) -> Result<Option<Vec<u8>>, StoreError> {
        let step = self.store.steps.get(self.next).copied();
        let Some(step) = step else { return Ok(None) };
        // What has stalled does so however often it is asked.
        self.next += usize::from(!matches!(step, Stalls));
        self.store.take(step, "body").await.map(Some)
    }
}

pub type Downloaded = Result<Vec<u8>, DownloadError>;

/// What a download gave, and after how many ms of the paused clock.
pub struct Seen {
    /// In words; "nothing" where it had not come back when patience was lost.
    pub got: String,
    pub file: Option<Vec<u8>>,
    pub after: u64,
}

/// Calls `download`, which does not panic.
pub async fn downloaded(store: &Memory, limit: u64) -> Seen {
    let watch = Stopwatch::start();
    let mut call = Box::pin(download(store, &store.name, ms(limit)));
    let patience = ms(limit + 1000);
    let observed = timeout(patience, observe(call.as_mut())).await;
    let after = watch.millis();
    if observed.is_err() {
        // So that the drawing shows what is still under way.
        forget(call);
    }
    asked_once(store.downloads.ever());
    Seen::of(observed.unwrap_or(Observed::Never), after)
}

/// The same with a store of these steps.
pub async fn seen(steps: &[Step], limit: u64) -> Seen {
    downloaded(&Memory::of(steps), limit).await
}

/// Fails if one call of `download` has asked its store more often.
pub fn asked_once(asks: usize) {
    expect(asks <= 1, "the store was asked again")
        .asked("one call of `open` for one download")
        .fact(format!("calls: {asks}, wanted: 1"))
        .without_drawing()
        .because([(true, TRIES_AGAIN)]);
}

impl Seen {
    pub fn of(observed: Observed<Downloaded>, after: u64) -> Self {
        use {DownloadError::Failed, StoreError::Transport};
        let result = match observed {
            Observed::Panicked(payload) => resume_unwind(payload),
            Observed::Returned(result) => Some(result),
            Observed::Never => None,
        };
        let got = match &result {
            None => "nothing".to_owned(),
            Some(Ok(file)) => format!("a file of {} bytes", file.len()),
            // Its text is not the same on every machine.
            Some(Err(Failed(Transport(_)))) => "Failed(Transport)".to_owned(),
            Some(Err(error)) => format!("{error:?}"),
        };
        Self { got, file: result.and_then(Result::ok), after }
    }

    pub fn never(&self) -> bool {
        self.got == "nothing"
    }

    pub fn elapsed(&self) -> bool {
        self.got == "Elapsed"
    }

    /// A timer may take a little longer.
    pub fn back_at(&self, millis: u64) -> bool {
        !self.never() && (millis..millis + 5).contains(&self.after)
    }

    pub fn in_words(&self) -> String {
        format!("{} at {} ms", self.got, self.after)
    }
}

pub fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

/// Why a download does not end at its limit, where `headers` come or do not: by
/// what it does with stores that stall, or are slow.
pub async fn habits(headers: bool) -> [(bool, Cause); 8] {
    let silent = seen(&[Stalls], LIMIT).await;
    let silent_twice = seen(&[Stalls], 2 * LIMIT).await;
    let zero = seen(&[Stalls], 0).await;
    let stalled = seen(&STALLED, LIMIT).await;
    let slow = seen(&SLOW, LIMIT).await;
    // With a limit of 25 ms, 40 ms pass on the wall.
    let blocked = seen(&[Blocks(40), After(5, b"")], 25).await.elapsed();
    let unblocked = seen(&[After(0, b""), After(5, b"")], 25).await.elapsed();

    let (part, never) = (silent.after, silent.never());
    let shared = silent.elapsed() && 0 < part && part < LIMIT;
    let with_the_next = slow.elapsed() && slow.back_at(110);
    let kept = silent.back_at(LIMIT);
    let anew = stalled.back_at(50 + LIMIT) && slow.file.is_some();
    [
        (blocked && !unblocked, ANOTHER_CLOCK),
        (shared && silent_twice.back_at(2 * part), SHARE),
        (never && stalled.never() && with_the_next, BETWEEN_THE_PIECES),
        (headers && kept && stalled.never(), HEADERS_ONLY),
        (headers && kept && stalled.back_at(20 + LIMIT), TWO_LIMITS),
        (headers && anew, ANEW_EACH_TURN),
        (never && !stalled.never(), PIECES_ONLY),
        (!headers && kept && zero.never(), ZERO_IS_NO_LIMIT),
    ]
}
