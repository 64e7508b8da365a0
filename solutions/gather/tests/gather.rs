extern crate gather_solution as gather;
#[path = "../../../exercises/gather/tests/gather.rs"]
mod exercise;
