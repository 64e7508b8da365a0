//! Which names an exercise may have.
//!
//! One word names it everywhere: folder, package, library, page and anchor.

use anyhow::{Result, bail};

use crate::{
    catalogue::{Catalogue, workspace::Workspace},
    pages::page,
};

/// Words that Rust, cargo or Windows keep for themselves, and the modules that stand beside the
/// exercise's library in its tests.
const RESERVED: [&str; 16] = [
    "alloc",
    "answer",
    "aux",
    "causes",
    "con",
    "core",
    "exercise",
    "given",
    "nul",
    "prn",
    "reference",
    "spawned",
    "start",
    "std",
    "test",
    "union",
];

/// Refuses a name that is no plain word, or is taken, and says what to do.
pub fn check(workspace: &Workspace, catalogue: &Catalogue, name: &str) -> Result<()> {
    if name.is_empty() || !name.bytes().all(|byte| byte.is_ascii_lowercase()) {
        bail!(
            "`{name}` cannot name an exercise. Use one word of the letters a to z, such as \
             `gather`: it names the folder, the package, the library and the page."
        );
    }
    if RESERVED.contains(&name) || syn::parse_str::<syn::Ident>(name).is_err() {
        bail!("`{name}` has a meaning of its own in Rust or in the workbook. Choose another word.");
    }
    if catalogue.exercises.iter().any(|exercise| exercise.name == name) {
        bail!("There is an exercise `{name}`. Choose another word, or edit exercises/{name}.");
    }
    let former =
        catalogue.exercises.iter().find(|exercise| exercise.names().any(|old| old == name));
    if let Some(exercise) = former {
        bail!(
            "`{name}` was the name of `{}`, and learners' progress is found under it. Choose \
             another word.",
            exercise.name
        );
    }
    if let Some(package) = workspace.locked()?.iter().find(|package| package.name == name) {
        let (what, version) = match package.source {
            Some(_) => ("a dependency", format!(" {}", package.version)),
            None => ("a package of this workbook", String::new()),
        };
        bail!(
            "Cargo.lock has {what} `{name}`{version}: `cargo test -p {name}` would be ambiguous. \
             Choose another word."
        );
    }
    let page = page::file(&workspace.root, name);
    if page.exists() {
        bail!(
            "{} is a page of the book already. Choose another word: an exercise and its page \
             share one name.",
            workspace.shown(&page)
        );
    }
    Ok(())
}
