//! The pages of the book. `verify` checks them and the book's builder renders them from the same
//! reading.
//!
//! - [`page`]: their files, their order, their headings
//! - [`markdown`]: which lines of a page are code, and which are prose
//! - [`directive`]: how a directive is written
//! - [`directives`]: what each directive stands for, one module each
//! - [`rust_item`]: items of a Rust file by name
//! - [`book_context`]: the files and the catalogue that directives read
//! - [`book_address`]: where a page is read in a browser
//! - [`problem`]: what is wrong with a page, and what to do about it

pub mod book_address;
pub mod book_context;
pub mod directive;
pub mod directives;
pub mod markdown;
pub mod page;
pub mod problem;
pub mod rust_item;
