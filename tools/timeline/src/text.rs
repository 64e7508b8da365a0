//! Drawings for a terminal.
//!
//! [`by_order`] puts the events in columns by their order, so that it is the same on every
//! machine; [`by_time`] is to scale. The kinds differ by shape, not only by colour:
//!
//! | kind | drawn | in ASCII |
//! |---|---|---|
//! | finished | `▐█▌` | `[=]` |
//! | failed | `▐█✗` | `[=!` |
//! | cancelled | `▐█╳` | `[=x` |
//! | still under way | `▐█▶` | `[=>` |
//! | waiting | `▐┄▌` | `[.]` |
//! | blocked | `▓▓▓` | `[#]` |
//! | a mark | `●` | `*` |
//!
//! A legend in words follows for the kinds that need one. Widths are counted in characters.

use crate::axis::{Axis, millis};
use crate::clean;
use crate::model::{How, Moment, Span, Timeline};
use crate::rows::{Row, Rows};

/// What the drawing has to fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Style {
    /// The most characters in a line. Columns are squeezed and names cut to keep to it.
    pub width: usize,
    /// Whether to draw with ASCII characters only.
    pub ascii: bool,
}

impl Default for Style {
    /// 80 characters, block elements.
    fn default() -> Self {
        Self { width: 80, ascii: false }
    }
}

/// Draws the events in their order: one column per [`Moment::column`].
///
/// Every line ends in a newline. Nothing is drawn of a timeline without lanes. With more rows than
/// fit a glance, the middle ones are folded to one line that says how many they are and what they
/// have in common; columns in which only they have events are left out.
pub fn by_order(timeline: &Timeline, style: &Style) -> String {
    let rows = Rows::of(timeline);
    let columns = rows.columns();
    let frame = Frame::new(&rows, style, columns.len());
    // Squeezed, the first column stays at the first cell and the last at the last.
    let place = |moment: Moment| {
        let rank = columns.partition_point(|column| *column < moment.column);
        let last = columns.len().saturating_sub(1);
        if frame.cells > last { rank } else { rank * frame.cells.saturating_sub(1) / last }
    };
    frame.draw(&rows, place, &[])
}

/// Draws the events to scale, from zero to the last one, above an axis in milliseconds.
///
/// Lines, folding and the empty timeline as in [`by_order`].
pub fn by_time(timeline: &Timeline, style: &Style) -> String {
    let rows = Rows::of(timeline);
    if rows.shown.is_empty() {
        return String::new();
    }
    let axis = Axis::new(timeline.end_micros());
    let frame = Frame::new(&rows, style, style.width);
    let length = u64::try_from(frame.cells.saturating_sub(1)).unwrap_or(u64::MAX);
    let cell = |micros| usize::try_from(axis.place(micros, length)).unwrap_or(usize::MAX);
    let ruler = frame.ruler(&axis.ticks(), cell);
    frame.draw(&rows, |moment| cell(moment.micros), &ruler)
}

/// The characters of a drawing.
struct Glyphs {
    left: char,
    right: char,
    full: char,
    failed: char,
    cancelled: char,
    open: char,
    waiting: char,
    blocked: char,
    blocked_ends: [char; 2],
    mark: char,
    line: char,
    tick: char,
    /// Where something was cut.
    cut: char,
    /// Around the words of the fold.
    fold: &'static str,
}

const BLOCKS: Glyphs = Glyphs {
    left: '▐',
    right: '▌',
    full: '█',
    failed: '✗',
    cancelled: '╳',
    open: '▶',
    waiting: '┄',
    blocked: '▓',
    blocked_ends: ['▓', '▓'],
    mark: '●',
    line: '─',
    tick: '┬',
    cut: '…',
    fold: "…",
};

