extern crate limits_solution as limits;
#[path = "../../../exercises/limits/tests/limits.rs"]
mod exercise;
