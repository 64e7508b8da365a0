//! What `outcomes` is asked for: one behaviour a test. The backups are tasks
//! that end as the test says. On the paused clock every moment is exact.

use futures::future::join_all;
use testkit::{expect, run_parallel, run_paused, wait::within};

#[path = "outcomes/causes.rs"]
mod causes;
#[path = "outcomes/night.rs"]
mod night;
#[path = "outcomes/report.rs"]
mod report;

use causes::*;
use night::*;
use report::*;

const FULL: Ends = Refused("the disk is full");

#[test]
fn an_empty_list_is_a_success() {
    run_paused(async || {
        let asked = "`Ok` for no databases";
        report_of(Night::of(&[])).await.expect(|_| true, asked);
    });
}

#[test]
fn starts_them_all_together() {
    run_paused(async || {
        let list = (1000..2117).map(|id| (id, id % 7 + 5, Done));
        let night = Night::of(&list.collect::<Vec<_>>()).undrawn();
        let log = night.log.clone();

        let report = report_of(night).await;

        let (most, calls) = (log.most(), log.calls());
        let at_an_end = |at| calls.iter().any(|it| it.ended == Some(at));
        let mut later = calls.iter().filter(|it| it.began > 0);
        // Of threads of the code's own, a paused clock knows nothing.
        let fine = most == 1117 || log.is_untimed();
        expect(fine, "not all backups are started together")
            .asked("no first try waits for another backup")
            .fact(format!("under way at once: {most}, wanted: 1117"))
            .without_drawing()
            .because([(later.all(|it| at_an_end(it.began)), IN_SEQUENCE)]);
        report.expect(|_| true, "1117 snapshots, each under its database");
    });
}

#[test]
fn waits_for_all_of_them() {
    run_paused(async || {
        let night = Night::of(&[
            (24, 60, Done),
            (21, 20, FULL),
            (23, 100, Done),
            (22, 80, Refused("no such table")),
        ]);

        // What is reported of them is asked by other tests.
        report_of(night).await;
        let longer = Night::of(&[(25, 20, Mute), (26, DAYS, Done)]);
        report_of(longer.undrawn()).await;
    });
}

#[test]
fn returns_every_snapshot_under_its_database() {
    run_paused(async || {
        let night = Night::of(&[
            (33, 30, Done),
            (31, 40, Done),
            (35, 10, Done),
            (32, 20, Done),
            (34, 50, Done),
        ]);
        let asked = "every snapshot, under its database's id";
        report_of(night).await.expect(|_| true, asked);
    });
}

#[test]
fn returns_every_failure_under_its_database() {
    run_paused(async || {
        let night = Night::of(&[
            (45, 50, FULL),
            (42, 20, Done),
            (44, 40, Refused("the lease was cancelled")),
            (41, 10, Refused("no such table")),
            (43, 30, Refused("the server panicked")),
        ]);
        let asked = "every failure, under its database's id";
        report_of(night).await.expect(Result::is_err, asked);
    });
}

#[test]
fn keeps_the_snapshots_beside_the_failures() {
    run_paused(async || {
        let night = Night::of(&[
            (54, 30, Done),
            (51, 10, FULL),
            (53, 20, Done),
            (52, 25, Panics("index out of bounds")),
        ]);
        let asked = "every snapshot that there is, in `done`";
        report_of(night).await.expect(Result::is_ok, asked);
    });
}

#[test]
fn tells_a_panic_with_its_message() {
    run_paused(async || {
        let night = Night::of(&[
            (66, 20, Panics("index out of bounds")),
            (61, 30, Refused("größer als 2 GiB")),
            (65, 10, Mute),
            (62, 40, Done),
            (64, 25, Panics("lease cancelled")),
            (63, 15, Panics("  left: \"one\"\n right: two\n")),
        ]);
        let asked = "`Panicked`, with the message of the panic, unchanged";
        report_of(night).await.expect(Result::is_err, asked);
    });
}

#[test]
fn tells_a_cancellation_from_a_failure() {
    run_paused(async || {
        let night = Night::of(&[
            (74, 30, FULL),
            (71, 10, Aborted),
            (73, 20, Done),
            (72, 25, Refused("no such table")),
        ]);
        let asked = "`Cancelled` for a task that was aborted";
        report_of(night).await.expect(Result::is_err, asked);
        let alone = Night::of(&[(75, 10, Aborted), (76, 20, Done)]).undrawn();
        report_of(alone).await.expect(Result::is_err, asked);
    });
}

