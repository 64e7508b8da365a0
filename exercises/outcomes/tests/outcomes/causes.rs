//! Why answers to `outcomes` fail.

testkit::causes! { "outcomes", include_str!("../../exercise.toml");
    FIRST_FAILURE_ONLY = "One failure is reported, and no other outcome. Only \
        an awaited handle tells how its task has ended.";
    STOPS_THE_REST = "When one backup failed, others were aborted. They might \
        have had their snapshots.";
    DONE_IS_LOST = "Every failure is reported, but no snapshot. When some \
        backups fail and others do not, the error has to hold both.";
    DECIDED_BY_TEXT = "A word in a message decided what kind of failure it was \
        taken for. A message may be reworded; the kind is in the type.";
    END_AS_ANSWER = "A backup whose task panicked or was aborted has returned \
        nothing. The `JoinError` is not an error of the database.";
    ALWAYS_A_PANIC = "A `JoinError` is a panic or a cancellation, and here a \
        cancellation was taken for a panic. `try_into_panic` tells which it is.";
    EVERYTHING_AGAIN = "Every backup that failed here was started again. Only \
        `Busy` may go away by itself.";
    UNTIL_IT_WORKS = "Only another answer ends the tries, however many there \
        are.";
    SOME_IS_ENOUGH = "`Ok` promises every snapshot, and callers look no \
        further.";
    ALWAYS_CANCELLED = "A `JoinError` is a panic or a cancellation, and here a \
        panic was taken for a cancellation. Nothing points to the bug.";
    PASSED_ON = "A task keeps its panic to itself, and its handle returns it as \
        a value. The call panicked over it, and reports no outcome at all.";
    CANCELLED_LEFT_OUT = "A backup that was aborted has no snapshot, and is \
        neither in `done` nor in `failed`.";
    COMPLETION_ORDER = "Each outcome is there, but under the id of another \
        database: in the order in which the backups ended.";
    IN_SEQUENCE = "Others were started only when earlier ones had ended. A \
        spawned task runs by itself: start all, then await the handles.";
    ALL_ALIKE = "A busy database may be free a moment later, and none was \
        tried again.";
    FIRST_TRY_TOLD = "This backup was busy at its first try, but not at its \
        second. The second is the one to report.";
    SECOND_NOT_AWAITED = "A second try was under way when the call returned, \
        and its database is reported as busy.";
    REMEMBERED = "With the first call all was well, and now it is not: \
        something outlives the call, a `static` perhaps.";
}
