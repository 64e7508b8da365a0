//! GATE: reached by calls that are in flight together, given up for those that are not.

use std::time::Duration;

use futures::future::{join_all, select};
use testkit::{Gate, InFlight, Short, journal};

/// One call through the gate.
async fn call(gate: &Gate, lane: &str) -> String {
    let call = testkit::journal().call(lane);
    gate.pass(&call).await;
    call.finished();
    lane.to_owned()
}

#[test]
fn calls_in_flight_together_reach_it() {
    testkit::run(async || {
        let gate = Gate::of(3);
        join_all(["a", "b", "c"].map(|lane| call(&gate, lane))).await;
        assert!(gate.was_reached());
        assert_eq!(gate.most_inside(), 3);
    });
}

#[test]
fn calls_one_after_another_do_not_and_still_end() {
    testkit::run(async || {
        let gate = Gate::of(3);
        for lane in ["a", "b", "c"] {
            call(&gate, lane).await;
        }
        assert!(!gate.was_reached());
        assert_eq!(gate.most_inside(), 1);
    });
}

#[test]
fn two_at_a_time_are_counted_as_two() {
    testkit::run(async || {
        let gate = Gate::of(4);
        for pair in [["a", "b"], ["c", "d"]] {
            join_all(pair.map(|lane| call(&gate, lane))).await;
        }
        assert!(!gate.was_reached());
        assert_eq!(gate.most_inside(), 2);
    });
}

#[test]
fn a_late_call_is_waited_for_while_something_is_under_way() {
    testkit::run(async || {
        let gate = Gate::of(2);
        let late = async {
            // Busy all the time, as a slow machine would be: nothing is at rest.
            for _ in 0..70 {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
            call(&gate, "late").await;
        };
        futures::join!(call(&gate, "early"), late);
        assert!(gate.was_reached());
    });
}

/// The system tells on Linux only whether a thread computes.
#[cfg(target_os = "linux")]
#[test]
fn a_late_call_is_waited_for_while_something_is_computed() {
    testkit::run(async || {
        let gate = Gate::of(2);
        let late = async {
            tokio::task::spawn_blocking(|| compute_for(Duration::from_millis(700))).await.unwrap();
            call(&gate, "late").await;
        };
        futures::join!(call(&gate, "early"), late);
        assert!(gate.was_reached());
    });
}

#[cfg(target_os = "linux")]
fn compute_for(time: Duration) {
    let began = std::time::Instant::now();
    while began.elapsed() < time {
        std::hint::spin_loop();
    }
}

#[test]
fn it_works_across_threads_and_under_a_paused_clock() {
    testkit::run_parallel(async || {
        let gate = Gate::of(4);
        let tasks = (0..4).map(|n| {
            let gate = gate.clone();
            let journal = testkit::journal();
            tokio::spawn(async move {
                let call = journal.call(&format!("task {n}"));
                gate.pass(&call).await;
                call.finished();
            })
        });
        join_all(tasks).await;
        assert!(gate.was_reached());
    });
    testkit::run_paused(async || {
        let gate = Gate::of(2);
        call(&gate, "alone").await;
        assert!(!gate.was_reached());
    });
}

#[test]
fn turns_let_the_calls_out_in_the_order_of_the_test() {
    testkit::run(async || {
        let gate = Gate::in_turn(["/c", "/a", "/b", "/a"]);
        let upstream = testkit::Upstream::start(gate.holding(|request| {
            testkit::Answer::text(request.path.clone()).on_lane(request.path.clone())
        }));
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let order = std::sync::Mutex::new(Vec::new());
        let get = async |path: &str| {
            let answer = client.get(format!("{}{path}", upstream.url())).send().await.unwrap();
            let text = answer.text().await.unwrap();
            order.lock().unwrap().push(text);
        };
        join_all(["/a", "/a", "/b", "/c"].map(&get)).await;
        assert_eq!(*order.lock().unwrap(), ["/c", "/a", "/b", "/a"]);
    });
}

#[test]
fn a_cancelled_call_leaves_it() {
    testkit::run(async || {
        let gate = Gate::of(2);
        let impatient = Box::pin(tokio::time::sleep(Duration::from_millis(5)));
        select(Box::pin(call(&gate, "gone")), impatient).await;
        call(&gate, "alone").await;
        assert!(!gate.was_reached(), "the call that left does not count");
    });
}

#[test]
fn in_flight_counts_what_overlaps() {
    let in_flight = InFlight::default();
    let one = in_flight.enter();
    let two = in_flight.enter();
    assert_eq!((in_flight.now(), in_flight.most()), (2, 2));
    drop(one);
    let three = in_flight.enter();
    assert_eq!((in_flight.now(), in_flight.most(), in_flight.ever()), (2, 2, 3));
    drop((two, three));
    assert_eq!(in_flight.now(), 0);
}

#[test]
fn slow_turns_wait_for_what_comes_late_after_an_answer() {
    testkit::run(async || {
        let told = |gate: Gate| async move {
            let upstream = testkit::Upstream::start(move |request| {
                testkit::Answer::text("").on_lane(request.path.clone()).held_by(&gate)
            });
            let client = reqwest::Client::builder().no_proxy().build().unwrap();
            let order = std::sync::Mutex::new(Vec::new());
            let get = async |path: &'static str, then: Duration| {
                client.get(format!("{}{path}", upstream.url())).send().await.unwrap();
                tokio::time::sleep(then).await;
                order.lock().unwrap().push(path);
            };
            futures::join!(get("/late", Duration::from_millis(85)), get("/next", Duration::ZERO));
            order.into_inner().unwrap()
        };
        // Quick turns would not wait so long, unless the machine is busy.
        assert_eq!(told(Gate::slowly_in_turn(["/late", "/next"])).await, ["/late", "/next"]);
    });
}

