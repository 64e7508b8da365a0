//! The same facts in words, for whoever cannot see the drawing or wants the numbers.

use std::fmt::Write as _;

use crate::axis::millis;
use crate::clean::escaped;
use crate::model::{Clock, Moment, Timeline};

/// One event of a lane, in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// The lane's name.
    pub lane: String,
    /// When it began, "40.2 ms"; empty for a lane on which nothing happened.
    pub from: String,
    /// When it ended, or for what is still under way when the recording was taken; empty for a
    /// mark, which takes no time.
    pub to: String,
    /// What it was: "finished", "still under way", or the label of a mark.
    pub how: String,
}

/// The spans and marks, lane by lane, each lane in the order of its events. Nothing is folded.
///
/// Times of a [`Clock::Real`] are rounded to 0.1 ms, those of a [`Clock::Virtual`] are exact.
pub fn rows(timeline: &Timeline) -> Vec<Row> {
    told(timeline, |moment| time(timeline.clock, moment.micros))
}

fn told(timeline: &Timeline, moment: impl Fn(Moment) -> String) -> Vec<Row> {
    let mut rows = Vec::new();
    for lane in &timeline.lanes {
        let spans = lane.spans.iter().map(|span| {
            let (_, micros) = span.micros();
            let (_, column) = span.columns();
            let end = moment(Moment { micros, column });
            (span.columns(), moment(span.start), end, span.how.words())
        });
        let marks = lane.marks.iter().map(|mark| {
            let column = mark.at.column;
            ((column, column), moment(mark.at), String::new(), mark.label.as_str())
        });
        let mut events: Vec<_> = spans.chain(marks).collect();
        events.sort_by_key(|(columns, ..)| *columns);
        if events.is_empty() {
            events.push(((0, 0), String::new(), String::new(), "nothing recorded"));
        }
        rows.extend(events.into_iter().map(|(_, from, to, how)| Row {
            lane: lane.name.clone(),
            from,
            to,
            how: how.to_owned(),
        }));
    }
    rows
}

/// The rows as a `<table class="tl-table">` without a caption: it stands below a drawing that has
/// one. No blank lines, so that it can stand in Markdown.
pub fn html(timeline: &Timeline) -> String {
    table(["Lane", "From", "To", "What happened"], rows(timeline))
}

/// As [`html`], but in the order of events: each moment is a number, and those that have no order
/// between them share one.
pub fn html_by_order(timeline: &Timeline) -> String {
    let spans = timeline.lanes.iter().flat_map(|lane| &lane.spans);
    let marks = timeline.lanes.iter().flat_map(|lane| &lane.marks);
    let mut columns: Vec<u32> = spans
        .flat_map(|span| [span.columns().0, span.columns().1])
        .chain(marks.map(|mark| mark.at.column))
        .collect();
    columns.sort_unstable();
    columns.dedup();
    let number = |moment: Moment| {
        (columns.partition_point(|column| *column < moment.column) + 1).to_string()
    };
    table(["Lane", "Begins as event", "Ends as event", "What happened"], told(timeline, number))
}

/// How long it took, as exact as its clock is: "140 ms".
pub fn total(timeline: &Timeline) -> String {
    time(timeline.clock, timeline.end_micros())
}

fn table(heads: [&str; 4], rows: Vec<Row>) -> String {
    let mut out = String::from("<table class=\"tl-table\">\n<thead><tr>");
    for head in heads {
        // Writing to a String cannot fail.
        _ = write!(out, "<th scope=\"col\">{head}</th>");
    }
    out.push_str("</tr></thead>\n<tbody>\n");
    for Row { lane, from, to, how } in rows {
        _ = writeln!(
            out,
            "<tr><th scope=\"row\">{}</th><td>{from}</td><td>{to}</td><td>{}</td></tr>",
            escaped(&lane),
            escaped(&how)
        );
    }
    out.push_str("</tbody>\n</table>\n");
    out
}

/// A time in milliseconds, as exact as its clock is.
pub(crate) fn time(clock: Clock, micros: u64) -> String {
    let micros = match clock {
        Clock::Virtual => micros,
        Clock::Real => micros.saturating_add(50) / 100 * 100,
    };
    format!("{} ms", millis(micros))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{How, Recording};

    #[test]
    fn real_times_are_rounded_and_virtual_times_are_exact() {
        assert_eq!(time(Clock::Real, 0), "0 ms");
        assert_eq!(time(Clock::Real, 40_151), "40.2 ms");
        assert_eq!(time(Clock::Real, 39_960), "40 ms");
        assert_eq!(time(Clock::Virtual, 40_000), "40 ms");
        assert_eq!(time(Clock::Virtual, 40_250), "40.25 ms");
    }

    #[test]
    fn in_the_order_of_events_no_time_is_told() {
        let mut recording = Recording::new(Clock::Real);
        let a = recording.start("a", 0);
        recording.end(a, How::Failed, 40_151);
        recording.mark("b", "told", 41_000);
        let table = html_by_order(&recording.timeline());
        assert!(table.contains("<td>1</td><td>2</td><td>failed</td>"), "{table}");
        assert!(table.contains("<td>3</td><td></td><td>told</td>"), "{table}");
        assert!(!table.contains("ms"), "{table}");
        assert_eq!(total(&recording.timeline()), "41 ms");
    }

    #[test]
    fn a_row_says_what_happened_when() {
        let mut recording = Recording::new(Clock::Virtual);
        recording.declare("idle");
        let a = recording.start("<a>", 0);
        recording.mark("<a>", "sent", 10_000);
        recording.end(a, How::Cancelled, 40_000);
        assert_eq!(
            html(&recording.timeline()),
            "<table class=\"tl-table\">
<thead><tr><th scope=\"col\">Lane</th><th scope=\"col\">From</th><th scope=\"col\">To</th>\
<th scope=\"col\">What happened</th></tr></thead>
<tbody>
<tr><th scope=\"row\">idle</th><td></td><td></td><td>nothing recorded</td></tr>
<tr><th scope=\"row\">&lt;a&gt;</th><td>0 ms</td><td>40 ms</td><td>cut off</td></tr>
<tr><th scope=\"row\">&lt;a&gt;</th><td>10 ms</td><td></td><td>sent</td></tr>
</tbody>
</table>
"
        );
    }
}
