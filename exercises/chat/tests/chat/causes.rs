//! Why answers to `chat` fail.

testkit::causes! { "chat", include_str!("../../exercise.toml");
    OVERTAKEN = "A later message of one sender was heard before an earlier \
        one: messages take different ways, such as a task each.",
        explained in "chat", "The pattern";
    IN_TURN = "The others heard nothing until this member read: the room \
        awaits a send to one member before the next one gets its turn.";
    UNBOUNDED = "The room kept every message for a member who read none: its \
        queue has no bound, or one far above `WAITING`. It takes as much \
        memory as the others write.";
    STUCK = "It is no longer a member, but a task still waits to send to it, \
        and keeps its connection open.";
    LAGGED = "It is still connected, but nothing is sent to it any more: what \
        wrote to it has ended, and what reads from it has not.";
    SHORT_QUEUE = "It was dropped although no more than `WAITING` messages \
        waited for it.", explained in "chat", "The pattern";
    NEVER_FORGOTTEN = "Its connection is closed, but it still counts as a \
        member.";
    GOODBYE_UNANSWERED = "tungstenite prepares the answer to a close frame, \
        and sends it with the next read or flush. The connection was closed \
        before that.";
    FAULT_UNANSWERED = "Its connection was closed without a close frame. \
        tungstenite reports the fault to its reader, who has to send the frame \
        before the socket is dropped.";
    ENDS_ALL = "What one member did, or failed to do, closed another member's \
        connection.", explained in "chat", "The pattern";
    NO_GOODBYE = "The connection was closed without a close frame. A client \
        takes that for a broken network, and reconnects at once.";
    OVERTAKES_WHAT_WAITS = "The close frame was sent before messages that \
        waited, and nothing can follow it.", explained in "chat", "The pattern";
    NOT_AWAITED = "If the process ends now, a member who has not answered yet \
        is cut off.", explained in "chat", "The pattern";
    NOT_COUNTED = "The handler had let it in before `close` was called, and \
        `close` did not wait for it. Count it in the handler: the closure of \
        `on_upgrade` runs later.", explained in "chat", "The pattern";
    NO_BOUND = "`close` waits for members who do not answer: without a bound, \
        or for longer than `patience`.";
    NOT_DROPPED = "`close` has returned, and nothing has ended the connections \
        of members who do not answer: their tasks run on.",
        explained in "chat", "The pattern";
    LET_IN = "The room was closed, and it let a member in.",
        explained in "chat", "The pattern";
    SHARED = "It heard what was said in another room: the members of all rooms \
        are kept together.";
}
