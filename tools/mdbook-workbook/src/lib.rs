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
//! - [`page`]: where the directives and the code of a page stand
//! - [`directive`]: what each directive gives, one module each
//!
//! What the directives stand on: [`site`] (files and catalogue), [`source`] (items of a Rust file
//! by name), [`chart`] (the figure of a benchmark), [`html`], [`number`], [`problem`].
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
pub mod page;
pub mod preprocessor;
pub mod problem;
pub mod serve;
pub mod site;
pub mod source;
pub mod warnings;
pub mod watch;
