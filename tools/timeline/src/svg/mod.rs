//! The drawing for a page.
//!
//! An SVG element to stand inside HTML: 360 units wide and as high as it needs, without a width of
//! its own, so that it fills its place on a phone and in print. Nothing in it depends on a style
//! sheet or a script. A page may set these variables, and the classes stand on the elements for
//! what variables cannot say:
//!
//! | variable | colours | class |
//! |---|---|---|
//! | `--tl-ink` | names, times, legend (else the text's colour) | `tl-name`, `tl-time`, `tl-legend`, `tl-fold` |
//! | `--tl-grid` | the lines behind (else the text's colour, faint) | `tl-grid` |
//! | `--tl-line` | lines through all rows (else the text's colour) | `tl-line` |
//! | `--tl-finished` | solid bars | `tl-bar tl-finished` |
//! | `--tl-failed` | solid bars that end in a stop | `tl-bar tl-failed` |
//! | `--tl-cancelled` | pale bars that end in a cross | `tl-bar tl-cancelled` |
//! | `--tl-open` | dashed outlines that end in an arrow | `tl-bar tl-open` |
//! | `--tl-waiting` | dotted lines | `tl-bar tl-waiting` |
//! | `--tl-blocked` | hatched bars | `tl-bar tl-blocked` |
//! | `--tl-mark`, `--tl-mark-ink` | marks, and the numbers in them | `tl-mark` |

mod legend;
mod lines;
mod measure;
mod scale;
mod shapes;

use std::fmt::Write as _;

use crate::axis::{Axis, millis};
use crate::clean::escaped;
use crate::model::{How, Mark, Moment, Span, Timeline};
use crate::rows::{Row, Rows};
use crate::table::time;
pub use lines::Line;
use lines::{end_of, without};
use measure::{n, shorten, units};
use scale::Scale;
use shapes::{GRID, INK, RADIUS, bar, mark};

/// What the page knows about the drawing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Caption<'a> {
    /// Names the drawing on its page; the ids inside begin with it. Letters, digits, `-` and `_`:
    /// any other character becomes `-`.
    pub id: &'a str,
    /// What it shows, in a few words.
    pub title: &'a str,
    /// What is to be seen, for whoever cannot see it.
    pub desc: &'a str,
    /// How far the axis of [`by_time`] reaches, in microseconds: give several drawings the largest
    /// [`Timeline::end_micros`] among them, and they have one scale. An earlier end than the
    /// timeline's own is ignored, so that nothing is cut off.
    pub until_micros: Option<u64>,
    /// How many events the axis of [`by_order`] has room for: give several drawings the largest
    /// number of [`columns`] among them, and they have one scale.
    pub until_columns: Option<usize>,
    /// Lanes that are no rows: their end is a line through all the others, as a deadline is, or the
    /// return of a call. Those that the timeline does not have are not drawn.
    pub lines: &'a [Line<'a>],
}

/// The width of the drawing, in the units of its view box.
const WIDTH: f64 = 360.0;
/// Where the time scale ends. An arrow head and half a cross stand beyond it.
const RIGHT: f64 = 350.0;
/// The most that the names may take.
const NAMES: f64 = 120.0;
/// From one row to the next.
const ROW: f64 = 20.0;
/// From one line of the legend to the next, and of the words above the rows.
const LINE: f64 = 20.0;
/// The longest list of labels that numbered marks are used for.
const NUMBERED: usize = 20;

/// Draws the events to scale, from zero to the end, above an axis in milliseconds.
///
/// The middle of many lanes is folded as in [`text`](crate::text). Long names are cut, and stand
/// in full in a `<title>`. No blank lines, so that it can stand in Markdown.
pub fn by_time(timeline: &Timeline, caption: &Caption) -> String {
    let end = timeline.end_micros().max(caption.until_micros.unwrap_or(0));
    draw(timeline, caption, |_| Scale::Time(Axis::new(end)))
}

