//! What `taskgroup` is asked for: one behaviour a test.
//!
//! The clock is paused: when everything waits, it jumps to the next timer. So
//! ten seconds take no time, and 30 ms are 30 ms. One test takes real threads
//! and the real clock, for destructors that need their time.

use std::{
    any::Any,
    panic::{self, AssertUnwindSafe},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    thread,
    time::Duration,
};

use futures::FutureExt;
use taskgroup::{GroupError, run_all};
use testkit::{Call, InFlight, Journal, Stopwatch, Verdict, journal};
use tokio::time::{sleep, timeout};

use self::Ends::{Fails, Gives, Panics};

const PAGE: &str = "taskgroup";

/// When the job ends, in ms, that nobody wants to wait for.
const SLOW: u64 = 10_000;

#[test]
fn gives_nothing_for_no_jobs() {
    testkit::run_paused(async || {
        let jobs = Jobs::of([]);

        let seen = jobs.run().await;

        let verdict = Verdict::new("a group without jobs does not succeed")
            .asked("an empty list for an empty list");
        match seen.outcome {
            Outcome::Returned(Ok(values)) if values.is_empty() => {}
            Outcome::Panicked(_) => verdict
                .fact("the call panicked")
                .why(
                    "Something in it takes for granted that there is a first \
                     job to wait for.",
                )
                .read_on(PAGE, "Nothing to select from")
                .fail(),
            outcome => verdict.fact(outcome.told()).fail(),
        }
    });
}

#[test]
fn runs_the_jobs_together() {
    testkit::run_paused(async || {
        let jobs = Jobs::of([(100, Gives(1)); 4]);

        let seen = jobs.run().await;

        together(&jobs, &seen, "four jobs of 100 ms each, done at 100 ms");
    });
}

#[test]
fn runs_thirty_together() {
    testkit::run_paused(async || {
        let jobs = Jobs::of([(100, Gives(1)); 30]);

        let seen = jobs.run().await;

        together(&jobs, &seen, "thirty jobs of 100 ms each, done at 100 ms");
    });
}

#[test]
fn keeps_the_order_of_the_jobs() {
    testkit::run_paused(async || {
        // They end in another order, and one value comes twice.
        let jobs = Jobs::of([
            (80, Gives(20)),
            (40, Gives(10)),
            (60, Gives(20)),
            (20, Gives(30)),
        ]);

        let seen = jobs.run().await;

        let wanted = [20, 10, 20, 30];
        let outcome = seen.outcome.unless_it_panicked();
        if outcome == Ok(wanted.to_vec()) {
            return;
        }
        let verdict = Verdict::new("the values are not those of the jobs")
            .asked("the values in the order of the jobs")
            .fact(format!("{}\nwanted: {wanted:?}", told(&outcome)));
        if outcome == Ok(vec![30, 10, 20, 20]) {
            verdict
                .why("They stand in the order in which the jobs ended.")
                .read_on(PAGE, "Values in completion order")
                .fail();
        }
        verdict.fail();
    });
}

#[test]
fn returns_the_error_of_the_job() {
    testkit::run_paused(async || {
        let jobs =
            Jobs::of([(10, Gives(1)), (20, Fails("no room")), (30, Gives(3))]);

        let seen = jobs.run().await;

        let outcome = seen.outcome.unless_it_panicked();
        if outcome == failed("no room") {
            return;
        }
        let verdict = Verdict::new("the error of the job is not returned")
            .asked("`Failed`, with the error of the job that failed");
        told_as_success(verdict, &outcome, "no room").fail();
    });
}

#[test]
fn comes_back_at_the_first_failure() {
    testkit::run_paused(async || {
        let jobs = Jobs::of([
            (30, Fails("no room")),
            (SLOW, Gives(2)),
            (50, Gives(3)),
        ]);

        let seen = jobs.run().await;

        let after = seen.after;
        let outcome = seen.outcome.unless_it_panicked();
        if after == 30 {
            return;
        }
        let verdict = Verdict::new("the call goes on after a failure")
            .asked("an end at 30 ms, when job 1 fails")
            .fact(came_back(after, 30));
        late(verdict, after, outcome.is_ok()).fail();
    });
}

