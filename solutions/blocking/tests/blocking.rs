//! The exercise's tests, on the reference.

extern crate blocking_solution as blocking;
#[path = "../../../exercises/blocking/tests/blocking.rs"]
mod exercise;
#[path = "blocking/spawned.rs"]
mod spawned;