/// Draws the events in their order, in columns of one width, and tells no times: those of a
/// machine's clock say nothing about another machine. Otherwise as [`by_time`].
pub fn by_order(timeline: &Timeline, caption: &Caption) -> String {
    draw(timeline, caption, |rows| {
        let columns = scale::columns(timeline, caption.lines, rows);
        let count = columns.len().max(caption.until_columns.unwrap_or(0)).max(1);
        Scale::Order { columns, count }
    })
}

/// How many columns [`by_order`] draws with these lines.
pub fn columns(timeline: &Timeline, lines: &[Line]) -> usize {
    let rest = without(timeline, lines);
    scale::columns(timeline, lines, &Rows::of(&rest)).len()
}

fn draw(timeline: &Timeline, caption: &Caption, scale: impl Fn(&Rows) -> Scale) -> String {
    let rest = without(timeline, caption.lines);
    let rows = Rows::of(&rest);
    Drawing::new(timeline, &rows, scale(&rows), caption).draw(caption)
}

struct Drawing<'a> {
    timeline: &'a Timeline,
    rows: &'a Rows<'a>,
    id: String,
    scale: Scale,
    /// Where the time scale begins.
    left: f64,
    labels: Vec<&'a str>,
    out: String,
    /// How much of the height is used.
    y: f64,
}

impl<'a> Drawing<'a> {
    fn new(timeline: &'a Timeline, rows: &'a Rows<'a>, scale: Scale, caption: &Caption) -> Self {
        let widest = rows.shown.iter().map(|row| units(&row.lane.name)).fold(0.0, f64::max);
        let id = caption.id.chars();
        Self {
            timeline,
            rows,
            id: id.map(|c| if c.is_ascii_alphanumeric() || c == '_' { c } else { '-' }).collect(),
            scale,
            // Room for half of the first time below the axis and for a mark at zero.
            left: (widest.min(NAMES) + 8.0).max(16.0),
            labels: rows.labels(),
            out: String::new(),
            y: 2.0,
        }
    }

    fn draw(mut self, caption: &Caption) -> String {
        if self.rows.shown.is_empty() {
            self.text("tl-legend", 2.0, 14.0, "", "nothing recorded");
            self.y = 20.0;
        } else {
            let lines = self.lines(caption.lines);
            self.grid();
            self.bars();
            self.out.push_str(&lines);
            self.below();
            self.legend();
        }
        let hatch = if self.rows.kinds().contains(&How::Blocked) {
            shapes::hatch(&self.id)
        } else {
            String::new()
        };
        let Self { id, out, y, .. } = self;
        format!(
            "<svg class=\"tl\" viewBox=\"0 0 {} {}\" role=\"img\" \
             aria-labelledby=\"{id}-title {id}-desc\" font-size=\"12\" \
             xmlns=\"http://www.w3.org/2000/svg\">\n\
             <title id=\"{id}-title\">{}</title>\n<desc id=\"{id}-desc\">{}</desc>\n\
             {hatch}{out}</svg>\n",
            n(WIDTH),
            n(y),
            escaped(caption.title),
            escaped(caption.desc),
        )
    }

    /// Where a moment begins and ends: a column has a width.
    fn place(&self, moment: Moment) -> (f64, f64) {
        let (from, to) = self.scale.place(moment);
        let x = |part| self.left + (RIGHT - self.left) * part;
        (x(from), x(to))
    }

    /// Where a time stands.
    fn x(&self, axis: &Axis, micros: u64) -> f64 {
        self.left + (RIGHT - self.left) * scale::part(axis, micros)
    }

    /// Where a bar begins and ends.
    fn ends(&self, span: &Span) -> (f64, f64) {
        let (micros, column) = (span.micros().1, span.columns().1);
        (self.place(span.start).0, self.place(Moment { micros, column }).1)
    }

    /// Where a mark stands.
    fn at(&self, mark: &Mark) -> f64 {
        let (from, to) = self.place(mark.at);
        f64::midpoint(from, to)
    }

