//! What `chat` is asked for: one behaviour a test. The room is in memory and the
//! clock is paused, so every moment is exact. One test has real sockets, and
//! threads.

use std::time::Duration;

use chat::{LONGEST, Room, WAITING};
use futures::future::join_all;
use testkit::{
    alive_tasks, expect, journal, poll, run_parallel, run_paused, wait::pause,
    websocket::*,
};
use tokio::task;

#[path = "chat/causes.rs"]
mod causes;
#[path = "chat/service.rs"]
mod service;

use causes::*;
use service::*;

/// So many come and go, and so many stay: more than a byte can number.
const MANY: usize = 135;

#[test]
fn a_message_goes_to_every_member() {
    run_paused(async || {
        let House { room, mut members, .. } = House::with(2).await;
        // Its clones are the same room.
        members.extend(House::of(room.clone(), 1).await.members);

        let last = long(7);
        let texts = ["", " Grüße 🦀 ", "\0a\n\r\n", "in two frames", &last];
        for (speaker, text) in texts[..3].iter().enumerate() {
            members[speaker].say(text).await;
        }
        // These are for no one else, and no fault.
        members[0].send(Message::Ping("ping".into())).await;
        members[0].send(Message::Pong("pong".into())).await;
        members[0].send(frame(Data::Text, b"in two ", false)).await;
        members[0].send(frame(Data::Continue, b"frames", true)).await;
        members[0].say(&last).await;

        for member in &mut members {
            let heard = member.hears().await;
            let lengths = heard.iter().map(String::len).collect::<Vec<_>>();
            expect(heard == texts, "a message is missing")
                .asked("each text message goes to every member")
                .fact(format!("bytes said: {:?}", texts.map(str::len)))
                .fact(format!("bytes heard: {lengths:?}"))
                .or_fail();
        }
    });
}

#[test]
fn a_room_has_many_members() {
    run_paused(async || {
        let mut house = House::with(0).await;
        for _ in 0..MANY {
            drop(house.knock().await);
        }
        house.members = house.join(MANY).await;

        house.members[0].say("hello").await;

        let counted = house.room.members();
        let heard = all_hear(&mut house.members, "hello").await;
        expect(heard && counted == MANY, "not all are in the room")
            .asked(format!("{MANY} members, who hear each message"))
            .fact(format!("others who have come and gone: {MANY}"))
            .fact(format!("members: {counted}"))
            .because([(heard && counted > MANY, NEVER_FORGOTTEN)]);
    });
}

#[test]
fn all_members_hear_one_order() {
    run_parallel(async || {
        let room = Room::new(AN_HOUR);
        let served = Served::on_loopback(room.router()).await;
        let house = House::at(served, room);
        let mut members = Vec::new();
        for place in 0..16 {
            members.extend(house.join(1).await);
            // One who has heard its own words is in.
            members[place].say("hello").await;
            for (n, member) in members.iter_mut().enumerate() {
                member.hears_up_to(place - n + 1).await;
            }
        }
        for member in &mut members {
            member.texts.clear();
        }
        for round in 10..20 {
            // So few at once that no one falls behind.
            let speak = members.iter_mut().enumerate().map(async |(n, it)| {
                it.say(&format!("{n:02} says {round}.1")).await;
                it.say(&format!("{n:02} says {round}.2")).await;
            });
            join_all(speak).await;
            let all = (round - 9) * 32;
            join_all(members.iter_mut().map(|it| it.hears_up_to(all))).await;
        }

        let first = &members[0].texts;
        let mut of_each = first.clone();
        of_each.sort_by_key(|text| text[..2].to_owned());
        let overtaken = !of_each.is_sorted();
        let same = members.iter().all(|it| it.texts == *first);
        let fine = same && first.len() == 320 && !overtaken;
        expect(fine, "members hear different orders")
            .asked("all members hear all messages in the same order")
            .because([(overtaken, OVERTAKEN)]);
    });
}