#[test]
fn sees_a_failure_wherever_it_stands() {
    testkit::run_paused(async || {
        let first_in_line = comes_back_for_the_first_in_line().await;
        let jobs = Jobs::of([
            (SLOW, Gives(1)),
            (SLOW, Gives(2)),
            (30, Fails("no room")),
        ]);

        let seen = jobs.run().await;

        let after = seen.after;
        let outcome = seen.outcome.unless_it_panicked();
        if after == 30 {
            return;
        }
        let verdict = Verdict::new("a failure is not seen when it comes")
            .asked("an end at 30 ms, when job 3 fails")
            .fact(came_back(after, 30));
        if jobs.began_later(2) {
            one_by_one(verdict).fail();
        }
        if first_in_line && outcome.is_err() {
            in_line(verdict).fail();
        }
        late(verdict, after, outcome.is_ok()).fail();
    });
}

#[test]
fn returns_the_failure_that_came_first() {
    testkit::run_paused(async || {
        let first_in_line = comes_back_for_the_first_in_line().await;
        let jobs = Jobs::of([
            (60, Fails("no seat")),
            (30, Fails("no room")),
            (SLOW, Gives(3)),
        ]);

        let seen = jobs.run().await;

        let outcome = seen.outcome.unless_it_panicked();
        if outcome == failed("no room") {
            return;
        }
        let verdict =
            Verdict::new("another failure than the first is returned")
                .asked("\"no room\": job 2 fails at 30 ms, job 1 at 60 ms");
        if outcome != failed("no seat") {
            told_as_success(verdict, &outcome, "no room").fail();
        }
        let verdict = verdict.fact(told(&outcome));
        if jobs.began_later(1) {
            one_by_one(verdict).fail();
        }
        if first_in_line {
            in_line(verdict).fail();
        }
        verdict
            .why(
                "It is the first in the list. What came first is what the \
                 others were stopped for, and what the log should show.",
            )
            .fail();
    });
}

#[test]
fn leaves_nothing_running() {
    testkit::run_paused(async || {
        let jobs = Jobs::of([
            (30, Fails("no room")),
            (100, Gives(2)),
            (200, Gives(3)),
        ]);

        let seen = jobs.run().await;
        sleep(Duration::from_millis(SLOW)).await;

        let after = seen.after;
        drop(seen.outcome.unless_it_panicked());
        let ran_on = jobs.ended_after(after);
        if let Some((place, note)) = ran_on.first() {
            ran_on_after(
                Verdict::new("jobs went on after the call")
                    .asked("when the call returns, no job is left")
                    .fact(format!("the call came back at {after} ms"))
                    .fact(format!(
                        "job {} was done at {} ms",
                        place + 1,
                        note.over.unwrap_or(after)
                    )),
            )
            .fail();
        }
    });
}

#[test]
fn has_stopped_the_jobs_when_it_returns() {
    testkit::run_paused(async || {
        let jobs = Jobs::of([
            (30, Fails("no room")),
            (100, Gives(2)),
            (200, Gives(3)),
        ]);

        let seen = jobs.run().await;
        sleep(Duration::from_millis(SLOW)).await;

        let (after, left) = (seen.after, seen.left);
        drop(seen.outcome.unless_it_panicked());
        if left > 0 {
            still_there(&jobs, after, left).fail();
        }
    });
}

#[test]
fn has_stopped_them_on_several_threads() {
    testkit::run_parallel(async || {
        // Real time. The destructors of jobs 2 and 3 take theirs.
        let jobs = Jobs::of([
            (10, Fails("no room")),
            (300, Gives(2)),
            (300, Gives(3)),
        ])
        .slow_to_drop()
        .unseen();

        let seen = jobs.run().await;
        while jobs.left() > 0 {
            sleep(Duration::from_millis(5)).await;
        }

        drop(seen.outcome.unless_it_panicked());
        if seen.left == 0 {
            return;
        }
        let verdict = Verdict::new("jobs are still there after the call")
            .asked("when the call returns, no job is left, on threads too")
            .fact(format!("left when the call returned: {}", seen.left));
        // Job 1 has: it failed.
        if jobs.finished() > 1 {
            ran_on_after(verdict).fail();
        }
        verdict
            .why(
                "They had been asked to stop, and on another thread their \
                 destructors were at work while the caller went on.",
            )
            .read_on(PAGE, "Asked to stop, not awaited")
            .fail();
    });
}

