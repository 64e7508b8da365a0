//! The exercise's tests, on the reference.

extern crate gather_solution as gather;
#[path = "../../../exercises/gather/tests/gather.rs"]
mod exercise;
#[path = "gather/spawned.rs"]
mod spawned;
