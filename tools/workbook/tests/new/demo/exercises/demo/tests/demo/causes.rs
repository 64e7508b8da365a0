//! Why answers to `demo` fail.

testkit::causes! { "demo", include_str!("../../exercise.toml");
    IN_SEQUENCE = "Each price is awaited before the next is asked for.";
    ONCE_EACH = "An item that is in the basket twice is paid for once.";
}
