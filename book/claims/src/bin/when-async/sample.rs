//! The median of a few runs, with the least and the greatest.

use std::time::{Duration, Instant};

use anyhow::Result;
use workbook::catalogue::bench::{Point, Series};

/// Odd, so that one of them is the median.
pub const RUNS: usize = 7;

/// A line of a figure.
pub fn series(name: &str, label: &str, points: Vec<Point>) -> Series {
    Series {
        name: name.to_owned(),
        label: label.to_owned(),
        points,
    }
}

/// The point at `x`; there is at least one sample.
pub fn point(x: u64, mut samples: Vec<f64>) -> Point {
    samples.sort_by(f64::total_cmp);
    Point {
        x,
        median: samples[samples.len() / 2],
        low: samples[0],
        high: samples[samples.len() - 1],
        ideal: None,
    }
}

/// A way to do some work.
pub struct Way<'a> {
    /// Its name in the recording.
    pub name: &'a str,
    /// Its name in the legend.
    pub label: &'a str,
    /// Does so much of it.
    pub run: &'a dyn Fn(u64) -> Result<()>,
}

/// Measures each way at each count, in turns: what else the machine does meanwhile meets all of
/// them alike.
pub fn compare(ways: &[Way], counts: &[u64]) -> Result<Vec<Series>> {
    let mut lines: Vec<Series> = ways
        .iter()
        .map(|way| series(way.name, way.label, Vec::new()))
        .collect();
    for &count in counts {
        let mut samples = vec![Vec::new(); ways.len()];
        for _ in 0..RUNS {
            for (way, samples) in ways.iter().zip(&mut samples) {
                let began = Instant::now();
                (way.run)(count)?;
                samples.push(nanos(began.elapsed()));
            }
        }
        for (line, samples) in lines.iter_mut().zip(samples) {
            line.points.push(point(count, samples));
        }
    }
    Ok(lines)
}

/// A duration as figures hold it.
pub fn nanos(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1e9
}
