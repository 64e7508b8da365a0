//! Building the book, with the preprocessor in this process.

use crate::preprocessor::Workbook;
use crate::warnings;
use anyhow::{Context, Result, bail};
use mdbook_driver::MDBook;
use std::path::{Path, PathBuf};

/// Where a build goes, and for whom.
#[derive(Default)]
pub struct Options {
    /// Instead of the folder that `book.toml` names.
    pub destination: Option<PathBuf>,
    /// Instead of the `site-url` of `book.toml`: where the 404 page finds its style.
    pub site_url: Option<&'static str>,
}

/// Builds the book in `folder` and gives the folder that it was written to.
///
/// A warning of mdBook is an error here: what is only logged is overlooked.
pub fn book(folder: &Path, options: Options) -> Result<PathBuf> {
    let (built, warned) = warnings::kept(|| write(folder, options));
    let destination = built?;
    if !warned.is_empty() {
        bail!("the book has faults:\n{}", warned.join("\n"));
    }
    Ok(destination)
}

fn write(folder: &Path, options: Options) -> Result<PathBuf> {
    let mut book = MDBook::load(folder)
        .with_context(|| format!("the book in {} cannot be loaded", folder.display()))?;
    if let Some(destination) = options.destination {
        book.config.build.build_dir = std::path::absolute(destination)?;
    }
    if let Some(site_url) = options.site_url {
        book.config.set("output.html.site-url", site_url)?;
    }
    book.with_preprocessor(Workbook);
    book.build()?;
    Ok(book.build_dir_for("html"))
}