    /// The lines through all rows, and above the rows what they say. They are drawn over the bars.
    fn lines(&mut self, lines: &[Line]) -> String {
        let mut out = String::new();
        let mut placed: Vec<(f64, &Line, Moment)> = lines
            .iter()
            .filter_map(|line| {
                let end = end_of(self.timeline, line)?;
                Some((self.place(end).1, line, end))
            })
            .collect();
        placed.sort_by(|a, b| a.0.total_cmp(&b.0));
        let rows = self.rows.shown.len() + usize::from(self.rows.fold.is_some());
        let bottom = self.y + height(placed.len()) + height(rows) + 2.0;
        for (x, Line { lane, words }, end) in placed {
            let short = shorten(words, WIDTH - 4.0);
            let half = units(&short) / 2.0;
            let middle = x.min(WIDTH - half - 2.0).max(half + 2.0);
            let title = match self.scale {
                Scale::Time(_) => format!("{lane}: {}", time(self.timeline.clock, end.micros)),
                Scale::Order { .. } => (*lane).to_owned(),
            };
            _ = writeln!(
                out,
                "<g class=\"tl-line\">{}<path d=\"M{} {}V{}\" stroke-width=\"1.5\" \
                 stroke-dasharray=\"5 3\" {}/><text x=\"{}\" y=\"{}\" text-anchor=\"middle\" {}>{}\
                 </text></g>",
                shapes::title(&title),
                n(x),
                n(self.y + 18.0),
                n(bottom),
                shapes::LINE.stroke(),
                n(middle),
                n(self.y + 14.0),
                INK.fill(),
                escaped(&short)
            );
            self.y += ROW;
        }
        out
    }

    fn grid(&mut self) {
        let top = self.y;
        // Nothing runs through the words of the fold.
        let (stretches, bottom) = if let Some(fold) = &self.rows.fold {
            let gap = top + height(fold.before);
            let bottom = top + height(self.rows.shown.len() + 1) + 2.0;
            (vec![(top, gap), (gap + ROW, bottom + 3.0)], bottom)
        } else {
            let bottom = top + height(self.rows.shown.len()) + 2.0;
            (vec![(top, bottom + 3.0)], bottom)
        };
        let mut path = format!("M{} {}H{}", n(self.left), n(bottom), n(RIGHT));
        if let Scale::Time(axis) = &self.scale {
            for tick in axis.ticks() {
                for (from, to) in &stretches {
                    _ = write!(path, "M{} {}V{}", n(self.x(axis, tick)), n(*from), n(*to));
                }
            }
        }
        _ = writeln!(
            self.out,
            "<path class=\"tl-grid\" d=\"{path}\" stroke-opacity=\"0.3\" {}/>",
            GRID.stroke()
        );
    }

    fn bars(&mut self) {
        let rows = self.rows;
        for (index, row) in rows.shown.iter().enumerate() {
            if let Some(fold) = rows.fold.as_ref().filter(|fold| fold.before == index) {
                let words = format!("… {} …", fold.words);
                let short = shorten(&words, WIDTH - 4.0);
                self.text("tl-fold", 2.0, self.y + 14.0, "", &short);
                self.y += ROW;
            }
            let name = rows.name(index);
            let short = shorten(name, NAMES);
            let title = if short == name { "" } else { name };
            if !name.is_empty() {
                self.text("tl-name", 2.0, self.y + 14.0, title, &short);
            }
            let middle = self.y + ROW / 2.0;
            // Crosses and arrow heads stand over the bars that follow them.
            let (below, above): (Vec<&Span>, Vec<&Span>) =
                row.spans.iter().partition(|span| span.how == How::Finished);
            for span in below.into_iter().chain(above) {
                let title = self.title(row, span);
                let (start, end) = self.ends(span);
                self.out.push_str(&bar(span.how, start, end, middle, &self.id, &title));
            }
            self.marks(row, middle);
            self.y += ROW;
        }
    }

    fn title(&self, row: &Row, span: &Span) -> String {
        let what = format!("{}: {}", row.lane.name, span.how.words());
        match self.scale {
            Scale::Time(_) => {
                let (start, end) = span.micros();
                let time = |micros| time(self.timeline.clock, micros);
                format!("{what}, {} to {}", time(start), time(end))
            }
            Scale::Order { .. } => what,
        }
    }