const ASCII: Glyphs = Glyphs {
    left: '[',
    right: ']',
    full: '=',
    failed: '!',
    cancelled: 'x',
    open: '>',
    waiting: '.',
    blocked: '#',
    blocked_ends: ['[', ']'],
    mark: '*',
    line: '-',
    tick: '+',
    cut: '~',
    fold: "...",
};

impl Glyphs {
    /// The character that tells the kind from the others.
    fn of(&self, how: How) -> char {
        match how {
            How::Finished => self.full,
            How::Failed => self.failed,
            How::Cancelled => self.cancelled,
            How::Waiting => self.waiting,
            How::Blocked => self.blocked,
            How::Open => self.open,
        }
    }

    /// A span of so many cells. In one or two cells the sign of the kind comes before the shape of
    /// the bar, so that no kind is ever drawn as another.
    fn span(&self, how: How, cells: usize) -> Vec<char> {
        let sign = self.of(how);
        let (left, body, right) = match how {
            How::Finished => (self.left, self.full, self.right),
            How::Failed | How::Cancelled | How::Open => (self.left, self.full, sign),
            How::Waiting if cells > 2 => (self.left, sign, self.right),
            How::Blocked if cells > 2 => (self.blocked_ends[0], sign, self.blocked_ends[1]),
            How::Waiting | How::Blocked => (sign, sign, sign),
        };
        match cells {
            0 | 1 => vec![sign],
            _ => {
                let mut bar = vec![body; cells];
                bar[0] = left;
                bar[cells - 1] = right;
                bar
            }
        }
    }
}

/// Where things stand in a line: indent, name, one space, cells.
struct Frame {
    glyphs: &'static Glyphs,
    ascii: bool,
    width: usize,
    indent: usize,
    name: usize,
    gap: usize,
    cells: usize,
}

impl Frame {
    /// Shares the width between the names and the cells that are wanted: the names may have what
    /// the cells leave, and a third of the line in any case.
    fn new(rows: &Rows, style: &Style, wanted: usize) -> Self {
        let width = style.width.max(1);
        let longest = (0..rows.shown.len()).map(|row| rows.name(row).chars().count()).max();
        let longest = longest.unwrap_or(0);
        let indent = if width < 16 { 0 } else { 2 };
        let room = width - indent;
        // In less than three characters there is no room for a name, a space and a cell.
        let gap = usize::from(longest > 0 && room > 2);
        let spare = room.saturating_sub(wanted.max(1) + 1);
        let name = if gap == 0 { 0 } else { longest.min(spare.max(room / 3)) };
        let glyphs = if style.ascii { &ASCII } else { &BLOCKS };
        let cells = wanted.min(room - name - gap);
        Self { glyphs, ascii: style.ascii, width, indent, name, gap, cells }
    }

    fn draw(&self, rows: &Rows, place: impl Fn(Moment) -> usize, below: &[String]) -> String {
        let labels = rows.labels();
        let mut legend = self.kinds(rows);
        if let [label] = labels[..] {
            legend.push(self.mark_words(&self.clean(label)));
        }

        let mut lines = Vec::new();
        for (index, row) in rows.shown.iter().enumerate() {
            if let Some(fold) = rows.fold.as_ref().filter(|fold| fold.before == index) {
                let dots = self.glyphs.fold;
                lines.push(self.line(&format!("{dots} {} {dots}", fold.words)));
            }
            let name = self.cut(&self.clean(rows.name(index)), self.name);
            let cells: String = self.cells(row, &place).into_iter().collect();
            let mut line = format!("{name:<0$}{1:2$}{cells}", self.name, "", self.gap);
            if labels.len() > 1 && !row.marks.is_empty() {
                let words = self.labels_of(row);
                let beside = format!("{line}  {}", self.mark_words(&words));
                if beside.chars().count() <= self.width - self.indent {
                    line = beside;
                } else {
                    let name = self.clean(&row.lane.name);
                    legend.push(self.mark_words(&format!("{name}: {words}")));
                }
            }
            lines.push(self.line(&line));
        }
        lines.extend_from_slice(below);
        if !legend.is_empty() {
            lines.push(String::new());
            lines.extend(self.legend(&legend));
        }
        lines.into_iter().map(|line| line.trim_end().to_owned() + "\n").collect()
    }

