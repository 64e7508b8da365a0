//! Why answers to `limits` fail.

testkit::causes! { "limits", include_str!("../../exercise.toml");
    ONE_BY_ONE = "No request is sent before the previous one is over.";
    OWN_CAP = "A limit of 5 is used in full, and this one is not: something \
        else keeps the number down.";
    NO_LIMIT = "All of them are in flight, as if there were no limit. With a \
        semaphore: a permit counts only while it is held, and only for those \
        who ask the same semaphore.", explained in "limits", "The pattern";
    ONE_TOO_MANY = "One more request is sent before the next has to wait.";
    BEFORE_THE_BODY = "A slot is used again when the head of a response has \
        come. But a request is in flight until its body has been read.";
    BODY_OUTSIDE = "Several heads have come, and each body is awaited alone. A \
        body is a future: it moves on only while it is polled.";
    HEADS_ONE_BY_ONE = "No request is sent before the head of the previous one \
        has come: `get` is awaited where requests are sent.";
    STARVED = "A request whose answer was due had to wait: nothing polled it. \
        Futures in a buffered stream move on only while the stream is polled, \
        and meanwhile the loop's body was awaiting something else.";
    LOCKED_OUT = "The answers of requests in flight are due, and nothing \
        polls them: what should poll them waits for something, perhaps for \
        what they hold.";
    CHUNKS = "Requests are sent in groups, each when the whole group before it \
        is over. The slowest request of a group decides.";
    IN_ORDER = "A result waits for those before it in the list, and keeps its \
        slot until they are there.";
    TAKEN_EARLY = "An id was sent later than one after it in the list: it was \
        taken, and nothing starts it. It waits for a busy slot, or is not polled.";
    LOST_SLOT = "Since requests failed, fewer are in flight: a failed one \
        keeps its slot, or ends what sent it.";
    LEFT_IN_THE_SET = "No result is handed over before the last request is \
        sent: until then all results are kept.";
    IN_GROUPS = "It is handed over with others, only when the last of them is \
        there.";
    LOOKS_ONCE = "A result was there, the next request was under way, and the \
        result was not handed over: what takes results was waiting for \
        something else, a permit perhaps.";
    NOTHING_READS = "Results are there and nothing takes them, so the work \
        that carries them waits, and keeps its slots. Read what they are put \
        in while requests are still being sent.";
    STILL_WAITS = "Something still waits for more. If that is a channel: it \
        ends when its last sender is dropped, and the first one counts too.";
    NO_BOUND = "Results come faster than they are handed over, and ids are \
        taken from the list all the same. What results wait in, a channel for \
        example, has room for too many of them.";
    ALL_SPAWNED = "Each id that is taken gets a task at once, and nothing \
        holds the next id back: the tasks fill the memory.";
    QUEUED = "Ids are taken from the list long before there is a slot for them, \
        and wait in memory: in a queue, or as futures.";
    GONE_TOO_SOON = "What is left goes on, and nothing awaits it: the caller \
        of `fetch_all` takes what is there for the whole.";
    FAILURES_DROPPED = "It is the failures that are missing. No one can tell a \
        document that failed from one that was never asked for.";
    NEXT_IN_LINE = "The answers are there, under the wrong ids: requests do \
        not end in the order in which they are sent.";
    ONCE_PER_ID = "An id that occurs twice was asked for once.";
    ASKED_AGAIN = "An id was asked for more often than it occurs in the list. \
        Each request costs the service the same, wanted or not.";
    SHARED_BETWEEN_CALLS = "A call alone uses its limit. Two at once do not: \
        one waits for the other, so something outlives the call.";
    RUNS_ON = "Tasks that the call has started go on without it. A task is \
        not dropped with its handle; a dropped `JoinSet` aborts its tasks.";
}
