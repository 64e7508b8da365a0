extern crate taskgroup_solution as taskgroup;
#[path = "../../../exercises/taskgroup/tests/taskgroup.rs"]
mod exercise;
#[path = "taskgroup/spawned.rs"]
mod spawned;
