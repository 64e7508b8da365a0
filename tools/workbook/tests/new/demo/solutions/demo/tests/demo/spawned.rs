//! It can be spawned on a multi-thread runtime, as a server would.

#[test]
fn in_a_task_of_a_server() {
    testkit::run_parallel(async || {
        let task = tokio::spawn(demo::total(async |item| item * 10, [1, 2, 3]));

        assert_eq!(task.await.expect("no panic"), 60);
    });
}
