//! Why answers to `cleanup` fail.

testkit::causes! { "cleanup", include_str!("../../exercise.toml");
    QUESTION_MARK = "Only a success gets as far as the release. An error leaves the \
        function before it, as with `?`, and so do a panic and a drop.";
    OK_AND_ERR = "A result gets as far as the release. A panic unwinds past it, \
        and in a future that is dropped no line after its current `.await` \
        runs: only destructors do.";
    NOT_WHILE_PANICKING = "It was dropped while its thread unwound, and \
        nothing released its seat. A task may be started there: only another \
        panic is forbidden.";
    ONLY_IN_RUNTIME = "It was dropped where there is no runtime, and nothing \
        released its seat. `cleaner.spawn` works on any thread.";
    BLOCK_ON_IN_DROP = "Something waited for the server on the spot, or tried \
        to, as `block_on` does. On a thread that runs tasks, none of them goes \
        on meanwhile, perhaps not even the release.";
    NO_RUNTIME_THERE = "What looks for the runtime around it, as `tokio::spawn` \
        and `Handle::current` do, panics where there is none. A `Handle` that \
        was kept works everywhere; the cleaner has one.",
        explained in "cleanup", "Spawning in Drop";
    SPAWN_IN_DROP = "The release was started where the cleaner does not know \
        of it, as with `tokio::spawn`. Nothing waits for it there, and it ends \
        with its runtime.";
    NOT_WAITED = "The release goes on after the scope has ended. A caller that \
        asks for a seat next may be told that none is free.";
    WAITS_FOR_ALL = "Its own seat was back, and it went on waiting for another \
        one. `cleaner.finished()` is for the end of the program; a handle \
        waits for one task.";
    CUT_OFF = "What was left to do was dropped together with the scope. \
        Whatever has to outlive the scope must not be a part of it.";
    LIMITED_RELEASE = "The release had a time limit, and was dropped half way. \
        The seat then stays taken for ever.";
    TWICE = "The server may have heard the first release and given the number \
        to somebody else. The second release then takes that seat away.";
    DISARMED_LATE = "A release was under way, and the drop began another one: \
        what it checks still said that the seat was held.";
    MASKS = "The error of the release was returned instead of the result. The \
        caller reads that there was no seat, though the work was done.";
    UNREPORTED = "The release failed, and its error went nowhere.";
    EQUAL_ERRORS = "Two releases failed with equal errors, and one was \
        reported. Each of them is a lost seat.";
    REPORTED_BY_SCOPE = "The release went on and failed, and what would have \
        reported its error was dropped with the scope.";
    ANOTHER_PANIC = "What comes out does not carry what the work panicked \
        with. `catch_unwind` returns it, and `resume_unwind` passes it on.";
    UNWRAPS = "A server without a free seat is not a bug in the program. \
        `Refused` is the error for it.";
    ASKS_AGAIN = "A refusal is an answer. Whether to try again, and when, is \
        for the caller to decide.";
    ACQUIRED_IN_A_TASK = "The request went on after the scope was gone, and \
        nothing was left to release the seat.";
    AWAIT_IN_BETWEEN = "The scope had its seat, and was dropped at an `.await` \
        before anything else owned it.";
    SHARED_SEAT = "Scopes that run at the same time use one seat: something \
        outlives the scope, a `static` or a thread-local perhaps.";
    DROP_ORDER = "From the release on, the server may give the same seat to \
        somebody else, and then two use it.";
}
