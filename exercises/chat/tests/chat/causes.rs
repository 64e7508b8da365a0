//! Why answers to `chat` fail.

testkit::causes! { "chat", include_str!("../../exercise.toml");
    OVERTAKEN = "A later message of the same sender was heard before an \
        earlier one: each is sent by a task of its own, or on another way.",
        explained in "chat", "The pattern";
    IN_TURN = "The others heard nothing until the one who did not read had \
        read: sending to it is waited for before the next member has its turn.";
    UNBOUNDED = "The room kept every message for a member who read none: its \
        queue has no bound, or one far above `WAITING`. It takes as much memory \
        as the others write.";
    STUCK = "It is a member no longer, and a task still waits to send to it. \
        Its connection stays open until it reads, which may be never.";
    LAGGED = "It is still connected, and nothing is sent to it any more: what \
        sent to it has ended, and what reads from it has not.";
    SHORT_QUEUE = "It was dropped although no more than `WAITING` messages \
        waited for it.", explained in "chat", "The pattern";
    NEVER_FORGOTTEN = "Its connection is closed, and it still counts as a \
        member.";
    GOODBYE_UNANSWERED = "tungstenite prepares the answer to a close frame, \
        and sends it with the next read or flush. The connection was closed \
        before that.";
    FAULT_UNANSWERED = "Its connection was closed without a close frame: \
        tungstenite reports the fault to its reader, and sends nothing.";
    ENDS_ALL = "What one member did, or did not do, has closed the connection \
        of another one.", explained in "chat", "The pattern";
    NO_GOODBYE = "The connections were closed without a close frame. Clients \
        take that for a broken network, and come back at once.";
    OVERTAKES_WHAT_WAITS = "The close frame came before messages that waited: \
        nothing can be sent after it.", explained in "chat", "The pattern";
    NOT_AWAITED = "When the process ends now, those who have not answered get \
        an abrupt end.", explained in "chat", "The pattern";
    NOT_COUNTED = "The handler had let it in before `close` was called, and \
        `close` did not wait for it. Count it in the handler: the closure of \
        `on_upgrade` runs later.", explained in "chat", "The pattern";
    NO_BOUND = "One who never answers keeps `close` from returning.";
    NOT_DROPPED = "Nothing ends the connection of one who never answers: \
        `close` gives up on it, and its task runs on.", explained in "chat",
        "The pattern";
    LET_IN = "The room was closed, and it let a member in.",
        explained in "chat", "The pattern";
    SHARED = "It heard what was said in another room: the members of all rooms \
        are kept together.";
}
