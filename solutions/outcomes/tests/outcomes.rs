extern crate outcomes_solution as outcomes;
#[path = "../../../exercises/outcomes/tests/outcomes.rs"]
mod exercise;
