//! What a call reports, beside what became of the backups.

use std::{collections::BTreeMap, fmt::Debug, time::Duration};

use outcomes::{BackupError, Failure::*, Outcome};
use testkit::{CallRecord, Cause, expect};
use tokio::time::sleep;

use super::{causes::*, night::*};

/// What a call has returned, and what was seen of it.
pub struct Report {
    drawn: bool,
    is_ok: bool,
    lines: Vec<Line>,
    /// Outcomes of databases that are not in the list.
    strays: usize,
}

/// A database: its tries, its outcome, and what is reported of it.
struct Line {
    database: Database,
    tries: Vec<(Ends, CallRecord)>,
    wanted: Outcome,
    told: Vec<Outcome>,
}

/// Runs a call to its end, and looks at what every call must keep to.
pub async fn report_of(night: Night) -> Report {
    let returned = night.call().await;
    let is_ok = returned.is_ok();
    let (done, failed) = match returned {
        Ok(done) => (done, BTreeMap::default()),
        Err(failures) => (failures.done, failures.failed),
    };
    let mut strays = done.len() + failed.len();
    let calls = night.log.calls();
    let lines = night.plan.iter().map(|database| {
        let done = done.get(&database.id).cloned().map(Ok);
        let failed = failed.get(&database.id).cloned().map(Err);
        let told: Vec<_> = done.into_iter().chain(failed).collect();
        strays -= told.len();
        let (tries, wanted) = (database.tried(&calls), database.outcome());
        Line { database: database.clone(), tries, wanted, told }
    });
    let lines: Vec<Line> = lines.collect();
    if night.log.open() > 0 {
        // Drawn to its end.
        sleep(Duration::from_hours(1)).await;
    }
    let report = Report { drawn: night.drawn.is_some(), is_ok, lines, strays };
    report.starts_none_in_vain();
    report.aborts_none();
    report.waits_for_all();
    report
}

impl Report {
    /// Fails if a backup was started that should not have been.
    fn starts_none_in_vain(&self) {
        let in_vain = |it: &&Line| it.tries.len() > it.database.asked();
        let vain: Vec<_> = self.lines.iter().filter(in_vain).collect();
        let told = vain.iter().map(|it| {
            let (id, first) = (it.database.id, shown(it.database.first()));
            let (tries, asked) = (it.tries.len(), it.database.asked());
            format!("db {id}: {first}, tries: {tries}, wanted: {asked}")
        });
        let for_ever = vain.iter().any(|it| it.tries.len() > TOO_OFTEN);
        let for_good = |it: &&Line| !matches!(it.database.first(), Done | Busy);
        let failed = self.lines.iter().filter(for_good);
        let says_busy = |it: &&Line| it.has("busy");
        let all = failed.clone().all(|it| in_vain(&it));
        expect(vain.is_empty(), "a backup is started again in vain")
            .asked("a second try after `Busy`, and no other")
            .facts(told.take(8))
            .drawn_if(self.drawn && !for_ever)
            .because([
                (for_ever, UNTIL_IT_WORKS),
                (!all && vain.iter().all(says_busy), DECIDED_BY_TEXT),
                (all && vain.iter().all(for_good), EVERYTHING_AGAIN),
            ]);
    }

    /// Fails if the code under test has aborted a backup.
    fn aborts_none(&self) {
        let tries = self.lines.iter().flat_map(|it| &it.tries);
        let (cut, others) = tries.partition::<Vec<_>, _>(|it| is_cut_off(it));
        // At the very moment when another one failed.
        let at_a_failure = cut.iter().all(|(_, cut)| {
            let mut failed = others.iter().filter(|(ends, _)| *ends != Done);
            failed.any(|(_, other)| other.ended == cut.ended)
        });
        let told = cut.iter().map(|it| format!("aborted: {}", it.1.name));
        expect(cut.is_empty(), "backups were aborted")
            .asked("no backup aborted, whatever becomes of others")
            .facts(told.take(8))
            .drawn_if(self.drawn)
            .because([(at_a_failure, STOPS_THE_REST)]);
    }

    /// Fails if backups were under way when the call returned.
    fn waits_for_all(&self) {
        let open = |it: &&Line| it.tries.iter().any(|it| it.1.ended.is_none());
        let open: Vec<_> = self.lines.iter().filter(open).collect();
        let told: Vec<_> = self.lines.iter().flat_map(|it| &it.told).collect();
        expect(open.is_empty(), "it returned before all backups were over")
            .asked("every backup waited for, second tries too, whatever fails")
            .fact(format!("under way then: {}, wanted: 0", open.len()))
            .fact(format!("reported: {} of {}", told.len(), self.lines.len()))
            .drawn_if(self.drawn)
            .because([
                (open.iter().any(|it| it.is_told_busy()), SECOND_NOT_AWAITED),
                (matches!(told[..], [Err(_)]), FIRST_FAILURE_ONLY),
            ]);
    }

