//! Why answers to `limits` fail.

testkit::causes! { "limits", include_str!("../../exercise.toml");
    ONE_BY_ONE = "No request is sent before the one before it is over.";
    OWN_CAP = "A limit of 5 is used to the full, and this one is not: \
        something else keeps the number down.";
    NO_LIMIT = "All of them are in flight, as if there were no limit. With a \
        semaphore: a permit holds others back only while it is held, and only \
        those who ask the same semaphore.", explained in "limits", "The pattern";
    ONE_TOO_MANY = "One request more is sent before the next one has to wait.";
    BEFORE_THE_BODY = "A slot is used again when the head of a response has \
        come. But a request is in flight until its body has been read.";
    BODY_OUTSIDE = "Several heads are there, and each body is awaited alone. A \
        body is a future: it moves on only while it is polled.";
    HEADS_ONE_BY_ONE = "No request is sent before the head of the one before \
        it has come: where requests are sent, `get` is awaited.";
    STARVED = "A request whose time was up had to wait: nothing polled it. \
        Futures in a buffered stream move on only while the stream is polled, \
        and meanwhile the loop's body was awaiting something else.";
    LOCKED_OUT = "Requests are in flight whose time is up, and nothing polls \
        them: whoever should is waiting for something else, perhaps for what \
        they hold.";
    CHUNKS = "Requests are sent in groups, each when all of the group before \
        are over. The slowest of a group decides.";
    IN_ORDER = "A result waits for those before it in the list, and keeps its \
        slot until they are there.";
    TAKEN_EARLY = "An id was sent later than one behind it in the list: it was \
        taken before there was a slot for it, and waits for one that is busy.";
    LOST_SLOT = "Since requests failed, fewer are in flight: a failed one keeps \
        its slot, or ends whoever sent it.";
    LEFT_IN_THE_SET = "No result is handed over before the last request is \
        sent: until then all of them are kept.";
    IN_GROUPS = "It is handed over together with others, at the moment when \
        the last of them is there.";
    LOOKS_ONCE = "A result was there, and the next request was under way, and \
        it was not handed over: whoever takes results waited for something \
        else, a permit perhaps.";
    NOTHING_READS = "Results are there and nothing takes them, so those that \
        carry them wait, with their slots. What they are put in has to be \
        read while requests are being sent.";
    STILL_WAITS = "Something still waits for more. If that is a channel: it \
        ends when its last sender is dropped, and the one that it was made \
        with counts too.";
    NO_BOUND = "Results come faster than they are handed over, and the list \
        goes on all the same. What they wait in, a channel for example, has \
        room for too many of them.";
    ALL_SPAWNED = "Ids are taken from the list long before there is a slot for \
        them, and each waits in memory with a task of its own.";
    QUEUED = "Ids are taken from the list long before there is a slot for them, \
        and wait in memory: in a queue, or as futures.";
    GONE_TOO_SOON = "What is left goes on, and nothing awaits it: whoever \
        called `fetch_all` takes what is there for the whole.";
    FAILURES_DROPPED = "What is missing are the failures. Nobody can tell a \
        document that failed from one that was never asked for.";
    NEXT_IN_LINE = "The answers are there, under other ids: requests end in \
        another order than they are sent in.";
    ONCE_PER_ID = "An id that occurs twice was asked for once.";
    ASKED_AGAIN = "An id was asked for more often than it occurs in the list. \
        Each request costs the service the same, wanted or not.";
    SHARED_BETWEEN_CALLS = "A call alone uses its limit. Two at once do not: \
        one waits for the other, so something outlives the call, a `static` \
        perhaps.";
    RUNS_ON = "Tasks that the call has started go on without it. A task is \
        not dropped with its handle; a `JoinSet` aborts its tasks when it is.";
}
