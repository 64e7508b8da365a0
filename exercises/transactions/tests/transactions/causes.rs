//! Why answers to `transactions` fail.

testkit::causes! { "transactions", include_str!("../../exercise.toml");
    NO_TRANSACTION = "There is no transaction around the work: without one, \
        each statement is committed by itself, at once.";
    FORGOTTEN_COMMIT = "Nothing commits a success. A transaction that is \
        dropped without a commit is silently rolled back.";
    COMMIT_IN_A_TASK = "The commit came after the call had returned: \
        something that it had started went on. If it fails, the caller never \
        learns.";
    COMMIT_UNCHECKED = "A commit may fail, and the error of this one was not \
        passed on: the caller takes the `Ok` for an order that is stored.";
    COMMIT_IN_ANY_CASE = "An error of the work reaches the commit, as a \
        success does: it has to leave the function before that.";
    COMMIT_IN_DROP = "The work is committed even after a drop. No line of the \
        future runs then, but destructors do, and tasks that it has started: \
        one of them commits, and cannot know whether the work was complete.";
    RETRY_EVERYTHING = "Try again after `Busy`, and after nothing else. Any \
        other error has a reason that is still there the second time.";
    ROLLBACK_MASKS = "SQLite had already rolled back by itself, so `ROLLBACK` \
        failed. Its error was returned instead of that of the work.";
    BEGIN_BY_HAND = "sqlx does not know of this transaction: a statement began \
        it. What rolls it back must exist from before that until the commit.";
    ON_THE_POOL = "A transaction belongs to one connection, and a pool gives \
        each statement whichever is free: with several connections, the work \
        ran outside the transaction.";
    BUSY_AT_ONCE = "The other program had held the lock for less than the busy \
        timeout. SQLite waits by itself, on the connection's own thread.";
    BUSY_AS_DATABASE = "This error is SQLITE_BUSY. `ShopError::from` tells it \
        from the others, and `?` calls that; wrapped by hand in `Database`, \
        it looks as if the database were broken.";
    PLAIN_BEGIN = "The transaction began with a read, and asked for the write \
        lock at its first write. What it had read was out of date by then, so \
        SQLite refuses to write, whatever the busy timeout. Taking the lock at \
        the start rules that out; more tries only make it rarer.";
    RETRY_INSIDE = "The work was run again in the transaction that had failed, \
        and found there what it had read or written before. Only a new \
        transaction sees what others have written meanwhile.";
    SLOW_INSIDE = "What is open while something slow is awaited keeps its \
        connection and, with the write lock, keeps out every other writer.";
    BEGIN_TWICE = "sqlx does not know of the transaction that is open on the \
        session's connection: its `begin` sends another `BEGIN` instead of a \
        savepoint, and SQLite refuses that.";
    BEGIN_INSIDE = "`begin_with` inside a transaction is refused, and the \
        `Transaction` that it does not return is dropped all the same: that \
        rolls back the transaction around it. Inside, use plain `begin`.";
    PART_ON_THE_POOL = "The gift is written through a second connection, which \
        waits for the write lock that the order's session has.";
    SECOND_INSIDE = "Code that holds the only connection and asks the pool for \
        another one waits for itself. Only the pool's time limit ends that.";
    SWALLOWED = "Nothing is stored, as it should be, and the error is lost: \
        the caller thanks the customer for an order that does not exist.";
    NO_SAVEPOINT = "One half of the gift was done and the other failed, and \
        the first was not undone. To undo a part of a transaction, set a \
        savepoint before it, and go back to that.";
    PART_TAKES_ALL = "The error of the gift was returned as the error of the \
        session, and undid the whole session.";
    KNOWN_FAILURES = "With other failures of the gift the order is stored, and \
        with this one it is not: it was returned as the error of the session.";
    ROLLBACK_OF_ALL = "At the end of the session there was no transaction any \
        more: it had been rolled back, and the order with it. To go back to a \
        savepoint, send `ROLLBACK TO`, or drop what `begin` returned.";
    GIFT_FIRST = "There was one calendar, and it was taken for the gift: the \
        line of the order that asks for it found none.";
    GIFT_SWALLOWED = "The error of the gift is dropped. It may be a full disk: \
        then no order gets its gift, and nothing says why.";
    PART_IN_A_TIMEOUT = "Statements were slow: something was given up, and the \
        rest went on. Where sqlx's `begin` is dropped before it completes, the \
        transaction around it is rolled back, and its commit returns `Ok`.";
    ONLY_IF_FREE = "There is one connection, so no other writer is in the way: \
        another call had the connection. `acquire` and `begin_with` wait for \
        it; the functions with `try_` do not.";
    PART_AFTERWARDS = "The order was committed, and what belongs to it was \
        not: there was a moment between the two.";
    IN_A_TASK = "The session went on after the drop. A future that is dropped \
        cannot; a task that it has started can.";
}
