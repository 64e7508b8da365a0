//! What only authors run.
//!
//! - [`verify`]: proves that the workbook holds what it promises, and writes recordings
//! - [`mod@bench`]: takes the numbers of an exercise from criterion's files
//! - [`lints`]: asks the compiler which lints report a mistake
//! - [`new`]: writes the skeleton of an exercise

pub mod bench;
pub mod lints;
pub mod new;
pub mod verify;
