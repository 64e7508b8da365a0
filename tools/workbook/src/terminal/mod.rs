//! What is written to the terminal, and asked there.
//!
//! - [`paint`]: colours, where they are wanted
//! - [`text`]: the width of text, and how it is cut and wrapped
//! - [`report_text`]: a judgement as text
//! - [`confirm`]: a yes-or-no question

pub mod confirm;
pub mod paint;
pub mod report_text;
pub mod text;
