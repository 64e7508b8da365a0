//! A room that is served, and its members.

use std::time::Duration;

use chat::{LONGEST, Room, WAITING};
use testkit::{
    Verdict, expect,
    websocket::{Client, End, Heard, Refused, Served, settle, talk},
};
use tokio::task::{self, JoinHandle};

use super::causes::*;

pub const AN_HOUR: Duration = Duration::from_hours(1);

/// What the connection of one who does not read holds: not one long text.
const NARROW: usize = LONGEST / 4;

/// More than all that is said to one who reads.
const WIDE: usize = LONGEST * WAITING * 8;

/// Of members, and of one who does not read.
const NAMES: ([&str; 2], &str) = (["ana", "ben"], "cleo");

/// A room that is served, and its members.
pub struct House {
    pub room: Room,
    served: Served,
    /// Whenever one reads, all that was said to it is there.
    pub members: Vec<Client>,
    /// Members who do not read.
    pub sleepers: Vec<Client>,
}

impl House {
    /// In memory, with so many members. Its `close` waits for an hour.
    pub async fn with(members: usize) -> Self {
        Self::of(Room::new(AN_HOUR), members).await
    }

    /// This room in memory, with so many members.
    pub async fn of(room: Room, members: usize) -> Self {
        let mut house = Self::at(Served::in_memory(room.router()), room);
        house.members = house.join(members).await;
        house
    }

    pub fn at(served: Served, room: Room) -> Self {
        Self { room, served, members: Vec::new(), sleepers: Vec::new() }
    }

    /// Lets one in, or not.
    pub async fn knock(&self) -> Result<Client, Refused> {
        self.served.connect("/room", WIDE).await
    }

    /// New members, who read.
    pub async fn join(&self, count: usize) -> Vec<Client> {
        let mut members = Vec::new();
        for _ in 0..count {
            members.push(self.let_in(WIDE).await);
        }
        members
    }

    async fn let_in(&self, bytes: usize) -> Client {
        let joined = self.served.connect("/room", bytes).await;
        settle().await;
        joined.unwrap_or_else(|refused| {
            let verdict = Verdict::new("a member cannot join");
            let verdict = verdict.asked("an upgrade at GET /room");
            verdict.fact(refused.to_string()).fail()
        })
    }

    /// Adds sleepers. So many long texts are said to each after it has joined.
    pub async fn fall_asleep<const N: usize>(&mut self, waiting: [usize; N]) {
        for (place, all) in waiting.into_iter().enumerate() {
            self.sleepers.push(self.let_in(NARROW).await);
            let others = waiting.get(place + 1).unwrap_or(&0);
            self.talk((*others..all).map(long), false).await;
        }
    }

    /// Fails unless all members hear each of these texts at once, whoever sleeps.
    pub async fn talk(
        &mut self,
        texts: impl IntoIterator<Item = String>,
        drawn: bool,
    ) {
        let Self { members, sleepers, .. } = self;
        let heard = talk(members, sleepers, NAMES, texts).await;
        let later = heard == Heard::Later;
        expect(heard == Heard::AtOnce, "members hear nothing any more")
            .asked("what one member does, or does not do, holds up no one")
            .fact_if(later, "they heard more when Cleo began to read")
            .drawn_if(drawn)
            .because([(later, IN_TURN)]);
    }

    /// Fails unless the members can still talk to each other.
    pub async fn is_well(&mut self) {
        self.talk(["all is well".to_owned()], false).await;
    }

    /// Calls `close`, in a task, and lets all happen that happens at once.
    pub async fn close(&self) -> JoinHandle<()> {
        let room = self.room.clone();
        let call = task::spawn(async move { room.close().await });
        settle().await;
        call
    }

    /// Fails unless these calls of `close` return when all members have answered.
    pub async fn is_closed<const N: usize>(
        &mut self,
        calls: [JoinHandle<()>; N],
    ) {
        for member in &mut self.members {
            let early = calls.iter().any(JoinHandle::is_finished);
            let open = member.is_open().await;
            member.hears().await;
            let told = member.end == Some(End::Frame(1001));
            expect(told, "a member of a closed room gets no 1001")
                .asked("a close frame, 1001, for every member")
                .fact(format!("its connection: {}", member.ending()))
                .because([(member.end == Some(End::Broken), NO_GOODBYE)]);
            expect(!early, "`close` returns too soon")
                .asked("each call returns when all connections are closed")
                .fact("not all members had answered when it returned")
                .because([(open, NOT_AWAITED)]);
        }
        settle().await;
        let returned = calls.iter().all(JoinHandle::is_finished);
        let left = self.room.members();
        expect(returned && left == 0, "the room does not close")
            .asked("each call returns when all connections are closed")
            .fact_if(!returned, "`close` has not returned")
            .fact(format!("members: {left}"))
            .or_fail();
        self.members.clear();
    }
}

/// A text of the greatest length, which ends with its number.
pub fn long(number: usize) -> String {
    format!("{number:0LONGEST$}")
}
