//! The builder: takes events in the order in which they were journaled.
//!
//! # How an event gets its column
//!
//! Events that race each other arrive in any order, and a drawing that followed the arrivals would
//! differ from run to run. So a column is not an arrival but a *run* of events of one kind: starts
//! with no end or mark between them share one column, and so do ends, and so do marks. Which of
//! two starts in a row came first says nothing about the program; that a start came after an end
//! does. A [`step`](Recording::step) ends the run as well: a test that knows more about the order
//! than the events show says so with it.

use std::cmp::Ordering;
use std::collections::HashMap;

use crate::model::{Clock, How, Lane, Mark, Moment, Span, Timeline};
use crate::natural;

/// The most spans and marks that a recording takes. Tests have a few, or thousands where they look
/// at how something grows. A loop that goes on and on would fill the memory and the disk.
pub const MOST_EVENTS: usize = 20_000;

/// A journal of events, from which a [`Timeline`] can be taken at any time.
///
/// Times are microseconds since the recording began. It holds no clock: the caller reads one.
#[derive(Clone, Debug)]
pub struct Recording {
    clock: Clock,
    lanes: Vec<RecordedLane>,
    by_name: HashMap<String, usize>,
    spans: Vec<RecordedSpan>,
    declared: u32,
    /// The kind of the latest run of events; none after a step.
    run: Option<Kind>,
    /// The column after the last one used.
    next: u32,
    latest_micros: u64,
    /// Spans and marks so far.
    events: usize,
}

/// A span that was started on a [`Recording`]. It means nothing to another recording.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SpanId(usize);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Start,
    End,
    Mark,
}

#[derive(Clone, Debug)]
struct RecordedLane {
    name: String,
    /// The lane's place among the declared ones, if it was declared.
    place: Option<u32>,
    marks: Vec<Mark>,
}

#[derive(Clone, Debug)]
struct RecordedSpan {
    lane: usize,
    start: Moment,
    end: Option<(Moment, How)>,
}

impl Recording {
    /// An empty recording.
    pub fn new(clock: Clock) -> Self {
        Self {
            clock,
            lanes: Vec::new(),
            by_name: HashMap::new(),
            spans: Vec::new(),
            declared: 0,
            run: None,
            next: 0,
            latest_micros: 0,
            events: 0,
        }
    }

    /// Fixes the lane's place: declared lanes come first, in the order of their declarations, and
    /// are drawn even if nothing happens on them. The others follow in the natural order of their
    /// names. A second declaration of the same lane changes nothing.
    pub fn declare(&mut self, lane: &str) {
        let lane = self.lane(lane);
        if self.lanes[lane].place.is_none() {
            self.lanes[lane].place = Some(self.declared);
            self.declared += 1;
        }
    }

    /// Whether it has taken as much as it can. What begins from then on, or is marked, is left out;
    /// what has begun before still ends.
    pub fn is_full(&self) -> bool {
        self.events >= MOST_EVENTS
    }

    /// Something began on a lane.
    pub fn start(&mut self, lane: &str, micros: u64) -> SpanId {
        if self.is_full() {
            return SpanId(usize::MAX);
        }
        self.events += 1;
        let lane = self.lane(lane);
        let start = self.moment(Kind::Start, micros);
        self.spans.push(RecordedSpan { lane, start, end: None });
        SpanId(self.spans.len() - 1)
    }

    /// What was started has ended. A second end of the same span is ignored: a drop guard may
    /// speak after the code that finished it. An end before its start is moved to the start.
    pub fn end(&mut self, span: SpanId, how: How, micros: u64) {
        let Some(recorded) = self.spans.get(span.0) else { return };
        if recorded.end.is_some() {
            return;
        }
        let micros = micros.max(recorded.start.micros);
        let end = self.moment(Kind::End, micros);
        self.spans[span.0].end = Some((end, how));
    }

    /// Something happened on a lane, at one moment.
    pub fn mark(&mut self, lane: &str, label: &str, micros: u64) {
        if self.is_full() {
            return;
        }
        self.events += 1;
        let lane = self.lane(lane);
        let at = self.moment(Kind::Mark, micros);
        self.lanes[lane].marks.push(Mark { at, label: label.to_owned() });
    }

