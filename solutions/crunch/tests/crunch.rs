//! The exercise's tests, on the reference.

extern crate crunch_solution as crunch;
#[path = "../../../exercises/crunch/tests/crunch.rs"]
mod exercise;
#[path = "crunch/spawned.rs"]
mod spawned;
