//! Why answers to `offload` fail.

testkit::causes! { "offload", include_str!("../../exercise.toml");
    LIMIT_OF_NOTHING = "Nothing is being rendered, and still something waits. \
        With `buffered`, look at the limit: 0 never starts anything.";
    INLINE = "Between two awaits, asynchronous code runs on the thread that \
        polls it. `async` around a call changes nothing about that.";
    SPAWNED = "`tokio::spawn` moves the work to another task, but not off the \
        threads of the runtime.";
    IN_PLACE = "It lets another worker of the runtime take over the tasks of \
        this thread. A current-thread runtime has no other.";
    SCOPED = "The work is done on other threads, and the runtime's thread is \
        held all the same: it waits for them without an await.";
    COMPLETION_ORDER = "The results are in the order in which images were \
        done.";
    RAYON_GLOBAL = "They are rendered in a rayon pool that has fewer threads \
        than there are slots. The global pool has one for each core.";
    ONE_AT_A_TIME = "Each image was done before the next was started.";
    ROUNDS = "Images 1 and 3 were done. Others wait until image 2 is, too.";
    WINDOW = "When image 1 was done, another one was started. When images \
        after image 2 were done, none was: the next ones wait for image 2.";
    CALL_AFTER_CALL = "The second call starts nothing while the first one lasts.";
    UNBOUNDED = "Every image was started at once: nothing held any back.";
    OWN_LIMIT = "Each call keeps to the number of slots. Both together do not: \
        each call has a limit that no other call knows.";
    FILLS_THE_POOL = "More images are rendered at once than there are slots, \
        and they hold the whole pool.", explained in "offload", "No limit but the pool's";
    WAITS_INSIDE = "The rest of the pool's threads are held by work that waits \
        and renders nothing. Another request that wanted a thread got none.";
    TAKES_ALL = "An image's panic was passed on, not turned into an error.";
    PANICS_LEFT_OUT = "Only the panics are missing, and nothing tells which \
        images they belong to.";
    PANICS_IN_ORDER = "The panics are in the order in which they happened.";
    BLANK = "A panic became a thumbnail that looks like a success.";
    JOIN_ERROR_SHOWN = "The message is that of a `JoinError`, which has a number \
        in it. `try_into_panic` takes out what the panic carried.";
    SLOT_BY_HAND = "Panics have used up the slots, until none was left.";
    DETACHED = "The images that were left are owned not by the future but by \
        something that outlives it: a task, a queue or a pool.";
    JOINED_IN_DROP = "The drop waited for the image that was being rendered, \
        and held the runtime's thread until then. A drop cannot await.";
    LET_GO = "The call gave its slots back when it was dropped, though its \
        images were still being rendered.";
    GIVEN_BACK_LATE = "A dropped call never reached what gives its slot back.";
}
