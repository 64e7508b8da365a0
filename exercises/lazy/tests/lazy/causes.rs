//! Why answers to `lazy` fail.

testkit::causes! { "lazy", include_str!("../../exercise.toml");
    NEVER_POLLED = "A call of an async function makes a future and runs none \
        of its body. Nothing has polled what was made here: `.await` does, or \
        whatever is awaited and polls it for you.",
        explained in "lazy", "A future does nothing by itself";
    POLLED_ONCE = "It was begun, and dropped before it was ready. A future \
        that is dropped runs no further: whatever polls it has to go on until \
        it is ready.";
    BEGUN_ANEW = "It was dropped before it was ready, and made once more from \
        its start. A call that stands in a branch of `select!` is made in each \
        round of the loop, and dropped when another branch is ready first.";
    ALL_AT_ONCE = "They were begun before `store` had ended, when nobody could \
        know what comes of it. If it fails, they tell of an order that is not \
        closed.";
    STORE_UNREAD = "`store` ended with an error, and your function with `Ok`: \
        the caller does not hear of it.";
    KEPT_BY_NAME = "Where all names differ, each product has its call. Here \
        some names are the same, and not every entry has one: kept by name, \
        they are taken for one.";
    TRIES_AGAIN = "It failed, and was made again. Whoever is called may have \
        done the work, and failed to say so.";
    NO_ADDRESS = "Without an address they were not even called. Only the \
        receipt needs one.";
    LIMIT_OF_NONE = "Every call that was begun has ended, and `close` waits for \
        something that does not come where there are no products. With \
        `buffered`, look at the limit: 0 never begins anything, and never \
        comes to its end.";
    FIRST_FAILURE = "After the failure they were not even begun. Keep each \
        result, and look at all of them when every call has ended.";
    TRIED_TOGETHER = "They were dropped in the middle when another one had \
        failed. What is dropped never ends.";
    ONLY_THE_FIRST = "Whichever calls fail, the first error in the order comes \
        back, and no other.";
    JOINED_UNREAD = "These calls were awaited and ended with an error, which \
        does not come back even where no other call fails: what they returned \
        goes no further.";
    INNER_UNREAD = "These calls ended with an error in tasks, before you \
        returned, and it does not come back even where no other call fails. \
        Awaiting a handle gives a result around a result: the outer one says \
        whether the task panicked, the inner one whether the call failed. A \
        handle that is dropped gives neither.";
    TOLD_ONCE = "Calls that failed alike are calls all the same. Of errors \
        that read the same, only one has come back.";
    LEFT_ALONE = "What runs in a task needs nobody to poll it, and `close` has \
        returned before it ended. Nobody hears of its error now, and when the \
        program ends it is lost.";
    IF_FINISHED = "It runs in a task. Where it is quick, its error comes back; \
        here it has not ended when you return, and nobody waits for it. \
        Whether a task has finished is not to be looked at: its handle is to \
        be awaited.";
    GIVEN_UP = "It is dropped where it is slow, and runs to its end where it \
        is quick. What is dropped may be done, half done or not at all. How \
        long a call may take is for whoever asked for it to say.";
}
