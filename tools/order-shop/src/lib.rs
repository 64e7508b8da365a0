//! The shop of the exercises that store orders in SQLite and serve them over HTTP.
//!
//! It is no part of testkit, because SQLite takes long to compile, and only few exercises need it.
//!
//! | module | what it holds |
//! |---|---|
//! | [`database`] | [`Database`]: a file in a folder of its own, which a test can [`Lock`] |
//! | [`front`] | [`Front`]: the router on loopback, with its handlers counted, and its customers |

pub mod database;
pub mod front;

pub use database::{Database, Lock, Locked};
pub use front::{Front, client};
