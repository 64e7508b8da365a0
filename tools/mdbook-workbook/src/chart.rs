//! The figure of a benchmark: a line with markers for each series, the ideal dashed.
//!
//! Values that differ by more than a factor of twenty stand on a logarithmic scale: on a linear
//! one the short ones would all lie on the axis. Counts stand at equal distances, in order.

use crate::html::{escape, plain};
use crate::number::value;
use std::collections::BTreeSet;
use std::fmt::Write as _;
use workbook::catalogue::bench::{Bench, Series, Unit};

/// The units of the view box: as wide as the drawings of timelines.
const WIDTH: f64 = 360.0;
const LEFT: f64 = 52.0;
const RIGHT: f64 = 292.0;
const TOP: f64 = 14.0;
const BOTTOM: f64 = 194.0;
/// From one line of text to the next.
const LINE: f64 = 17.0;
/// Markers of one count stand side by side, so that equal ones do not hide each other.
const APART: f64 = 9.0;
/// From this ratio of the greatest to the least, the scale is logarithmic.
const LOGARITHMIC: f64 = 20.0;

/// Text that takes the page's ink.
const INK: &str = "style=\"fill:var(--tl-ink,currentColor)\"";
const GRID: &str = "stroke-opacity=\"0.25\" style=\"stroke:var(--tl-grid,currentColor)\"";
/// The colours of the series, by place; the markers differ in shape too.
const COLOURS: [&str; 4] = [
    "var(--chart-1,#c2410c)",
    "var(--chart-2,#1d4ed8)",
    "var(--chart-3,#15803d)",
    "var(--chart-4,#7e22ce)",
];

/// Whether lines say more than the table: two points are no line.
pub fn is_worth_drawing(bench: &Bench) -> bool {
    let xs = bench.series.iter().flat_map(|series| series.points.iter().map(|point| point.x));
    xs.collect::<BTreeSet<_>>().len() > 2
}

/// Whether any point says what would be ideal.
pub fn has_ideal(bench: &Bench) -> bool {
    points(bench).any(|(_, ideal)| ideal.is_some())
}

/// The figure, with ids that begin with `id`. At least one series has a point, and every value
/// is above zero.
pub fn svg(bench: &Bench, id: &str) -> String {
    let scale = Scale::of(bench);
    let mut parts = String::new();
    for tick in scale.ticks() {
        let y = scale.y(tick);
        // Writing to a String cannot fail, here and below.
        _ = writeln!(
            parts,
            "<path d=\"M{LEFT} {y:.1}H{RIGHT}\" fill=\"none\" {GRID}/>\
             <text x=\"{}\" y=\"{:.1}\" text-anchor=\"end\" {INK}>{}</text>",
            LEFT - 6.0,
            y + 4.0,
            value(tick, bench.unit)
        );
    }
    for count in &scale.counts {
        _ = writeln!(
            parts,
            "<text x=\"{:.1}\" y=\"{}\" text-anchor=\"middle\" {INK}>{count}</text>",
            scale.x(*count),
            BOTTOM + LINE
        );
    }
    _ = writeln!(
        parts,
        "<text x=\"{}\" y=\"{}\" text-anchor=\"middle\" {INK}>{}</text>",
        f64::midpoint(LEFT, RIGHT),
        BOTTOM + 2.0 * LINE,
        escape(&bench.x)
    );
    for line in ideals(bench, &scale) {
        _ = writeln!(parts, "{}", dashed(&line));
    }
    for (place, series) in bench.series.iter().enumerate() {
        parts.push_str(&drawn(bench, series, place, &scale));
    }
    parts.push_str(&ends(bench, &scale));
    let below = BOTTOM + 3.0 * LINE + 8.0;
    let (legend, height) = legend(bench, &scale, below);
    parts.push_str(&legend);
    format!(
        "<svg class=\"chart\" viewBox=\"0 0 {WIDTH} {height:.0}\" role=\"img\" \
         aria-labelledby=\"{id}-title {id}-desc\" font-size=\"12\">\n\
         <title id=\"{id}-title\">{}</title>\n\
         <desc id=\"{id}-desc\">{} for each number of {}. The same as a table is below the \
         drawing.</desc>\n{parts}</svg>",
        escape(&plain(&bench.title)),
        match bench.unit {
            Unit::Nanoseconds => "Time",
            Unit::Bytes => "Memory",
        },
        escape(&bench.x)
    )
}

/// The median and the ideal of every point.
fn points(bench: &Bench) -> impl Iterator<Item = (f64, Option<f64>)> {
    let all = bench.series.iter().flat_map(|series| &series.points);
    all.map(|point| (point.median, point.ideal.filter(|ideal| *ideal > 0.0)))
}

