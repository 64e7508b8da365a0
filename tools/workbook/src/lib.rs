//! The catalogue of exercises and the `cargo workbook` command.
//!
//! # Layout
//!
//! A folder for each group of modules. Its `mod.rs` lists what is in it.
//!
//! - [`catalogue`]: the exercises, their manifests, and where their files and recordings are. The
//!   book's builder reads them too
//! - [`pages`]: the Markdown pages and their directives, read the same way by `verify`, which
//!   checks them, and by the book's builder, which renders them
//! - [`engine`]: from a file to a judgement: build it, run its tests in processes of their own, and
//!   tell what became of each test
//! - [`learner`]: what belongs to the learner: progress, backups, and how files are written
//! - [`terminal`]: colours, text layout and questions on the terminal
//! - [`commands`]: one module for each command, the command line, and the exit codes
//! - [`author`]: what only authors run: `verify`, `new`, taking bench numbers, asking the compiler
//!   for lints
//!
//! Nothing here depends on mdBook or on an HTTP library: a learner's first command compiles this
//! crate. The one request that it sends, to a board that was joined, is written by hand.

// First: its macros for printing take the place of the standard library's.
#[macro_use]
pub mod terminal;

pub mod author;
pub mod catalogue;
pub mod commands;
pub mod engine;
pub mod learner;
pub mod pages;