    /// A barrier: what is journaled after it is ordered after what was journaled before it.
    pub fn step(&mut self) {
        self.run = None;
    }

    /// The timeline so far. Spans that have not ended are [`How::Open`]; they reach to the latest
    /// time journaled, and in the order of events to one column after the last.
    pub fn timeline(&self) -> Timeline {
        let mut spans: Vec<Vec<Span>> = vec![Vec::new(); self.lanes.len()];
        for recorded in &self.spans {
            let now = Moment { micros: self.latest_micros, column: self.next };
            let (end, how) = recorded.end.unwrap_or((now, How::Open));
            spans[recorded.lane].push(Span { start: recorded.start, end, how });
        }
        let mut lanes: Vec<_> = self.lanes.iter().zip(spans).collect();
        lanes.sort_by(|(a, _), (b, _)| a.compare(b));
        let lanes = lanes.into_iter().map(|(lane, spans)| lane.finish(spans)).collect();
        Timeline { clock: self.clock, lanes }
    }

    fn lane(&mut self, name: &str) -> usize {
        if let Some(&lane) = self.by_name.get(name) {
            return lane;
        }
        let lane = self.lanes.len();
        self.lanes.push(RecordedLane { name: name.to_owned(), place: None, marks: Vec::new() });
        self.by_name.insert(name.to_owned(), lane);
        lane
    }

    fn moment(&mut self, kind: Kind, micros: u64) -> Moment {
        if self.run != Some(kind) {
            self.run = Some(kind);
            self.next += 1;
        }
        self.latest_micros = self.latest_micros.max(micros);
        Moment { micros, column: self.next - 1 }
    }
}

impl RecordedLane {
    fn compare(&self, other: &Self) -> Ordering {
        match (self.place, other.place) {
            (Some(a), Some(b)) => a.cmp(&b),
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (None, None) => natural::compare(&self.name, &other.name),
        }
    }

