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
//! | `--tl-finished` | solid bars | `tl-bar tl-finished` |
//! | `--tl-cancelled` | pale bars that end in a cross | `tl-bar tl-cancelled` |
//! | `--tl-open` | dashed outlines that end in an arrow | `tl-bar tl-open` |
//! | `--tl-waiting` | dotted lines | `tl-bar tl-waiting` |
//! | `--tl-blocked` | hatched bars | `tl-bar tl-blocked` |
//! | `--tl-mark`, `--tl-mark-ink` | marks, and the numbers in them | `tl-mark` |

mod measure;
mod shapes;

use std::fmt::Write as _;

use crate::axis::{Axis, millis};
use crate::clean::escaped;
use crate::model::{How, Mark, Span, Timeline};
use crate::rows::{Row, Rows};
use crate::table::time;
use measure::{n, shorten, units};
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
    /// How far the axis reaches, in microseconds: give several drawings the largest
    /// [`Timeline::end_micros`] among them, and they have one scale. An earlier end than the
    /// timeline's own is ignored, so that nothing is cut off.
    pub until_micros: Option<u64>,
}

/// The width of the drawing, in the units of its view box.
const WIDTH: f64 = 360.0;
/// Where the time scale ends. An arrow head and half a cross stand beyond it.
const RIGHT: f64 = 350.0;
/// The most that the names may take.
const NAMES: f64 = 120.0;
/// From one row to the next.
const ROW: f64 = 20.0;
/// From one line of the legend to the next.
const LINE: f64 = 20.0;
/// The longest list of labels that numbered marks are used for.
const NUMBERED: usize = 20;
/// The sample of a bar in the legend.
const SAMPLE: f64 = 24.0;

/// Draws the events to scale, from zero to the end, above an axis in milliseconds.
///
/// The middle of many lanes is folded as in [`text`](crate::text). Long names are cut, and stand
/// in full in a `<title>`. No blank lines, so that it can stand in Markdown.
pub fn by_time(timeline: &Timeline, caption: &Caption) -> String {
    let rows = Rows::of(timeline);
    Drawing::new(timeline, &rows, caption).draw(caption)
}

struct Drawing<'a> {
    timeline: &'a Timeline,
    rows: &'a Rows<'a>,
    id: String,
    axis: Axis,
    /// Where the time scale begins.
    left: f64,
    labels: Vec<&'a str>,
    out: String,
    /// How much of the height is used.
    y: f64,
}

