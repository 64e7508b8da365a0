//! The exercise's tests, on the reference.

extern crate pagination_solution as pagination;
#[path = "../../../exercises/pagination/tests/pagination.rs"]
mod exercise;
#[path = "pagination/spawned.rs"]
mod spawned;
