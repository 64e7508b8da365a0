//! Why answers to `deadlines` fail.

testkit::causes! { "deadlines", include_str!("../../exercise.toml");
    TIMEOUT_PER_STEP = "Each page is given the whole budget, counted from when \
        it is asked for. What the pages before it have used is counted nowhere.";
    SHARE_OF_THE_BUDGET = "A page was dropped while there was time left: it \
        has a limit that is shorter. It may use all that the pages before it \
        have left.";
    BETWEEN_THE_STEPS = "A page that is under way at the deadline is awaited to \
        its end: a look at the clock between two pages ends neither.";
    ANOTHER_CLOCK = "The time is read from another clock than tokio's, to which \
        the deadline and its timers belong.";
    NOTHING_AT_THE_DEADLINE = "The deadline dropped a page, and the offers \
        before it are gone too. Hold them outside of what the deadline drops.";
    QUESTION_MARK = "The search ended with the error, and left what it had: \
        `?`, for one, returns the error and nothing else.";
    ERROR_AS_DEADLINE = "The deadline had not come: the service had answered, \
        with an error. Anyone who reads `Cut` only allows more time.";
    DEADLINE_AS_ERROR = "The service has reported no failure: the visitor's \
        time was up.";
    THE_LAST_PAGE_AGAIN = "`Cut` names a page that had arrived. Anyone who goes \
        on from it has its offers twice.";
    TOO_LATE_TO_ASK = "The page was asked for and dropped in the same moment: \
        the first poll of a future asks. `timeout_at`, for one, polls before it \
        looks at the time.";
    ASKED_AGAIN = "The page was dropped, and asked for again: what it had done \
        by then is lost. A future that is to go on has to be kept.";
    LEFT_RUNNING = "The page is driven by something that the search does not \
        own, such as a task. A task goes on when its handle is dropped.";
    ABORTED_ONLY = "A task that is aborted has stopped when its handle has been \
        awaited, and no sooner.";
    PANIC_LOST = "The panic ended whatever polled the page, and the search \
        returned as if the page had not arrived. The panic of a task is in the \
        `JoinError` of its handle.";
    SHARED_BETWEEN_CALLS = "Something outlives a call and is shared with \
        others, a `static` perhaps.";
    SLEEPS_IT_OUT = "Nothing was left to wait for, and the search went on until \
        the deadline. A deadline is a limit, not an appointment.";
}
