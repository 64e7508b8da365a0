//! The catalogue of exercises and the `cargo workbook` command.
//!
//! # Layout
//!
//! The catalogue, which the book's builder reads too:
//!
//! - [`catalogue`]: the exercises in the order of the book, and the files that belong to each
//! - [`manifest`]: `exercise.toml`, its types and its rules
//! - [`record`]: the recordings of an exercise, where they lie and when two of them are the same
//! - [`bench`]: the recorded numbers, and how they are taken from criterion's
//! - [`lints`]: the recorded lints, and how the compiler is asked for them
//! - [`workspace`]: where things lie; [`toolchain`]: what is installed
//!
//! The pages, which `verify` checks and the book's builder builds from the same reading:
//!
//! - [`page`]: their files, their order, their headings
//! - [`fence`]: where the code of a page stands, and where its prose
//! - [`directive`]: how a directive is written
//! - [`content`]: what each directive stands for, one module each
//! - [`item`]: items of a Rust file by name
//! - [`site`]: the files and the catalogue that directives read
//! - [`trouble`]: what is wrong with a page, and what to do about it
//!
//! The engine, from a file to a judgement. Each step knows only the one before it:
//!
//! - [`overlay`]: a workspace under `target/` in which any file stands in an exercise's place
//! - [`compile`]: cargo, and what it said about each candidate
//! - [`children`]: the processes that we start, and how none of them is left behind
//! - [`process`]: one test process, bounded in time and output, ended with all that it started
//! - [`judge`]: what became of each test, without trust in what the process printed
//! - [`signals`]: Ctrl-C and its kin end what was started, then the command
//! - [`load`]: threads that keep every core busy
//!
//! What is the learner's:
//!
//! - [`progress`]: a state for each exercise, from runs of the tests as [`shipped`]
//! - [`keep`]: copies of what is overwritten, and how it is overwritten
//! - [`replace`]: a file written whole or not at all
//!
//! The commands, one module each: [`watch`], [`list`], [`test`], [`hint`], [`solution`], [`reset`],
//! [`undo`], [`check`], [`verify`], [`prepare`], [`book`], and [`bench`] again. [`cli`] reads the
//! command line, [`ask`] asks, [`paint`], [`show`] and [`text`] write to the terminal, [`verdict`]
//! is what a command comes to.
//!
//! Nothing here knows mdBook or speaks HTTP: a learner's first command compiles this crate.

pub mod ask;
pub mod bench;
pub mod book;
pub mod catalogue;
pub mod check;
pub mod children;
pub mod cli;
pub mod compile;
pub mod content;
pub mod directive;
pub mod fence;
pub mod hint;
pub mod item;
pub mod judge;
pub mod keep;
pub mod lints;
pub mod list;
pub mod load;
pub mod manifest;
pub mod overlay;
pub mod page;
pub mod paint;
pub mod prepare;
pub mod process;
pub mod progress;
pub mod record;
pub mod replace;
pub mod reset;
pub mod shipped;
pub mod show;
pub mod signals;
pub mod site;
pub mod solution;
pub mod test;
pub mod text;
pub mod toolchain;
pub mod trouble;
pub mod undo;
pub mod verdict;
pub mod verify;
pub mod watch;
pub mod workspace;
