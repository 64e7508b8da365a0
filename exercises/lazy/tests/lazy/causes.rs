//! Why answers to `lazy` fail.

testkit::causes! { "lazy", include_str!("../../exercise.toml");
    NEVER_POLLED = "Calling an async function makes a future and runs none of \
        its body. Nothing has polled the one made here: `.await` does, or \
        something that you await and that polls it for you.",
        explained in "lazy", "A future does nothing by itself";
    NEVER_CALLED = "No future was made: a line that calls it, if there is one, \
        did not run. Is it behind a condition, on what an earlier call left \
        perhaps, or in an `async` block or a closure? Their body runs only \
        when something polls or calls it.";
    POLLED_ONCE = "It was begun, and dropped before it was ready. A dropped \
        future runs no further: keep polling it until it is ready.";
    MADE_AGAIN = "It was dropped before it was ready, and made again from the \
        start. A call in a branch of `select!` is made each time that the \
        `select!` is reached, and dropped when another branch is ready.";
    ALL_AT_ONCE = "They were begun before `store` had succeeded. If it fails, \
        they report an order that is not closed.";
    STORE_UNREAD = "`store` ended with an error, and `close` with `Ok`: the \
        caller does not learn of it.";
    KEPT_BY_NAME = "There is one call for each name, however often it is in \
        the list: equal entries are taken for one.";
    TRIES_AGAIN = "Without a failure there is one call. Here the call failed \
        and was made again, though the service may have done the work.";
    LIMIT_OF_NONE = "Every call that was begun has ended, and for an order \
        without products `close` waits on. With `buffered`, look at the limit: \
        0 never begins anything, and never ends.";
    NO_WAKER = "The time of these calls is up, and nothing polls them any \
        more: what is awaited leaves them out, or their waker wakes no task.";
    FIRST_FAILURE = "Without the failure they run. After it they were not even \
        begun. Keep each result, and look at them when every call has ended.";
    TRIED_TOGETHER = "Without the failure they run to their end. After it they \
        were dropped half way, and a dropped call never ends.";
    GIVEN_UP = "When it is quick it runs to its end. Here it was dropped half \
        way, and may be done, half done or not done at all.";
    LEFT_ALONE = "They ended after `close` had returned: what runs them does \
        not need `close`, and `close` did not wait for it. If one of them \
        failed, its error is lost.";
    ONLY_THE_FIRST = "Of several errors, only the first in the order is \
        returned.";
    JOINED_UNREAD = "These calls ended with an error, and even if no other \
        call fails, `close` returns `Ok`: what they returned is not read. The \
        result of a task's handle holds another result, that of the call.";
    TOLD_ONCE = "Of several equal errors, only one has come back. Each call \
        that failed has its own error.";
    PANIC_UNREAD = "The panic was caught, or ended a task, and `close` has \
        returned `Ok` all the same. A handle whose task panicked gives an \
        `Err`: to leave that out is to call it a success.";
    COMPLETION_ORDER = "This is the order in which the calls ended. It differs \
        from day to day: put each result in the place of its call.";
    SHARED_LOCK = "Other calls of `close` were under way, and one call of each \
        takes more than a day. Alone, an order does not wait: something is \
        shared by all calls of `close`, a `static` perhaps.";
}
