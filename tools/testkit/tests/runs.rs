//! The watchdog, the panics and the clocks: each sees what it claims and is silent otherwise.

use std::{pin::pin, rc::Rc, thread, time::Duration};

use testkit::{
    Gate, Stopwatch, Verdict, panics,
    run::{failure_of, failure_of_parallel, failure_of_paused},
};
use timeline::{MOST_EVENTS, outcome::Kind};

#[test]
fn a_body_that_ends_is_no_failure() {
    assert!(failure_of(async || {}).is_none());
    assert!(failure_of_paused(async || {}).is_none());
    assert!(failure_of_parallel(async || {}).is_none());
}

#[test]
fn a_body_need_not_be_send() {
    testkit::run(async || {
        let local = Rc::new(1);
        tokio::task::yield_now().await;
        assert_eq!(*local, 1);
    });
}

#[test]
fn code_that_waits_blocks_or_goes_round_for_ever_is_told_apart() {
    let waits = thread::spawn(|| failure_of(std::future::pending));
    let waits_paused = thread::spawn(|| failure_of_paused(std::future::pending));
    let blocks = thread::spawn(|| failure_of(async || thread::sleep(Duration::from_mins(1))));
    let spins = thread::spawn(|| {
        failure_of(async || {
            loop {
                std::hint::spin_loop();
            }
        })
    });

    let in_a_task = thread::spawn(|| {
        failure_of(async || {
            let held = tokio::spawn(async { thread::sleep(Duration::from_mins(1)) });
            let _ = held.await;
        })
    });
    let goes_round = thread::spawn(|| {
        failure_of(async || {
            loop {
                tokio::task::yield_now().await;
            }
        })
    });
    let goes_round_paused = thread::spawn(|| {
        failure_of_paused(async || {
            tokio::spawn(tokio::time::sleep(Duration::from_secs(1)));
            loop {
                tokio::task::yield_now().await;
            }
        })
    });
    let sleeps_for_ever = thread::spawn(|| {
        failure_of_paused(async || {
            loop {
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
        })
    });
    let waits_for_tasks_in_the_pool = |time| {
        move || {
            failure_of_paused(async move || {
                let timer = tokio::spawn(tokio::time::sleep(time));
                let runtime = tokio::runtime::Handle::current();
                let _ = tokio::task::spawn_blocking(move || runtime.block_on(timer)).await;
            })
        }
    };
    let for_a_moment = thread::spawn(waits_for_tasks_in_the_pool(Duration::from_millis(10)));
    let for_an_hour = thread::spawn(waits_for_tasks_in_the_pool(Duration::from_hours(1)));
    let on_several_threads =
        thread::spawn(|| failure_of_parallel(async || thread::sleep(Duration::from_mins(1))));

    let waiting = [
        (waits, "waits_for_ever"),
        (waits_paused, "waits_for_ever"),
        (sleeps_for_ever, "looks_in_vain"),
    ];
    for (waits, cause) in waiting {
        let waits = waits.join().unwrap().unwrap();
        assert_eq!(waits.kind, Kind::Hang);
        assert_eq!(waits.headline, "the code waits for something that never comes");
        assert_eq!(waits.cause, cause);
    }
    for held in [blocks, spins, in_a_task, on_several_threads] {
        let held = held.join().unwrap().unwrap();
        assert_eq!(held.kind, Kind::Hang);
        assert_eq!(held.headline, "the code never gave the runtime's thread back");
    }
    let busy = [(goes_round, "goes_round"), (goes_round_paused, "clock_outrun")];
    for (busy, cause) in busy {
        let busy = busy.join().unwrap().unwrap();
        assert_eq!(busy.headline, "the code goes on and on and comes to no end");
        assert_eq!(busy.cause, cause);
    }
    // The clock is moved on by hand: a moment comes, an hour does not.
    assert!(for_a_moment.join().unwrap().is_none());
    let standing = for_an_hour.join().unwrap().unwrap();
    assert_eq!(standing.headline, "the paused clock of this test stands still");
}

/// What each of these fails with: the headline, the cause, and the first fact.
fn failures_of<const N: usize>(
    bodies: [fn() -> Option<timeline::outcome::Failure>; N],
) -> [(String, String, String); N] {
    let running = bodies.map(thread::spawn);
    running.map(|thread| {
        let failure = thread.join().unwrap().unwrap();
        (failure.headline, failure.cause, failure.facts.first().cloned().unwrap_or_default())
    })
}

#[test]
fn slow_code_is_told_from_code_that_never_ends() {
    let failures = failures_of([
        || failure_of(async || tokio::time::sleep(Duration::from_secs(9)).await),
        || {
            failure_of(async || {
                for _ in 0..10 {
                    tokio::time::sleep(Duration::from_millis(700)).await;
                }
            })
        },
        // On a paused clock as well: a day in steps of a millisecond.
        || {
            failure_of_paused(async || {
                let task = tokio::spawn(tokio::time::sleep(Duration::from_hours(24)));
                while !task.is_finished() {
                    tokio::time::sleep(Duration::from_millis(1)).await;
                }
            })
        },
        // And where one day follows on another.
        || {
            failure_of_paused(async || {
                let tick = async {
                    loop {
                        tokio::time::sleep(Duration::from_millis(20)).await;
                    }
                };
                let days = async {
                    for _ in 0..12 {
                        tokio::time::sleep(Duration::from_hours(10_000)).await;
                    }
                };
                tokio::select! { () = days => {}, () = tick => {} }
            })
        },
    ]);

    for (headline, _, _) in &failures {
        assert_eq!(headline, "the code takes too long");
    }
    let [slow, slowly, often, again] = failures.map(|(_, cause, fact)| (cause, fact));
    assert_eq!((&*slow.0, &*slow.1), ("takes_too_long", "it ends 9.0 s after the test began"));
    assert_eq!((&*slowly.0, &*slowly.1), ("takes_too_long", "it ends 7.0 s after the test began"));
    assert_eq!((&*often.0, &*again.0), ("looks_too_often", "looks_too_often"));
}

#[test]
fn a_look_again_and_again_is_no_busy_loop() {
    async fn looks() {
        let (_kept, mut never) = tokio::sync::oneshot::channel::<()>();
        while never.try_recv().is_err() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }
    let failures = failures_of([|| failure_of(looks), || failure_of_paused(looks)]);

    for (headline, cause, _) in failures {
        assert_eq!(headline, "the code waits for something that never comes");
        assert_eq!(cause, "looks_in_vain");
    }
}

#[test]
fn a_thread_that_is_held_again_and_again_has_been_given_back() {
    let failures = failures_of([
        || {
            failure_of(async || {
                loop {
                    thread::sleep(Duration::from_millis(650));
                    tokio::task::yield_now().await;
                }
            })
        },
        || {
            failure_of(async || {
                loop {
                    thread::sleep(Duration::from_millis(650));
                    tokio::time::sleep(Duration::from_millis(1)).await;
                }
            })
        },
    ]);

    for (headline, cause, _) in failures {
        assert_eq!(headline, "the code keeps the runtime's thread for long");
        assert_eq!(cause, "holds_for_long");
    }
}

#[test]
fn what_runs_in_the_blocking_pool_may_be_what_is_waited_for() {
    let failure = failure_of(async || {
        let work = || thread::sleep(Duration::from_mins(1));
        let _ = tokio::task::spawn_blocking(work).await;
    })
    .unwrap();

    assert_eq!(failure.headline, "the code waits for something that has not come");
    assert_eq!(failure.cause, "waits_for_the_pool");
}

#[test]
fn no_more_is_said_of_several_threads_than_is_known() {
    let failures = failures_of([
        || failure_of_parallel(async || tokio::time::sleep(Duration::from_secs(9)).await),
        || {
            failure_of_parallel(async || {
                loop {
                    tokio::time::sleep(Duration::from_millis(20)).await;
                }
            })
        },
    ]);

    let [slow, again] = failures.map(|(headline, cause, _)| (headline, cause));
    assert_eq!(slow.0, "the code waits for something that has not come");
    assert_eq!(slow.1, "waits_long");
    assert_eq!(again.0, "the code has not come to its end");
    assert_eq!(again.1, "wakes_again");
}

#[test]
fn a_test_in_which_something_still_happens_is_not_said_to_be_stuck() {
    let failure = failure_of(async || {
        loop {
            tokio::time::sleep(Duration::from_millis(100)).await;
            testkit::journal().mark("work", "goes on");
        }
    })
    .unwrap();

    assert_eq!(failure.headline, "the code takes too long");
    assert_eq!(failure.cause, "still_at_work");
}

#[test]
fn a_test_in_which_something_happens_is_given_time() {
    // Longer than a test in which nothing happens is given.
    let slow = failure_of(async || {
        for _ in 0..9 {
            tokio::time::sleep(Duration::from_millis(500)).await;
            testkit::journal().mark("work", "goes on");
        }
    });

    assert!(slow.is_none());
}

#[test]
fn a_hang_shows_what_was_under_way() {
    let failure = failure_of(async || {
        testkit::if_it_hangs(Verdict::new("the second call is never answered"));
        testkit::journal().call("call 1").finished();
        let _under_way = testkit::journal().call("call 2");
        std::future::pending::<()>().await;
    })
    .unwrap();

    assert_eq!(failure.headline, "the second call is never answered");
    assert!(failure.drawing.contains("  call 1 ▐▌\n  call 2   ▐▶\n"), "{}", failure.drawing);
}

#[test]
fn a_held_thread_means_what_the_test_says() {
    let failure = failure_of(async || {
        testkit::if_it_holds_the_thread(Verdict::new("the pause holds the thread"));
        testkit::if_it_hangs(Verdict::new("the second call is never answered"));
        thread::sleep(Duration::from_mins(1));
    })
    .unwrap();

    assert_eq!(failure.headline, "the pause holds the thread");
}

#[test]
fn a_panic_carried_over_from_another_thread_keeps_its_message() {
    let failure = failure_of(async || {
        let resumed = std::panic::resume_unwind;
        resumed(Box::new("no such scale".to_owned()))
    })
    .unwrap();

    assert_eq!(failure.kind, Kind::Panic);
    assert_eq!(failure.facts, ["no such scale"]);
}

#[test]
fn a_panic_is_carried_back_with_its_place() {
    let failure = failure_of(async || panic!("the third user has no name")).unwrap();

    assert_eq!(failure.kind, Kind::Panic);
    assert_eq!(failure.facts.len(), 1);
    assert!(failure.facts[0].contains("tests/runs.rs:"), "{:?}", failure.facts);
    assert!(failure.facts[0].ends_with(": the third user has no name"), "{:?}", failure.facts);
}

#[test]
fn a_future_polled_after_its_end_is_told_from_other_panics() {
    let again = failure_of(async || {
        let mut ended = pin!(async {});
        loop {
            ended.as_mut().await;
        }
    });
    assert!(again.unwrap().why.starts_with("A future was polled again"));
    let again = failure_of(async || {
        let mut task = tokio::spawn(async {});
        loop {
            (&mut task).await.unwrap();
        }
    });
    assert!(again.unwrap().why.starts_with("A future was polled again"));

    let other = failure_of(async || panic!("the job was resumed after a pause")).unwrap();
    assert!(other.why.starts_with("A panic takes down"), "{}", other.why);
}

#[test]
fn spaces_within_a_fact_are_kept_where_it_is_wrapped() {
    let columns = format!("  one   two{}  three", " and more".repeat(8));
    let failure = failure_of(async || Verdict::new("wide").fact(columns).fail()).unwrap();

    let more = " and more".repeat(7);
    assert_eq!(failure.text, format!("wide\n\n    one   two{more}\n    and more  three\n"));
}

#[test]
fn what_is_not_written_yet_is_told_from_a_panic() {
    let failure = failure_of(async || todo!("fetch the users")).unwrap();

    assert_eq!(failure.kind, Kind::Unfinished);
    assert_eq!(failure.headline, "this part is not written yet");
}

#[test]
fn a_panic_in_a_task_is_seen_by_a_test_that_looks() {
    testkit::run(async || {
        assert!(panics::seen().is_empty());
        let joined = tokio::spawn(async { panic!("lost") }).await;
        assert!(joined.unwrap_err().is_panic());
        let seen = panics::seen();
        assert_eq!(seen.len(), 1);
        assert!(seen[0].ends_with(": lost"), "{seen:?}");
    });
}

#[test]
fn a_panic_on_a_blocking_thread_is_seen_too() {
    testkit::run(async || {
        let joined = tokio::task::spawn_blocking(|| panic!("lost")).await;
        assert!(joined.is_err());
        assert_eq!(panics::seen().len(), 1);
    });
}

#[test]
fn ports_do_not_stand_in_a_recorded_panic() {
    let failure = failure_of(async || panic!("cannot reach http://127.0.0.1:38267/users")).unwrap();
    assert!(failure.text.contains("http://127.0.0.1:PORT/users"), "{}", failure.text);
}

#[test]
fn virtual_time_is_exact_and_takes_no_time() {
    let began = std::time::Instant::now();
    testkit::run_paused(async || {
        let stopwatch = Stopwatch::start();
        tokio::time::sleep(Duration::from_hours(1)).await;
        assert_eq!(stopwatch.millis(), 3_600_000);
    });
    // An hour would be over the watchdog's limit a thousand times.
    assert!(began.elapsed() < Duration::from_secs(4));
}

#[test]
fn a_virtual_timeline_is_stamped_with_virtual_time() {
    testkit::run_paused(async || {
        let call = testkit::journal().call("step 1");
        tokio::time::sleep(Duration::from_millis(250)).await;
        call.finished();
        let span = testkit::journal().timeline().lanes[0].spans[0];
        assert_eq!((span.start.micros, span.end.micros), (0, 250_000));
    });
}

#[test]
fn blocking_work_outlives_a_run_without_holding_it() {
    // A plain drop of the runtime would wait for this thread.
    let began = std::time::Instant::now();
    testkit::run(async || {
        let started = Gate::of(1);
        let call = testkit::journal().call("blocking");
        tokio::task::spawn_blocking(|| thread::sleep(Duration::from_secs(30)));
        started.pass(&call).await;
    });
    assert!(began.elapsed() < Duration::from_secs(4));
}

#[test]
fn a_verdict_reads_as_the_book_shows_it() {
    let failure = failure_of(async || {
        for n in 1..=2 {
            testkit::journal().call(&format!("call {n}")).finished();
        }
        Verdict::new("the calls were made one after another")
            .asked("two calls in flight together")
            .fact("in flight at once: 1, wanted: 2")
            .why("Awaiting inside the loop finishes each call before the next one is made.")
            .read_on("gather", "Awaiting in a loop")
            .fail();
    })
    .unwrap();

    assert_eq!(failure.kind, Kind::Verdict);
    assert_eq!(
        failure.text,
        "\
the calls were made one after another
asked: two calls in flight together

  call 1 ▐▌
  call 2   ▐▌

  in flight at once: 1, wanted: 2

Awaiting inside the loop finishes each call before the next one is made.
Read on: gather, \"Awaiting in a loop\" (book/src/gather.md)
"
    );
}

#[test]
fn two_lists_are_shown_side_by_side_where_they_differ() {
    testkit::run(async || {
        Verdict::new("never given").fail_unless_same(&["a", "b"], &["a", "b"]);
    });
    let failure = failure_of(async || {
        Verdict::new("another order").fail_unless_same(&["a", "bb"], &["bb", "a", "c"]);
    });
    assert_eq!(
        failure.unwrap().facts,
        [
            "results: 3, wanted: 2",
            "[0] wanted a    got bb   ✗",
            "[1] wanted bb   got a   ✗",
            "[2] wanted nothing   got c   ✗",
        ]
    );
}

#[test]
fn what_is_under_way_at_the_verdict_is_drawn_so() {
    let failure = failure_of(async || {
        let journal = testkit::journal();
        tokio::spawn(async move {
            let _call = journal.call("left behind");
            std::future::pending::<()>().await;
        });
        tokio::task::yield_now().await;
        Verdict::new("something was left behind").fail();
    });
    let drawing = failure.unwrap().drawing;
    assert!(drawing.starts_with("  left behind ▐▶\n"), "{drawing}");
}

#[test]
fn a_verdict_that_nobody_looks_at_fails_the_test() {
    let failure = failure_of(async || {
        let task = tokio::spawn(async { Verdict::new("it went wrong").fail() });
        let _ = task.await;
    });

    assert_eq!(failure.expect("a failure").headline, "it went wrong");
}

#[test]
fn a_blocking_thread_that_waits_for_a_timer_does_not_hold_the_paused_clock_for_ever() {
    testkit::run_paused(async || {
        let watch = testkit::Stopwatch::start();
        let (sender, mut receiver) = tokio::sync::mpsc::channel(1);
        let feeder = tokio::task::spawn_blocking(move || {
            for n in 0..5 {
                sender.blocking_send(n).expect("it is read");
            }
        });
        while receiver.recv().await.is_some() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        feeder.await.expect("no panic");

        assert_eq!(watch.millis(), 50);
    });
}

#[test]
fn work_in_the_blocking_pool_does_not_move_the_paused_clock() {
    testkit::run_paused(async || {
        let watch = testkit::Stopwatch::start();
        let work = || thread::sleep(Duration::from_millis(40));
        tokio::task::spawn_blocking(work).await.expect("no panic");

        assert_eq!(watch.millis(), 0);
    });
}

#[test]
fn what_waits_for_a_timer_is_not_said_never_to_return() {
    let failures = failures_of([
        || {
            failure_of(async || {
                let slow = async || tokio::time::sleep(Duration::from_secs(9)).await;
                testkit::observe(slow()).await.returned("slow");
            })
        },
        // What the timer brings comes through a socket.
        || {
            failure_of(async || {
                let upstream = testkit::Upstream::start(|_| testkit::Answer::text("here"));
                let slow = async || {
                    tokio::time::sleep(Duration::from_secs(9)).await;
                    reqwest::get(upstream.url()).await.expect("it answers")
                };
                testkit::observe(slow()).await.returned("slow");
            })
        },
        || {
            failure_of(async || {
                let looks = async || loop {
                    tokio::time::sleep(Duration::from_secs(3)).await;
                };
                testkit::observe(looks()).await.returned("looks");
            })
        },
    ]);

    let [slow, through_a_socket, looks] = failures;
    assert_eq!(slow.2, "it ends 9.0 s after the test began");
    assert_eq!((&*slow.1, &*through_a_socket.1), ("takes_too_long", "takes_too_long"));
    assert_eq!(looks.0, "`looks` has not returned");
}

#[test]
fn a_lost_wake_up_is_not_made_up_for() {
    let failure = failure_of(async || {
        let mut polls = 0;
        let sleeps_on = std::future::poll_fn(|_| {
            polls += 1;
            if polls == 1 { std::task::Poll::Pending } else { std::task::Poll::Ready(()) }
        });
        testkit::observe(sleeps_on).await.returned("sleeps_on");
    });

    assert_eq!(failure.unwrap().headline, "`sleeps_on` has not returned");
}

#[test]
fn what_became_of_a_future_is_observed() {
    testkit::run_paused(async || {
        assert!(testkit::observe(async {}).await.came_back());
        assert!(!testkit::observe(std::future::pending::<()>()).await.came_back());

        let panicked = testkit::observe(async { std::panic::panic_any(7) }).await;
        assert!(panicked.came_back());
        assert!(panicked.panicked_with::<i32>() && !panicked.panicked_with::<&str>());
    });
}

#[test]
fn what_a_terminal_would_obey_is_shown_instead() {
    let failure = failure_of(async || panic!("\x1b[2J\x1b]0;a name\x07")).expect("it panics");
    assert!(failure.text.contains("␛[2J␛]0;a name␇"), "{}", failure.text);
    assert!(!failure.text.contains('\x1b'), "{:?}", failure.text);
}

#[test]
fn a_flood_of_events_is_not_all_recorded_and_harms_nobody() {
    let flood = || {
        let journal = testkit::journal();
        for _ in 0..MOST_EVENTS + 10 {
            journal.mark("client", "again");
        }
        journal
    };
    assert!(failure_of(async move || drop(flood())).is_none());
    let failure = failure_of(async move || {
        let journal = flood();
        assert_eq!(journal.timeline().events(), MOST_EVENTS);
        Verdict::new("the client asks again and again").fail();
    });
    let failure = failure.expect("a verdict");
    let told = "recorded were the first 20000 events: what came after them is not drawn";
    assert_eq!(failure.facts, [told]);
    assert!(failure.text.len() < 20_000, "{} bytes", failure.text.len());
}
