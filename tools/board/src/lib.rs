//! A board for a workshop: one page that shows how far everybody is.
//!
//! `cargo workbook board` runs it on the facilitator's machine. Learners who want to be on it type
//! `cargo workbook join` with its address and code. Nothing is written to a disk: when the board
//! ends, all of it is forgotten.
//!
//! It is a crate of its own so that a learner's first build has no web server in it.
//!
//! # Layout
//!
//! - [`room`]: who is there and how far, and what is refused; no network
//! - `bucket`: how often somebody may ask
//! - `page`: the room as a page
//! - [`server`]: the room on the network, with limits on time, size and number
//! - [`address`]: under which address other machines find this one

pub mod address;
mod bucket;
mod page;
pub mod room;
pub mod server;
