//! The commands of `cargo workbook`, one module each. [`author`](crate::author) has the others.
//!
//! - [`cli`]: reads the command line; [`verdict`]: the exit codes
//! - [`which`]: which exercise a command is about, where none is named
//! - [`watch`]: the screen that a learner leaves open
//! - [`list`], [`mod@test`], [`hint`], [`solution`]: the same one at a time, for plain terminals
//! - [`reset`] and [`undo`]: the learner's file, overwritten and brought back
//! - [`check`]: any file against an exercise
//! - [`prepare`]: everything for work without a network; [`book`]: builds or serves the book

pub mod book;
pub mod check;
pub mod cli;
pub mod hint;
pub mod list;
pub mod prepare;
pub mod reset;
pub mod solution;
pub mod test;
pub mod undo;
pub mod verdict;
pub mod watch;
pub mod which;
