extern crate fetch_solution as fetch;
#[path = "../../../exercises/fetch/tests/fetch.rs"]
mod exercise;
#[path = "fetch/spawned.rs"]
mod spawned;
