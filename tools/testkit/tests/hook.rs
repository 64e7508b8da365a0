//! A panic hook that the code under test sets. Apart from other tests, which it would make deaf.

use std::panic;

use testkit::run::failure_of;

#[test]
fn a_hook_of_the_code_is_told_of_and_lasts_for_one_run() {
    let first = failure_of(async || {
        panic::set_hook(Box::new(|_| {}));
        panic!("no seats left");
    });
    let first = first.expect("it panics");
    assert_eq!(first.headline, "the code panicked");
    assert_eq!(first.facts[0], "no seats left");
    assert!(first.facts[1].contains("the code has set a panic hook"), "{:?}", first.facts);

    let second = failure_of(async || panic!("no seats left")).expect("it panics");
    assert_eq!(second.facts.len(), 1, "{:?}", second.facts);
    assert!(second.facts[0].starts_with("at "), "with its place: {:?}", second.facts);
}
