//! Why answers to `background` fail.

testkit::causes! { "background", include_str!("../../exercise.toml");
    OWN_NUMBER = "After an order that was refused, the numbers are not those of \
        the database: they are counted somewhere else.";
    COMMIT_UNREAD = "The order could be written and not be committed, and the \
        answer says that it is stored: nothing has heeded what came of the commit.";
    AWAITED = "The answer came when the mailer had answered: between the \
        order and its answer, something waits for the mailer.";
    ANSWERED_TOO_SOON = "The customer has an answer for an order that may still \
        fail: a number is no promise before the transaction is committed.";
    BEFORE_COMMIT = "A confirmation was on its way although the order was not \
        stored. Only when `commit` has returned `Ok` is there something to \
        confirm.";
    TWICE = "A mail cannot be taken back. One try is asked for; a second one \
        may be the second mail, when only the first answer was lost.";
    MAIL_ERROR_ANSWERED = "The order is stored, and the customer is told of an \
        error, and will order again. What becomes of the mail is a matter \
        between the service and its log.";
    ERROR_UNREAD = "No failure is in the log: nothing reads what comes of a \
        confirmation.";
    CUT_IN_HALF = "The handler was dropped while the order was being \
        committed. The order is stored all the same, and nothing was left to \
        start its confirmation.", explained in "background", "Storing in the handler";
    CUT_OFF = "The handler was dropped while the order was being written, and \
        the order with it.", explained in "background", "Storing in the handler";
    NOT_AWAITED = "When the process ends after that, the confirmations under \
        way are lost: `finish` does not know of their tasks, or does not wait.";
    STORE_NOT_COUNTED = "An order was being stored, and its confirmation was \
        still to come. `finish` did not know of the task, or did not wait.";
    NEVER_CLOSED = "Nothing of its own is being sent. A `TaskTracker` has to be \
        closed before `wait` returns, a channel ends when its last sender is \
        dropped, and neither may be shared with another service.";
    SHARED = "The only thing under way was another service's confirmation: \
        what counts the work is shared by all services of the process.";
}
