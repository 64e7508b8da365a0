//! What is recorded, compared with what happened.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use timeline::{Clock, Timeline};

use super::report::Problem;
use super::runs::Ran;
use crate::catalogue::Exercise;
use crate::catalogue::bench::Bench;
use crate::catalogue::manifest::BenchPlan;
use crate::catalogue::manifest::{Axis, Figure};
use crate::catalogue::recording_paths;
use crate::catalogue::workspace::Workspace;
use crate::engine::judge::TestResult;
use crate::learner::atomic_write;
use crate::learner::pristine;
use crate::terminal::report_text::{count, indented};

/// What was found, and what was written.
#[derive(Debug, Default)]
pub struct Recorded {
    /// Recordings that are missing, differ, or are asked for by nothing.
    pub problems: Vec<Problem>,
    /// What was written or deleted instead.
    pub blessed: Vec<String>,
}

/// Compares an exercise's recordings with every run. With `bless`, writes those that differ.
pub fn compare(
    workspace: &Workspace,
    exercise: &Exercise,
    ran: &[Ran],
    bless: bool,
) -> Result<Recorded> {
    let mut comparison =
        Comparison { workspace, exercise, bless, missing: Vec::new(), found: Recorded::default() };
    let groups = exercise.manifest.bench.keys();
    let mut asked_for: BTreeSet<_> =
        groups.map(|group| recording_paths::bench_name(group)).collect();
    for (candidate, test) in recording_paths::transcripts(exercise) {
        let name = recording_paths::transcript_name(&candidate, &test);
        asked_for.insert(name.clone());
        comparison.transcript(ran, &candidate, &test, name)?;
    }
    for figure in &exercise.manifest.figures {
        let name = recording_paths::trace_name(&figure.of, &figure.test);
        asked_for.insert(name.clone());
        comparison.trace(ran, figure, name)?;
    }
    if !exercise.manifest.lints.is_empty() {
        asked_for.insert(recording_paths::LINTS.to_owned());
    }
    asked_for.insert(recording_paths::TESTS.to_owned());
    comparison.tests()?;
    comparison.numbers();
    comparison.nothing_missing();
    comparison.nothing_stray(&asked_for)?;
    Ok(comparison.found)
}

/// Compares the record of the tools that all tests use with the tools. With `bless`, writes it
/// if it differs. A learner's pass counts with the tools that are recorded there.
pub fn compare_tools(workspace: &Workspace, bless: bool) -> Result<Recorded> {
    let mut recorded = Recorded::default();
    let root = &workspace.root;
    let file = recording_paths::tools_file(root);
    let now = pristine::recordable_tools(root).context("cannot read the tools of the tests")?;
    // In a workbook without them they are recorded where they are.
    let differ = if now.is_empty() { Vec::new() } else { pristine::changed(root, &file, &now) };
    if differ.is_empty() {
        return Ok(recorded);
    }
    let shown = workspace.shown(&file);
    if bless {
        fs::write(&file, now).with_context(|| format!("cannot write {shown}"))?;
        recorded.blessed.push(shown);
    } else {
        recorded.problems.push(Problem::of(&shown).says(
            "the recorded fingerprints are those of the tools that all tests use",
            format!("they differ for {}", differ.join(", ")),
            "If the tools are right: `cargo workbook verify NAME --bless`, for any NAME.",
        ));
    }
    Ok(recorded)
}

struct Comparison<'a> {
    workspace: &'a Workspace,
    exercise: &'a Exercise,
    bless: bool,
    missing: Vec<String>,
    found: Recorded,
}

