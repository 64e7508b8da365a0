//! The commands of `cargo workbook`, one module each. [`author`](crate::author) has the others.
//!
//! - [`cli`]: reads the command line; [`help`]: the commands in groups; [`verdict`]: the exit codes
//! - [`which`]: which exercise a command is about, where none is named; [`survey`]: all of them
//! - [`watch`]: the screen that a learner leaves open
//! - [`list`], [`mod@test`], [`hint`], [`solution`]: the same one at a time, for plain terminals;
//!   [`progress`]: all in numbers
//! - [`reset`] and [`undo`]: the learner's file, overwritten and brought back
//! - [`test_all`]: every exercise that has been started
//! - [`check`]: any file against an exercise; [`demo`]: an anti-pattern that fails
//! - [`prepare`]: everything for work without a network; [`book`]: builds or serves the book
//! - [`board`]: how far everybody in a room is; [`join`]: to be on it

pub mod board;
pub mod book;
pub mod check;
pub mod cli;
pub mod demo;
pub mod help;
pub mod hint;
pub mod join;
pub mod list;
pub mod prepare;
pub mod progress;
pub mod reset;
pub mod solution;
pub mod survey;
pub mod test;
pub mod test_all;
pub mod undo;
pub mod verdict;
pub mod watch;
pub mod which;
