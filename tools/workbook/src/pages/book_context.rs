//! What the directives read: the files of the workspace, and its catalogue of exercises.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use anyhow::{Context, Result};

use crate::catalogue::workspace::shown;
use crate::catalogue::{Catalogue, Exercise};
use crate::pages::problem::{Trouble, line_of};

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

    /// Where the files of the workspace are read on the web: what comes before the path of one,
    /// relative to the root. `book.toml` says where they are edited, and the one follows from the
    /// other.
    pub fn files_on_the_web(&self) -> Result<String, Trouble> {
        let file = self.in_book("book.toml");
        let example = format!("https://github.com/OWNER/NAME/edit/main/{}/{{path}}", self.book);
        let remedy = format!("write `edit-url-template = \"{example}\"` under [output.html]");
        let text = self.read(&file, &remedy)?;
        let config: toml::Table = toml::from_str(&text).map_err(|error| {
            let line = error.span().map_or(1, |at| line_of(&text, at.start));
            Trouble::new(format!("{file}:{line}: {}", error.message()), "mend the file")
        })?;
        let table = |of: &toml::Table, name: &str| of.get(name)?.as_table().cloned();
        let html = table(&config, "output").and_then(|output| table(&output, "html"));
        let template = html.as_ref().and_then(|html| html.get("edit-url-template")?.as_str());
        let of_the_book = format!("/{}/{{path}}", self.book);
        let edited = template.and_then(|template| template.strip_suffix(&of_the_book));
        match edited.and_then(|edited| edited.split_once("/edit/")) {
            Some((repository, branch)) => Ok(format!("{repository}/blob/{branch}/")),
            None => Err(Trouble::new(
                format!("{file} does not say where the files of the book are edited"),
                remedy,
            )),
        }
    }

    /// Whether there is a file, by its path relative to the root of the workspace.
    pub fn has(&self, path: &str) -> bool {
        self.catalogue.root.join(path).is_file()
    }

    /// The exercise of that name.
    pub fn exercise(&self, name: &str) -> Result<&Exercise, Trouble> {
        let trouble = |what: String| Trouble::new(what, "correct the name, or write the exercise");
        let found = self.catalogue.find(name).map_err(|error| trouble(error.to_string()))?;
        // People may type a name in many ways, a page has one.
        if found.name != name {
            return Err(trouble(format!("`{name}` should be `{}`", found.name)));
        }
        Ok(found)
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
