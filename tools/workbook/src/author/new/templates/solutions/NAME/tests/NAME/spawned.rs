//! It can be spawned on a multi-thread runtime, as a server would.

#[test]
fn in_a_task_of_a_server() {
    testkit::run_parallel(async || {
        let task = tokio::spawn(NAME::call_each(async |_| {}));

        task.await.expect("no panic");
    });
}
