//! The exercise's tests, on the reference.

extern crate limits_solution as limits;
#[path = "../../../exercises/limits/tests/limits.rs"]
mod exercise;
#[path = "limits/spawned.rs"]
mod spawned;
