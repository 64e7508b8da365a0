//! What is written to the terminal, and asked there.
//!
//! - [`bar`]: a bar of progress
//! - [`diff`]: two versions of some code, line by line
//! - [`paint`]: colours, where they are wanted
//! - `print`: printing, whether or not anybody reads on
//! - [`locale`]: whether more than ASCII can be shown
//! - [`text`]: the width of text, and how it is cut and wrapped
//! - [`report_text`]: a judgement as text
//! - [`confirm`]: a yes-or-no question

#[macro_use]
pub(crate) mod print;

pub mod bar;
pub mod confirm;
pub mod diff;
pub mod locale;
pub mod paint;
pub mod report_text;
pub mod text;