#[test]
fn reports_a_panic() {
    testkit::run_paused(async || {
        let jobs = Jobs::of([(10, Gives(1)), (20, Panics), (30, Gives(3))]);

        let seen = jobs.run().await;

        let verdict = Verdict::new("the panic of a job is not reported")
            .asked("`Panicked`, for a job that panics");
        match seen.outcome {
            Outcome::Returned(Err(GroupError::Panicked)) => {}
            Outcome::Returned(Ok(values)) => {
                let verdict = verdict.fact(told(&Ok(values.clone())));
                let verdict = verdict.why(
                    "One of three jobs has no value, and the caller is told \
                     that all went well.",
                );
                match values.len() {
                    0 => verdict.read_on(PAGE, "An empty list"),
                    _ => verdict.read_on(PAGE, "A panic told as success"),
                }
                .fail()
            }
            Outcome::Panicked(_) => verdict
                .fact("the call panicked")
                .why(
                    "The job's panic went through the call, and takes down \
                     whoever awaits it.",
                )
                .read_on(PAGE, "A panic that is passed on")
                .fail(),
            outcome => verdict.fact(outcome.told()).fail(),
        }
    });
}

#[test]
fn a_panic_stops_the_others_too() {
    testkit::run_paused(async || {
        let stops_on_failure = stops_on_failure().await;
        let jobs = Jobs::of([(30, Panics), (100, Gives(2)), (SLOW, Gives(3))]);

        let seen = jobs.run().await;
        sleep(Duration::from_millis(2 * SLOW)).await;

        let (after, left) = (seen.after, seen.left);
        if matches!(seen.outcome, Outcome::NeverCame) {
            never_came();
        }
        if after != 30 {
            let verdict = Verdict::new("the call goes on after a panic")
                .asked("an end at 30 ms, when job 1 panics")
                .fact(came_back(after, 30));
            let success = matches!(seen.outcome, Outcome::Returned(Ok(_)));
            late(verdict, after, success).fail();
        }
        if left == 0 {
            return;
        }
        let verdict = still_there(&jobs, after, left);
        if stops_on_failure {
            verdict
                .why(
                    "After an error the call stops its jobs and waits for \
                     them. After a panic it leaves by another way.",
                )
                .read_on(PAGE, "One way out forgotten")
                .fail();
        }
        verdict.fail();
    });
}

#[test]
fn stops_the_jobs_when_it_is_dropped() {
    testkit::run_paused(async || {
        let stops_on_failure = stops_on_failure().await;
        let jobs = Jobs::of([(100, Gives(1)), (200, Gives(2))]);

        journal().declare(["run_all"]);
        let call = journal().call("run_all");
        let running = run_all(jobs.all());
        let ended = timeout(Duration::from_millis(50), running).await;
        drop(call);
        journal().step();
        sleep(Duration::from_millis(SLOW)).await;

        let verdict = Verdict::new("the jobs outlive the call")
            .asked("jobs that stop when the call is dropped, at 50 ms");
        if let Ok(outcome) = ended {
            verdict
                .fact(told(&outcome))
                .fact("before any job ended")
                .fail();
        }
        if jobs.finished() == 0 && jobs.left() == 0 {
            return;
        }
        let verdict = verdict.fact(format!(
            "jobs that ran on to their end: {}",
            jobs.finished()
        ));
        if stops_on_failure {
            verdict
                .why(
                    "On a failure they are stopped. But nothing that the \
                     future owned has stopped them when it was dropped: no \
                     further line of it runs then, only destructors do.",
                )
                .read_on(PAGE, "Stopped by hand")
                .fail();
        }
        ran_on_after(verdict).fail();
    });
}

// What the verdicts have in common.

