//! `cargo workbook bench`: takes the numbers of an exercise from criterion's files.

use std::env::consts;
use std::fs;
use std::path::Path;
use std::thread;

use anyhow::{Context, Result, bail};
use indexmap::IndexMap;
use serde::Deserialize;

use crate::catalogue::bench::{Bench, Point, Series, Unit};
use crate::catalogue::manifest::{BenchPlan, Series as SeriesPlan};
use crate::catalogue::recording_paths;
use crate::catalogue::toolchain;
use crate::catalogue::workspace::Workspace;
use crate::catalogue::{Catalogue, Exercise};
use crate::learner::atomic_write;
use crate::terminal::report_text::count;

/// Takes the numbers and writes `recorded/bench.GROUP.json` for each group of the manifest.
pub fn run(workspace: &Workspace, name: &str) -> Result<()> {
    let catalogue = Catalogue::load_for(&workspace.root, name)?;
    let exercise = catalogue.find(name)?;
    let name = &exercise.name;
    if exercise.manifest.bench.is_empty() {
        bail!(
            "`{name}` has no table [bench.{name}] in exercises/{name}/exercise.toml. Say there \
             what the figure shows."
        );
    }
    // All or none: numbers of one run belong together.
    let mut taken = Vec::new();
    for (group, plan) in &exercise.manifest.bench {
        taken.push((group, take(workspace, exercise, group, plan)?));
    }
    for (group, bench) in taken {
        write(workspace, exercise, group, &bench)?;
    }
    Ok(())
}

fn write(workspace: &Workspace, exercise: &Exercise, group: &str, bench: &Bench) -> Result<()> {
    let file = recording_paths::bench_file(exercise, group);
    fs::create_dir_all(exercise.recorded())
        .with_context(|| format!("cannot create {}", exercise.recorded().display()))?;
    atomic_write::write(&file, (serde_json::to_string_pretty(bench)? + "\n").as_bytes())
        .with_context(|| format!("cannot write {}", file.display()))?;
    for series in &bench.series {
        for point in &series.points {
            let ratio = point.ideal.map_or_else(String::new, |ideal| {
                format!(", {:.2} of the ideal", point.median / ideal)
            });
            let median = shown(point.median);
            println!("  {}, {} {}: {median}{ratio}", series.label, point.x, bench.x);
        }
    }
    println!("Written to {}.\n", workspace.shown(&file));
    Ok(())
}

/// A duration in the unit in which it has one to three digits before the point.
fn shown(ns: f64) -> String {
    match ns {
        _ if ns < 1e3 => format!("{ns:.1} ns"),
        _ if ns < 1e6 => format!("{:.1} µs", ns / 1e3),
        _ if ns < 1e9 => format!("{:.1} ms", ns / 1e6),
        _ => format!("{:.2} s", ns / 1e9),
    }
}

fn take(
    workspace: &Workspace,
    exercise: &Exercise,
    group: &str,
    plan: &BenchPlan,
) -> Result<Bench> {
    let name = &exercise.name;
    let command = format!("cargo bench -p {name}-solution");
    let measured = workspace.target.join("criterion").join(group);
    let mut series = Vec::new();
    for (function, of) in &plan.series {
        let points = points(&measured.join(function), plan, of).with_context(|| {
            format!("cannot read the measurements of `{function}`. Run `{command}` first")
        })?;
        series.push(Series { name: function.clone(), label: of.label.clone(), points });
    }
    Ok(Bench {
        title: plan.title.clone(),
        x: plan.x.clone(),
        unit: Unit::Nanoseconds,
        command,
        machine: machine(),
        versions: versions(workspace, &["tokio", "reqwest", "axum", "rayon", "criterion"])?,
        series,
    })
}

#[derive(Deserialize)]
struct Estimates {
    median: Estimate,
}

#[derive(Deserialize)]
struct Estimate {
    confidence_interval: Interval,
    point_estimate: f64,
}