#[test]
fn starts_a_busy_one_again() {
    run_paused(async || {
        let plan = [(93, 10, Busy), (91, 20, Done), (92, 30, Done)];
        let night = Night::of(&plan).again(93, 40, Done);
        let asked = "a backup that ends with `Busy` is started once more";
        report_of(night).await.expect(|_| true, asked);
        for count in [1, 2, 317] {
            let ids = (0..count).map(|nth| count * 1700 + nth);
            let list: Vec<_> = ids.map(|id| (id, 10, Busy)).collect();
            let mut night = Night::of(&list).undrawn();
            night.plan.iter_mut().for_each(|it| it.tries[1] = (40, Done));
            report_of(night).await.expect(|_| true, asked);
        }
    });
}

#[test]
fn starts_nothing_else_again() {
    run_paused(async || {
        let night = Night::of(&[
            (106, 10, Refused("too many busy connections")),
            (101, 20, Panics("the lock is busy")),
            (105, 30, Aborted),
            (102, 40, FULL),
            (104, 50, Panics("index out of bounds")),
            (103, 60, Done),
        ]);

        // Looked at in every call.
        report_of(night).await;
    });
}

#[test]
fn starts_a_busy_one_only_once_more() {
    run_paused(async || {
        let night = Night::of(&[(112, 10, Done), (111, 20, Busy)]);
        let asked = "`Failed` with `Busy`, after two tries";
        report_of(night).await.expect(Result::is_err, asked);
    });
}

#[test]
fn reports_the_second_try_as_it_was() {
    run_paused(async || {
        let night = Night::of(&[
            (128, 10, Busy),
            (121, 10, Busy),
            (127, 10, Busy),
            (122, 10, Busy),
            (126, 5, Refused("no such table")),
            (123, 6, Panics("division by zero")),
            (125, 7, Mute),
        ])
        .again(128, 40, FULL)
        .again(121, 20, Panics("index out of bounds"))
        .again(127, 30, Aborted)
        .again(122, 50, Done);
        let asked = "the outcome of the second try, as it was";
        report_of(night).await.expect(|_| true, asked);
        let any = Night::of_any_kind(217, &[0, 2, 5, 7, 40, 60, DAYS]);
        report_of(any).await.expect(|_| true, "each as it was, of any kind");
    });
}

#[test]
fn waits_for_the_second_tries_too() {
    run_paused(async || {
        let night =
            Night::of(&[(131, 10, Busy), (133, 10, Busy), (132, 10, Busy)])
                .again(131, 20, FULL)
                .again(133, 60, Done)
                .again(132, 100, Done);
        report_of(night).await;
    });
}

#[test]
fn tells_the_kinds_apart_on_several_threads() {
    run_parallel(async || {
        let mut night = Night::of_any_kind(317, &[0, AT_REST]);
        // Few: on this clock, a pause before each second try takes its time.
        let mut few = 0..2;
        night.plan.retain(|it| it.first() != Busy || few.next().is_some());

        let fault = night.fault(&night.call().await);

        expect(fault.is_none(), "outcomes are wrong on four threads")
            .asked("each outcome as it was, each backup awaited, none aborted")
            .facts(fault)
            .without_drawing()
            .or_fail();
    });
}

#[test]
fn calls_know_nothing_of_each_other() {
    run_paused(async || {
        let night = || {
            Night::of(&[(143, 10, Busy), (141, 20, Busy), (142, 30, FULL)])
                .again(143, 5, Done)
                .undrawn()
        };
        let right = async |it: &Night| it.fault(&it.call().await).is_none();
        let (fine, again) = (right(&night()).await, right(&night()).await);
        // Dropped at each of its awaits.
        for millis in [0, 5, 15, 25] {
            within(millis, night().call()).await;
        }
        let others = [(142, 15, Busy), (143, 20, FULL), (141, 10, Done)];
        let pairs = (0..4).map(|_| [night(), Night::of(&others).undrawn()]);
        let all: Vec<_> = pairs.flatten().collect();

        let right = !join_all(all.iter().map(right)).await.contains(&false);

        let began = |it: &Night| it.log.calls().first().map(|call| call.began);
        let begins = |it: &Night| began(it) == Some(0) || it.log.is_untimed();
        let at_once = all.iter().all(begins);
        expect(again && right && at_once || !fine, "a call depends on others")
            .asked("the same from each call, whatever others do or have done")
            .fact("a call alone: as it should be")
            .fact_if(!again, "the next call: not as it should be")
            .fact("four more calls: dropped before their ends")
            .fact_if(!right, "eight more, at once: not all have their outcomes")
            .fact_if(!at_once, "eight more, at once: not all begin together")
            .without_drawing()
            .because([(true, REMEMBERED)]);
    });
}