struct Scale {
    counts: Vec<u64>,
    low: f64,
    high: f64,
    logarithmic: bool,
}

impl Scale {
    fn of(bench: &Bench) -> Self {
        let mut counts: Vec<u64> =
            bench.series.iter().flat_map(|s| s.points.iter().map(|point| point.x)).collect();
        counts.sort_unstable();
        counts.dedup();
        let times = || points(bench).flat_map(|(median, ideal)| [Some(median), ideal]).flatten();
        let low = times().fold(f64::INFINITY, f64::min);
        let high = times().fold(0.0, f64::max);
        if high / low > LOGARITHMIC {
            let low = 10_f64.powf(low.log10().floor());
            // A little air, and not a whole decade, above the greatest.
            Self { counts, low, high: high * 1.3, logarithmic: true }
        } else {
            Self { counts, low: 0.0, high: high * 1.1, logarithmic: false }
        }
    }

    fn x(&self, count: u64) -> f64 {
        let (inner_left, inner_right) = (LEFT + 24.0, RIGHT - 24.0);
        let place = self.counts.iter().position(|known| *known == count).unwrap_or(0);
        match self.counts.len() {
            0 | 1 => f64::midpoint(LEFT, RIGHT),
            #[expect(clippy::cast_precision_loss, reason = "a handful of counts")]
            many => inner_left + (inner_right - inner_left) * place as f64 / (many - 1) as f64,
        }
    }

    fn y(&self, value: f64) -> f64 {
        let part = if self.logarithmic {
            (value / self.low).log10() / (self.high / self.low).log10()
        } else {
            (value - self.low) / (self.high - self.low)
        };
        BOTTOM - part * (BOTTOM - TOP)
    }

    fn ticks(&self) -> Vec<f64> {
        if self.logarithmic {
            let first = self.low;
            return std::iter::successors(Some(first), |tick| Some(tick * 10.0))
                .take_while(|tick| *tick <= self.high)
                .collect();
        }
        let rough = self.high / 4.0;
        let decade = 10_f64.powf(rough.log10().floor());
        let steps = [1.0, 2.0, 5.0, 10.0].map(|step| step * decade);
        let step = steps.into_iter().find(|step| *step >= rough).unwrap_or(rough);
        std::iter::successors(Some(0.0), |tick| Some(tick + step))
            .take_while(|tick| *tick <= self.high)
            .collect()
    }
}

/// The ideal of each series as a line; series with the same ideal share it.
fn ideals(bench: &Bench, scale: &Scale) -> Vec<Vec<(f64, f64)>> {
    let mut lines: Vec<Vec<(f64, f64)>> = Vec::new();
    for series in &bench.series {
        let line: Vec<(f64, f64)> = series
            .points
            .iter()
            .filter_map(|point| {
                let ideal = point.ideal.filter(|ideal| *ideal > 0.0)?;
                Some((scale.x(point.x), scale.y(ideal)))
            })
            .collect();
        if !line.is_empty() && !lines.contains(&line) {
            lines.push(line);
        }
    }
    lines
}

fn dashed(line: &[(f64, f64)]) -> String {
    // One point alone still shows as a short line.
    let line = match line {
        [(x, y)] => vec![(x - 20.0, *y), (x + 20.0, *y)],
        _ => line.to_vec(),
    };
    format!(
        "<path class=\"chart-ideal\" d=\"{}\" fill=\"none\" stroke-dasharray=\"4 4\" \
         stroke-width=\"1.5\" style=\"stroke:var(--tl-ink,currentColor)\"/>",
        path(&line)
    )
}

fn path(line: &[(f64, f64)]) -> String {
    let mut path = String::new();
    for (index, (x, y)) in line.iter().enumerate() {
        _ = write!(path, "{}{x:.1} {y:.1}", if index == 0 { 'M' } else { 'L' });
    }
    path
}

fn drawn(bench: &Bench, series: &Series, place: usize, scale: &Scale) -> String {
    let colour = COLOURS[place % COLOURS.len()];
    let line: Vec<(f64, f64)> = series
        .points
        .iter()
        .map(|point| (scale.x(point.x) + aside(place, bench.series.len()), scale.y(point.median)))
        .collect();
    let mut out = format!(
        "<path d=\"{}\" fill=\"none\" stroke-width=\"1.5\" style=\"stroke:{colour}\"/>\n",
        path(&line)
    );
    for ((x, y), point) in line.iter().zip(&series.points) {
        _ = writeln!(
            out,
            "<g><title>{}, {}: {}</title>{}</g>",
            escape(&plain(&series.label)),
            point.x,
            value(point.median, bench.unit),
            marker(place, *x, *y)
        );
    }
    out
}

