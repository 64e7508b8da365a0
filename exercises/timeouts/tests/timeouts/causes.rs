//! Why answers to `timeouts` fail.

testkit::causes! { "timeouts", include_str!("../../exercise.toml");
    HEADERS_ONLY = "The limit covers the wait for the headers, and ends with \
        them. The body is not covered.";
    PIECES_ONLY = "The limit covers the pieces, and not the wait for the \
        headers.";
    TWO_LIMITS = "When the headers had come, the limit began anew. Together \
        the two may take twice as long as was said.";
    ANEW_EACH_TURN = "With each piece the limit begins anew. It is never over, \
        as long as something comes now and then.";
    BETWEEN_THE_PIECES = "Whether to go on is looked at only when something \
        has come. Nothing ends the wait itself.";
    SHARE = "The headers are given a share of the limit. Whichever part of the \
        answer is slow, it may use all the time there is.";
    ZERO_IS_NO_LIMIT = "Zero is taken for no limit. It is what is left of a \
        time that is used up, and whoever has none left must not wait for ever.";
    SLEEPS_IT_OUT = "There is nothing more to wait for, and the function waits \
        until the limit is over. A limit is the most that something may take, \
        not an appointment.";
    EMPTY_IS_THE_END = "The first piece is empty, and others come after it. \
        Without the empty pieces the file is whole: its end is `None`, and \
        nothing else.";
    HALF_A_FILE = "Nothing in `Ok` says that the rest is missing: whoever reads \
        it takes the part for the whole.";
    BREAK_IS_THE_END = "The answer broke off, and what had come by then was \
        taken for the whole. Only `Ok(None)` is the end of a file.";
    LIMIT_AS_FAILURE = "The store has reported nothing: it is our own time that \
        was up. One calls for more time, the other for another store.";
    MERGED = "The limit was not over: something had failed. Whoever reads \
        `Elapsed` waits longer the next time, and nobody looks at what failed.";
    TRIES_AGAIN = "A store in trouble gets more to do, and each try begins from \
        nothing. Trying again is for the caller to decide.";
    OVERFLOW = "No `Instant` is that far away, so the sum of now and the limit \
        overflows. `timeout` and `sleep` take a `Duration`, and see to that \
        themselves. For a sum of your own there is `checked_add`, which gives \
        `None`.";
    RUNS_ON = "It runs in a task of its own. A task goes on when its handle is \
        dropped; a future does not.";
    ABORT_AT_THE_LIMIT = "It runs in a task that is stopped at the limit, by \
        the function that waits for it. That function is gone, and the task \
        does not know.";
    DRAINS = "The rest of the body is read all the same. That takes as long as \
        the store likes: where it stalls, for ever.";
}