/// Fails for jobs of 100 ms each that have not all run at the same time.
fn together(jobs: &Jobs, seen: &Seen, asked: &str) {
    if seen.after == 100 {
        return;
    }
    let (most, all) = (jobs.in_flight.most(), jobs.plans.len());
    let verdict = Verdict::new("the jobs do not run together")
        .asked(asked)
        .fact(came_back(seen.after, 100))
        .fact(format!("in flight at once: {most}, wanted: {all}"));
    match most {
        1 => one_by_one(verdict),
        2.. if most < all => verdict
            .why(
                "A place had to come free before the next job began. In a \
                 group that waits for its own, that can be for ever.",
            )
            .read_on(PAGE, "A few at a time"),
        _ => verdict,
    }
    .fail();
}

fn one_by_one(verdict: Verdict) -> Verdict {
    verdict
        .why("A job began only when the one before it had ended.")
        .read_on(PAGE, "One job after another")
}

fn in_line(verdict: Verdict) -> Verdict {
    verdict
        .why(
            "Had the failing job stood first in the list, it would have been \
             seen at once. The jobs run together, but they are awaited in the \
             order of the list.",
        )
        .read_on(PAGE, "Waiting in line")
}

/// Explains a call that came back `after` ms, later than the first failure.
fn late(verdict: Verdict, after: u64, success: bool) -> Verdict {
    let verdict = if success {
        verdict.fact("it returned Ok")
    } else {
        verdict
    };
    if after != SLOW {
        return verdict;
    }
    let verdict = verdict.why(
        "It waited until the last job had ended, for values that nobody can \
         use any more.",
    );
    if success {
        return verdict;
    }
    verdict.read_on(PAGE, "Waiting for everybody")
}

/// Explains an outcome that is not the failure `wanted`.
fn told_as_success(
    verdict: Verdict,
    outcome: &Returned,
    wanted: &str,
) -> Verdict {
    let verdict =
        verdict.fact(format!("{}\nwanted: Failed, {wanted}", told(outcome)));
    match outcome {
        Ok(values) if values.is_empty() => verdict
            .why(
                "An empty list is what a group without jobs gives. Nobody can \
                 tell the two apart.",
            )
            .read_on(PAGE, "An empty list"),
        Ok(_) => verdict
            .why(
                "A list without the value of the job that failed. A task that \
                 has ended well may hold a job that has not: there is a \
                 result in the result.",
            )
            .read_on(PAGE, "The inner error lost"),
        // No job of the tests that come here panics.
        Err(GroupError::Panicked) => verdict
            .why(
                "No job has panicked. A `JoinError` is also what a task gives \
                 that was aborted.",
            )
            .read_on(PAGE, "Stopped, taken for panicked"),
        Err(GroupError::Failed(_)) => verdict,
    }
}

fn ran_on_after(verdict: Verdict) -> Verdict {
    verdict
        .why(
            "Nobody waits for these jobs any more, and nobody has stopped \
             them. A task goes on when its handle is dropped.",
        )
        .read_on(PAGE, "Handles dropped")
}

/// Explains `left` jobs that were there when the call returned.
fn still_there(jobs: &Jobs, after: u64, left: usize) -> Verdict {
    let verdict = Verdict::new("jobs are still there when the call returns")
        .asked("every other job dropped by the time the call returns")
        .fact(format!("left when the call returned: {left}"));
    if !jobs.ended_after(after).is_empty() {
        return ran_on_after(verdict);
    }
    verdict
        .why(
            "They had been asked to stop. A task is dropped when the runtime \
             gets to it, and the call did not wait for that: what the jobs \
             held, files or permits, is still taken when the caller goes on.",
        )
        .read_on(PAGE, "Asked to stop, not awaited")
}

/// Whether a failure ends the call at once if it stands first in the list.
async fn comes_back_for_the_first_in_line() -> bool {
    let jobs = Jobs::of([(30, Fails("no room")), (SLOW, Gives(2))]).unseen();
    jobs.run().await.after == 30
}

/// Whether no job is left when a call returns because of an error.
async fn stops_on_failure() -> bool {
    let jobs = Jobs::of([(30, Fails("no room")), (100, Gives(2))]).unseen();
    let left = jobs.run().await.left;
    sleep(Duration::from_millis(SLOW)).await;
    left == 0
}

