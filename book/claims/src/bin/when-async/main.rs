//! The numbers of the page "When async, and when not".
//!
//! ```sh
//! cargo run --release -p claims --bin when-async              # measures and prints
//! cargo run --release -p claims --bin when-async -- --record  # writes book/recorded as well
//! ```
//!
//! # Layout
//!
//! - [`waiting`]: many that wait, as tasks and as threads: memory and start-up
//! - [`calling`]: few calls to a service on this machine
//! - [`computing`]: work that only computes
//! - [`sample`]: the median of a few runs
//!
//! It takes about a minute. Run it on a machine with nothing else to do.

mod calling;
mod computing;
mod sample;
mod waiting;

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use clap::{Parser, Subcommand};
use workbook::author::bench;
use workbook::catalogue::bench::{Bench, Series, Unit};
use workbook::catalogue::workspace::Workspace;

/// As the page and its figures name it.
const COMMAND: &str = "cargo run --release -p claims --bin when-async";

/// Measures what the page "When async, and when not" shows.
#[derive(Parser)]
struct Arguments {
    /// Write the numbers to book/recorded as well
    #[arg(long)]
    record: bool,
    #[command(subcommand)]
    one: Option<One>,
}

#[derive(Subcommand)]
enum One {
    /// Lets so many tasks or threads wait, and prints what that took: one sample, in a process of
    /// its own, so that no other one leaves memory behind
    #[command(hide = true)]
    Wait { how: waiting::How, count: u64 },
}

fn main() -> Result<()> {
    let arguments = Arguments::parse();
    if let Some(One::Wait { how, count }) = arguments.one {
        println!("{}", serde_json::to_string(&waiting::wait(how, count)?)?);
        return Ok(());
    }
    let workspace = Workspace::around(Path::new(env!("CARGO_MANIFEST_DIR")))?;
    let waiting::Figures { memory, start } = waiting::measure();
    let figures = [
        (
            "memory",
            "Memory of what only waits",
            "waiting",
            Unit::Bytes,
            memory,
        ),
        (
            "start",
            "Time until all are waiting",
            "waiting",
            Unit::Nanoseconds,
            start,
        ),
        (
            "calls",
            "Calls to a service that answers after 20 ms",
            "calls",
            Unit::Nanoseconds,
            calling::measure()?,
        ),
        (
            "computing",
            "Time for so many pieces that only compute",
            "pieces of work",
            Unit::Nanoseconds,
            computing::measure()?,
        ),
    ];
    for (name, title, x, unit, series) in figures {
        let figure = Bench {
            title: title.to_owned(),
            x: x.to_owned(),
            unit,
            command: COMMAND.to_owned(),
            machine: bench::machine(),
            versions: bench::versions(&workspace, &["tokio", "futures"])?,
            series,
        };
        print(&figure);
        if arguments.record {
            record(&workspace, name, &figure)?;
        }
    }
    Ok(())
}

fn print(figure: &Bench) {
    println!("\n{} ({})", figure.title, figure.machine);
    for Series { label, points, .. } in &figure.series {
        for point in points {
            let value = match figure.unit {
                Unit::Nanoseconds => format!("{:.2} ms", point.median / 1e6),
                Unit::Bytes => format!("{:.2} MB", point.median / 1e6),
            };
            println!("  {label}, {} {}: {value}", point.x, figure.x);
        }
    }
}

fn record(workspace: &Workspace, name: &str, figure: &Bench) -> Result<()> {
    let folder = workspace.root.join("book").join("recorded");
    let file = folder.join(format!("when-async.{name}.json"));
    fs::create_dir_all(&folder)
        .and_then(|()| {
            fs::write(&file, serde_json::to_string_pretty(figure)? + "\n")
        })
        .with_context(|| format!("cannot write {}", file.display()))?;
    println!("  written to {}", workspace.shown(&file));
    Ok(())
}
