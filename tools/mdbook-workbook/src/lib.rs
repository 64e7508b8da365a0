//! The book's preprocessor and builder.
//!
//! Every Rust listing in the book is an item of a checked file, every transcript, figure and number
//! a recording. This crate puts them into the pages, and refuses to build a book in which one is
//! missing: each problem is told with page, line and what to do about it.
//!
//! # Layout
//!
//! From the book down to a directive:
//!
//! - [`preprocessor`]: the preprocessor as mdBook sees it, and its protocol on stdin and stdout
//! - [`expand`]: one page
//! - [`directive`]: what each directive looks like, one module each
//!
//! What a directive stands for, and what is wrong with one, is read by
//! [`workbook::pages::directives`], where `cargo workbook verify` reads it too.
//!
//! What the directives are drawn with: [`chart`] (the figure of a benchmark), [`html`], [`number`].
//! What is wrong, and where: [`problem`].
//!
//! The commands: [`build`] with [`warnings`], [`serve`] with [`watch`], and [`fences`], which
//! compiles the Rust that stands in the book without a file of its own.

pub mod build;
pub mod chart;
pub mod directive;
pub mod expand;
pub mod fences;
pub mod html;
pub mod number;
pub mod preprocessor;
pub mod problem;
pub mod serve;
pub mod warnings;
pub mod watch;
