//! Why answers to `chat` fail.

testkit::causes! { "chat", include_str!("../../exercise.toml");
    OVERTAKEN = "A later message of one sender was heard before an earlier \
        one.", explained in "chat", "The pattern";
    IN_TURN = "The others heard nothing until this member read: the room \
        awaits a send to one member before the next one gets its turn.";
    TAKES_TURNS = "While it does not read, the room does not read from it \
        either: sending and reading take turns.";
    UNBOUNDED = "The room kept every message for a member who read none: its \
        queue has no bound, or one far above `WAITING`.";
    STUCK = "It is no longer a member, but its connection was closed only when \
        it began to read: until then a task waited to send to it.";
    LAGGED = "It is still connected, but nothing is sent to it any more: what \
        wrote to it has ended, and what reads from it has not.";
    SHORT_QUEUE = "It was dropped although no more than `WAITING` messages \
        waited for it.";
    NEVER_FORGOTTEN = "Its connection is closed, but it still counts as a \
        member.";
    GOODBYE_UNANSWERED = "The connection was closed before tungstenite sent the \
        answer: it does so with the next read or flush.";
    FAULT_UNANSWERED = "Its connection was closed without a close frame: \
        tungstenite reports a fault, and leaves it to you to send the frame.";
    ENDS_ALL = "What one member did closed another member's connection.";
    NO_GOODBYE = "The connection was closed without a close frame. A client \
        takes that for a broken network, and reconnects at once.";
    OVERTAKES_WHAT_WAITS = "The close frame was sent before messages that \
        waited, and nothing can follow it.";
    IMPATIENT = "It was cut off before `patience` was over.";
    NOT_AWAITED = "If the process ends now, a member who has not answered yet \
        is cut off.";
    NOT_COUNTED = "The handler had let it in before `close` was called. \
        Count it there: the closure of `on_upgrade` runs later.";
    NO_BOUND = "`close` waits for members who do not answer: without a bound, \
        or for longer than `patience`.";
    NOT_DROPPED = "`close` has returned, and nothing has ended the connections \
        of members who do not answer.", explained in "chat", "The pattern";
    LET_IN = "The room was closed, and still let a member in.";
    SHARED = "It heard what was said in another room: the members of all rooms \
        are kept together.";
}
