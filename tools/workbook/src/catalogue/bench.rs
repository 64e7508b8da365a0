//! The recorded numbers of an exercise, one figure for each criterion group.
//!
//! [`author::bench`](crate::author::bench) takes them.

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

/// `recorded/bench.GROUP.json`, or `book/recorded/PAGE.FIGURE.json` of a page without an exercise:
/// what the book's figure and table show.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Bench {
    /// The title of the figure.
    pub title: String,
    /// What the numbers along the axis count.
    pub x: String,
    /// What the values are.
    #[serde(default)]
    pub unit: Unit,
    /// The command that measured.
    pub command: String,
    /// The machine: processor, cores, system.
    pub machine: String,
    /// The compiler's version, and those of the crates that matter.
    pub versions: IndexMap<String, String>,
    /// The lines of the figure.
    pub series: Vec<Series>,
}

/// What a value is. Recordings that do not say hold durations.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Unit {
    /// A duration, in nanoseconds.
    #[default]
    Nanoseconds,
    /// Memory, in bytes.
    Bytes,
}

/// One line of the figure.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Series {
    /// The criterion function.
    pub name: String,
    /// Its name in the legend.
    pub label: String,
    /// What was measured, by rising `x`.
    pub points: Vec<Point>,
}

/// One measured point, its values in the unit of its figure.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Point {
    /// How many.
    pub x: u64,
    /// The median of the samples.
    pub median: f64,
    /// The lower end of the median's confidence interval (95 % by default), or the least of a few
    /// samples.
    pub low: f64,
    /// The upper end, or the greatest.
    pub high: f64,
    /// What it would be if nothing but the latency counted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ideal: Option<f64>,
}
