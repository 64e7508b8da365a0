//! Why answers to `timeouts` fail.

testkit::causes! { "timeouts", include_str!("../../exercise.toml");
    HEADERS_ONLY = "The limit covers the wait for the headers, and ends with \
        them. The body is not covered.";
    PIECES_ONLY = "The pieces have a limit; the wait for the headers has none.";
    RUNS_ON = "It runs in a task of its own. A task goes on when its handle is \
        dropped; a future does not.";
    ABORT_AT_THE_LIMIT = "The function stops its task when the limit is over. \
        When the function itself is dropped, that line never runs.";
    ANEW_EACH_TURN = "The limit begins again with each piece. It is never \
        over, as long as something comes now and then.";
    TWO_LIMITS = "The limit began again when the headers had come. Together, \
        the two may take twice as long as allowed.";
    BETWEEN_THE_PIECES = "The clock is read only when something has come. \
        Nothing ends the wait itself.";
    MERGED = "The limit was not over: something had failed. To the caller, \
        `Elapsed` means allow more time, and nothing says what failed.";
    SHARE = "The headers are given a share of the limit. Whichever part is \
        slow, it may use all the time there is.";
    ANOTHER_CLOCK = "40 ms passed on the wall clock and none on tokio's, and a \
        limit of 25 ms was over: it goes by a clock other than tokio's.";
    ZERO_IS_NO_LIMIT = "Zero is taken for no limit. But it is what is left \
        when the time is used up, and then nothing may wait for ever.";
    SLEEPS_IT_OUT = "There was nothing more to wait for, and it waited until the \
        limit. A limit is the longest that it may take, not an appointment.";
    ASKED_ANEW = "The wait for a piece was dropped half way, and began again: \
        what was under way is lost. Keep the future of `piece`, and poll it \
        further.";
    EMPTY_IS_THE_END = "Empty pieces came, and the file ends where they begin. \
        Its end is `None`, and nothing else.";
    LOSSY = "Bytes that are not UTF-8 were replaced by U+FFFD. A file is bytes, \
        and need not be text.";
    HALF_A_FILE = "Nothing in `Ok` says that the rest is missing: the caller \
        takes the part for the whole.";
    BREAK_IS_THE_END = "The response failed, and what had come by then was \
        taken for the whole. Only `Ok(None)` is the end of a file.";
    LIMIT_AS_FAILURE = "The store has reported nothing: it is our own time that \
        was up. `Elapsed` means allow more time; `Failed`, try another store.";
    TRIES_AGAIN = "A store in trouble gets more to do, and each try begins from \
        nothing. Trying again is for the caller to decide.";
    SHARED_BETWEEN_CALLS = "The same calls to the same stores end differently \
        when they are made alone: something outlives a call.";
    ANSWERED_FROM_BEFORE = "The store was not asked: the file of an earlier \
        call was used again.";
    DRAINS = "The rest of the body is read all the same. That takes as long as \
        the store likes; if it stalls, for ever.";
    PANIC_AS_FAILURE = "The store has reported nothing: code has panicked, and \
        `Failed` hides a bug. `resume_unwind` passes the panic of a task on.";
}