impl Comparison<'_> {
    fn transcript(&mut self, ran: &[Ran], of: &str, test: &str, name: String) -> Result<()> {
        // A candidate that did not run, or does not fail, has been reported.
        let texts: Vec<String> = judged(ran, of, test)
            .map(|judged| transcript(self.workspace, judged))
            .filter(|text| !text.is_empty())
            .collect();
        let Some(first) = texts.first() else { return Ok(()) };
        if let Some(other) = texts.iter().find(|text| *text != first) {
            let (first, other) = (indented(first), indented(other));
            self.varies(of, test, format!("one run says\n{first}another says\n{other}"));
        }
        let file = self.exercise.recorded().join(&name);
        let old = fs::read_to_string(&file).ok().map(|old| old.replace("\r\n", "\n"));
        match old {
            Some(old) if old == *first => {}
            _ if self.bless => self.write(&file, first)?,
            None => self.missing.push(name),
            Some(old) => {
                let (old, now) = (indented(&old), indented(first));
                self.differs(of, test, format!("recorded was\n{old}and now it is\n{now}"));
            }
        }
        Ok(())
    }

    fn trace(&mut self, ran: &[Ran], figure: &Figure, name: String) -> Result<()> {
        let Figure { of, test, .. } = figure;
        let traces: Vec<&Timeline> =
            judged(ran, of, test).filter_map(|judged| judged.timeline.as_ref()).collect();
        let Some(first) = usual(&traces) else { return Ok(()) };
        let other = traces.iter().find(|trace| !trace.same_order(first));
        if let Some(other) = other.filter(|_| !agreed(&traces, first)) {
            let (first, other) = (drawn(first), drawn(other));
            self.varies(of, test, format!("one run gives\n{first}another gives\n{other}"));
        }
        let file = self.exercise.recorded().join(&name);
        let old = fs::read(&file).ok();
        let read = old.as_ref().and_then(|old| serde_json::from_slice::<Timeline>(old).ok());
        match (old, read) {
            (_, Some(old)) if shows(&old, first, figure.axis) => {}
            _ if self.bless => {
                self.write(&file, &(serde_json::to_string_pretty(first)? + "\n"))?;
            }
            (None, _) => self.missing.push(name),
            (_, Some(old)) => {
                let (old, now) = (drawn(&old), drawn(first));
                self.differs(of, test, format!("recorded was\n{old}and now it is\n{now}"));
            }
            (_, None) => {
                let shown = self.workspace.shown(&file);
                self.differs(of, test, format!("{shown} cannot be read"));
            }
        }
        Ok(())
    }

    /// A learner's pass counts with the tests that are recorded here.
    fn tests(&mut self) -> Result<()> {
        let file = recording_paths::tests_file(self.exercise);
        // Tests that cannot be read could not be run, which has been reported.
        let Ok(now) = pristine::recordable(self.exercise) else { return Ok(()) };
        let old = fs::read_to_string(&file).ok().map(|old| old.replace("\r\n", "\n"));
        match old {
            Some(old) if old == now => {}
            _ if self.bless => self.write(&file, &now)?,
            None => self.missing.push(recording_paths::TESTS.to_owned()),
            Some(_) => {
                let name = &self.exercise.name;
                let files = pristine::changed(self.exercise.root(), &file, &now).join(", ");
                self.found.problems.push(Problem::of(name).says(
                    "the recorded fingerprints are those of the tests",
                    format!("they differ for {files}"),
                    format!("If the tests are right: `cargo workbook verify {name} --bless`."),
                ));
            }
        }
        Ok(())
    }

    /// The recorded numbers are those that the manifest's [bench] tables ask for.
    fn numbers(&mut self) {
        for (group, plan) in &self.exercise.manifest.bench {
            self.numbers_of(group, plan);
        }
    }

    fn numbers_of(&mut self, group: &str, plan: &BenchPlan) {
        let name = &self.exercise.name;
        let file = recording_paths::bench_file(self.exercise, group);
        let shown = self.workspace.shown(&file);
        let read = fs::read(&file).ok();
        let happened = match read.map(|text| serde_json::from_slice::<Bench>(&text)) {
            None => format!("there is no {shown}"),
            Some(Err(error)) => format!("{shown} cannot be read: {error}"),
            Some(Ok(bench)) => {
                let recorded = bench.series.iter().map(|series| (&series.name, &series.label));
                let asked = plan.series.iter().map(|(name, series)| (name, &series.label));
                if recorded.eq(asked) && (&bench.title, &bench.x) == (&plan.title, &plan.x) {
                    return;
                }
                format!("{shown} has another title, x or series")
            }
        };
        self.found.problems.push(Problem::of(name).says(
            format!("the numbers that exercise.toml asks for under [bench.{group}] are recorded"),
            happened,
            format!("`cargo bench -p {name}-solution`, then `cargo workbook bench {name}`."),
        ));
    }

    fn nothing_missing(&mut self) {
        if self.missing.is_empty() {
            return;
        }
        let name = &self.exercise.name;
        let folder = self.workspace.shown(&self.exercise.recorded());
        let missing = count(self.missing.len(), "recording");
        self.found.problems.push(Problem::of(name).says(
            format!("{folder}/ has every transcript and trace that exercise.toml asks for"),
            format!("{missing} missing:\n{}", self.missing.join("\n")),
            format!("Record what happens: `cargo workbook verify {name} --bless`."),
        ));
    }

    /// Files in `recorded/` that nothing asks for.
    fn nothing_stray(&mut self, asked_for: &BTreeSet<String>) -> Result<()> {
        // No such folder means no such files.
        let Ok(entries) = fs::read_dir(self.exercise.recorded()) else { return Ok(()) };
        let mut files: Vec<_> = entries.filter_map(Result::ok).map(|entry| entry.path()).collect();
        files.sort();
        for file in files {
            let name = file.file_name().unwrap_or_default().to_string_lossy();
            if asked_for.contains(&*name) {
                continue;
            }
            let shown = self.workspace.shown(&file);
            if self.bless && file.is_file() {
                fs::remove_file(&file).with_context(|| format!("cannot delete {shown}"))?;
                self.found.blessed.push(format!("{shown} (deleted: nothing asks for it)"));
                continue;
            }
            let exercise = &self.exercise.name;
            self.found.problems.push(Problem::of(exercise).says(
                "every recording is asked for by exercise.toml",
                format!("nothing asks for {shown}"),
                format!("List it, or delete it: `cargo workbook verify {exercise} --bless`."),
            ));
        }
        Ok(())
    }

    fn differs(&mut self, of: &str, test: &str, happened: String) {
        let name = &self.exercise.name;
        self.found.problems.push(Problem::of(name).candidate(of).test(test).says(
            "what is recorded is what happens",
            happened,
            format!("If the new one is right: `cargo workbook verify {name} --bless`."),
        ));
    }

    fn varies(&mut self, of: &str, test: &str, happened: String) {
        self.found.problems.push(Problem::of(&self.exercise.name).candidate(of).test(test).says(
            "every run gives the same recording",
            happened,
            "Let the test settle the order of events (a gate, a barrier), or leave what varies \
             out of the verdict.",
        ));
    }

    fn write(&mut self, file: &Path, text: &str) -> Result<()> {
        if let Some(folder) = file.parent() {
            fs::create_dir_all(folder)
                .with_context(|| format!("cannot create the folder {}", folder.display()))?;
        }
        atomic_write::write(file, text.as_bytes())
            .with_context(|| format!("cannot write {}", file.display()))?;
        self.found.blessed.push(self.workspace.shown(file));
        Ok(())
    }
}

