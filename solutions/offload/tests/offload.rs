extern crate offload_solution as offload;
#[path = "../../../exercises/offload/tests/offload.rs"]
mod exercise;
#[path = "offload/spawned.rs"]
mod spawned;
