//! What happened in an asynchronous run, and its drawings.
//!
//! A run is a set of *lanes* (one per task or request), each with *spans* (something began and
//! ended) and *marks* (something happened at one moment). This crate holds the model and draws it.
//! It does no I/O and knows no runtime, so a test, a terminal and a book can all stand on it.
//!
//! # Layout
//!
//! - `model`: [`Timeline`], [`Lane`], [`Span`], [`Mark`], [`Moment`]: plain data, stored as JSON.
//! - `recording`: [`Recording`] takes events as they are journaled and gives a [`Timeline`].
//!   The rule that gives each event its column is explained there.
//! - [`text`]: drawings for a terminal, by order or by time.
//! - [`svg`]: the drawing for a page.
//! - [`table`]: the same facts in words.
//! - [`outcome`]: what a test leaves behind for other programs to read.
//! - [`seal`]: how it proves that the test kit wrote it.
//! - [`visible`]: text that anybody may have written, safe to print; [`escaped`]: the same for HTML
//! - private: `rows` (which lines a drawing has, and which it folds), `axis` (round ticks),
//!   `natural` ("user 2" before "user 10"), `clean` (names that cannot break a drawing).
//!
//! # Example
//!
//! Three requests, each sent when the one before has been answered:
//!
//! ```
//! use timeline::{Clock, How, Recording, text};
//!
//! let mut recording = Recording::new(Clock::Virtual);
//! for (n, user) in ["user 1", "user 2", "user 3"].into_iter().enumerate() {
//!     let began = 50_000 * n as u64;
//!     let request = recording.start(user, began);
//!     recording.end(request, How::Finished, began + 50_000);
//! }
//! let timeline = recording.timeline();
//!
//! assert_eq!(timeline.most_in_flight(), 1);
//! assert_eq!(
//!     text::by_order(&timeline, &text::Style::default()),
//!     "  user 1 ▐▌
//!   user 2   ▐▌
//!   user 3     ▐▌
//! ",
//! );
//! ```

mod axis;
mod clean;
mod model;
mod natural;
pub mod outcome;
mod recording;
mod rows;
pub mod seal;
pub mod svg;
pub mod table;
pub mod text;

pub use clean::{escaped, visible};
pub use model::{Clock, How, Lane, Mark, Moment, Span, Timeline};
pub use recording::{MOST_EVENTS, Recording, SpanId};