fn aside(place: usize, of: usize) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "a handful of series")]
    let (place, of) = (place as f64, of as f64);
    (place - (of - 1.0) / 2.0) * APART
}

fn marker(place: usize, x: f64, y: f64) -> String {
    let shape = match place % COLOURS.len() {
        0 => format!("<rect x=\"{:.1}\" y=\"{:.1}\" width=\"8\" height=\"8\"", x - 4.0, y - 4.0),
        1 => format!("<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"4.5\""),
        2 => format!("<path d=\"M{x:.1} {:.1}l5 9h-10z\"", y - 5.5),
        _ => format!("<path d=\"M{x:.1} {:.1}l5.5 5.5l-5.5 5.5l-5.5 -5.5z\"", y - 5.5),
    };
    format!(
        "{shape} stroke-width=\"1.5\" style=\"fill:{};stroke:var(--bg,#fff)\"/>",
        COLOURS[place % COLOURS.len()]
    )
}

/// The last median of each series, beside its marker, without one on top of another.
fn ends(bench: &Bench, scale: &Scale) -> String {
    let mut ends: Vec<(f64, f64, usize)> = bench
        .series
        .iter()
        .enumerate()
        .filter_map(|(place, series)| {
            let last = series.points.last()?;
            Some((scale.y(last.median), last.median, place))
        })
        .collect();
    // From the bottom up: the axis is below, and above there is air.
    ends.sort_by(|a, b| b.0.total_cmp(&a.0));
    let mut free = BOTTOM;
    let mut out = String::new();
    for (y, median, place) in ends {
        let y = y.min(free);
        free = y - 14.0;
        _ = writeln!(
            out,
            "{}<text x=\"{}\" y=\"{:.1}\" {INK}>{}</text>",
            marker(place, RIGHT + 10.0, y),
            RIGHT + 19.0,
            y + 4.0,
            value(median, bench.unit)
        );
    }
    out
}

/// The names of the series and of what else is drawn, one a line, and where the figure ends.
fn legend(bench: &Bench, scale: &Scale, top: f64) -> (String, f64) {
    let mut out = String::new();
    let mut y = top;
    let mut entry = |sign: &dyn Fn(f64) -> String, label: &str| {
        _ = writeln!(
            out,
            "{}<text x=\"{}\" y=\"{:.1}\" {INK}>{label}</text>",
            sign(y),
            30.0,
            y + 4.0
        );
        y += LINE;
    };
    for (place, series) in bench.series.iter().enumerate() {
        entry(&|y| marker(place, 14.0, y), &escape(&plain(&series.label)));
    }
    if has_ideal(bench) {
        entry(&|y| dashed(&[(4.0, y), (24.0, y)]), "ideal");
    }
    if scale.logarithmic {
        entry(&|_| String::new(), "each line up is ten times the last (logarithmic scale)");
    }
    (out, y - LINE + 10.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bench(points: &[(u64, f64)]) -> Bench {
        let points: Vec<_> = points
            .iter()
            .map(|(x, ms)| {
                serde_json::json!({ "x": x, "median": ms * 1e6, "low": ms * 1e6,
                    "high": ms * 1e6, "ideal": 50e6 })
            })
            .collect();
        serde_json::from_value(serde_json::json!({
            "title": "t <1>", "x": "requests", "command": "c", "machine": "m", "versions": {},
            "series": [{ "name": "a", "label": "`a`", "points": points }],
        }))
        .expect("the shape of a recording")
    }

    #[test]
    fn far_apart_is_logarithmic_and_said_so() {
        let svg = svg(&bench(&[(1, 50.0), (10, 500.0), (100, 5000.0)]), "p");
        assert!(svg.contains("logarithmic scale"));
        assert!(svg.contains(">10\u{a0}ms<") && svg.contains(">1.0\u{a0}s<"), "{svg}");
        assert!(svg.contains("t &lt;1&gt;"));
    }

    #[test]
    fn close_together_is_linear_from_zero() {
        let scale = Scale::of(&bench(&[(1, 51.0), (10, 52.0)]));
        assert!(!scale.logarithmic);
        assert_eq!(scale.ticks(), [0.0, 20e6, 40e6]);
    }

    #[test]
    fn a_single_count_stands_in_the_middle() {
        let scale = Scale::of(&bench(&[(4, 51.0)]));
        assert!((scale.x(4) - 172.0).abs() < 0.1);
    }
}
