//! Why answers to `streams` fail.

testkit::causes! { "streams", include_str!("../../exercise.toml");
    ONCE_PER_ID = "An offer that occurs twice was looked up once.";
    REST_LOST = "The rows after the last whole batch are missing: what has \
        been gathered when the offers are over is a batch, too.";
    UNORDERED = "The rows are in the order in which their lookups ended.";
    ONE_BY_ONE = "No lookup begins before the previous one is done.";
    NO_LIMIT = "All of them are in flight: nothing makes a lookup wait.";
    IN_GROUPS = "Lookups begin in groups, each when the whole group before it \
        is done. The slowest lookup of a group decides.";
    STARVED = "An answer was there, and nothing polled its lookup. Futures in \
        a buffered stream move on only while the stream is polled.";
    FULL_CHANNEL = "As long as rows found room, lookups moved on. Now rows \
        wait for room, and nothing polls the lookups.";
    LOCKED_OUT = "There are lookups that could go on, and none does: what \
        should poll them waits for something else, perhaps for what they \
        hold.";
    STANDS_STILL = "No lookup begins while an insert is under way: what begins \
        lookups waits for the insert, too.";
    COLLECTED = "Offers are taken long before their lookups begin, and wait in \
        memory: in a list, or as futures.";
    ALL_SPAWNED = "Each offer that is taken gets a task at once, and nothing \
        holds the next one back.";
    NO_BOUND = "Rows come faster than they are inserted. What they wait in has \
        room for too many of them.";
    ERRORS_DROPPED = "It returned `Ok`: no one can tell that rows are \
        missing.";
    GOES_ON = "Rows of offers after the error were inserted.";
    FIRST_IN_TIME = "That error came first in time. The one to return is the \
        first in the order of the offers.";
    OVERTAKES = "The error came out while lookups before it were in flight, \
        and their rows are lost.";
    BATCH_LOST = "The rows that waited for their batch to be full are lost \
        with the error.";
    UNREAD = "Another insert was made after the one that failed.";
    WAITS_FOR_OFFERS = "It can only fail now, and still waits for more \
        offers.";
    PANIC_LOST = "It returned as if nothing had happened. A task's panic is \
        in its `JoinError`.";
    CUT = "Offers were under way, in lookups or in a batch that was not full, \
        and were dropped with what held them.";
    THROWN_AWAY = "An offer was taken when it was already too late for it.";
    STOP_UNSEEN = "No more offers come, and `stop` is ready. Await it together \
        with the next offer.";
    NOT_STOPPED = "`stop` was ready, and the next offer was taken all the \
        same, again and again.";
    STILL_WAITS = "Something still waits for more. If that is a channel: it \
        ends when its last sender is dropped.";
    REMEMBERED = "A price was used for another offer, or by another call. It \
        may have changed.";
    ASKED_AGAIN = "A lookup costs the service the same, wanted or not.";
    RUNS_ON = "A task is not dropped with its handle. A `JoinSet` or an \
        `AbortOnDropHandle` aborts it.";
    SHARED = "Something outlives the call, a `static` perhaps.";
}
