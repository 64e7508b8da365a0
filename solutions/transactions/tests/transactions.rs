extern crate transactions_solution as transactions;
#[path = "../../../exercises/transactions/tests/transactions.rs"]
mod exercise;
#[path = "transactions/spawned.rs"]
mod spawned;