    /// Fails unless the outcomes that `part` is about are reported as they were.
    pub fn expect(&self, part: fn(&Outcome) -> bool, asked: &str) {
        let (all, strays) = (self.lines.len(), self.strays);
        let failed = self.lines.iter().filter(|it| it.wanted.is_err()).count();
        let wrong = self.lines.iter().filter(|it| it.is_wrong());
        let is_shown = |it: &&Line| all <= 8 || it.is_wrong();
        let shown = self.lines.iter().filter(is_shown);
        let is_about = |it: &Line| part(&it.wanted) || it.told.iter().any(part);
        let mixed_up = self.is_ok != (failed == 0);
        let name = |is_ok| if is_ok { "Ok" } else { "Err" };
        let (got, wanted) = (name(self.is_ok), name(failed == 0));
        let fine = strays == 0 && !mixed_up && !wrong.clone().any(is_about);
        let count = wrong.clone().count();
        let expected = expect(fine, "outcomes are not reported as they were")
            .asked(asked)
            .drawn_if(self.drawn)
            .fact_if(mixed_up, format!("returned: {got}, wanted: {wanted}"))
            .facts(shown.take(8).map(Line::described))
            .fact_if(all > 8, format!("wrong: {count} of {all}"))
            .fact_if(strays > 0, format!("ids that were not given: {strays}"));
        match self.why(&wrong.collect::<Vec<_>>()) {
            _ if mixed_up && self.is_ok => {
                expected.because([(true, SOME_IS_ENOUGH)]);
            }
            Some(cause) => expected.because([(true, cause)]),
            None => expected.or_fail(),
        }
    }

    /// Why these are wrong, as far as it shows.
    fn why(&self, wrong: &[&Line]) -> Option<Cause> {
        let mut reported = self.lines.iter().flat_map(|it| &it.told);
        let told: Vec<_> = wrong.iter().flat_map(|it| &it.told).collect();
        let mut by_end = wrong.to_vec();
        by_end.sort_by_key(|it| it.tries.last().and_then(|it| it.1.ended));
        let wanted: Vec<_> = by_end.iter().map(|it| &it.wanted).collect();
        if told == wanted && told.len() > 1 {
            return Some(COMPLETION_ORDER);
        }
        // What belongs to one is reported of another.
        if wrong.is_empty() || wanted.iter().any(|one| told.contains(one)) {
            return None;
        }
        if wanted.iter().all(|one| one.is_ok()) && told.is_empty() {
            return reported.all(Result::is_err).then_some(DONE_IS_LOST);
        }
        if let (Some(Err(_)), None) = (reported.next(), reported.next()) {
            return Some(FIRST_FAILURE_ONLY);
        }
        let once = self.lines.iter().all(|it| it.tries.len() == 1);
        if once && wrong.iter().any(|it| it.is_told_busy()) {
            return Some(ALL_ALIKE);
        }
        // What is left out must be of one kind.
        let ok = |it: &&Line| it.told.len() == 1 || it.wanted == Err(Cancelled);
        wrong.iter().find_map(|it| it.why()).filter(|_| wrong.iter().all(ok))
    }
}

impl Line {
    fn is_wrong(&self) -> bool {
        self.told.iter().ne([&self.wanted])
    }

    /// Whether its message has this word.
    fn has(&self, word: &str) -> bool {
        let last = self.database.last();
        matches!(last, Refused(text) | Panics(text) if text.contains(word))
    }

    fn is_told_busy(&self) -> bool {
        self.told == [Err(Failed(BackupError::Busy))]
    }

    fn described(&self) -> String {
        let (id, wanted) = (self.database.id, shown(&self.wanted));
        let told: Vec<_> = self.told.iter().map(shown).collect();
        if !self.is_wrong() {
            return format!("db {id}: {wanted}");
        }
        let told = if told.is_empty() { "nothing" } else { &told.join(", ") };
        format!("db {id}: {told}  ✗\n  wanted: {wanted}")
    }

    /// Why it is wrong, as far as it shows.
    fn why(&self) -> Option<Cause> {
        if self.is_told_busy() && self.database.first() == Busy {
            return (self.tries.len() > 1).then_some(FIRST_TRY_TOLD);
        }
        Some(match (&self.wanted, &self.told[..]) {
            (Err(Failed(_)), [Err(Cancelled)]) if self.has("cancelled") => {
                DECIDED_BY_TEXT
            }
            (Err(Failed(_)), [Err(Panicked(_))]) if self.has("panicked") => {
                DECIDED_BY_TEXT
            }
            (Err(Cancelled), []) => CANCELLED_LEFT_OUT,
            (Err(Cancelled), [Err(Panicked(_))]) => ALWAYS_A_PANIC,
            (Err(Panicked(_)), [Err(Cancelled)]) => ALWAYS_CANCELLED,
            (Err(Panicked(_) | Cancelled), [Err(Failed(_))]) => END_AS_ANSWER,
            _ => return None,
        })
    }
}

/// Without the number of a task, which differs from run to run; the beginning,
/// if it is long.
fn shown(it: impl Debug) -> String {
    let text = format!("{it:?}");
    match text.split_once("\"task ") {
        _ if text.len() > 300 => format!("{text:.40}… ({} bytes)", text.len()),
        Some((before, after)) => {
            let rest = after.trim_start_matches(|c: char| c.is_ascii_digit());
            format!("{before}\"task N{rest}")
        }
        None => text,
    }
}
