extern crate deadlines_solution as deadlines;
#[path = "../../../exercises/deadlines/tests/deadlines.rs"]
mod exercise;
#[path = "deadlines/spawned.rs"]
mod spawned;
