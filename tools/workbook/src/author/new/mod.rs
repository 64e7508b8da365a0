//! `cargo workbook new`: the skeleton of an exercise, both sides and the page.
//!
//! The skeleton is a tiny exercise that works. `verify` then names, one by one, what it needs to
//! become the author's own.
//!
//! - [`name`]: which names an exercise may have
//! - [`skeleton`]: the files, from `templates/`, and what the author is to make of each
//! - [`book_lines`]: its lines in the contents and in the table of patterns

pub mod book_lines;
pub mod name;
pub mod skeleton;

use std::{
    fs::{self, File},
    io::Write as _,
    path::Path,
};

use anyhow::{Context, Result, bail};

use crate::{
    catalogue::{Catalogue, workspace::Workspace},
    learner::atomic_write,
    pages::page,
};

/// Writes the skeleton of the exercise `name` and says what comes next. Nothing that exists is
/// overwritten: the contents and the table of patterns get a line each.
pub fn run(workspace: &Workspace, name: &str) -> Result<()> {
    // The flaws of other exercises do not matter here.
    let (catalogue, _) = Catalogue::survey(&workspace.root)?;
    name::check(workspace, &catalogue, name)?;
    let files = skeleton::files(name);
    let taken: Vec<&str> = files
        .iter()
        .map(|file| file.path.as_str())
        .filter(|path| workspace.root.join(path).exists())
        .collect();
    if !taken.is_empty() {
        bail!(
            "{} exists already. Choose another name, or move it away: nothing is overwritten.",
            taken.join(", ")
        );
    }
    for file in &files {
        create(&workspace.root.join(&file.path), &file.text)?;
        println!("{}", file.path);
    }
    add_line(workspace, "SUMMARY", |text| Some(book_lines::insert_link(text, name, &catalogue)))?;
    add_line(workspace, page::BRIDGE, |text| book_lines::insert_row(text, name))?;
    println!(
        "\nThis is a tiny exercise that works: `cargo test -p {name}-solution` is green.\n\
         `cargo workbook verify {name}` says what is missing until it is yours."
    );
    Ok(())
}

/// Gives a page of the book its new text. Where there is no such page, or no place for the line in
/// it, `verify` says so.
fn add_line(
    workspace: &Workspace,
    page: &str,
    with_line: impl FnOnce(&str) -> Option<String>,
) -> Result<()> {
    let file = page::file(&workspace.root, page);
    let Ok(text) = fs::read_to_string(&file) else { return Ok(()) };
    let Some(text) = with_line(&text) else { return Ok(()) };
    let shown = workspace.shown(&file);
    atomic_write::write(&file, text.as_bytes()).with_context(|| format!("cannot write {shown}"))?;
    println!("{shown} (a line)");
    Ok(())
}

fn create(path: &Path, text: &str) -> Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)
            .with_context(|| format!("cannot create the folder {}", folder.display()))?;
    }
    let file = File::create_new(path);
    file.and_then(|mut file| file.write_all(text.as_bytes()))
        .with_context(|| format!("cannot write {}", path.display()))
}
