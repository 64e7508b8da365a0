//! Why answers to `lazy` fail.

testkit::causes! { "lazy", include_str!("../../exercise.toml");
    NEVER_POLLED = "A call of an async function makes a future and runs none \
        of its body. Nothing has polled what was made here: `.await` does, or \
        whatever is awaited and polls it for you.",
        explained in "lazy", "A future does nothing by itself";
    NEVER_CALLED = "No future was made: a line that calls it, if there is one, \
        did not run. The body of an `async` block or of a closure runs only \
        when something polls or calls it.",
        explained in "lazy", "A future does nothing by itself";
    POLLED_ONCE = "It was begun, and dropped before it was ready. A future \
        that is dropped runs no further: whatever polls it has to go on until \
        it is ready.";
    MADE_AGAIN = "It was dropped before it was ready, and made once more from \
        its start. A call in a branch of `select!` is made each time that the \
        `select!` is reached, and dropped when another branch is ready first.";
    ALL_AT_ONCE = "They were begun before `store` had succeeded. If it fails, \
        they report an order that is not closed.";
    STORE_UNREAD = "`store` ended with an error, and `close` with `Ok`: the \
        caller does not learn of it.";
    KEPT_BY_NAME = "Each name has one call, however often it is in the list: \
        equal entries are taken for one.";
    TRIES_AGAIN = "Where nothing fails there is one call. Here it failed, and \
        was made again: the service may have done the work all the same.";
    LIMIT_OF_NONE = "Every call that was begun has ended, and where there are \
        no products, `close` waits on. With `buffered`, look at the limit: 0 \
        never begins anything, and never ends.";
    NO_WAKER = "The time of these calls is up, and nothing polls them any more: \
        what is awaited leaves them out, or they were polled with a waker that \
        wakes no task.";
    FIRST_FAILURE = "Without the failure they run. After it they were not even \
        begun. Keep each result, and look at all when every call has ended.";
    TRIED_TOGETHER = "Without the failure they run to their end. After it they \
        were dropped half way, and what is dropped never ends.";
    GIVEN_UP = "Where it is quick it runs to its end. Here it was dropped half \
        way, and may be done, half done or not at all.";
    LEFT_ALONE = "They came to their end after `close` had returned: whatever \
        runs them does not need `close`, and `close` has not waited for it. \
        An error of theirs is now lost.";
    ONLY_THE_FIRST = "Of several errors, the first in the order comes back, and \
        no other.";
    JOINED_UNREAD = "These calls ended with an error, and even where no other \
        call fails, `close` returns `Ok`: what they returned is not read. In \
        the result of a task's handle there is another one: that of the call.";
    TOLD_ONCE = "Of errors that are equal, only one has come back. Each call \
        that failed has its error.";
    PANIC_UNREAD = "The panic was caught, or ended a task, and `close` has \
        returned `Ok` all the same. A handle whose task panicked gives an \
        `Err`: to leave that out is to call it a success.";
    SHARED_LOCK = "Another order was being closed, one of whose calls takes \
        more than a day. Alone, an order does not wait: something is shared \
        by all calls of `close`, a `static` perhaps.";
}
