//! The exercise's tests, on the reference.

extern crate NAME_solution as NAME;
#[path = "../../../exercises/NAME/tests/NAME.rs"]
mod exercise;
#[path = "NAME/spawned.rs"]
mod spawned;
