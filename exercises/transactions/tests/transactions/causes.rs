//! Why answers to `transactions` fail.

testkit::causes! { "transactions", include_str!("../../exercise.toml");
    NO_TRANSACTION = "There is no transaction around the work: outside of one, \
        each statement is committed by itself, at once.";
    FORGOTTEN_COMMIT = "A session whose work succeeds returns `Ok` and stores \
        nothing: nothing commits it. A transaction that is dropped without a \
        commit is undone, in silence.";
    COMMIT_IN_A_TASK = "When you returned, nothing was committed, and later it \
        was: something that your function has started went on without it. If \
        that commit fails, the caller does not learn of it.";
    COMMIT_UNCHECKED = "A commit may fail, and the error of this one was not \
        passed on: the caller takes the `Ok` for an order that is stored.";
    COMMIT_IN_ANY_CASE = "An error of the work gets as far as the commit, as a \
        success does: it has to leave the function before that.";
    COMMIT_IN_DROP = "What the work has written is committed even after a \
        drop. No line of a future runs then, but destructors do, and tasks \
        that it has started: one of them commits, and cannot know whether the \
        work was complete.";
    RETRY_EVERYTHING = "What fails for a reason of its own fails again. Try \
        again after `Busy`, and after nothing else.";
    ROLLBACK_MASKS = "SQLite had already rolled back by itself, so `ROLLBACK` \
        found no transaction. Its error was returned instead of the one that \
        says why the work failed.";
    BEGIN_BY_HAND = "sqlx does not know of this transaction: it was begun by a \
        statement, so there is no `Transaction` whose drop would end it. The \
        next session on this connection fails at its `BEGIN`.";
    ON_THE_POOL = "A transaction belongs to one connection, and a pool gives \
        each statement whichever is free: with several connections, the work \
        ran outside of the transaction.";
    BUSY_AS_DATABASE = "This error is SQLITE_BUSY. `ShopError::from` tells it \
        from the others, and `?` calls that; wrapped by hand in `Database`, \
        it looks as if the database were broken.";
    PLAIN_BEGIN = "The transaction began with a read, and asked for the write \
        lock at its first write. What it had read was out of date by then: in \
        WAL mode SQLite refuses such a write at once, whatever the busy \
        timeout. More tries make that rarer; a transaction that takes the \
        lock at its start rules it out.";
    RETRY_INSIDE = "The work was run again and read the same number again, \
        though another one had been committed since: it was still in the \
        transaction that had failed. Only a new one sees what has been \
        written meanwhile.";
    SWALLOWED = "Nothing is stored, as it should be, and the error is lost: \
        the caller thanks the customer for an order that does not exist.";
    NO_SAVEPOINT = "One half of the gift was done and the other failed, and \
        the first was not undone. To undo a part of a transaction, set a \
        savepoint before it, and go back to that.";
    PART_TAKES_ALL = "The error of the gift was returned as the error of the \
        session, and undid all of it.";
    KNOWN_FAILURES = "With other failures of the gift the order is stored, and \
        with this one it is not: it was returned as the error of the session.";
    ROLLBACK_OF_ALL = "When the session was to end, there was no transaction \
        any more: it had been rolled back, and the order with it. To go back \
        to a savepoint, send `ROLLBACK TO`, or drop what sqlx's `begin` has \
        returned.";
    GIFT_FIRST = "There was one calendar, and it was taken for the gift: the \
        line of the order that asks for it found none.";
    SECOND_INSIDE = "Code that holds the only connection and asks the pool for \
        another one waits for itself. Only the pool's time limit ends that.";
    PART_ON_THE_POOL = "A second connection is asked for while the order's \
        session holds the first. Whatever is written through it waits for the \
        write lock of that session, and fails.";
    BEGIN_TWICE = "On the session's connection, sqlx's `begin` is refused: \
        sqlx does not know of the transaction that is open there, and sends \
        another `BEGIN` instead of a savepoint. If the gift begins with it, no \
        gift is ever packed.";
    SLOW_INSIDE = "What is open while something slow is awaited keeps its \
        connection for as long, and, if it has the write lock, the whole \
        database.";
    PART_AFTERWARDS = "The order was committed, and what belongs to it was \
        not: there was a moment between the two.";
    IN_A_TASK = "The session went on after the drop. A future that is dropped \
        cannot; a task that it has started can.";
}