fn never_came() -> ! {
    Verdict::new("the call never comes back")
        .asked("an end when the last job has ended, or at a failure")
        .why("No job is under way any more, and the call still waits.")
        .fail()
}

fn came_back(after: u64, wanted: u64) -> String {
    format!("came back at {after} ms, wanted: {wanted} ms")
}

fn failed(error: &'static str) -> Returned {
    Err(GroupError::Failed(Refused(error)))
}

fn told(outcome: &Returned) -> String {
    match outcome {
        Ok(values) => format!("returned: Ok, {values:?}"),
        Err(GroupError::Failed(error)) => format!("returned: Failed, {error}"),
        Err(GroupError::Panicked) => "returned: Panicked".to_owned(),
    }
}

// The jobs, watched.

type Returned = Result<Vec<u32>, GroupError<Refused>>;

/// The error of a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
struct Refused(&'static str);

/// How a job ends.
#[derive(Clone, Copy)]
enum Ends {
    Gives(u32),
    Fails(&'static str),
    Panics,
}

/// What became of a call.
enum Outcome {
    Returned(Returned),
    Panicked(Box<dyn Any + Send>),
    NeverCame,
}

impl Outcome {
    /// What was returned. A panic goes on, for the runner to tell.
    fn unless_it_panicked(self) -> Returned {
        match self {
            Self::Returned(outcome) => outcome,
            Self::Panicked(payload) => panic::resume_unwind(payload),
            Self::NeverCame => never_came(),
        }
    }

    fn told(self) -> String {
        told(&self.unless_it_panicked())
    }
}

/// A call of `run_all`, as it was seen.
struct Seen {
    outcome: Outcome,
    /// When it came back, in ms.
    after: u64,
    /// The jobs that were not gone by then.
    left: usize,
}

/// Jobs that note what becomes of them.
#[derive(Clone)]
struct Jobs {
    plans: Vec<(u64, Ends)>,
    journal: Option<Journal>,
    watch: Stopwatch,
    in_flight: InFlight,
    notes: Arc<Mutex<Vec<Note>>>,
    slow_to_drop: bool,
    returned: Arc<AtomicBool>,
    /// The moment of what was drawn last.
    drawn: Arc<AtomicU64>,
}

/// What became of one job.
#[derive(Clone, Copy, Default)]
struct Note {
    began: Option<u64>,
    /// When its future was dropped, ended or not.
    over: Option<u64>,
    ended: bool,
}

/// What a job's future owns from the beginning to its end.
struct Guard {
    jobs: Jobs,
    place: usize,
    call: Option<Call>,
}

impl Jobs {
    /// Each job ends after so many ms, in its way.
    fn of<const N: usize>(plans: [(u64, Ends); N]) -> Self {
        Self {
            plans: plans.to_vec(),
            journal: Some(journal()),
            watch: Stopwatch::start(),
            in_flight: InFlight::default(),
            notes: Arc::new(Mutex::new(vec![Note::default(); N])),
            slow_to_drop: false,
            returned: Arc::default(),
            drawn: Arc::default(),
        }
    }

    /// Leaves these jobs out of the drawing.
    fn unseen(mut self) -> Self {
        self.journal = None;
        self
    }

    /// A job that is dropped in the middle holds its thread for a while.
    fn slow_to_drop(mut self) -> Self {
        self.slow_to_drop = true;
        self
    }

    /// Hands all jobs to `run_all`, and looks at the moment when it returns.
    async fn run(&self) -> Seen {
        let call = self.journal().map(|journal| {
            journal.declare(["run_all"]);
            journal.call("run_all")
        });
        let running = AssertUnwindSafe(run_all(self.all())).catch_unwind();
        let ended = timeout(Duration::from_hours(1), running).await;
        self.returned.store(true, Ordering::SeqCst);
        let (left, after) = (self.left(), self.watch.millis());
        if let (Some(call), Some(journal)) = (call, self.journal()) {
            call.finished();
            journal.step();
        }
        let outcome = match ended {
            Ok(Ok(outcome)) => Outcome::Returned(outcome),
            Ok(Err(payload)) if unfinished(&*payload) => {
                panic::resume_unwind(payload)
            }
            Ok(Err(payload)) => Outcome::Panicked(payload),
            Err(_elapsed) => Outcome::NeverCame,
        };
        Seen {
            outcome,
            after,
            left,
        }
    }

    fn all(
        &self,
    ) -> Vec<impl Future<Output = Result<u32, Refused>> + Send + use<>> {
        (0..self.plans.len()).map(|place| self.job(place)).collect()
    }

    fn job(
        &self,
        place: usize,
    ) -> impl Future<Output = Result<u32, Refused>> + Send + use<> {
        let (millis, ends) = self.plans[place];
        let mut guard = Guard {
            jobs: self.clone(),
            place,
            call: None,
        };
        async move {
            guard.begins();
            let in_flight = guard.jobs.in_flight.enter();
            sleep(Duration::from_millis(millis)).await;
            drop(in_flight);
            guard.ends(ends);
            match ends {
                Gives(value) => Ok(value),
                Fails(error) => Err(Refused(error)),
                Panics => panic!("the job panics, as planned"),
            }
        }
    }

    /// How many jobs are not gone.
    fn left(&self) -> usize {
        let notes = self.notes();
        notes.iter().filter(|note| note.over.is_none()).count()
    }

    /// How many jobs have come to their own end.
    fn finished(&self) -> usize {
        self.notes().iter().filter(|note| note.ended).count()
    }

    /// The jobs that came to their own end later than `millis`, and where they
    /// stand.
    fn ended_after(&self, millis: u64) -> Vec<(usize, Note)> {
        let notes = self.notes().clone().into_iter().enumerate();
        let later = |note: &Note| note.over.is_some_and(|over| over > millis);
        notes
            .filter(|(_, note)| note.ended && later(note))
            .collect()
    }

    /// Whether the job at `place` did not begin with the call.
    fn began_later(&self, place: usize) -> bool {
        let notes = self.notes();
        notes[place].began != notes[0].began
    }

    /// The journal, if these jobs are drawn. What happens at another moment
    /// than the last is drawn after it.
    fn journal(&self) -> Option<&Journal> {
        let journal = self.journal.as_ref()?;
        let now = self.watch.millis();
        if self.drawn.swap(now, Ordering::SeqCst) != now {
            journal.step();
        }
        Some(journal)
    }

    fn notes(&self) -> MutexGuard<'_, Vec<Note>> {
        self.notes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether a panic is that of a `todo!`.
fn unfinished(payload: &(dyn Any + Send)) -> bool {
    let text = payload.downcast_ref::<String>().map(String::as_str);
    let text = text.or(payload.downcast_ref::<&str>().copied());
    text.is_some_and(|text| text.starts_with("not "))
}

impl Guard {
    fn lane(&self) -> String {
        format!("job {}", self.place + 1)
    }

    fn begins(&mut self) {
        self.jobs.notes()[self.place].began = Some(self.jobs.watch.millis());
        let lane = self.lane();
        self.call = self.jobs.journal().map(|it| it.call(&lane));
    }

    fn ends(&mut self, how: Ends) {
        self.jobs.notes()[self.place].ended = true;
        let badly = match how {
            Gives(_) => None,
            Fails(_) => Some("failed"),
            Panics => Some("panicked"),
        };
        let lane = self.lane();
        if let (Some(journal), Some(badly)) = (self.jobs.journal(), badly) {
            journal.mark(&lane, badly);
        }
        if let Some(call) = self.call.take() {
            call.finished();
        }
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        let ended = self.jobs.notes()[self.place].ended;
        if self.jobs.slow_to_drop && !ended {
            // Long enough for a call that does not wait to be seen returning.
            for _ in 0..20 {
                if self.jobs.returned.load(Ordering::SeqCst) {
                    break;
                }
                thread::sleep(Duration::from_millis(2));
            }
        }
        // The moment at which the call is dropped that this guard may hold.
        self.jobs.journal();
        let over = self.jobs.watch.millis();
        self.jobs.notes()[self.place].over = Some(over);
    }
}
