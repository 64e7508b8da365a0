//! The exercise's tests, on the reference.

extern crate background_solution as background;
#[path = "../../../exercises/background/tests/background.rs"]
mod exercise;
#[path = "background/spawned.rs"]
mod spawned;
