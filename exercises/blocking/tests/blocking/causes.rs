//! Why answers to `blocking` fail.

testkit::causes! { "blocking", include_str!("../../exercise.toml");
    INLINE_CLIENT = "From the question to the reply your future was inside a \
        single poll: it waited there without an await. Waiting like that holds \
        the thread, and `async` around it changes nothing.";
    INLINE_READ = "Your future waited inside a poll. A driver that blocks holds \
        the thread that calls it, and so does `lock` until the lock is free. \
        `async` around the call changes nothing.";
    THREAD_SLEEP = "Nothing else has run on that thread since. Whatever holds \
        it during the pause, `std::thread::sleep` or a loop, stops every task, \
        timer and connection of the thread.";
    GUARD_KEPT = "The parcel had been weighed by then. The guard lives until \
        the end of its scope, and anything that awaits or blocks before that \
        end keeps the others out.";
    LOCKED_OUT = "One quote has weighed its parcel and kept the lock across an \
        await. The other waits for the lock, and holds the thread that the \
        first one needs to go on.",
        explained in "blocking", "A lock kept across an await";
    BLOCK_ON = "This thread is running a runtime, and `block_on` would hold it \
        until its future has ended. Async code awaits the future instead.";
    NO_REACTOR = "Sockets, timers and tasks of tokio need a runtime, and this \
        code ran on a thread without one. A thread that you start yourself has \
        none.";
    OWN_RUNTIME = "Dropping a runtime waits for its threads to end. Here it \
        was dropped in async code, where such waiting is not allowed.";
    SPAWNED = "It was not in your future's own poll. A spawned task runs on \
        the runtime's threads like any other: spawning moves the stall, and \
        does not cure it.", explained in "offload", "A task for each image";
    JOINED = "The scale was read on another thread, and your future waited for \
        it inside a poll, without an await.",
        explained in "offload", "Waiting without an await";
    TOO_SOON = "The courier has said when it wants to be asked again, and was \
        asked sooner.";
    ERRORS_ASKED_AGAIN = "Only `Later` means: ask again. Any other reply is \
        the result.";
    WEIGHED_AGAIN = "The weight does not change while the courier thinks about \
        it. Weigh before the loop.";
}
