//! What is there for synchronous code: gates that hold threads, a small pool, rest.

use std::{thread, time::Duration};

use testkit::{Gate, Membership, journal, panics};
use tokio::task;

const QUIET: Duration = Duration::from_millis(50);

#[test]
fn a_gate_holds_threads_until_enough_are_inside() {
    testkit::run(async || {
        let gate = Gate::of(2);
        let calls = ["one", "two"].map(|lane| {
            let gate = gate.clone();
            task::spawn_blocking(move || gate.pass_blocking(&journal().call(lane)))
        });
        for call in calls {
            call.await.expect("the call does not panic");
        }
        assert!(gate.was_reached());
        assert_eq!(gate.most_inside(), 2);
    });
}

#[test]
fn a_gate_gives_up_on_a_thread_that_stays_alone() {
    testkit::run(async || {
        let gate = Gate::impatient(2, QUIET);
        let alone = gate.clone();
        let call = task::spawn_blocking(move || alone.pass_blocking(&journal().call("one")));
        call.await.expect("the call does not panic");
        assert!(gate.has_given_up());
        assert!(!gate.was_reached());
    });
}

#[test]
fn a_gate_lets_threads_out_in_turn() {
    testkit::run(async || {
        let gate = Gate::in_turn(["two", "one"]);
        let (sender, left) = std::sync::mpsc::channel();
        let calls = ["one", "two"].map(|lane| {
            let (gate, sender) = (gate.clone(), sender.clone());
            task::spawn_blocking(move || {
                gate.pass_blocking(&journal().call(lane));
                sender.send(lane).expect("the test listens");
            })
        });
        for call in calls {
            call.await.expect("the call does not panic");
        }
        assert_eq!(left.try_iter().collect::<Vec<_>>(), ["two", "one"]);
    });
}

#[test]
fn a_gate_can_be_opened_by_the_test() {
    testkit::run(async || {
        let gate = Gate::of(usize::MAX);
        let held = gate.clone();
        let call = task::spawn_blocking(move || held.pass_blocking(&journal().call("one")));
        gate.open();
        call.await.expect("the call does not panic");
        assert!(gate.was_reached());
    });
}

#[test]
fn rest_comes_after_what_is_under_way() {
    testkit::run(async || {
        // Moves all the time, on a loaded machine too.
        let work = task::spawn(async {
            for _ in 0..20 {
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
        });
        testkit::at_rest_for(Duration::from_millis(300)).await;
        assert!(work.is_finished());
    });
}

#[test]
fn a_small_pool_is_full_soon() {
    testkit::run_with_blocking_threads(1, async || {
        let gate = Gate::of(usize::MAX);
        let held = gate.clone();
        let first = task::spawn_blocking(move || held.pass_blocking(&journal().call("one")));
        let second = task::spawn_blocking(|| {});
        tokio::time::sleep(Duration::from_millis(10)).await;
        assert!(!second.is_finished());
        gate.open();
        first.await.expect("the call does not panic");
        second.await.expect("the call does not panic");
    });
}

#[test]
fn a_panic_on_a_thread_that_joined_is_seen_and_one_elsewhere_is_not() {
    testkit::run(async || {
        let run = Membership::of_this_thread();
        let joined = thread::spawn(move || {
            run.join();
            panic!("seen");
        });
        assert!(joined.join().is_err());
        let stranger = thread::spawn(|| panic!("this panic is part of the test"));
        assert!(stranger.join().is_err());
        let seen = panics::seen();
        assert_eq!(seen.len(), 1, "{seen:?}");
        assert!(seen[0].ends_with("seen"));
    });
}
