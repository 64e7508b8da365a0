//! Why answers to `gather` fail.

testkit::causes! { "gather", include_str!("../../exercise.toml");
    IN_SEQUENCE = "Each request is finished before the next one is sent: \
        somewhere between two requests, the answer to the first is awaited.";
    NOT_REFILLED = "Fewer than ten were in flight, and the rest were sent \
        only when some of them had been answered: ids wait for other ids.",
        explained in "gather", "Shares of the list";
    COMPLETION_ORDER = "The results are in the order in which the answers \
        arrived: whichever was ready first was taken first.";
    SORTED_BY_ID = "With honest ids every result was right. Here the answer to \
        user 2 carries id 5, and results moved: the id in an answer decided \
        where its result goes.";
    ASKED_AGAIN = "Each position in `ids` is worth one request. A future that \
        is to go on must be kept, not made again.";
    DROPPED = "Dropping a future cancels its request: the service had begun \
        to answer, and nothing waited for the rest.";
    ONCE_PER_ID = "An id that occurs twice was asked for once. Each position \
        in `ids` gets its own request and its own result.";
    ALL_OR_NOTHING = "There is one error and nothing else: the first failure \
        ended the call for every id.";
    ERRORS_DROPPED = "Only the errors are missing. Afterwards no one can tell \
        which ids they belonged to, and later results have moved up.";
    GIVES_UP = "After some failures, the rest was never asked for. A failure \
        says nothing about the next request.";
    UNTIL_A_JOIN_ERROR = "A task panicked, and results of other tasks are \
        missing. Its `JoinError` is one result, not the end of all.";
    PANIC_LEFT_OUT = "A task panicked, and its position is missing: the \
        results after it have moved up.";
    CLIENT_PER_CALL = "They came through a client that has neither the \
        settings of the one you were given nor its open connections.";
    LIMIT_OF_NOTHING = "Nothing is under way, so what it waits for never \
        comes. With `buffered`, look at the limit: 0 never starts anything.";
    SHARED_BETWEEN_CALLS = "Each call alone has all its requests in flight. \
        Two at once do not: something outlives the call, a `static` perhaps.";
    ANSWERED_FROM_BEFORE = "Answers of an earlier call were used again: \
        something outlives the call, a `static` perhaps.";
}
