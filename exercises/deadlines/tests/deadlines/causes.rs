//! Why answers to `deadlines` fail.

testkit::causes! { "deadlines", include_str!("../../exercise.toml");
    TIMEOUT_PER_STEP = "Each page is given the whole budget, counted from \
        when it is asked for. The time that earlier pages have used is not \
        counted.";
    SHARE_OF_THE_BUDGET = "A page was dropped while there was time left: its \
        own limit is shorter. It may use all the time that earlier pages have \
        left.";
    BETWEEN_THE_STEPS = "A page that is under way at the deadline is awaited \
        to its end. Looking at the clock between two pages is too late, and so \
        is a limit that is longer than the time left.";
    ANOTHER_CLOCK = "The time is read from a clock other than tokio's, by \
        which the deadline and its timers go.";
    NOTHING_AT_THE_DEADLINE = "The deadline dropped a page, and the offers \
        before it are gone too. Keep them outside the future that it drops.";
    QUESTION_MARK = "The search ended with the error, and lost what it had \
        found: `?`, for one, returns the error and nothing else.";
    ERROR_AS_DEADLINE = "The deadline had not come: the service had answered, \
        with an error. To the caller, `Cut` only means allow more time.";
    DEADLINE_AS_ERROR = "The service has reported no failure: the time was up.";
    THE_LAST_PAGE_AGAIN = "`Cut` names a page that had arrived. A caller that \
        goes on from it gets its offers twice.";
    TOO_LATE_TO_ASK = "The page was asked for and dropped in the same moment: \
        the first poll of a future asks. `timeout_at`, for one, polls before it \
        looks at the time.";
    ASKED_AGAIN = "The page was dropped, and asked for again: what it had done \
        by then is lost. A future that is to go on must be kept.";
    LEFT_RUNNING = "The page is driven by something that the search does not \
        own, such as a task. A task goes on when its handle is dropped.";
    ABORTED_ONLY = "An aborted task is known to have stopped only when its \
        handle has been awaited.";
    PANIC_LOST = "The panic ended the task that polled the page, and the \
        search went on. The panic of a task is in the `JoinError` of its \
        handle.";
    SHARED_BETWEEN_CALLS = "Something outlives a call and is shared with \
        others, a `static` perhaps.";
    SLEEPS_IT_OUT = "Nothing was left to wait for, and the search went on until \
        the deadline. A deadline is a limit, not an appointment.";
}
