//! Why answers to `NAME` fail.

testkit::causes! { "NAME", include_str!("../../exercise.toml");
    IN_SEQUENCE = "Each call has returned before the next one is made: \
        awaiting inside the loop finishes one turn before the next begins.";
}
