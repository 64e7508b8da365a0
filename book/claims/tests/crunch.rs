//! What the page *crunch* says of rayon and is not shown by its exercise.

use std::panic::{AssertUnwindSafe, catch_unwind};

use rayon::ThreadPoolBuilder;

/// "`join`, `scope` and `install` pass a panic on to their caller."
#[test]
fn join_scope_and_install_pass_a_panic_on() {
    // No `panic_handler`: a panic that reached one would abort this process.
    let pool = ThreadPoolBuilder::new()
        .num_threads(2)
        .build()
        .expect("two threads");
    let ways: [&dyn Fn(); 3] = [
        &|| _ = pool.join(|| panic!("join"), || ()),
        &|| pool.scope(|scope| scope.spawn(|_| panic!("scope"))),
        &|| pool.install(|| panic!("install")),
    ];

    for (way, wanted) in ways.iter().zip(["join", "scope", "install"]) {
        let panic = catch_unwind(AssertUnwindSafe(way)).expect_err("a panic");
        assert_eq!(panic.downcast_ref(), Some(&wanted));
    }
    // The pool has kept its threads.
    assert_eq!(pool.install(|| 1 + 1), 2);
}