#[derive(Deserialize)]
struct Interval {
    lower_bound: f64,
    upper_bound: f64,
}

fn points(folder: &Path, plan: &BenchPlan, series: &SeriesPlan) -> Result<Vec<Point>> {
    let mut points = Vec::new();
    let entries =
        fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))?;
    for entry in entries {
        let entry = entry.with_context(|| format!("cannot read {}", folder.display()))?;
        // Criterion's own folders beside the measurements, `report` for one, are no numbers.
        let Some(x) = entry.file_name().to_str().and_then(|name| name.parse::<u64>().ok()) else {
            continue;
        };
        let file = entry.path().join("new").join("estimates.json");
        let text =
            fs::read_to_string(&file).with_context(|| format!("cannot read {}", file.display()))?;
        let Estimates { median } = serde_json::from_str(&text)
            .with_context(|| format!("{} is not criterion's", file.display()))?;
        points.push(Point {
            x,
            median: median.point_estimate,
            low: median.confidence_interval.lower_bound,
            high: median.confidence_interval.upper_bound,
            ideal: plan.ideal.map(|ideal| ideal_ns(x, series.limit, ideal.latency_ms)),
        });
    }
    if points.is_empty() {
        bail!("{} holds no measurement", folder.display());
    }
    points.sort_by_key(|point| point.x);
    Ok(points)
}

#[expect(clippy::cast_precision_loss, reason = "nobody runs 2^52 rounds of a benchmark")]
fn ideal_ns(x: u64, limit: Option<u64>, latency_ms: f64) -> f64 {
    let rounds = limit.map_or(1, |limit| x.div_ceil(limit.max(1)));
    rounds as f64 * latency_ms * 1e6
}

/// Processor, cores and system, as far as they can be found out.
pub fn machine() -> String {
    let cores = thread::available_parallelism().map_or(1, usize::from);
    let system = match consts::OS {
        "linux" => "Linux",
        "macos" => "macOS",
        "windows" => "Windows",
        other => other,
    };
    let processor = processor().map_or_else(String::new, |name| format!("{name}, "));
    format!("{processor}{}, {system} {}", count(cores, "core"), consts::ARCH)
}

fn processor() -> Option<String> {
    let name = match consts::OS {
        "linux" => {
            let text = fs::read_to_string("/proc/cpuinfo").ok()?;
            let line = text.lines().find(|line| line.starts_with("model name"))?;
            line.split_once(':')?.1.trim().to_owned()
        }
        "macos" => toolchain::said("sysctl", &["-n", "machdep.cpu.brand_string"])?,
        _ => std::env::var("PROCESSOR_IDENTIFIER").ok()?,
    };
    (!name.is_empty()).then_some(name)
}

/// The compiler, and those of the crates that are in use: their versions may change the numbers.
pub fn versions(workspace: &Workspace, crates: &[&str]) -> Result<IndexMap<String, String>> {
    let mut versions = IndexMap::new();
    if let Some(rustc) = toolchain::rustc() {
        versions.insert("rustc".to_owned(), rustc);
    }
    let locked = workspace.locked()?;
    for name in crates {
        if let Some(package) = locked.iter().find(|package| package.name == *name) {
            versions.insert((*name).to_owned(), package.version.clone());
        }
    }
    Ok(versions)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_and_long_times_have_units_of_their_own() {
        let times = [0.4, 999.0, 1_500.0, 5.02e8, 5.02e9].map(shown);
        assert_eq!(times, ["0.4 ns", "999.0 ns", "1.5 µs", "502.0 ms", "5.02 s"]);
    }

    #[test]
    fn the_ideal_counts_rounds() {
        assert!((ideal_ns(10, Some(1), 50.0) - 500e6).abs() < 1.0);
        assert!((ideal_ns(10, Some(4), 50.0) - 150e6).abs() < 1.0);
        assert!((ideal_ns(10, None, 50.0) - 50e6).abs() < 1.0);
    }
}