impl<'a> Drawing<'a> {
    fn new(timeline: &'a Timeline, rows: &'a Rows<'a>, caption: &Caption) -> Self {
        let end = timeline.end_micros().max(caption.until_micros.unwrap_or(0));
        let widest = rows.shown.iter().map(|row| units(&row.lane.name)).fold(0.0, f64::max);
        let id = caption.id.chars();
        Self {
            timeline,
            rows,
            id: id.map(|c| if c.is_ascii_alphanumeric() || c == '_' { c } else { '-' }).collect(),
            axis: Axis::new(end),
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
            self.grid();
            self.bars();
            self.times();
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

    /// Where a time stands.
    fn x(&self, micros: u64) -> f64 {
        // In thousandths of the scale, several to a pixel of the largest screen.
        let parts = u32::try_from(self.axis.place(micros, 10_000)).unwrap_or(10_000);
        self.left + (RIGHT - self.left) * f64::from(parts) / 10_000.0
    }

    fn grid(&mut self) {
        let height = |rows: usize| f64::from(u32::try_from(rows).unwrap_or(u32::MAX)) * ROW;
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
        for tick in self.axis.ticks() {
            for (from, to) in &stretches {
                _ = write!(path, "M{} {}V{}", n(self.x(tick)), n(*from), n(*to));
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
                let ends = span.micros();
                let (start, end) = (self.x(ends.0), self.x(ends.1));
                self.out.push_str(&bar(span.how, start, end, middle, &self.id, &title));
            }
            self.marks(row, middle);
            self.y += ROW;
        }
    }

    fn title(&self, row: &Row, span: &Span) -> String {
        let (start, end) = span.micros();
        let time = |micros| time(self.timeline.clock, micros);
        format!("{}: {}, {} to {}", row.lane.name, span.how.words(), time(start), time(end))
    }

    /// Marks of one label need no number. Numbered marks that would cover each other are moved
    /// apart, and a thin line stays at the exact time.
    fn marks(&mut self, row: &Row, middle: f64) {
        let numbered = (2..=NUMBERED).contains(&self.labels.len());
        let exact: Vec<f64> = row.marks.iter().map(|mark| self.x(mark.at.micros)).collect();
        let placed = if numbered { apart(&exact, self.left) } else { None };
        for (index, &event) in row.marks.iter().enumerate() {
            let x = placed.as_ref().map_or(exact[index], |placed| placed[index]);
            let number = placed.as_ref().and_then(|_| self.number(event));
            let time = time(self.timeline.clock, event.at.micros);
            let title = format!("{}: {}, {time}", row.lane.name, event.label);
            self.out.push_str(&mark(number, exact[index], x, middle, &title));
        }
    }

    fn number(&self, mark: &Mark) -> Option<usize> {
        self.labels.iter().position(|label| *label == mark.label).map(|at| at + 1)
    }

    fn times(&mut self) {
        let ticks = self.axis.ticks();
        let longest = ticks.iter().map(|tick| units(&millis(*tick))).fold(0.0, f64::max);
        let apart = ticks.get(1).map_or(0.0, |tick| self.x(*tick) - self.left);
        // Where there is no room for the unit at each time, the first one has it.
        let roomy = longest + units(" ms") + 6.0 < apart;
        let mut used = 0.0;
        for tick in ticks {
            let unit = if roomy || tick == 0 { " ms" } else { "" };
            let time = millis(tick) + unit;
            let half = units(&time) / 2.0;
            let x = self.x(tick).min(WIDTH - half - 1.0).max(half + 1.0);
            if x - half >= used {
                used = x + half + 4.0;
                _ = writeln!(
                    self.out,
                    "<text class=\"tl-time\" x=\"{}\" y=\"{}\" text-anchor=\"middle\" {}>{time}</text>",
                    n(x),
                    n(self.y + 17.0),
                    INK.fill()
                );
            }
        }
        self.y += 22.0;
    }

    fn legend(&mut self) {
        let kinds = self.rows.kinds();
        let kinds = kinds.into_iter().filter(|how| *how != How::Finished);
        let mut items: Vec<_> = kinds.map(|how| (Sign::Bar(how), how.words())).collect();
        let labels = self.labels.clone();
        match labels.len() {
            0 => {}
            1 => items.push((Sign::Mark(None), labels[0])),
            2..=NUMBERED => items
                .extend(labels.iter().zip(1..).map(|(label, at)| (Sign::Mark(Some(at)), *label))),
            _ => items.push((Sign::Mark(None), "marks, named in the table")),
        }
        if items.is_empty() {
            return;
        }
        let mut x = 2.0;
        self.y += 4.0;
        for (sign, words) in items {
            let sample = if matches!(sign, Sign::Bar(_)) { SAMPLE } else { 2.0 * RADIUS };
            let left = sample + 6.0;
            let short = shorten(words, WIDTH - left - 4.0);
            let width = left + units(&short);
            if x > 2.0 && x + width > WIDTH {
                x = 2.0;
                self.y += LINE;
            }
            let middle = self.y + LINE / 2.0;
            match sign {
                Sign::Bar(how) => {
                    // Leaves room for the cross or the arrow head.
                    let end = x + sample - 5.0;
                    self.out.push_str(&bar(how, x + 1.0, end, middle, &self.id, ""));
                }
                Sign::Mark(number) => {
                    let at = x + RADIUS;
                    self.out.push_str(&mark(number, at, at, middle, ""));
                }
            }
            let title = if short == words { "" } else { words };
            self.text("tl-legend", x + left, self.y + 14.0, title, &short);
            x += width + 14.0;
        }
        self.y += LINE + 2.0;
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

enum Sign {
    Bar(How),
    Mark(Option<usize>),
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