#[test]
fn a_member_who_does_not_read_holds_up_no_one() {
    run_paused(async || {
        let mut house = House::with(2).await;
        let sleeps = journal().call("cleo");

        house.fall_asleep([0]).await;
        // Her connection takes the first one, and no more.
        house.talk(["hello".to_owned()], true).await;
        house.talk((0..WAITING / 4).map(long), true).await;
        // What she says herself must not wait for her either.
        house.sleepers[0].say("I am in a tunnel").await;

        let heard = all_hear(&mut house.members, "I am in a tunnel").await;
        house.sleepers[0].hears().await;
        let later = all_hear(&mut house.members, "I am in a tunnel").await;
        sleeps.waited();
        expect(heard, "a member does not read, and is not heard")
            .asked("a member that does not read is heard all the same")
            .fact_if(later, "it was heard when it began to read")
            .without_drawing()
            .because([(later, TAKES_TURNS)]);
    });
}

#[test]
fn a_member_who_does_not_read_is_dropped() {
    run_paused(async || {
        let mut house = House::with(2).await;

        house.fall_asleep([2 * WAITING]).await;

        let forgotten = house.room.members() == 2;
        let sleeper = &mut house.sleepers[0];
        let open = sleeper.is_open().await;
        let kept = sleeper.hears().await.len() == 2 * WAITING;
        let ended = sleeper.end.is_some();
        house.members[0].say("still there?").await;
        let deaf =
            !ended && !all_hear(&mut house.sleepers, "still there?").await;
        expect(forgotten && !open, "a member that does not read is kept")
            .asked(format!("dropped when more than {WAITING} messages wait"))
            .fact(format!("said: {}, read: none", 2 * WAITING))
            .fact_if(!forgotten, "it is still a member")
            .fact_if(open, "its connection is still open")
            .fact_if(kept, "when it reads at last, it hears all of them")
            .fact_if(deaf, "when it reads at last, it hears only some")
            .without_drawing()
            .because([
                (open && kept, UNBOUNDED),
                (open && forgotten && ended, STUCK),
                (open && deaf, LAGGED),
            ]);
    });
}

#[test]
fn a_member_who_is_a_little_behind_misses_nothing() {
    run_paused(async || {
        let mut house = House::with(2).await;
        let waiting = [WAITING, WAITING - 1, 1];

        house.fall_asleep(waiting).await;

        let open = are_open(&mut house.sleepers).await;
        join_all(house.sleepers.iter_mut().map(Client::hears)).await;
        house.is_well().await;
        for (n, sleeper) in house.sleepers.iter_mut().enumerate() {
            let heard = sleeper.hears().await.len();
            let same = house.members[0].texts.ends_with(&sleeper.texts);
            let fine = same && heard == waiting[n] + 1;
            expect(fine, "a member is a little behind, and misses messages")
                .asked(format!("up to {WAITING} messages wait for a member"))
                .fact(format!("waiting: {}, heard: {heard}", waiting[n] + 1))
                .fact(format!("its connection: {}", sleeper.ending()))
                .without_drawing()
                .because([(!open[n], SHORT_QUEUE)]);
        }
    });
}

#[test]
fn members_who_leave_are_forgotten() {
    run_paused(async || {
        let mut house = House::with(2).await;
        let tasks = alive_tasks();
        for way in ["with a close frame", "without one", "within a frame"] {
            for mut member in house.join(3).await {
                member.say("I must go").await;
                match way {
                    "with a close frame" => member.closes(Some(1000)).await,
                    "without one" => member.vanishes().await,
                    _ => member.breaks_off().await,
                }
            }

            let counted = house.room.members();
            let left = alive_tasks() <= tasks;
            let heard = all_hear(&mut house.members, "I must go").await;
            let others = house.members.iter().any(|it| it.end.is_some());
            let fine = counted == 2 && left && heard && !others;
            expect(fine, "members have left, and something is wrong")
                .asked("members leave, and are forgotten")
                .fact(format!("three of five have left {way}"))
                .fact(format!("members: {counted}"))
                .fact_if(!left, "a task of theirs is still running")
                .fact_if(!heard, "what they said before was not heard")
                .fact_if(others, "the others' connections are closed, too")
                .because([
                    (others, ENDS_ALL),
                    (left && heard && counted > 2, NEVER_FORGOTTEN),
                ]);
            house.is_well().await;
        }
    });
}

