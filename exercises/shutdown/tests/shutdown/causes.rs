//! Why answers to `shutdown` fail.

testkit::causes! { "shutdown", include_str!("../../exercise.toml");
    AWAITED = "The answer came only when the mailer was done: something \
        between the order and its answer waits for the mailer.";
    FROM_THE_START = "`grace` was counted from the call. It counts from `stop`.";
    TWICE = "A mail cannot be taken back, so try once only.";
    ENDLESS = "The response has no end of its own, and a server that drains waits \
        for it. Its stream has to end with `stop`.";
    KEEPS_TAKING = "The drain lasts for as long as new work comes in. First \
        close the door: the listener, and the connections that are open.";
    RACED = "A request was under way when `serve` returned. Dropping the server, \
        or leaving it, does not wait for its connections.";
    REQUEST_CUT = "The order had arrived in part before `stop`. `grace` is for \
        requests too, and it was not over.";
    DRAINED_TOO_SOON = "When the order was taken, nothing waited for \
        confirmations any more. Wait for the requests first, and then for the \
        confirmations.";
    CANCEL_FIRST = "They were cut off when `stop` came. Stopping the intake and \
        cutting off the work are two events, with `grace` in between.";
    UNCOVERED = "Nothing that `serve` waited for, or ended, knows of their \
        tasks. A graceful shutdown of axum covers requests, but not the tasks \
        that you spawn.";
    NEVER_CLOSED = "None of its work was under way. A `TaskTracker` has to be \
        closed before `wait` returns, a channel ends when its last sender is \
        dropped, and neither may be shared with another service.";
    NO_DEADLINE = "It waited for what hung: tokio's clock has no deadline for \
        it, or what is cancelled does not notice. A token that is checked only \
        between two steps ends no step that is under way.";
    EACH_ITS_OWN = "Requests had `grace`, and after them the confirmations had it \
        again. One deadline, set at `stop`, covers both.";
    SENT_REPORTED = "A confirmed order is among them: the list was made before \
        the confirmation was noted. Make the list when every confirmation has \
        ended.";
    CUT_UNREPORTED = "Orders whose confirmation was cut off are missing. A task \
        that is cut off cannot report itself: something else has to know of it.";
    FAILED_UNREPORTED = "Orders whose confirmation failed are missing. A task \
        that is over is not a mail that was sent.";
    NOT_AWAITED = "They were cancelled, and `serve` returned before they had \
        ended. A cancelled task ends the next time it is polled.";
    LEFT_RUNNING = "The server's connections outlived `serve`. Each has a task \
        of its own, and dropping the server's future does not end it.";
    SHARED = "What counts the work, or stops it, is shared by all services in \
        the process.";
    CONFIRMATION_LOST = "The process ended between `stop` and the confirmation: \
        nothing waited for it.";
    BLOCKING_THREAD = "`serve` had returned. When the runtime is dropped, the \
        process waits for what runs in `spawn_blocking`, however long it \
        takes: no token and no `abort` reaches it.";
}
