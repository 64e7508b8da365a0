//! The atomics and locks of what is tried in every order: `tests/every_order.rs` has others.

pub(crate) use std::sync::{
    Mutex, PoisonError,
    atomic::{AtomicUsize, Ordering},
};
