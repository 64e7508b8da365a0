//! The data: what a timeline is made of.

use serde::{Deserialize, Serialize};

/// What happened in one run, lane by lane.
///
/// Usually made by a [`Recording`](crate::Recording), or read back from JSON. Every function of
/// this crate accepts any value, also one no recording would give.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Timeline {
    /// Which clock [`Moment::micros`] was read from.
    pub clock: Clock,
    /// The lanes, from top to bottom.
    pub lanes: Vec<Lane>,
}

/// The clock that the times were read from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Clock {
    /// The machine's clock: times differ a little from run to run.
    Real,
    /// A runtime's paused clock: times are exact.
    Virtual,
}

/// One line of events: a task, a request, a connection.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Lane {
    /// What the drawings call it.
    pub name: String,
    /// What took time. Spans of one lane may overlap; the drawings then give it several rows.
    pub spans: Vec<Span>,
    /// What happened at one moment.
    pub marks: Vec<Mark>,
}

/// Something that began and ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Span {
    /// When it began.
    pub start: Moment,
    /// When it ended; for [`How::Open`], when the recording was taken.
    pub end: Moment,
    /// How it ended, or what kind of time it was.
    pub how: How,
}

/// Something that happened at one moment.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Mark {
    /// When it happened.
    pub at: Moment,
    /// What happened, in a word or two.
    pub label: String,
}

/// When something happened, on the clock and in the order of events.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Moment {
    /// Microseconds since the recording began, on the timeline's [`Clock`].
    pub micros: u64,
    /// The rank in the order of events. Two events in one column have no order between them.
    pub column: u32,
}

/// How a span ended, or what kind of time it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum How {
    /// It ran to its end.
    Finished,
    /// It ended, and with a failure.
    Failed,
    /// It was dropped before its end: by whoever held it, or by a panic.
    Cancelled,
    /// Not work: it waited for its turn, for a permit, a lock, a place in a queue.
    Waiting,
    /// It held the thread, so that nothing else on it could run.
    Blocked,
    /// It was still under way when the recording was taken.
    Open,
}

impl How {
    /// The kind in words, as the legends and tables say it.
    pub fn words(self) -> &'static str {
        match self {
            Self::Finished => "finished",
            Self::Failed => "failed",
            Self::Cancelled => "cut off",
            Self::Waiting => "waiting",
            Self::Blocked => "blocked",
            Self::Open => "still under way",
        }
    }
}

impl Span {
    /// The columns from start to end. Data from elsewhere may have them the wrong way round.
    pub(crate) fn columns(&self) -> (u32, u32) {
        (self.start.column, self.end.column.max(self.start.column))
    }

    /// The times from start to end, in microseconds, the end never before the start.
    pub(crate) fn micros(&self) -> (u64, u64) {
        (self.start.micros, self.end.micros.max(self.start.micros))
    }
}

impl Timeline {
    /// How many spans and marks there are.
    pub fn events(&self) -> usize {
        self.lanes.iter().map(|lane| lane.spans.len() + lane.marks.len()).sum()
    }

    /// The largest number of spans that were under way at one moment, by column.
    ///
    /// Counts [`How::Finished`], [`How::Failed`], [`How::Cancelled`] and [`How::Open`]. Waiting for a turn is not
    /// being in flight, and neither is blocking.
    pub fn most_in_flight(&self) -> usize {
        let mut starts = Vec::new();
        let mut ends = Vec::new();
        for span in self.lanes.iter().flat_map(|lane| &lane.spans) {
            if !matches!(span.how, How::Waiting | How::Blocked) {
                let (start, end) = span.columns();
                starts.push(start);
                ends.push(end);
            }
        }
        starts.sort_unstable();
        ends.sort_unstable();

        // At each start, those whose end lies in an earlier column are over.
        let mut over = 0;
        let mut most = 0;
        for (begun, start) in starts.iter().enumerate() {
            while ends.get(over).is_some_and(|end| end < start) {
                over += 1;
            }
            most = most.max(begun + 1 - over);
        }
        most
    }

    /// Whether both runs show the same events in the same order: lanes, names, columns, kinds and
    /// marks are equal. Times and the clock are not compared, so that a run on a slow machine
    /// equals one on a fast machine.
    pub fn same_order(&self, other: &Self) -> bool {
        let same = |(a, b): (&Lane, &Lane)| {
            a.name == b.name
                && a.spans_in_order() == b.spans_in_order()
                && a.marks_in_order() == b.marks_in_order()
        };
        self.lanes.len() == other.lanes.len() && self.lanes.iter().zip(&other.lanes).all(same)
    }

    /// The latest time on the timeline, in microseconds: what several drawings on one scale have
    /// to reach. Zero if nothing happened.
    pub fn end_micros(&self) -> u64 {
        let spans = self.lanes.iter().flat_map(|lane| &lane.spans).map(|span| span.micros().1);
        let marks = self.lanes.iter().flat_map(|lane| &lane.marks).map(|mark| mark.at.micros);
        spans.chain(marks).max().unwrap_or(0)
    }
}

// Sorted, because what shares a column has no order, and may be stored in any.
impl Lane {
    fn spans_in_order(&self) -> Vec<(u32, u32, How)> {
        let key = |span: &Span| (span.start.column, span.end.column, span.how);
        let mut spans: Vec<_> = self.spans.iter().map(key).collect();
        spans.sort_unstable();
        spans
    }

    fn marks_in_order(&self) -> Vec<(u32, &str)> {
        let mut marks: Vec<_> =
            self.marks.iter().map(|mark| (mark.at.column, mark.label.as_str())).collect();
        marks.sort_unstable();
        marks
    }
}
