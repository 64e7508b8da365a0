//! Why answers to `crunch` fail.

testkit::causes! { "crunch", include_str!("../../exercise.toml");
    ON_THE_RUNTIME = "Between two awaits, asynchronous code runs on the thread \
        that polls it. Until it is done, that thread does nothing else.";
    YIELDS = "Other tasks had a turn between two documents, but none while a \
        document was being scored: the model has no await in it.";
    INSTALLED = "The documents are scored on other threads, and the runtime's \
        thread is held all the same: it waits for them without an await.";
    COMPLETION_ORDER = "The results are in the order in which the documents \
        were finished.";
    ONE_CLOSURE = "The documents of a call are scored one after another. With \
        two calls, one document of each is being scored.";
    HELD_QUEUE = "There are two calls, and still one document at a time: there \
        is one worker, or each works inside the same lock.";
    CALL_AFTER_CALL = "None of the second call's documents is begun, though \
        places are idle: it waits until the first call is over.";
    ROUNDS = "Everything that waits belongs to the same call as the long \
        document, and waits for that document, in a group with it or after \
        it.";
    UNBOUNDED = "All documents of a call are begun at once: nothing in the call \
        holds one back.";
    POOL_PER_CALL = "Each call keeps to its number of places, but all of them \
        together do not: each call has places of its own.";
    CALLS_COUNTED = "No more calls are at work than there are places, but each \
        with all of its documents: calls are counted, not documents.";
    TAKES_ALL = "A document panicked, and then the call did: instead of a \
        score it found something that it did not turn into an error.";
    LOST_PLACE = "Without panics all places are used. Each panic cost a place: \
        it skipped what gives the place back, or ended a worker.";
    LET_GO = "While the first call lives, the second one waits. When it was \
        dropped, the first gave its places back, though its documents were \
        still being scored.";
    RUNS_ON = "Nothing awaits these scores any more. What is left of the call \
        is owned by something that outlives it: a queue, a thread or a task.";
    JOINED_IN_DROP = "The drop waited for the document that was being scored, \
        and held the runtime's thread until then. A drop cannot await.";
    GIVEN_BACK_LATE = "Without drops all places are used. A dropped call cost \
        places: what gives them back was never reached, or a worker has \
        ended.";
}
