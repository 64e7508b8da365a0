//! Why answers to `fetch` fail.

testkit::causes! { "fetch", include_str!("../../exercise.toml");
    BLOCKING = "An async function runs on a runtime already. To block there \
        would hold the very thread that has to bring the answer, so tokio \
        panics instead. `.await` gives the thread back while it waits.";
    THREAD_HELD = "A runtime runs many tasks on one thread, and `.await` is \
        where they change places. Here the request was under way and the \
        thread itself was held, so nobody else got a turn.",
        explained in "fetch", "What a runtime is, and what `.await` does";
    OWN_RUNTIME = "The requests went through the client, and none found an \
        open connection. A connection is kept going by the runtime on which \
        it was opened, and ends with it: a runtime for each call leaves none \
        for the next.";
    SPLICED = "In an address `/`, `\\`, `?`, `#` and `%` mean something, and \
        all of them went in as they are: a code that holds one changes what \
        is asked for. (Only a `%` without two hex digits behind it stands \
        for itself.) Escape the code first.";
    ESCAPED_BY_HAND = "Of the signs that mean something in an address, some \
        are escaped and others are not. A library has the whole list for a \
        segment of a path.";
    ESCAPED_TWICE = "The `%` of an escape was escaped again, so the service \
        reads an escape instead of the code. One of the two is enough.";
    JOINED = "The `/v1` of the base is missing: what had to be put behind its \
        path was put in its place. `Url::join` does that, for it follows a \
        link as a browser does.";
    STATUS_IGNORED = "An answer with an error status is still an answer: \
        `send` gives `Ok`, and a body that decodes looks like a product. The \
        status has to be looked at first.";
    BODY_FIRST = "The status comes with the head of an answer, and is enough \
        for the error. Here the body was awaited as well, and that of an \
        error may break off, or never end.";
    ONLY_200 = "A 203 was taken for an error. 200 is not the only success: 203 \
        says that a proxy has had a hand in the answer, and its body is a \
        product.";
    UNWRAPPED = "What comes from outside is sometimes broken. A panic ends \
        everything that the task was doing; an `Err` lets the caller decide.";
    GAPS_FILLED = "Parts of that product were never sent. Decoded straight \
        into `Product`, the answer is an error as soon as one is missing.";
    ASKS_TWICE = "Each `send` that is awaited is a request of its own. One \
        answer brings both its status and its body.";
    CLIENT_PER_CALL = "Each request came through a client that has neither \
        the settings of the one you were given nor its open connections.";
}
