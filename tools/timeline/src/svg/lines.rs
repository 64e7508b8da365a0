//! Lanes that are drawn as a line through all the others.

use crate::model::{Moment, Timeline};

/// A line through all rows, where a lane ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Line<'a> {
    /// The lane.
    pub lane: &'a str,
    /// What the line says.
    pub words: &'a str,
}

/// The timeline without the lanes that are lines.
pub(super) fn without(timeline: &Timeline, lines: &[Line]) -> Timeline {
    let mut rest = timeline.clone();
    rest.lanes.retain(|lane| lines.iter().all(|line| line.lane != lane.name));
    rest
}

/// Where the lane of a line ends.
pub(super) fn end_of(timeline: &Timeline, line: &Line) -> Option<Moment> {
    let ended = timeline.lanes.iter().find(|lane| lane.name == line.lane)?;
    let spans =
        ended.spans.iter().map(|span| Moment { micros: span.micros().1, column: span.columns().1 });
    spans
        .chain(ended.marks.iter().map(|mark| mark.at))
        .max_by_key(|moment| (moment.column, moment.micros))
}