    /// Marks of one label need no number. Numbered marks that would cover each other are moved
    /// apart, and a thin line stays at the exact time.
    fn marks(&mut self, row: &Row, middle: f64) {
        let numbered = (2..=NUMBERED).contains(&self.labels.len());
        let exact: Vec<f64> = row.marks.iter().map(|mark| self.at(mark)).collect();
        let placed = if numbered { apart(&exact, self.left) } else { None };
        for (index, &event) in row.marks.iter().enumerate() {
            let x = placed.as_ref().map_or(exact[index], |placed| placed[index]);
            let number = placed.as_ref().and_then(|_| self.number(event));
            let mut title = format!("{}: {}", row.lane.name, event.label);
            if let Scale::Time(_) = self.scale {
                title = format!("{title}, {}", time(self.timeline.clock, event.at.micros));
            }
            self.out.push_str(&mark(number, exact[index], x, middle, &title));
        }
    }

    fn number(&self, mark: &Mark) -> Option<usize> {
        self.labels.iter().position(|label| *label == mark.label).map(|at| at + 1)
    }

    /// What stands below the axis.
    fn below(&mut self) {
        if let Scale::Time(axis) = &self.scale {
            self.out.push_str(&self.times(axis));
        } else {
            self.order();
        }
        self.y += 22.0;
    }

    fn order(&mut self) {
        _ = writeln!(
            self.out,
            "<path class=\"tl-time\" d=\"M{} {}l5 4l-5 4\" {}/>",
            n(RIGHT - 4.0),
            n(self.y - 2.0),
            INK.stroke()
        );
        self.text("tl-time", self.left, self.y + 17.0, "", "in the order of events");
    }

    fn times(&self, axis: &Axis) -> String {
        let mut out = String::new();
        let ticks = axis.ticks();
        let longest = ticks.iter().map(|tick| units(&millis(*tick))).fold(0.0, f64::max);
        let apart = ticks.get(1).map_or(0.0, |tick| self.x(axis, *tick) - self.left);
        // Where there is no room for the unit at each time, the first one has it.
        let roomy = longest + units(" ms") + 6.0 < apart;
        let mut used = 0.0;
        for tick in ticks {
            let unit = if roomy || tick == 0 { " ms" } else { "" };
            let time = millis(tick) + unit;
            let half = units(&time) / 2.0;
            let x = self.x(axis, tick).min(WIDTH - half - 1.0).max(half + 1.0);
            if x - half >= used {
                used = x + half + 4.0;
                _ = writeln!(
                    out,
                    "<text class=\"tl-time\" x=\"{}\" y=\"{}\" text-anchor=\"middle\" {}>{time}</text>",
                    n(x),
                    n(self.y + 17.0),
                    INK.fill()
                );
            }
        }
        out
    }

    fn text(&mut self, class: &str, x: f64, y: f64, title: &str, words: &str) {
        let title = shapes::title(title);
        _ = writeln!(
            self.out,
            "<text class=\"{class}\" x=\"{}\" y=\"{}\" {}>{title}{}</text>",
            n(x),
            n(y),
            INK.fill(),
            escaped(words)
        );
    }
}

/// The height of so many rows.
fn height(rows: usize) -> f64 {
    f64::from(u32::try_from(rows).unwrap_or(u32::MAX)) * ROW
}

/// Moves what would overlap to the right, and back where that would leave the scale. None if there
/// is no room for all.
fn apart(exact: &[f64], left: f64) -> Option<Vec<f64>> {
    let step = 2.0 * RADIUS + 1.0;
    let mut placed = Vec::with_capacity(exact.len());
    let mut least = f64::NEG_INFINITY;
    for &x in exact {
        placed.push(x.max(least));
        least = x.max(least) + step;
    }
    let mut most = RIGHT + 2.0;
    for x in placed.iter_mut().rev() {
        *x = x.min(most);
        most = *x - step;
    }
    (placed.first().is_none_or(|first| *first >= left - 1.0)).then_some(placed)
}
