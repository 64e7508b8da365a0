//! DROP, TID, RDV, ALIVE, POLL: each sees what it claims and is silent otherwise.

use std::{thread, time::Duration};

use testkit::{Heart, Rendezvous, RuntimeThread, Stopped, alive_tasks, poll};
use timeline::How;
use tokio::task::{spawn_blocking, yield_now};

/// How the only span until now ended.
fn only_span() -> How {
    testkit::journal().timeline().lanes[0].spans[0].how
}

#[test]
fn a_call_dropped_at_an_await_is_cancelled_and_a_finished_one_is_not() {
    testkit::run(async || {
        let cut = async {
            let call = testkit::journal().call("cut");
            yield_now().await;
            call.finished();
        };
        assert_eq!(poll::cut_after(1, cut).await, None);
        assert_eq!(only_span(), How::Cancelled);
    });
    testkit::run(async || {
        testkit::journal().call("whole").finished();
        assert_eq!(only_span(), How::Finished);
    });
}

#[test]
fn an_aborted_task_is_seen_to_be_cancelled() {
    testkit::run(async || {
        let journal = testkit::journal();
        let task = tokio::spawn(async move {
            let _call = journal.call("task");
            std::future::pending::<()>().await;
        });
        yield_now().await;
        assert_eq!(only_span(), How::Open);
        task.abort();
        assert!(task.await.unwrap_err().is_cancelled());
        assert_eq!(only_span(), How::Cancelled);
    });
}

#[test]
fn the_runtime_thread_is_told_from_a_blocking_one() {
    testkit::run(async || {
        let runtime = RuntimeThread::here();
        assert!(runtime.is_here());
        assert!(tokio::spawn(async move { runtime.is_here() }).await.unwrap());
        assert!(!spawn_blocking(move || runtime.is_here()).await.unwrap());
        assert!(!thread::spawn(move || runtime.is_here()).join().unwrap());
    });
}

#[test]
fn a_rendezvous_fails_where_the_sibling_cannot_run() {
    testkit::run(async || {
        let sign = Rendezvous::default();
        let sibling = tokio::spawn({
            let sign = sign.clone();
            async move { sign.signal() }
        });
        // On the runtime's thread the sibling never gets its turn.
        assert!(!sign.wait(Duration::from_millis(20)));
        sibling.await.unwrap();
    });
    testkit::run(async || {
        let sign = Rendezvous::default();
        let waiting = spawn_blocking({
            let sign = sign.clone();
            move || sign.wait(Duration::from_secs(3))
        });
        tokio::spawn(async move { sign.signal() }).await.unwrap();
        assert!(waiting.await.unwrap());
    });
}

#[test]
fn alive_tasks_counts_what_has_not_ended() {
    testkit::run(async || {
        assert_eq!(alive_tasks(), 0);
        let task = tokio::spawn(std::future::pending::<()>());
        assert_eq!(alive_tasks(), 1);
        task.abort();
        let _ = task.await;
        assert_eq!(alive_tasks(), 0);
    });
}

#[test]
fn a_future_polled_by_hand_tells_when_it_is_woken() {
    let (sender, receiver) = tokio::sync::oneshot::channel();
    let mut waiting = poll::task::spawn(receiver);
    poll::assert_pending!(waiting.poll());
    assert!(!waiting.is_woken());
    sender.send("sign").unwrap();
    assert!(waiting.is_woken());
    assert_eq!(poll::assert_ready!(waiting.poll()), Ok("sign"));
}

#[test]
fn a_heart_beats_beside_what_waits_elsewhere() {
    testkit::run(async || {
        let heart = Heart::beside("call").await;
        let beats = heart.clone();
        let elsewhere = spawn_blocking(move || beats.beats_meanwhile());
        heart.watch(elsewhere).await.expect("no panic");
        assert_eq!(heart.was_stopped().await, None);
    });
}

#[test]
fn a_heart_tells_who_held_its_thread() {
    testkit::run(async || {
        let heart = Heart::beside("call").await;
        let beats = heart.clone();
        heart.watch(async move { beats.beats_meanwhile() }).await;
        let stopped = heart.was_stopped().await;
        assert_eq!(stopped, Some(Stopped { on_its_thread: true, in_a_poll: true }));
    });
    testkit::run(async || {
        let heart = Heart::beside("call").await;
        let beats = heart.clone();
        let elsewhere = thread::spawn(move || beats.beats_meanwhile());
        let task = tokio::spawn(async move { elsewhere.join() });
        heart.watch(task).await.expect("no panic").expect("no panic");
        let stopped = heart.was_stopped().await;
        assert_eq!(stopped, Some(Stopped { on_its_thread: false, in_a_poll: false }));
    });
}
