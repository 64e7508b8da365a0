//! Why answers to `taskgroup` fail.

testkit::causes! { "taskgroup", include_str!("../../exercise.toml");
    HANDLES_DROPPED = "Nothing stopped these jobs when the call was over: their \
        tasks went on to their ends. Dropping a handle does not stop a task.";
    NOT_AWAITED = "The call stopped these jobs, and returned before they were \
        gone. What they hold, such as a file, is still taken when the caller \
        goes on.";
    REPORTED_TOO_EARLY = "The outcome of the job had been handed over, but the \
        job was still being dropped when the call returned.";
    LATER_FAILURE = "This failure came while the call was already stopping its \
        jobs. It must not replace the first.";
    ONE_EXIT_FORGOTTEN = "If the same job fails with an error, nothing is \
        left when the call returns. After a panic something is: the call \
        leaves another way.";
    STOPPED_BY_HAND = "After an error the call stops its jobs. But when its \
        future is dropped, only destructors run, and none stops the jobs.";
    STOPPED_IN_TURN = "While one job was still being dropped, others went on. \
        Ask all of them to stop before you wait for one.";
    WAITS_FOR_EVERYBODY = "The call went on until the last job had ended, for \
        values that are of no use any more.";
    IN_LINE = "The failure was seen only when the jobs before it in the list \
        had ended: all run together, but are awaited in that order.";
    IN_SEQUENCE = "Each job begins only when the one before it has ended.";
    A_FEW_AT_A_TIME = "The others began only when some had ended. If a job \
        that runs waits for one that has not begun, it waits for ever.";
    COMPLETION_ORDER = "The values are in the order in which the jobs ended: \
        whichever was ready first was taken first.";
    INNER_ERROR_LOST = "The job that failed was left out of the list. Its \
        task ended well: only the job's own result tells whether the job \
        succeeded.";
    EMPTY_LIST = "An empty list is what a group without jobs gives. The caller \
        cannot tell the two apart.";
    PANIC_AS_SUCCESS = "The job that panicked has no value. It was left out, \
        and the call reports success.";
    STOPPED_AS_PANIC = "No job panicked with this: it is the error of an \
        aborted task, which is a `JoinError` too.";
    PAYLOAD_LOST = "This is not what the job panicked with. \
        `JoinError::into_panic` and `catch_unwind` give the payload itself.";
    PASSED_ON = "The job's panic went through the call, and takes down the \
        task that awaits it. Caught around the job, or in a task, it is a \
        value.";
    SHARED_BETWEEN_CALLS = "Alone, a call runs all its jobs and returns their \
        values. Beside or after others it does not: something outlives the \
        call, a `static` perhaps.";
}
