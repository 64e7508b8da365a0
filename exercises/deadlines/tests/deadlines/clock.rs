//! Whether a search goes by tokio's clock.

use std::thread;

use deadlines::Ended;
use testkit::expect;
use tokio::runtime::Builder;

use super::{causes::*, service::*};

/// Fails if the search goes by another clock. What it does then differs from run
/// to run, and is not drawn.
pub fn expect_tokios_clock() {
    expect(!goes_by_another_clock(), "the search goes by another clock")
        .asked("an end at `deadline` on tokio's clock")
        .fact("another search, with a deadline in 10 ms, was cut,")
        .fact("after 15 ms, but 0 ms on tokio's clock")
        .without_drawing()
        .because([(true, ANOTHER_CLOCK)]);
}

/// Whether a search is cut when time passes on the wall alone: on a clock that
/// has just been paused, since the two differ ever more.
fn goes_by_another_clock() -> bool {
    let is_cut = |pages| {
        let runtime = Builder::new_current_thread()
            .enable_time()
            .start_paused(true)
            .build();
        let service = Service::undrawn(pages);
        let found = runtime.map(|it| it.block_on(service.search(10)));
        found.is_ok_and(|it| matches!(it.ended, Ended::Cut { .. }))
    };
    let both = move || !is_cut(&[0, 0]) && is_cut(&[ON_THE_WALL, 0]);
    thread::spawn(both).join().unwrap_or(false)
}
