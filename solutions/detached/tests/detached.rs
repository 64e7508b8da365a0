//! The exercise's tests, on the reference.

extern crate detached_solution as detached;
#[path = "../../../exercises/detached/tests/detached.rs"]
mod exercise;
#[path = "detached/spawned.rs"]
mod spawned;