    fn cells(&self, row: &Row, place: impl Fn(Moment) -> usize) -> Vec<char> {
        let mut cells = vec![' '; self.cells];
        let within = |moment| place(moment).min(self.cells.saturating_sub(1));
        let ends = |span: &Span| (within(span.start), within(span.end).max(within(span.start)));
        for span in &row.spans {
            let (start, end) = ends(span);
            for (offset, c) in self.glyphs.span(span.how, end + 1 - start).into_iter().enumerate() {
                if let Some(cell) = cells.get_mut(start + offset) {
                    *cell = c;
                }
            }
        }
        // Where the next span begins in the cell in which this one ended, the end that says more
        // than "finished" stays to be seen; and so do marks.
        for span in &row.spans {
            if let (How::Failed | How::Cancelled | How::Open, Some(cell)) =
                (span.how, cells.get_mut(ends(span).1))
            {
                *cell = self.glyphs.of(span.how);
            }
        }
        for mark in &row.marks {
            if let Some(cell) = cells.get_mut(within(mark.at)) {
                *cell = self.glyphs.mark;
            }
        }
        cells
    }

    /// The axis: a line with ticks, and the times below as far as they fit.
    fn ruler(&self, ticks: &[u64], cell: impl Fn(u64) -> usize) -> [String; 2] {
        let mut line = vec![self.glyphs.line; self.cells];
        let mut times = String::new();
        for &tick in ticks {
            let at = cell(tick);
            if let Some(cell) = line.get_mut(at) {
                *cell = self.glyphs.tick;
            }
            let time = if tick == 0 { "0 ms".to_owned() } else { millis(tick) };
            let length = time.chars().count();
            // Centred under its tick, unless that would leave the axis.
            let from = at.saturating_sub(length / 2).min(self.cells.saturating_sub(length));
            let used = times.chars().count();
            let free = used == 0 || from > used;
            if free && from + length <= self.cells {
                times.push_str(&" ".repeat(from - used));
                times.push_str(&time);
            }
        }
        let left = self.name + self.gap;
        let line: String = line.into_iter().collect();
        [self.line(&format!("{:left$}{line}", "")), self.line(&format!("{:left$}{times}", ""))]
    }

    fn kinds(&self, rows: &Rows) -> Vec<String> {
        let kinds = rows.kinds().into_iter().filter(|how| *how != How::Finished);
        kinds.map(|how| format!("{} {}", self.glyphs.of(how), how.words())).collect()
    }

    /// As many items on a line as fit.
    fn legend(&self, items: &[String]) -> Vec<String> {
        let mut lines: Vec<String> = Vec::new();
        for item in items {
            match lines.last_mut() {
                Some(line) if line.chars().count() + 3 + item.chars().count() <= self.width => {
                    line.push_str("   ");
                    line.push_str(item);
                }
                _ => lines.push(self.line(item)),
            }
        }
        lines
    }

    fn labels_of(&self, row: &Row) -> String {
        let labels: Vec<_> = row.marks.iter().map(|mark| self.clean(&mark.label)).collect();
        labels.join(", ")
    }

    fn mark_words(&self, words: &str) -> String {
        format!("{} {words}", self.glyphs.mark)
    }

    fn line(&self, text: &str) -> String {
        format!("{:1$}{2}", "", self.indent, self.cut(text, self.width - self.indent))
    }

    fn clean(&self, text: &str) -> String {
        if self.ascii { clean::ascii_line(text) } else { clean::line(text) }
    }

    fn cut(&self, text: &str, width: usize) -> String {
        clean::shorten(text, width, self.glyphs.cut)
    }
}
