//! What the page on clean-up says beyond its exercise: that a limit on the waiting ends no release,
//! and two other ways to release what is dropped.

use std::{pin::pin, time::Duration};

use testkit::{SharedList, run_paused};
use tokio::{
    sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel},
    time::{sleep, timeout},
};

const MOMENT: Duration = Duration::from_millis(10);

#[test]
fn a_limit_on_the_waiting_ends_no_release() {
    run_paused(async || {
        let released = SharedList::default();
        let note = released.clone();
        let owner = tokio::spawn(async move {
            sleep(MOMENT * 3).await;
            note.push(7);
        });

        assert!(timeout(MOMENT, owner).await.is_err());
        sleep(MOMENT * 3).await;
        assert_eq!(released.to_vec(), [7]);
    });
}

/// A seat whose release is left to one task for all of them.
struct Sent {
    seat: u32,
    releases: UnboundedSender<u32>,
}

impl Drop for Sent {
    fn drop(&mut self) {
        // An error means that the task is gone, and the seat is lost.
        let _ = self.releases.send(self.seat);
    }
}

/// The task: it ends when no sender is left.
async fn clean_up(mut seats: UnboundedReceiver<u32>, server: Server) {
    while let Some(seat) = seats.recv().await {
        server.release(seat).await;
    }
}

#[derive(Clone, Default)]
struct Server(SharedList<u32>);

impl Server {
    async fn release(&self, seat: u32) {
        sleep(MOMENT).await;
        self.0.push(seat);
    }
}

#[test]
fn one_task_releases_what_drops_send_it() {
    run_paused(async || {
        let (releases, seats) = unbounded_channel();
        let server = Server::default();
        let actor = tokio::spawn(clean_up(seats, server.clone()));

        drop(Sent {
            seat: 7,
            releases: releases.clone(),
        });
        drop(Sent { seat: 2, releases });

        actor.await.expect("it ends when no sender is left");
        assert_eq!(server.0.to_vec(), [7, 2]);
    });
}

/// A seat that has to be closed. A drop cannot do that, and says so.
struct Open {
    seat: Option<u32>,
    server: Server,
    log: SharedList<String>,
}

impl Open {
    async fn close(mut self) {
        if let Some(seat) = self.seat {
            self.server.release(seat).await;
            self.seat = None;
        }
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        if let Some(seat) = self.seat {
            self.log
                .push(format!("seat {seat} was dropped, not closed"));
        }
    }
}

#[test]
fn a_drop_that_warns_tells_of_what_was_not_closed() {
    run_paused(async || {
        let (server, log) = (Server::default(), SharedList::default());
        let open = |seat| Open {
            seat: Some(seat),
            server: server.clone(),
            log: log.clone(),
        };

        open(7).close().await;
        drop(open(2));
        {
            let mut closing = pin!(open(9).close());
            assert!(timeout(MOMENT / 2, &mut closing).await.is_err());
        }

        assert_eq!(server.0.to_vec(), [7]);
        let said = log.to_vec();
        assert_eq!(
            said,
            [
                "seat 2 was dropped, not closed",
                "seat 9 was dropped, not closed"
            ]
        );
    });
}
