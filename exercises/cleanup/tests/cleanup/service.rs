//! The licence server, in memory, and scopes that use its seats.

use std::{
    future::{pending, poll_fn},
    panic::{AssertUnwindSafe, panic_any, resume_unwind},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::SeqCst},
    },
    thread,
    time::Duration,
};

use cleanup::{Cleaner, LicenceError, Licences, Seat, SeatError, with_seat};
use futures::{FutureExt as _, future::BoxFuture};
use testkit::{
    CallLog, Observed, SharedList, alive_tasks, expect, journal, observe, poll,
    probe::comes_true, spot, spot::Spot,
};
use tokio::{runtime::Handle, task::consume_budget, time::sleep};

use super::causes::*;

/// Longer than anybody's patience. On a paused clock it costs nothing.
pub const A_DAY: Duration = Duration::from_hours(24);

/// The longest that the work takes to be dropped, where it is slow to go.
const SLOW: Duration = Duration::from_millis(150);

/// The time between two polls by hand: two are enough for the quickest call.
const STEP: Duration = Duration::from_millis(5);

/// What is out of the ordinary about a server.
#[derive(Clone, PartialEq)]
pub enum Manner {
    Usual,
    Refusing(LicenceError), // The first three requests.
    Slow,                   // Each request takes a day, and the work too.
    Failing,                // Releases fail.
    SlowToGo, // Dropping the work waits for a release, or a while.
}

#[derive(Clone)]
pub struct Server {
    pub cleaner: Cleaner,
    pub log: CallLog,
    pub manner: Manner,
    pub granted: SharedList<Seat>,
    /// Seats whose work is gone.
    left: SharedList<Seat>,
    /// Whether a seat was released before that.
    pub early: Arc<AtomicBool>,
    spot: Spot,
}

/// The four ways out of a scope.
#[derive(Clone, Copy, PartialEq)]
pub enum Exit {
    Ok,
    Err,
    Panic,
    Dropped,
}

pub const EXITS: [Exit; 4] = [Exit::Ok, Exit::Err, Exit::Panic, Exit::Dropped];

impl Exit {
    pub fn after(self) -> String {
        let what = ["a success", "an error", "a panic", "a drop"];
        format!("after {}", what[self as usize])
    }
}

/// The work returns its seat, or fails with it, or panics with this.
pub struct Crash;

pub type Outcome = Result<Seat, SeatError<Seat>>;

/// A call of `with_seat`, and the seats that its work was done with.
pub struct Scope {
    pub call: BoxFuture<'static, Outcome>,
    pub used: SharedList<Seat>,
}

impl Licences for Server {
    async fn acquire(&self) -> Result<Seat, LicenceError> {
        let call = self.log.begin("acquire");
        self.takes(10).await;
        if let Manner::Refusing(error) = &self.manner
            && self.log.named("acquire") <= 3
        {
            call.fail();
            return Err(error.clone());
        }
        // No number begins like another: calls are found by their names.
        let seat = Seat([7, 0, u32::MAX, 12][self.granted.len() % 4]);
        self.granted.push(seat);
        call.finish();
        // Whatever the scope awaits next, it gives way to other tasks there.
        for _ in 0..200 {
            let _ = consume_budget().now_or_never();
        }
        Ok(seat)
    }

    async fn release(&self, seat: Seat) -> Result<(), LicenceError> {
        self.early.fetch_or(!self.left.to_vec().contains(&seat), SeqCst);
        let call = self.log.begin(format!("release {}", seat.0));
        self.takes(20).await;
        if self.manner == Manner::Failing {
            call.fail();
            return Err(LicenceError::HungUp);
        }
        call.finish();
        Ok(())
    }
}

/// Part of the work's future, also when that has ended.
struct Using(Server, Seat);

impl Drop for Using {
    fn drop(&mut self) {
        if self.0.manner == Manner::SlowToGo {
            comes_true(SLOW, || self.0.begun() > 0);
        }
        self.0.left.push(self.1);
    }
}

impl Server {
    /// A server whose calls are drawn. Its cleaner is on this runtime.
    pub fn new(manner: Manner) -> Self {
        journal().declare(["scope", "acquire", "use 7", "release 7"]);
        Self { log: CallLog::new(), ..Self::undrawn(manner) }
    }

    pub fn undrawn(manner: Manner) -> Self {
        let cleaner = Cleaner::on(Handle::current());
        let (granted, left, early, spot) = Default::default();
        let log = CallLog::undrawn();
        Self { cleaner, log, manner, granted, left, early, spot }
    }

    async fn takes(&self, millis: u64) {
        let slow = self.manner == Manner::Slow;
        let usual = Duration::from_millis(millis);
        self.spot.takes(if slow { A_DAY } else { usual }).await;
    }

