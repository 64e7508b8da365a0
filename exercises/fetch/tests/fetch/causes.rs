//! Why answers to `fetch` fail.

testkit::causes! { "fetch", include_str!("../../exercise.toml");
    BLOCKING = "An async function runs on a runtime already. Blocking there \
        would hold the very thread that has to bring the answer, so tokio \
        panics instead. `.await` gives the thread back while it waits.";
    THREAD_HELD = "The request was under way, and the thread itself was held, \
        so nothing else got a turn. Tasks take turns at an `.await`.",
        explained in "fetch", "What a runtime is, and what `.await` does";
    OWN_RUNTIME = "A connection ends with the runtime on which it was opened: \
        a runtime for each call leaves none for the next.";
    PAUSES_THE_THREAD = "Between two awaits the code sleeps, blocks or \
        computes, and no other task on the thread gets a turn. To wait, \
        `.await` a `tokio::time::sleep`.";
    ONE_AT_A_TIME = "A single call comes to its end. Calls made at once wait \
        for something that they share: what is held across an `.await` is held \
        until the answer is there.";
    SPLICED = "`/`, `\\`, `?`, `#` and `%` have a meaning in an address, and \
        all of them went in as they are. Escape the code first.";
    ESCAPED_BY_HAND = "Of the characters that have a meaning in an address, \
        some are escaped and others are not.";
    ESCAPED_TWICE = "The `%` of an escape was escaped again, so the service \
        reads an escape instead of the code.";
    FORM_ENCODED = "In a path a `+` is a plus. It is a space only in a form, \
        and in most queries.";
    JOINED = "What had to be added to the path of the base has replaced it, or \
        its end. `Url::join` adds nothing: it resolves a link, as a browser does.";
    STATUS_IGNORED = "An answer with an error status is still an answer: \
        `send` gives `Ok`, and its body may look like a product.";
    BODY_FIRST = "The status comes with the head of an answer, and is enough \
        for the error. The body of an error may break off, or never end.";
    ONLY_200 = "200 is not the only success: so is every status from 200 to \
        299.";
    UNWRAPPED = "What comes from outside is sometimes broken. A panic ends \
        everything that the task was doing; an `Err` lets the caller decide.";
    GAPS_FILLED = "Parts of that product were never sent. Decoded straight \
        into `Product`, the answer is an error as soon as one is missing.";
    ASKS_TWICE = "Each `send` that is awaited is another request. One answer \
        brings both its status and its body.";
    TRIES_AGAIN = "When all is well, the service is asked once. Whether a \
        failure is worth another request is for the caller to decide.";
    REMEMBERED = "The product was not asked for: it is from an earlier call, \
        perhaps, and may have changed since.";
    CLIENT_PER_CALL = "No request came through the client that was given. \
        Another one has neither its settings nor its open connections.";
}
