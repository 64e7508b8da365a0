extern crate timeouts_solution as timeouts;
#[path = "../../../exercises/timeouts/tests/timeouts.rs"]
mod exercise;
#[path = "timeouts/spawned.rs"]
mod spawned;
