//! Why answers to `streams` fail.

testkit::causes! { "streams", include_str!("../../exercise.toml");
    ONCE_PER_ID = "An offer that occurs twice was looked up once.";
    REST_LOST = "The rows after the last whole batch are missing: what has \
        been gathered when the offers are over is a batch, too.";
    UNORDERED = "The rows are in the order in which their lookups ended.";
    ONE_BY_ONE = "No lookup begins before the one before it is done.";
    NO_LIMIT = "All of them are in flight: nothing makes a lookup wait.";
    IN_GROUPS = "Lookups begin in groups, each when all of the group before \
        are done. The slowest of a group decides.";
    STARVED = "An answer was there, and nothing polled its lookup. Futures in \
        a buffered stream move on only while the stream is polled.";
    FULL_CHANNEL = "As long as rows found room, lookups moved on. Since they \
        wait for room, nothing polls the lookups.";
    LOCKED_OUT = "There are lookups to go on with, and none does: what should \
        poll them waits for something else, which they hold perhaps.";
    STANDS_STILL = "No lookup begins while an insert is under way: what begins \
        lookups waits for the insert, too.";
    COLLECTED = "Offers are taken long before their lookups begin, and wait in \
        memory: in a list, or as futures.";
    ALL_SPAWNED = "Each offer that is taken gets a task at once, and nothing \
        holds the next one back.";
    NO_BOUND = "Rows come faster than they are inserted. What they wait in has \
        room for too many of them.";
    ERRORS_DROPPED = "It returned `Ok`: nobody can tell that rows are missing.";
    GOES_ON = "Rows of offers after the error were inserted.";
    FIRST_IN_TIME = "That error was the first in time. The first in the order \
        of the offers counts.";
    OVERTAKES = "The error came out while lookups before it were in flight, \
        and their rows are lost.";
    BATCH_LOST = "The rows that waited for their batch to be full are lost \
        with the error.";
    UNREAD = "After the insert that failed, another one was made.";
    WAITS_FOR_OFFERS = "It can only fail, and still waits for more offers.";
    PANIC_LOST = "It returned as if nothing had happened. A task's panic is \
        in its `JoinError`.";
    CUT = "Offers were under way, in lookups or in a batch that was not full, \
        and were dropped with what held them.";
    THROWN_AWAY = "An offer was taken when it was too late for it.";
    STOP_UNSEEN = "No more offers come, and `stop` is ready. It has to be \
        awaited together with the next offer.";
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