    async fn work(self, seat: Seat, exit: Exit) -> Result<Seat, Seat> {
        let call = self.log.begin(format!("use {}", seat.0));
        self.takes(30).await;
        match exit {
            Exit::Ok => call.finish(),
            Exit::Err => call.fail(),
            Exit::Panic => panic_any(Crash),
            Exit::Dropped => pending().await,
        }
        if exit == Exit::Ok { Ok(seat) } else { Err(seat) }
    }

    /// A scope whose work takes this exit.
    pub fn scope(&self, exit: Exit) -> Scope {
        let used = SharedList::default();
        let (server, note) = (self.clone(), used.clone());
        let call = async move {
            let work = |seat| {
                note.push(seat);
                let using = Using(server.clone(), seat);
                let mut work = server.clone().work(seat, exit).boxed();
                poll_fn(move |it| (work.poll_unpin(it), &using).0)
            };
            with_seat(&server, &server.cleaner, work).await
        };
        Scope { call: spot::watched(call).boxed(), used }
    }

    /// A scope in the middle of its work.
    pub async fn at_work(&self) -> BoxFuture<'static, Outcome> {
        let Scope { mut call, used } = self.scope(Exit::Dropped);
        for _ in 0..1000 {
            let ended = poll::advance(1, STEP, &mut call).await.is_some();
            if ended || !used.is_empty() {
                break;
            }
        }
        expect(!used.is_empty(), "the work does not begin").or_fail();
        call
    }

    /// Runs a scope to its end, or drops it in the middle of its work, and looks
    /// at what holds for every scope. Gives what should have come of it, and
    /// what did: where no release fails, that is the same.
    pub async fn leave(&self, exit: Exit) -> (String, String) {
        let lane = self.log.begin("scope");
        if exit == Exit::Dropped {
            let call = self.at_work().await;
            sleep(STEP).await;
            drop(lane);
            self.drop_well(call);
            return ("nothing".to_owned(), "nothing".to_owned());
        }
        let Scope { call, used } = self.scope(exit);
        let ended = observe(call).await;
        let panicked = matches!(ended, Observed::Panicked(_));
        // Before the work, a panic is not its own: `todo!()`.
        let got = if exit == Exit::Panic && panicked && !used.is_empty() {
            "a panic".to_owned()
        } else {
            format!("{:?}", ended.returned("with_seat"))
        };
        lane.finish();
        let (used, granted) = (used.to_vec(), self.granted.to_vec());
        let (scopes, asked) =
            (self.log.named("scope"), self.log.named("acquire"));
        let own = used.len() == 1 && granted.contains(&used[0]);
        let slow = self.manner == Manner::Slow;
        expect(own && asked <= scopes, "a seat is not acquired and used once")
            .asked("one request for a seat, and the work done with it, once")
            .fact(format!("scopes: {scopes}, requests: {asked}"))
            .fact(format!("work was done: {} times, wanted: 1", used.len()))
            .fact_if(slow, format!("each request takes a day; result: {got}"))
            .drawn_if(!slow)
            .or_fail();
        let wanted = match exit {
            Exit::Ok => format!("Ok({:?})", used[0]),
            Exit::Err => format!("Err(Work({:?}))", used[0]),
            _ => "a panic".to_owned(),
        };
        let fine = got == wanted || self.manner == Manner::Failing;
        expect(fine, "a different result")
            .asked("the result of the work, or its panic")
            .fact(format!("wanted: {wanted}, got: {got}"))
            .fact_if(slow, "the work takes a day")
            .without_drawing()
            .or_fail();
        self.is_not_blocked();
        (wanted, got)
    }

    /// Drops a scope on this thread, and fails if that panics or waits.
    pub fn drop_well<T>(&self, scope: T) {
        let dropped = spot::dropped(scope);
        expect(dropped.panic().is_none(), "dropping the scope panics")
            .asked("a scope that may be dropped at any moment, on any thread")
            .facts(dropped.panic())
            .without_drawing()
            .because([
                (dropped.tried_to_block(), BLOCK_ON_IN_DROP),
                (dropped.found_no_runtime(), NO_RUNTIME_THERE),
            ]);
        self.is_not_blocked();
    }

    /// Fails if something waited for this server on the spot.
    fn is_not_blocked(&self) {
        let blocked = self.spot.was_blocked();
        expect(!blocked, "the thread is blocked until the server has answered")
            .asked("other tasks go on while a scope waits, or is dropped")
            .without_drawing()
            .because([(blocked, BLOCK_ON_IN_DROP)]);
    }

    /// Fails if a seat is never released, after a look at all exits.
    pub async fn is_released(&self, exit: Exit) {
        if self.comes_back().await {
            return;
        }
        let mut lost = self.is_lost();
        let (mut back, mut facts) = (Vec::new(), Vec::new());
        for exit in EXITS {
            let server = Self::undrawn(Manner::Usual);
            server.leave(exit).await;
            back.push(server.comes_back().await);
            lost &= server.all_back() || server.is_lost();
            let what =
                if server.all_back() { "released" } else { "not released" };
            facts.push(format!("{}: {what}", exit.after()));
        }
        expect(false, format!("the seat stays taken {}", exit.after()))
            .asked("every seat is released, however the work ends")
            .fact_if(alive_tasks() > 0, "a task is still under way")
            .fact("four scopes after that one:")
            .facts(facts)
            .because([
                (lost && back == [true, false, false, false], QUESTION_MARK),
                (lost && back == [true, true, false, false], OK_AND_ERR),
            ]);
    }

    /// Releases that began.
    pub fn begun(&self) -> usize {
        self.log.ends("release ").len()
    }

    /// Releases that came to their end, well or badly.
    pub fn over(&self) -> usize {
        self.log.ends("release ").iter().filter(|it| it.is_over()).count()
    }

    /// Whether seats were granted, and all of them are back.
    pub fn all_back(&self) -> bool {
        let ends = |seat: &Seat| self.log.ends(&format!("release {}", seat.0));
        let granted = self.granted.to_vec();
        let back = |seat| ends(seat).iter().any(|it| it.is_over());
        !granted.is_empty() && granted.iter().all(back)
    }

    /// Whether all seats are back soon, on a paused clock.
    pub async fn comes_back(&self) -> bool {
        for _ in 0..10 {
            settled().await;
            if self.all_back() {
                break;
            }
            // A thread that releases needs real time.
            thread::sleep(Duration::from_millis(3));
        }
        self.all_back()
    }

    /// Whether nothing goes on. What is to release a seat, or to report, is a
    /// task, or has this server. Asked when the scope is gone.
    pub fn is_idle(&self) -> bool {
        Arc::strong_count(&self.early) == 1 && alive_tasks() == 0
    }

    /// Whether no release has begun, and nothing is left that could begin one.
    pub fn is_lost(&self) -> bool {
        self.begun() == 0 && self.is_idle()
    }
}

