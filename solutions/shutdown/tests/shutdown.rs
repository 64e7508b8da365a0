//! The exercise's tests, on the reference.

extern crate shutdown_solution as shutdown;
#[path = "../../../exercises/shutdown/tests/shutdown.rs"]
mod exercise;
#[path = "shutdown/spawned.rs"]
mod spawned;