#[test]
fn a_goodbye_is_answered() {
    run_paused(async || {
        let mut house = House::with(3).await;
        let codes = [Some(1000), Some(4321), None];
        for (member, code) in house.members.iter_mut().zip(codes) {
            member.closes(code).await;

            let broken = member.end == Some(End::Broken);
            expect(
                member.end.is_some() && !broken,
                "no answer to a close frame",
            )
            .asked("a member's close frame is answered")
            .fact(format!("the connection: {}", member.ending()))
            .because([(broken, GOODBYE_UNANSWERED)]);
        }
    });
}

#[test]
fn refuses_what_is_binary() {
    run_paused(async || {
        refuses(1003, "binary", [Message::binary("picture")]).await;
        refuses(1003, "binary and empty", [Message::binary("")]).await;
    });
}

#[test]
fn refuses_what_is_too_long() {
    run_paused(async || {
        let text = |letter: &str, n| [Message::text(letter.repeat(n))];
        let part = |kind, is_last| frame(kind, &[b'z'; LONGEST], is_last);
        let parts = [part(Data::Text, false), part(Data::Continue, true)];
        refuses(1009, "a byte too long", text("x", LONGEST + 1)).await;
        refuses(1009, "far too long", text("y", LONGEST * 5)).await;
        refuses(1009, "bytes, not letters", text("ü", LONGEST / 2 + 1)).await;
        refuses(1009, "two frames, together too long", parts).await;
    });
}

#[test]
fn refuses_what_is_malformed() {
    run_paused(async || {
        let part = |kind, bytes| [frame(kind, bytes, true)];
        refuses(1007, "not UTF-8", part(Data::Text, b"caf\xe9")).await;
        refuses(1002, "no first frame", part(Data::Continue, b"x")).await;
        refuses(1002, "an unknown kind", part(Data::Reserved(3), b"x")).await;
    });
}

/// Fails unless this message ends its sender, with this code, and no one else.
async fn refuses<const N: usize>(code: u16, fault: &str, parts: [Message; N]) {
    let mut house = House::with(2).await;
    let mut culprit = house.join(1).await.remove(0);

    for part in parts {
        culprit.send(part).await;
    }
    // It has not answered the close frame.
    let counted = house.room.members();
    culprit.say("I am still here").await;
    culprit.hears().await;

    let still = all_hear(&mut house.members, "I am still here").await;
    let others = house.members.iter().any(|it| it.end.is_some());
    let broken = culprit.end == Some(End::Broken);
    let answered = culprit.end == Some(End::Frame(code));
    let fine = answered && !others && counted == 2 && !still;
    expect(fine, "a fault is not answered as it should be")
        .asked(format!("a close frame, {code}, for its sender only"))
        .fact(format!("the message: {fault}"))
        .fact(format!("the sender's connection: {}", culprit.ending()))
        .fact_if(others, "the others' connections are closed, too")
        .fact_if(counted > 2, "the sender still counts as a member")
        .fact_if(still, "what the sender says is still heard")
        .because([
            (others, ENDS_ALL),
            (code != 1003 && broken, FAULT_UNANSWERED),
        ]);
    house.is_well().await;
}

#[test]
fn close_sends_what_waits_first() {
    run_paused(async || {
        let mut house = House::with(2).await;
        // A room may let a few more wait than it must.
        let waiting = [2, 1, 0].map(|more| WAITING + more);
        house.fall_asleep(waiting).await;
        let kept = house.room.members().saturating_sub(2).min(3);
        let _closing = house.close().await;
        let at_first = are_open(&mut house.sleepers).await;

        pause(Duration::from_mins(59)).await;

        let at_last = are_open(&mut house.sleepers).await;
        // Those who were dropped before are another test's matter.
        for n in 3 - kept..3 {
            let sleeper = &mut house.sleepers[n];
            let heard = sleeper.hears().await.len();
            let told = sleeper.end == Some(End::Frame(1001));
            let fine = heard == waiting[n] && told;
            expect(fine, "messages that waited are lost")
                .asked("`close` sends what waits, and then the close frame")
                .fact("it began to read after 59 minutes of the hour")
                .fact(format!("waiting: {}", waiting[n]))
                .fact_if(told, format!("heard: {heard}"))
                .fact(format!("its connection: {}", sleeper.ending()))
                .without_drawing()
                .because([
                    (told && heard < waiting[n], OVERTAKES_WHAT_WAITS),
                    (!at_first[n], NO_GOODBYE),
                    (!at_last[n], IMPATIENT),
                ]);
        }
    });
}

