//! Why answers to `pagination` fail.

testkit::causes! { "pagination", include_str!("../../exercise.toml");
    FETCHED_ALL = "No review came before all pages had been answered. A \
        stream over a complete list is as late, and as large, as the list.";
    RUNS_AHEAD = "A page was requested before any of its reviews was asked \
        for: something does not wait for the reader.";
    SHORT_PAGE = "It ended after a page that has fewer reviews than the first \
        one, though that page has a `next`.";
    EMPTY_PAGE = "It ended at the first page without reviews, though that page \
        has a `next`.";
    ERROR_DROPPED = "All that came before the failure is there, and then the \
        end: the reader cannot tell this from a complete list.";
    ERROR_TOO_EARLY = "The error came before reviews that had arrived, and \
        those are lost.",
        explained in "pagination", "Fetch all, then iterate";
    ERROR_FOR_EVER = "Asked again after an error, the stream has another one. \
        A reader that skips errors never comes to the end.";
    ASKED_AGAIN = "It had been answered. Whether to try again is for the \
        caller to decide, who knows how long it may take.";
    POLLED_AFTER_ITS_END = "A stream may do anything when it is polled after \
        its end, unless it is fused. Code that merges streams or polls in a \
        `select!` loop does poll again.";
    RUNS_ON = "The stream is gone and something still fetches for it: a task \
        is not dropped with its handle or its channel.";
    FIRST_WAKER = "The task that asked first was woken, and it is no longer \
        waiting. Only the waker of the latest poll counts.";
    BUSY = "Each poll was followed by another wake-up, though nothing had \
        arrived. That keeps a processor busy until the page is there.";
    CLIENT_PER_STREAM = "Requests came through a client without the settings \
        of the one you were given, and so without its open connections.";
    REMEMBERED = "Pages of one stream were used in another: something outlives \
        the stream, a `static` perhaps.";
}
