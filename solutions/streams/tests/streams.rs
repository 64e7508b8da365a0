//! The exercise's tests, on the reference.

extern crate streams_solution as streams;
#[path = "../../../exercises/streams/tests/streams.rs"]
mod exercise;
#[path = "streams/spawned.rs"]
mod spawned;