    /// Sorts what shares a column, so that the order of racing arrivals leaves no trace.
    fn finish(&self, mut spans: Vec<Span>) -> Lane {
        spans.sort_by_key(|span| {
            let (start, end) = (span.start, span.end);
            (start.column, end.column, span.how, start.micros, end.micros)
        });
        let mut marks = self.marks.clone();
        marks.sort_by(|a, b| {
            (a.at.column, &a.label, a.at.micros).cmp(&(b.at.column, &b.label, b.at.micros))
        });
        Lane { name: self.name.clone(), spans, marks }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn columns(timeline: &Timeline) -> Vec<(&str, Vec<(u32, u32)>)> {
        let lanes = timeline.lanes.iter();
        lanes
            .map(|lane| (lane.name.as_str(), lane.spans.iter().map(Span::columns).collect()))
            .collect()
    }

    #[test]
    fn a_run_of_starts_and_a_run_of_ends_share_a_column_each() {
        let mut recording = Recording::new(Clock::Real);
        let a = recording.start("a", 0);
        let b = recording.start("b", 10);
        recording.end(b, How::Finished, 20);
        recording.end(a, How::Finished, 30);
        assert_eq!(columns(&recording.timeline()), [("a", vec![(0, 1)]), ("b", vec![(0, 1)])]);
    }

    #[test]
    fn what_goes_on_and_on_is_left_out_at_last() {
        let mut recording = Recording::new(Clock::Real);
        let first = recording.start("a", 0);
        for micros in 1..MOST_EVENTS as u64 {
            assert!(!recording.is_full());
            recording.mark("a", "again", micros);
        }
        assert!(recording.is_full());
        recording.mark("b", "left out", 1);
        let late = recording.start("c", 1);
        recording.end(late, How::Finished, 2);
        recording.end(first, How::Finished, 3);
        let timeline = recording.timeline();
        assert_eq!(timeline.lanes.len(), 1);
        assert_eq!(timeline.lanes[0].spans[0].how, How::Finished, "what had begun still ends");
    }

    #[test]
    fn a_start_after_an_end_has_a_later_column() {
        let mut recording = Recording::new(Clock::Real);
        let a = recording.start("a", 0);
        let b = recording.start("b", 0);
        recording.end(a, How::Finished, 10);
        let c = recording.start("c", 10);
        recording.end(b, How::Finished, 20);
        recording.end(c, How::Finished, 20);
        assert_eq!(
            columns(&recording.timeline()),
            [("a", vec![(0, 1)]), ("b", vec![(0, 3)]), ("c", vec![(2, 3)])]
        );
    }

    #[test]
    fn a_step_parts_what_would_share_a_column() {
        let mut recording = Recording::new(Clock::Real);
        recording.step();
        let a = recording.start("a", 0);
        recording.step();
        recording.step();
        let b = recording.start("b", 0);
        recording.end(a, How::Finished, 10);
        recording.step();
        recording.end(b, How::Finished, 10);
        assert_eq!(columns(&recording.timeline()), [("a", vec![(0, 2)]), ("b", vec![(1, 3)])]);
    }

    #[test]
    fn a_run_of_marks_has_a_column_of_its_own() {
        let mut recording = Recording::new(Clock::Real);
        let a = recording.start("a", 0);
        recording.mark("b", "two", 6);
        recording.mark("b", "one", 5);
        recording.end(a, How::Finished, 10);
        let timeline = recording.timeline();
        assert_eq!(columns(&timeline), [("a", vec![(0, 2)]), ("b", vec![])]);
        let marks = &timeline.lanes[1].marks;
        assert_eq!(
            marks.iter().map(|mark| (mark.at.column, mark.label.as_str())).collect::<Vec<_>>(),
            [(1, "one"), (1, "two")]
        );
    }

    #[test]
    fn what_has_not_ended_is_open_up_to_now() {
        let mut recording = Recording::new(Clock::Virtual);
        let a = recording.start("a", 0);
        recording.start("b", 5);
        recording.end(a, How::Finished, 40);
        let span = recording.timeline().lanes[1].spans[0];
        assert_eq!(span.how, How::Open);
        assert_eq!(span.end, Moment { micros: 40, column: 2 });
    }

    #[test]
    fn a_second_end_is_ignored() {
        let mut recording = Recording::new(Clock::Real);
        let a = recording.start("a", 7);
        recording.end(a, How::Finished, 3);
        let once = recording.timeline();
        recording.end(a, How::Cancelled, 9);
        assert_eq!(recording.timeline(), once);
        assert_eq!(once.lanes[0].spans[0].end, Moment { micros: 7, column: 1 });
    }

    #[test]
    fn declared_lanes_come_first_and_the_rest_in_natural_order() {
        let mut recording = Recording::new(Clock::Real);
        recording.mark("user 10", "x", 0);
        recording.mark("user 2", "x", 0);
        recording.mark("server", "x", 0);
        recording.declare("server");
        recording.declare("user 11");
        recording.declare("server");
        let names: Vec<_> = recording.timeline().lanes.into_iter().map(|lane| lane.name).collect();
        assert_eq!(names, ["server", "user 11", "user 2", "user 10"]);
    }

    #[test]
    fn waiting_for_a_turn_is_not_in_flight() {
        let mut recording = Recording::new(Clock::Real);
        let a = recording.start("a", 0);
        let b = recording.start("b", 0);
        assert_eq!(recording.timeline().most_in_flight(), 2);
        recording.end(b, How::Waiting, 0);
        assert_eq!(recording.timeline().most_in_flight(), 1);
        recording.end(a, How::Cancelled, 0);
        recording.start("b", 0);
        assert_eq!(recording.timeline().most_in_flight(), 1);
    }

    #[test]
    fn the_same_order_at_another_pace_is_the_same_order() {
        let run = |clock, pace: u64, how| {
            let mut recording = Recording::new(clock);
            let a = recording.start("a", 0);
            recording.mark("a", "sent", pace);
            recording.end(a, how, 2 * pace);
            recording.timeline()
        };
        let fast = run(Clock::Virtual, 1, How::Finished);
        assert!(fast.same_order(&run(Clock::Real, 1000, How::Finished)));
        assert!(!fast.same_order(&run(Clock::Virtual, 1, How::Cancelled)));
    }
}
