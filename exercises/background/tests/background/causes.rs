//! Why answers to `background` fail.

testkit::causes! { "background", include_str!("../../exercise.toml");
    OWN_NUMBER = "After a refused order, the numbers are not those of the \
        database: they are counted somewhere else.";
    COMMIT_UNREAD = "The order was written but could not be committed, and the \
        answer says that it is stored: the answer does not depend on the \
        commit.";
    AWAITED = "The answer came only when the mailer had answered: something \
        between the order and its answer waits for the mailer.";
    ANSWERED_TOO_SOON = "The customer has an answer about an order that may \
        still fail: until the transaction is committed, a number promises \
        nothing.";
    BEFORE_COMMIT = "A confirmation was on its way although the order was not \
        stored. Only when `commit` has returned `Ok` is there something to \
        confirm.";
    TWICE = "A mail cannot be taken back, so try once only. If just the first \
        answer was lost, a second try sends a second mail.";
    MAIL_ERROR_ANSWERED = "The order is stored, and yet the customer is told \
        of an error, and will order again. A mail that fails belongs in the \
        log, not in the answer.";
    ERROR_UNREAD = "No failure is in the log: nothing reads the result of a \
        confirmation.";
    CUT_IN_HALF = "The handler was dropped while the order was being \
        committed. The order is stored all the same, but nothing was left to \
        start its confirmation.", explained in "background", "Storing in the handler";
    CUT_OFF = "The handler was dropped while the order was being written, and \
        the order was lost with it.", explained in "background", "Storing in the handler";
    NOT_AWAITED = "If the process ends after that, the confirmations under way \
        are lost: `finish` does not know of their tasks, or does not wait.";
    STORE_NOT_COUNTED = "An order was being stored, and its confirmation was \
        still to come. `finish` did not know of the task, or did not wait.";
    NEVER_CLOSED = "None of its confirmations is being sent. A `TaskTracker` \
        has to be closed before `wait` returns, a channel ends when its last \
        sender is dropped, and neither may be shared with another service.";
    SHARED = "Only another service's confirmation was under way: what counts \
        the work is shared by all services in the process.";
}
