//! The exercise's tests, on the reference.

extern crate chat_solution as chat;
#[path = "../../../exercises/chat/tests/chat.rs"]
mod exercise;
#[path = "chat/spawned.rs"]
mod spawned;