/// Long after everything that was going to happen: on a paused clock.
pub async fn settled() {
    sleep(Duration::from_secs(1)).await;
}

/// How far a scope had come when it was dropped.
#[derive(Clone, Copy, PartialEq)]
pub enum Phase {
    Acquiring,
    Working,
    Releasing,
}

/// A scope that was dropped at one of its awaits.
pub struct Cut {
    pub server: Server,
    phase: Phase,
    /// Seats that had been granted, and releases that had begun by then.
    pub granted: usize,
    pub begun: usize,
    /// Whether the cleaner had finished by then, but not the release: one that
    /// is cut off is another test's matter.
    pub unknown: bool,
}

impl Cut {
    /// Drops scopes at each of their awaits. Gives the first that was in this
    /// phase, and went wrong: once more, with a drawing.
    pub async fn first_wrong(
        phase: Phase,
        manner: Manner,
        wrong: fn(&Self) -> bool,
    ) -> Option<Self> {
        for exit in [Exit::Ok, Exit::Err, Exit::Panic] {
            for polls in 1..100 {
                let server = Server::undrawn(manner.clone());
                let cut = server.cut(polls, exit, phase).await;
                let Some(cut) = cut else { break };
                if cut.phase == phase && wrong(&cut) {
                    return Server::new(manner).cut(polls, exit, phase).await;
                }
            }
        }
        None
    }
}

impl Server {
    /// Drops a scope when it has been polled so often, unless it has ended. How
    /// it takes that is looked at in one phase.
    async fn cut(self, polls: usize, exit: Exit, at: Phase) -> Option<Cut> {
        let lane = self.log.begin("scope");
        let Scope { call, used } = self.scope(exit);
        let mut call = AssertUnwindSafe(call).catch_unwind().boxed();
        match poll::advance(polls, STEP, &mut call).await {
            None => {}
            Some(Err(panic)) if used.is_empty() => resume_unwind(panic),
            Some(_) => return None,
        }
        let phase = match (used.is_empty(), self.left.is_empty()) {
            (true, _) => Phase::Acquiring,
            (_, true) => Phase::Working,
            _ => Phase::Releasing,
        };
        let (granted, begun) = (self.granted.len(), self.begun());
        drop(lane);
        if phase == at {
            self.drop_well(call);
        } else {
            let _ = spot::dropped(call);
        }
        let finished = self.cleaner.finished().now_or_never().is_some();
        let idle = finished && self.over() == 0;
        settled().await;
        let unknown = idle && (phase == Phase::Working || self.all_back());
        Some(Cut { server: self, phase, granted, begun, unknown })
    }
}
