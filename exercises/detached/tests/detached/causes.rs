//! Why answers to `detached` fail.

testkit::causes! { "detached", include_str!("../../exercise.toml");
    AWAITED = "The job is awaited where it is started, so its caller waits.";
    NOT_POLLED = "A job is a future: it does nothing until something polls it, \
        and here nothing does. A spawned task would be polled.";
    ONE_BY_ONE = "Each job begins only when the one before it is over.";
    BATCHES = "Jobs begin only in groups, each when the whole group before it \
        is over. The slowest job of a group decides.";
    NO_BOUND = "Every job that is started runs at once, however many there \
        are.";
    NOTHING_WAITS = "The number of jobs that run is bounded. The number of \
        those that wait is not, and they fill the memory.";
    ERROR_UNREAD = "The job's error is in no log, neither when it happens nor \
        later. The result of a task is lost when nothing reads it.";
    PANIC_UNSEEN = "A panic ends its task and goes into its handle, as a \
        `JoinError`. It is in no log, neither when it happens nor later.";
    WITH_THE_NEXT = "The failure came to light when another job was started.";
    AT_CLOSE = "The failure came to light at `close`, which may be weeks later.";
    PANIC_KEEPS_PLACE = "After many panics fewer jobs run at once than in a \
        new service: a panic skips what gives a place back.";
    ERROR_KEEPS_PLACE = "After many errors fewer jobs run at once than in a \
        new service: an error skips what gives a place back.";
    CALLER_KEEPS_PLACE = "Callers went away, and now fewer jobs run at once \
        than in a new service. A destructor has to undo what a caller had \
        counted.";
    KEPT = "Something grows with every job. A handle, for one, keeps the memory \
        of its task until it is dropped or awaited, and so does a set of tasks.";
    NEVER_CLOSED = "None of its jobs is running. A `TaskTracker` has to be \
        closed before `wait` returns, a channel ends when its last sender is \
        dropped, and neither may be shared with another service.";
    CUT_OFF = "Jobs were dropped half way: whatever owned their tasks aborted \
        them. Dropping a `JoinSet` aborts its tasks, and so does its \
        `shutdown`.";
    NOT_AWAITED = "`close` returns while jobs run. When `main` returns after \
        that, the runtime drops them where they are.";
    NOT_COUNTED = "When `close` looked, nothing was running. But `start` took a \
        job after that, for a caller who had been waiting.";
    THROWN_AWAY = "`start` had said that the job was taken, and the job never \
        ran: it was still waiting when what should have run it ended.";
    TAKEN_TOO_LATE = "A job was started although nothing will wait for it. \
        Closing a `TaskTracker` does not keep tasks out.";
    SHARED = "Alone, a service uses all of its places; two at once do not.";
}
