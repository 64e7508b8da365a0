//! Why answers to `outcomes` fail.

testkit::causes! { "outcomes", include_str!("../../exercise.toml");
    FIRST_FAILURE_ONLY = "One failure is reported, and no other outcome. \
        Backups that were still under way run on, and nothing learns how they \
        end.";
    STOPS_THE_REST = "When one backup failed, others that were under way were \
        aborted. They might have had their snapshots, and what is reported of \
        them says nothing about their databases.";
    DONE_IS_LOST = "Every failure is reported, and no snapshot. Where some \
        backups fail and others do not, the error has to hold both.";
    DECIDED_BY_TEXT = "A word in a message decided what a failure was taken \
        for. A message is written for people and may be reworded; the kind is \
        in the type.";
    TEXT_OF_AN_ERROR = "What should be the message alone is the text of the \
        error around it. Hand on the error of a backup as it is, and let \
        `message_of` read what a panic carried.",
        explained in "outcomes", "One text for every kind";
    END_AS_ANSWER = "These backups have answered nothing: their tasks panicked \
        or were aborted. That is in the `JoinError`, and is not an error of \
        the database.";
    ALWAYS_A_PANIC = "A `JoinError` is a panic or a cancellation, and here a \
        cancellation was taken for a panic. `try_into_panic` tells which it is.";
    EVERYTHING_AGAIN = "Whatever failed was started again. Whoever aborted a \
        backup sees it come back, and neither a refusal nor a bug goes away by \
        itself.";
    UNTIL_IT_WORKS = "Only another answer ends the trying, and no number of \
        tries does. A database that stays busy is asked for ever.";
    SOME_IS_ENOUGH = "`Ok` means that nothing failed, and how many snapshots \
        there are does not decide it: with no databases the call succeeds, and \
        with one failure among forty it does not.";
    ALWAYS_CANCELLED = "A `JoinError` is a panic or a cancellation, and here \
        every panic was taken for a cancellation. The bug in the code is one \
        that nobody will look for.";
    PASSED_ON = "The task had kept its panic to itself, and its handle gives it \
        as a value. The call panicked over it, and so reports no outcome at \
        all.";
    CANCELLED_LEFT_OUT = "A backup that was aborted has no snapshot, and is in \
        no list. That somebody wanted it so is a reason to tell it apart, not \
        to hide it.";
    COMPLETION_ORDER = "They are in the order in which the backups ended: \
        whichever ended first was taken first.";
    BY_NAME = "Where all names differ, nothing is lost. Here two entries have \
        one name, and one outcome between them: a name is not unique, the \
        position in the list is.";
    IN_SEQUENCE = "The others were started only when one of these had ended. A \
        spawned task runs by itself: start all of them, then await the handles.";
    ALL_ALIKE = "Busy is the one failure that passes by itself, and nothing was \
        started again. What to do about a failure depends on its kind.";
    FIRST_TRY_TOLD = "This backup was busy at its first try, and not at its \
        second. The outcome of the second try is the one to report.";
    STOPS_SECOND_TRIES = "When one backup failed, second tries that were under \
        way were aborted. Each of them is about another database, and might \
        have had its snapshot.";
    SECOND_NOT_AWAITED = "A second try was under way when the call came back, \
        and its database is reported as busy. Nothing learns how that try ends.";
    ONCE_PER_NAME = "Where all names differ, each busy backup has a second try. \
        Here two entries have one name, and one second try between them.";
    SECOND_BY_NAME = "Where all names differ, each outcome is at its position. \
        Here two entries have one name, and both report one and the same \
        second try; the outcome of the other is lost.";
    PLACE_BY_NAME = "Where all names differ, each outcome is at its position. \
        Here two entries have one name, and both outcomes are reported at the \
        position of one of them.";
}
