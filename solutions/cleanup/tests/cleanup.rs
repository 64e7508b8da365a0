extern crate cleanup_solution as cleanup;
#[path = "../../../exercises/cleanup/tests/cleanup.rs"]
mod exercise;
#[path = "cleanup/spawned.rs"]
mod spawned;
