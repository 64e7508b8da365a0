//! Where a moment stands along the axis.

use super::lines::{Line, end_of};
use crate::axis::Axis;
use crate::model::{Moment, Timeline};
use crate::rows::Rows;

/// The part of a column that stays free.
const GAP: f64 = 0.08;

/// What stands along the axis.
pub(super) enum Scale {
    /// Milliseconds.
    Time(Axis),
    /// The columns in which something is drawn, on an axis of so many.
    Order { columns: Vec<u32>, count: usize },
}

impl Scale {
    /// Where a moment begins and ends, as parts of the axis: a time is a point, a column has a
    /// width.
    pub(super) fn place(&self, moment: Moment) -> (f64, f64) {
        match self {
            Self::Time(axis) => {
                let part = part(axis, moment.micros);
                (part, part)
            }
            Self::Order { columns, count } => {
                let rank = columns.partition_point(|column| *column < moment.column);
                let whole = |count: usize| f64::from(u32::try_from(count).unwrap_or(u32::MAX));
                let width = 1.0 / whole(*count);
                (whole(rank) * width, (whole(rank + 1) - GAP) * width)
            }
        }
    }
}

/// Where a time stands, as a part of the axis.
pub(super) fn part(axis: &Axis, micros: u64) -> f64 {
    // In steps of which several are a pixel of the largest screen.
    f64::from(u32::try_from(axis.place(micros, 10_000)).unwrap_or(10_000)) / 10_000.0
}

/// The columns of the rows and of the lines.
pub(super) fn columns(timeline: &Timeline, lines: &[Line], rows: &Rows) -> Vec<u32> {
    let mut columns = rows.columns();
    columns.extend(lines.iter().filter_map(|line| Some(end_of(timeline, line)?.column)));
    columns.sort_unstable();
    columns.dedup();
    columns
}