/// What became of a candidate's test, each time it was run and judged.
fn judged<'a>(ran: &'a [Ran], of: &str, test: &str) -> impl Iterator<Item = &'a TestResult> {
    let ran = ran.iter().find(|ran| ran.candidate.name == of);
    let judgements = ran.map_or(&[][..], |ran| &ran.judgements);
    let judged = judgements.iter().filter_map(move |judgement| judgement.of(test));
    judged.filter(|judged| !judged.outcome.is_not_judged())
}

/// The order of events that most runs give.
fn usual<'a>(traces: &[&'a Timeline]) -> Option<&'a Timeline> {
    let alike = |trace: &&&Timeline| like(traces, trace);
    traces.iter().rev().max_by_key(alike).copied()
}

/// How many of the runs give the order of `trace`.
fn like(traces: &[&Timeline], trace: &Timeline) -> usize {
    traces.iter().filter(|other| other.same_order(trace)).count()
}

/// Whether the runs agree on `usual`. On a virtual clock all are alike. On the real one, which
/// figures in milliseconds need, a busy machine may be late now and then: the drawing is to be what
/// happens in more than half of the runs.
fn agreed(traces: &[&Timeline], usual: &Timeline) -> bool {
    match usual.clock {
        Clock::Virtual => like(traces, usual) == traces.len(),
        Clock::Real => like(traces, usual) * 2 > traces.len(),
    }
}

/// Whether `old` shows what has happened now. On the real clock no two runs have the same times, and
/// an axis of events tells none.
fn shows(old: &Timeline, now: &Timeline, axis: Axis) -> bool {
    let has_times = axis == Axis::Time && now.clock == Clock::Virtual;
    old.same_order(now) && (!has_times || old == now)
}

fn drawn(trace: &Timeline) -> String {
    indented(&timeline::text::by_order(trace, &timeline::text::Style::default()))
}

/// The explanation, the same in every checkout: paths are named from the workbook's root.
fn transcript(workspace: &Workspace, judged: &TestResult) -> String {
    let text = judged.outcome.text();
    let root = format!("{}{}", workspace.root.display(), std::path::MAIN_SEPARATOR);
    let text = text.replace(&root, "");
    if text.is_empty() { text } else { format!("{}\n", text.trim_end()) }
}

#[cfg(test)]
mod tests {
    use timeline::Recording;

    use super::*;

    /// Two spans, one after the other or together.
    fn trace(clock: Clock, together: bool) -> Timeline {
        let mut recording = Recording::new(clock);
        let first = recording.start("first", 0);
        if together {
            recording.start("second", 1);
        }
        recording.end(first, timeline::How::Finished, 2);
        recording.start("second", 3);
        recording.timeline()
    }

    #[test]
    fn a_late_event_on_the_real_clock_is_no_other_recording() {
        let (usually, once) = (trace(Clock::Real, true), trace(Clock::Real, false));
        let runs = [&once, &usually, &usually];
        assert!(usual(&runs).is_some_and(|usual| usual.same_order(&usually)));
        assert!(agreed(&runs, &usually));
        assert!(!agreed(&[&once, &usually], &usually), "half is not more than half");
    }

    #[test]
    fn a_recording_has_the_times_of_a_virtual_clock() {
        let ended = |clock, micros| {
            let mut recording = Recording::new(clock);
            let span = recording.start("lane", 0);
            recording.end(span, timeline::How::Finished, micros);
            recording.timeline()
        };
        let shows = |clock, now, axis| shows(&ended(clock, 7), &ended(clock, now), axis);
        assert!(shows(Clock::Real, 9, Axis::Time));
        assert!(shows(Clock::Virtual, 7, Axis::Time));
        assert!(!shows(Clock::Virtual, 9, Axis::Time));
        assert!(shows(Clock::Virtual, 9, Axis::Order));
    }

    #[test]
    fn on_a_virtual_clock_every_run_is_alike() {
        let (usually, once) = (trace(Clock::Virtual, true), trace(Clock::Virtual, false));
        assert!(!agreed(&[&once, &usually, &usually], &usually));
        assert!(agreed(&[&usually, &usually], &usually));
    }
}
