//! What the directives read: the files of the workspace, and its catalogue of exercises.

use crate::problem::Trouble;
use anyhow::{Context, Result};
use std::path::{Path, PathBuf};
use workbook::catalogue::{Catalogue, Exercise};

/// The workspace around a book.
pub struct Site {
    root: PathBuf,
    /// The book's folder, relative to the root: `book`.
    book: String,
    catalogue: Catalogue,
}

impl Site {
    /// The workspace that holds the book in this folder: the folder above it.
    pub fn around(book: &Path) -> Result<Self> {
        let book = book
            .canonicalize()
            .with_context(|| format!("there is no book in {}", book.display()))?;
        let root = book.parent().context("the book's folder has no folder above it")?.to_owned();
        let name = book.file_name().context("the book's folder has no name")?;
        let catalogue = Catalogue::load(&root)?;
        Ok(Self { root, book: name.to_string_lossy().into_owned(), catalogue })
    }

    /// The path of a file of the book, relative to the root of the workspace.
    pub fn in_book(&self, path: &str) -> String {
        format!("{}/{path}", self.book)
    }

    /// The exercise of that name.
    pub fn exercise(&self, name: &str) -> Result<&Exercise, Trouble> {
        self.catalogue.find(name).map_err(|error| {
            Trouble::new(error.to_string(), "correct the name, or write the exercise")
        })
    }

    /// The text of a file, by its path relative to the root of the workspace.
    ///
    /// What is missing or empty is trouble, with `remedy` as the thing to do.
    pub fn read(&self, path: &str, remedy: &str) -> Result<String, Trouble> {
        let text = std::fs::read_to_string(self.root.join(path)).map_err(|error| {
            let what = match error.kind() {
                std::io::ErrorKind::NotFound => format!("there is no file {path}"),
                _ => format!("{path} cannot be read: {error}"),
            };
            Trouble::new(what, remedy)
        })?;
        if text.trim().is_empty() {
            return Err(Trouble::new(format!("{path} is empty"), remedy));
        }
        Ok(text)
    }

    /// A file's path as it is said to a reader: relative to the root of the workspace, with `/`.
    pub fn shown(&self, path: &Path) -> String {
        let path = path.strip_prefix(&self.root).unwrap_or(path);
        path.iter().map(|part| part.to_string_lossy()).collect::<Vec<_>>().join("/")
    }
}
