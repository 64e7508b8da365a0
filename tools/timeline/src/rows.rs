//! Which lines a drawing has: one per lane, more where spans of a lane overlap, and one for the
//! middle that is folded away when there are too many.

use crate::model::{How, Lane, Mark, Span, Timeline};

/// Rows shown before and after the fold.
const KEPT: usize = 8;

/// One line of bars.
pub(crate) struct Row<'a> {
    pub lane: &'a Lane,
    /// Which lane it is, to tell two lanes of one name apart.
    pub index: usize,
    /// Spans that do not overlap, in their order.
    pub spans: Vec<&'a Span>,
    /// The lane's marks, in their order; on its first row only.
    pub marks: Vec<&'a Mark>,
}

/// The rows of a drawing.
pub(crate) struct Rows<'a> {
    pub shown: Vec<Row<'a>>,
    pub fold: Option<Fold>,
}

/// The rows that are not drawn.
pub(crate) struct Fold {
    /// They stood before this one of the rows shown.
    pub before: usize,
    /// How many there are and what they have in common: "84 more, one after another, all finished".
    pub words: String,
}

impl<'a> Rows<'a> {
    pub(crate) fn of(timeline: &'a Timeline) -> Self {
        let mut shown: Vec<Row<'a>> = Vec::new();
        for (index, lane) in timeline.lanes.iter().enumerate() {
            shown.extend(rows_of(index, lane));
        }
        // To fold a single row would save no line.
        if shown.len() <= 2 * KEPT + 1 {
            return Self { shown, fold: None };
        }
        let tail = shown.split_off(shown.len() - KEPT);
        let hidden = shown.split_off(KEPT);
        shown.extend(tail);
        Self { shown, fold: Some(Fold { before: KEPT, words: words(&hidden) }) }
    }

    /// The lane's name, unless the row continues the lane of the line above.
    pub(crate) fn name(&self, row: usize) -> &'a str {
        let here = &self.shown[row];
        let after_fold = self.fold.as_ref().is_some_and(|fold| fold.before == row);
        let continued = row > 0 && !after_fold && self.shown[row - 1].index == here.index;
        if continued { "" } else { &here.lane.name }
    }

    /// The columns in which something is drawn, each once.
    pub(crate) fn columns(&self) -> Vec<u32> {
        let mut columns: Vec<u32> = self.shown.iter().flat_map(Row::columns).collect();
        columns.sort_unstable();
        columns.dedup();
        columns
    }

    /// The kinds that are drawn, each once.
    pub(crate) fn kinds(&self) -> Vec<How> {
        let mut kinds: Vec<_> =
            self.shown.iter().flat_map(|row| &row.spans).map(|span| span.how).collect();
        kinds.sort_unstable();
        kinds.dedup();
        kinds
    }

    /// The labels of the marks that are drawn, each once, in the order of events.
    pub(crate) fn labels(&self) -> Vec<&'a str> {
        let mut marks: Vec<&Mark> = self.shown.iter().flat_map(|row| &row.marks).copied().collect();
        marks.sort_by(|a, b| (a.at.column, &a.label).cmp(&(b.at.column, &b.label)));
        let mut labels: Vec<&str> = Vec::new();
        for mark in marks {
            if !labels.contains(&mark.label.as_str()) {
                labels.push(&mark.label);
            }
        }
        labels
    }
}

impl Row<'_> {
    fn columns(&self) -> Vec<u32> {
        let spans = self.spans.iter().flat_map(|span| [span.columns().0, span.columns().1]);
        spans.chain(self.marks.iter().map(|mark| mark.at.column)).collect()
    }
}

/// Puts each span on the first row that is free at its start.
fn rows_of(index: usize, lane: &Lane) -> Vec<Row<'_>> {
    let mut spans: Vec<&Span> = lane.spans.iter().collect();
    spans.sort_by_key(|span| span.columns());
    let mut marks: Vec<&Mark> = lane.marks.iter().collect();
    marks.sort_by_key(|mark| mark.at.column);

    let mut rows = vec![Row { lane, index, spans: Vec::new(), marks }];
    for span in spans {
        let free =
            |row: &Row| row.spans.last().is_none_or(|before| before.columns().1 < span.columns().0);
        if let Some(row) = rows.iter_mut().find(|row| free(row)) {
            row.spans.push(span);
        } else {
            rows.push(Row { lane, index, spans: vec![span], marks: Vec::new() });
        }
    }
    rows
}

fn words(hidden: &[Row]) -> String {
    let mut words = format!("{} more", hidden.len());
    if let Some(order) = order(hidden) {
        words.push_str(", ");
        words.push_str(order);
    }
    words + &ends(hidden)
}

/// How the hidden rows stand to each other, if it can be said in three words.
fn order(hidden: &[Row]) -> Option<&'static str> {
    let mut work = Vec::new();
    for row in hidden {
        let mut spans = row.spans.iter().filter(|span| span.how != How::Waiting);
        match (spans.next(), spans.next()) {
            (Some(span), None) => work.push(span.columns()),
            _ => return None,
        }
    }
    let last_start = work.iter().map(|(start, _)| *start).max()?;
    let first_end = work.iter().map(|(_, end)| *end).min()?;
    if last_start <= first_end {
        Some("all at once")
    } else if work.windows(2).all(|pair| pair[0].1 < pair[1].0) {
        Some("one after another")
    } else {
        None
    }
}

/// How the hidden rows ended: in common if they do, else counted.
fn ends(hidden: &[Row]) -> String {
    let kinds = |row: &Row| row.spans.iter().map(|span| span.how).collect::<Vec<_>>();
    let first = kinds(&hidden[0]);
    if hidden.iter().all(|row| kinds(row) == first) {
        match first[..] {
            [] => return ", nothing recorded".to_owned(),
            [how] => return format!(", all {}", how.words()),
            [a, b] => return format!(", each {}, then {}", a.words(), b.words()),
            _ => {}
        }
    }
    let mut counts: Vec<(How, usize)> = Vec::new();
    let mut all: Vec<How> = hidden.iter().flat_map(kinds).collect();
    all.sort_unstable();
    for how in all {
        match counts.last_mut() {
            Some((last, count)) if *last == how => *count += 1,
            _ => counts.push((how, 1)),
        }
    }
    let counts: Vec<_> =
        counts.iter().map(|(how, count)| format!("{count} {}", how.words())).collect();
    format!(": {}", counts.join(", "))
}
