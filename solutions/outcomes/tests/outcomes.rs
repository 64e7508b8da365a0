extern crate outcomes_solution as outcomes;
#[path = "../../../exercises/outcomes/tests/outcomes.rs"]
mod exercise;
#[path = "outcomes/spawned.rs"]
mod spawned;
