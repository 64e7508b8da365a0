extern crate lazy_solution as lazy;
#[path = "../../../exercises/lazy/tests/lazy.rs"]
mod exercise;
#[path = "lazy/spawned.rs"]
mod spawned;
