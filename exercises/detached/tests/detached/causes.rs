//! Why answers to `detached` fail.

testkit::causes! { "detached", include_str!("../../exercise.toml");
    AWAITED = "The job is awaited where it is started: its caller waits as \
        long as the mailer does.";
    NOT_POLLED = "A job is a future: it does nothing until something polls it, \
        and here nothing does. A task of its own would.";
    ONE_BY_ONE = "Each job begins when the one before it is over: something \
        runs them one by one.";
    BATCHES = "Jobs begin only in groups, each when all of the group before \
        are over. The slowest of a group decides.";
    NO_BOUND = "Every job runs that is started, however many there are. \
        Memory and the mailer are the only bound left.";
    NOTHING_WAITS = "The number of jobs that run has a bound. The number of \
        those that wait has none: they are taken at once, as tasks or in a \
        queue, and fill the memory.";
    ERROR_UNREAD = "The job's error is in no log: not when it happens, not \
        with the next job, not at `close`. The result of a task is lost when \
        nothing reads it.";
    PANIC_UNSEEN = "A panic ends its task and goes into its handle, as a \
        `JoinError`. It is in no log: not when it happens, not with the next \
        job, not at `close`.";
    WITH_THE_NEXT = "The failure came to light when another job was started: \
        only then did something look at the tasks that had ended.";
    AT_CLOSE = "The failure came to light at `close`, which may be weeks later: \
        only there does something look at the tasks.";
    PANIC_KEEPS_PLACE = "After many panics fewer jobs run at once than in a \
        new service: whatever gives a place back does not run when a job \
        panics.";
    ERROR_KEEPS_PLACE = "After many errors fewer jobs run at once than in a \
        new service: whatever gives a place back does not run when a job \
        fails.";
    CALLER_KEEPS_PLACE = "Callers stopped waiting for a place, and since then \
        fewer jobs run at once than in a new service. What a dropped future \
        had counted has to be counted back by a destructor.";
    KEPT = "Something grows with every job. A handle, for one, keeps the memory \
        of its task until it is dropped or awaited, and so does a set of tasks.";
    NEVER_CLOSED = "No job is running, and `close` waits for something else. A \
        `TaskTracker` has to be closed before `wait` returns; a channel ends \
        when its last sender is dropped.";
    CUT_OFF = "Jobs were dropped half way: whatever owned their tasks aborted \
        them. Dropping a `JoinSet` does so, and so does its `shutdown`.";
    NOT_AWAITED = "`close` returns while jobs run. When `main` returns after \
        that, the runtime drops them where they are.";
    NOT_COUNTED = "When `close` looked, nothing was running. But `start` took a \
        job after that, for a caller who had been waiting: between the check \
        and the task there was an await.";
    THROWN_AWAY = "`start` had said that the job was taken, and it never ran: \
        it was still waiting when whatever should run it ended.";
    TAKEN_TOO_LATE = "A job was started although nothing will wait for it any \
        more. Closing a `TaskTracker` does not keep tasks out: it only lets \
        `wait` return.";
    SHARED = "A service alone uses all of its places. Two at once do not: one \
        waits for the other, so something is shared, a `static` perhaps.";
}