#[test]
fn close_says_goodbye_and_waits_for_the_answers() {
    run_paused(async || {
        // That is longer than any clock goes.
        let mut house = House::of(Room::new(Duration::MAX), 8).await;

        // It may be dropped, called by two, and called again.
        poll::cut_after(2, house.room.close()).await;
        let calls = [house.close().await, house.close().await];

        house.is_closed(calls).await;
        let again = house.close().await;
        house.is_closed([again]).await;
    });
}

#[test]
fn close_waits_for_a_member_being_let_in() {
    run_paused(async || {
        let mut early = Vec::new();
        let (mut untold, mut let_in) = (false, false);
        // At each moment of that, and some after it.
        for turns in 0..50 {
            let house = House::with(0).await;
            let room = house.room.clone();
            let closing = task::spawn(async move {
                poll::turns(turns).await;
                room.close().await;
            });
            let came = house.knock().await;
            settle().await;
            if let Ok(mut member) = came {
                // It has not answered the close frame.
                let returned = closing.is_finished();
                early.push(returned && member.is_open().await);
                member.hears().await;
                untold |= member.end != Some(End::Frame(1001));
            }
            let_in |= house.knock().await.is_ok();
        }

        let counted = early.last() == Some(&false);
        let early = early.contains(&true);
        // Letting one in who is too late is another test's matter.
        let fine = let_in || !early && !untold;
        expect(fine, "`close` is called while a member is being let in")
            .asked("503; or a close frame, 1001, before `close` returns")
            .fact_if(early, "it came in after `close` had returned")
            .fact_if(untold, "it came in, and there was no close frame")
            .because([(counted && early, NOT_COUNTED)]);
    });
}

#[test]
fn close_does_not_wait_for_ever() {
    run_paused(async || {
        for patience in [0, 5_000].map(Duration::from_millis) {
            let mut house = House::of(Room::new(patience), 6).await;
            // The connection of one takes nothing, and one is told why.
            house.fall_asleep([WAITING]).await;
            house.members[5].send(Message::binary("picture")).await;

            // It may be dropped, and called again.
            poll::cut_after(2, house.room.close()).await;
            let call = house.close().await;
            pause(patience).await;

            let returned = call.is_finished();
            house.members.append(&mut house.sleepers);
            let open = are_open(&mut house.members).await.contains(&true);
            // Was it waiting for them?
            house.members.clear();
            settle().await;
            let waited = !returned && call.is_finished();
            expect(
                returned && !open,
                "members who do not answer are not dropped",
            )
            .asked("a member who has not answered in time is dropped")
            .fact("a call of `close` was dropped, and another one made")
            .fact_if(!returned, "`patience` is over, and it still waits")
            .fact_if(open, "connections are still open then")
            .without_drawing()
            .because([(returned, NOT_DROPPED), (waited, NO_BOUND)]);
        }
    });
}

#[test]
fn latecomers_are_refused() {
    run_paused(async || {
        let mut house = House::with(1).await;

        let _closing = house.close().await;
        let meanwhile = house.knock().await.err();
        house.members[0].hears().await;
        let answers = [meanwhile, house.knock().await.err()];

        let let_in = answers.contains(&None);
        let fine = answers == [Some(Refused(Some(503))); 2];
        expect(fine, "a latecomer is not refused")
            .asked("503 for anyone who comes after `close` was called")
            .facts(answers.into_iter().flatten())
            .because([(let_in, LET_IN)]);
    });
}

#[test]
fn rooms_know_nothing_of_each_other() {
    run_paused(async || {
        let mut here = House::with(2).await;
        let mut there = House::with(2).await;
        there.is_well().await;

        let heard = here.members[0].hears().await.len();
        expect(heard == 0, "a message is heard in another room")
            .asked("rooms that know nothing of each other")
            .fact(format!("said in the other room: 1, heard here: {heard}"))
            .because([(heard == 1, SHARED)]);
        there.close().await;
        here.is_well().await;
    });
}
