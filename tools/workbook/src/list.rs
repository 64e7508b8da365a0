//! `cargo workbook list`: the exercises in the order of the book.

use anyhow::Result;
use serde::Serialize;

use crate::catalogue::{Catalogue, Exercise};
use crate::paint::Paint;
use crate::workspace::Workspace;

#[derive(Serialize)]
struct Listed<'a> {
    name: &'a str,
    title: &'a str,
    goal: &'a str,
    minutes: u32,
    file: String,
    page: String,
    tests: Vec<&'a str>,
}

/// Prints the list.
pub fn run(workspace: &Workspace, json: bool) -> Result<()> {
    let catalogue = Catalogue::load(&workspace.root)?;
    if json {
        let all: Vec<_> =
            catalogue.exercises.iter().map(|exercise| listed(workspace, exercise)).collect();
        println!("{}", serde_json::to_string_pretty(&all)?);
        return Ok(());
    }
    let paint = Paint::stdout();
    let width = catalogue.exercises.iter().map(|exercise| exercise.name.len()).max().unwrap_or(0);
    for Exercise { name, manifest, .. } in &catalogue.exercises {
        let padding = " ".repeat(width - name.len());
        let minutes = paint.dim(format!("{:>3} min", manifest.minutes));
        println!("  {}{padding}  {minutes}  {}", paint.bold(name), manifest.title);
    }
    let minutes: u32 = catalogue.exercises.iter().map(|exercise| exercise.manifest.minutes).sum();
    let exercises = crate::show::count(catalogue.exercises.len(), "exercise");
    println!("\n{exercises}, {minutes} minutes. Start any of them: `cargo workbook test NAME`.");
    Ok(())
}

fn listed<'a>(workspace: &Workspace, exercise: &'a Exercise) -> Listed<'a> {
    let manifest = &exercise.manifest;
    Listed {
        name: &exercise.name,
        title: &manifest.title,
        goal: &manifest.goal,
        minutes: manifest.minutes,
        file: workspace.shown(&exercise.learners_file()),
        page: workspace.shown(&exercise.page()),
        tests: manifest.tests.keys().map(String::as_str).collect(),
    }
}
