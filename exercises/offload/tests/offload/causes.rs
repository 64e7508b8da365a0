//! Why answers to `offload` fail.

testkit::causes! { "offload", include_str!("../../exercise.toml");
    LIMIT_OF_NOTHING = "Nothing is being rendered, so what it waits for never \
        comes. With `buffered` and its like, look at the limit: 0 never starts \
        anything.";
    INLINE = "Between two awaits, asynchronous code runs on the thread that \
        polls it. `async` around a call changes nothing about that.";
    SPAWNED = "A spawned task runs on the runtime's threads like any other: \
        `tokio::spawn` moves the work to another task, and not off those \
        threads.";
    IN_PLACE = "It lets another worker of the runtime take over the tasks of \
        this thread. A current-thread runtime has no other.";
    SCOPED = "The work is done on other threads, and still the runtime's \
        thread was held until it was done: it waits for them without an \
        await.";
    ONE_AT_A_TIME = "Each image was finished before the next one was started, \
        with slots to spare.";
    ROUNDS = "Images 1 and 3 had started together with image 2 and were done. \
        Nothing was started in their place until image 2 was done too.";
    WINDOW = "When the first image was done, the next one took its slot. When \
        those behind image 2 were, nothing did: what is finished behind it \
        keeps its slot until image 2 is done.";
    UNBOUNDED = "Every image was started at once: nothing held any back.";
    FILLS_THE_POOL = "More images are rendered at once than may be, and they \
        hold the whole pool.", explained in "offload", "No bound but the pool's";
    WAITS_INSIDE = "The rest of the pool is held by what waits in it and renders \
        nothing. Another request that wanted a thread got none.";
    COMPLETION_ORDER = "The results are in the order in which the images were \
        finished: whichever was ready first was taken first.";
    PANICS_IN_ORDER = "Image 4 panicked first, and its panic is where that of \
        image 2 belongs: the panics were given out in the order in which they \
        happened.";
    JOIN_ERROR_SHOWN = "The message is what a `JoinError` says of itself. What \
        the panic carried is inside of it: `try_into_panic` takes it out.";
    PANICS_LEFT_OUT = "Only the panics are missing. Afterwards nobody can tell \
        which images they belonged to, or that they failed.";
    BLANK = "A panic became a thumbnail with nothing on it. Nobody can tell it \
        from a success.";
    TAKES_ALL = "The panic of an image came back from where it happened, and was \
        carried on instead of being turned into an error.";
    SLOT_BY_HAND = "Each panic took its slot along, until there was none.";
    DETACHED = "Nobody waits for the thumbnails any more. The images that were \
        left are owned not by the future but by something that outlives it: a \
        task, a queue or a pool.";
    JOINED_IN_DROP = "The drop came back when the image was done, and until then \
        it held the runtime's thread. A drop cannot await.";
}
