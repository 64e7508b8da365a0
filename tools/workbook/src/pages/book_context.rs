//! What the directives read: the files of the workspace, and its catalogue of exercises.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use anyhow::{Context, Result};

use crate::catalogue::workspace::shown;
use crate::catalogue::{Catalogue, Exercise};
use crate::pages::problem::Trouble;

/// The workspace around a book.
#[derive(Clone, Debug)]
pub struct BookContext {
    /// The exercises.
    pub catalogue: Catalogue,
    /// The book's folder, relative to the root: `book`.
    book: String,
}

impl BookContext {
    /// The workspace of these exercises, with the book where it is as a rule.
    pub fn of(catalogue: Catalogue) -> Self {
        Self { catalogue, book: "book".to_owned() }
    }

    /// The workspace that holds the book in this folder: the folder above it.
    pub fn around(book: &Path) -> Result<Self> {
        let book = book
            .canonicalize()
            .with_context(|| format!("there is no book in {}", book.display()))?;
        let root = book.parent().context("the book's folder has no folder above it")?.to_owned();
        let name = book.file_name().context("the book's folder has no name")?;
        let catalogue = Catalogue::load(&root)?;
        Ok(Self { catalogue, book: name.to_string_lossy().into_owned() })
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
        let text = fs::read_to_string(self.catalogue.root.join(path)).map_err(|error| {
            let what = match error.kind() {
                ErrorKind::NotFound => format!("there is no file {path}"),
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
        shown(&self.catalogue.root, path)
    }
}