#[test]
fn a_gate_waits_for_the_first_call_however_long_that_takes() {
    testkit::run(async || {
        let gate = Gate::impatient(2, Duration::from_millis(40));
        tokio::time::sleep(Duration::from_millis(200)).await;
        let (one, two) = (journal().call("one"), journal().call("two"));
        tokio::join!(gate.pass(&one), gate.pass(&two));

        assert!(gate.was_reached());
        assert!(!gate.has_given_up());
    });
}

#[test]
fn a_tick_beside_the_work_does_not_hold_the_turns_up() {
    testkit::run(two_turns_beside_a_tick);
    testkit::run_parallel(two_turns_beside_a_tick);
    testkit::run_paused(two_turns_beside_a_tick);
}

#[test]
fn code_that_sleeps_and_looks_on_a_paused_clock_gets_its_turn() {
    testkit::run_paused(async || {
        let gate = Gate::in_turn(["one", "two"]);
        let passes = ["two", "one"].map(|lane| {
            let gate = gate.clone();
            tokio::spawn(async move {
                call(&gate, lane).await;
                gate.answered();
            })
        });
        while !passes.iter().all(tokio::task::JoinHandle::is_finished) {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }

        assert!(gate.was_reached() && !gate.has_given_up());
    });
}

#[test]
fn many_turns_beside_a_tick_take_no_longer_than_a_test_may() {
    testkit::run(async || {
        let lanes: Vec<String> = (0..38).map(|n| format!("call {n}")).collect();
        let gate = Gate::in_turn(lanes.clone());
        let tick = tokio::spawn(async {
            loop {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        });
        let pass = async |lane: &str| {
            let lane = call(&gate, lane).await;
            gate.answered();
            lane
        };
        let passed = join_all(lanes.iter().map(|lane| pass(lane))).await;
        tick.abort();

        assert_eq!(passed, lanes);
        assert!(!gate.has_given_up());
    });
}

#[test]
fn a_gate_that_nothing_more_comes_to_gives_up_beside_a_look_again_and_again() {
    testkit::run_paused(async || {
        let gate = Gate::of(2);
        let alone = {
            let gate = gate.clone();
            tokio::spawn(async move { call(&gate, "alone").await })
        };
        while !alone.is_finished() {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }

        assert!(gate.has_given_up());
    });
}

async fn two_turns_beside_a_tick() {
    let gate = Gate::in_turn(["two", "one"]);
    let (sender, mut order) = tokio::sync::mpsc::unbounded_channel();
    let held = async |lane: &'static str| {
        let call = journal().call(lane);
        gate.pass(&call).await;
        call.finished();
        gate.answered();
        sender.send(lane).unwrap();
    };
    let work = async { tokio::join!(held("one"), held("two")) };
    let tick = async {
        loop {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::select! { _ = work => {}, () = tick => {} }

    assert_eq!(order.recv().await, Some("two"));
    assert_eq!(order.recv().await, Some("one"));
}

#[test]
fn a_gate_that_keeps_a_number_inside_gives_up_when_fewer_come() {
    testkit::run(async || {
        let gate = Gate::keeping(2, ["a", "b", "c"]);
        let (a, b) = (journal().call("a"), journal().call("b"));
        tokio::join!(
            async {
                gate.pass(&a).await;
                gate.answered();
            },
            gate.pass(&b),
        );

        let short = gate.short().expect("c did not come");
        assert_eq!(short, Short { inside: 1, answered: 1, turns: 3 });
        assert_eq!(short.to_string(), "in flight: 1, when 1 of 3 had been answered");
    });
}

#[test]
fn a_gate_is_patient_with_the_call_whose_turn_it_is() {
    testkit::run(async || {
        let gate = Gate::keeping(2, ["a", "b", "c"]);
        let (a, b, c) = (journal().call("a"), journal().call("b"), journal().call("c"));
        let pass = async |call| {
            gate.pass(call).await;
            gate.answered();
        };
        let late = async {
            // Longer than a gate waits for what nobody has called.
            tokio::time::sleep(Duration::from_millis(700)).await;
            pass(&a).await;
        };
        tokio::join!(pass(&b), pass(&c), late);

        assert!(!gate.has_given_up());
    });
}
