//! Why answers to `deadlines` fail.

testkit::causes! { "deadlines", include_str!("../../exercise.toml");
    TIMEOUT_PER_STEP = "Each page is given the whole budget, counted anew from \
        when it is asked for. What the pages before it have used is counted \
        nowhere.";
    SHARE_OF_THE_BUDGET = "Each page is given a share of the budget. A page may \
        take all the time that is left; what the pages before have not used is \
        there too.";
    BETWEEN_THE_STEPS = "No page is asked for after the deadline. But the one \
        that is under way when it comes is awaited to its end, however long \
        that takes: a look at the clock between two pages ends neither.";
    NOTHING_AT_THE_DEADLINE = "At a failure the search hands back what it has, \
        and at the deadline it does not. What is to outlive the deadline must be held \
        outside of what the deadline drops.";
    QUESTION_MARK = "The search ended with the error, and left behind what it \
        had. `?`, for one, brings out the error and nothing else.";
    TOO_LATE_TO_ASK = "The page was asked for and dropped in the same moment. \
        The first poll of a future asks, and `timeout_at`, for one, polls before \
        it looks at the time. At the deadline itself it is too late already.";
    DEADLINE_AS_ERROR = "The service has reported no failure: the visitor's \
        time was up. One calls for another look at the service, the other for \
        another search.";
    ERROR_AS_DEADLINE = "The deadline had not come: the service had answered, \
        with an error. Whoever reads `Cut` tries again with more time, and \
        nobody looks at the service.";
    THE_LAST_PAGE_AGAIN = "`Cut` names a page that had arrived. Whoever goes on \
        from it has its offers twice.";
    LEFT_RUNNING = "The page runs in a task of its own. A task goes on when its \
        handle is dropped; a future does not.";
    ABORTED_ONLY = "A task that is told to stop has stopped, and dropped what it \
        held, when its handle has been awaited, and no sooner.";
    COIN_TOSS = "At 250 ms both are true: the page is there, and the time is up. \
        Which of the two the code looks at first is left to chance.";
    SLEEPS_IT_OUT = "Nothing was left to wait for, and the search went on until \
        the deadline. A deadline is a limit, not an appointment.";
    ANOTHER_CLOCK = "The code reads another clock than the one that its deadline \
        and its timers belong to. Under a paused clock, in a test, the two have \
        nothing to do with each other.";
}
