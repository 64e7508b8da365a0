//! Why answers to `cleanup` fail.

testkit::causes! { "cleanup", include_str!("../../exercise.toml");
    QUESTION_MARK = "Only a success gets as far as the release. `?` leaves the \
        function before it, and so do a panic and a drop.";
    OK_AND_ERR = "A result gets as far as the release. A panic that is not \
        caught unwinds past it, and in a future that is dropped no line after \
        its current `.await` runs: only destructors do.";
    NO_RELEASE_AFTER_A_DROP = "No drop releases a seat yet: begin with \
        `releases_when_it_is_dropped_during_the_work`.",
        explained in "cleanup", "Ok and Err, and nothing else";
    NOT_WHILE_PANICKING = "The scope was a local variable of something that \
        panicked, and nothing released its seat. `Drop` may start a task \
        while `thread::panicking()`: only a panic of its own is forbidden.";
    BLOCK_ON_IN_DROP = "While the scope was dropped, something tried to block a \
        thread that runs tasks, as `block_on` does. Were it to block there, no \
        task of that thread could run, perhaps not even the release. tokio \
        panics instead.";
    NO_RUNTIME_THERE = "A destructor runs wherever its value is dropped. What \
        looks for the current runtime there, as `tokio::spawn` and \
        `Handle::current` do, panics where there is none. A `Handle` kept from \
        before works everywhere; the cleaner has one.",
        explained in "cleanup", "Spawning in Drop";
    SPAWN_IN_DROP = "The release was started where the cleaner does not know of \
        it: in a task of the runtime around the drop, or on a thread. Nothing \
        waits for it there, and it ends with its runtime, or with the process.";
    NOT_WAITED = "The release goes on when the scope has returned: nothing \
        waited for its end. A caller that asks for a seat next may be told \
        that none is free.";
    WAITS_FOR_ALL = "Its own seat was back, and it went on waiting until that \
        of another was. One server that is slow to answer then holds up \
        everybody. `cleaner.finished()` is for the end of the program; a \
        handle is that of one task.";
    CUT_OFF = "What was left to do was dropped together with the scope. What is \
        to outlive the scope must not be a part of it.";
    LIMITED_RELEASE = "The release had a limit in time, and was dropped half \
        way. Then the seat stays taken for ever.";
    TWICE = "The server may have heard the first release, and have given the \
        number to somebody else. The next release takes that seat away.";
    DISARMED_LATE = "A release was under way, and the drop began another one: \
        what it looks at still said that the seat is held. That has to change \
        before the first await of the release, not after it.";
    MASKS = "The result was right until a release failed: then the error of \
        the release comes in its place. The caller reads that there was no \
        seat, though the work was done.";
    UNREPORTED = "The release failed, and its error went nowhere. One that has \
        nowhere else to go belongs in a log; here that is `cleaner.report`.";
    REPORTED_BY_SCOPE = "The release went on and failed, and what would have \
        reported its error was dropped with the scope. The report is a part of \
        the release.";
    ANOTHER_PANIC = "What comes out does not carry what the work panicked with. \
        `catch_unwind` returns that payload, and `resume_unwind` passes it on \
        to whoever looks for it further out.";
    UNWRAPS = "That no seat is free is an answer of the server, and no mistake \
        in the program. `Refused` is there for it.";
    ASKS_AGAIN = "A refusal is an answer. Whether to try again, and when, is \
        for the caller to decide.";
    ACQUIRED_IN_A_TASK = "The request is not a part of the scope: it is in a \
        task, or on a thread, and goes on when the scope is gone. A seat that \
        it is given goes to somebody who has left.";
    AWAIT_IN_BETWEEN = "The scope had its seat, and was dropped at an `.await` \
        before anything else owned it. From `acquire` to the line from which \
        the seat is safe there must be none.";
    DROP_ORDER = "From the release on, the server may give the same seat to \
        somebody else, and then two use it.";
}
