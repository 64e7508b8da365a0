//! What `chat` is asked for: one behaviour a test. Sockets are real, so nothing
//! here is timed: members wait for what they hear.

use std::{pin::pin, time::Duration};

use chat::{LONGEST, WAITING};
use futures::future::{join_all, select_all};
use testkit::{
    alive_tasks, expect, expect_same, journal, poll, run, run_parallel,
};
use tokio::task;
use tokio_tungstenite::tungstenite::{
    Error, Message,
    protocol::{
        CloseFrame,
        frame::{
            Frame,
            coding::{Data, OpCode},
        },
    },
};

#[path = "chat/causes.rs"]
mod causes;
#[path = "chat/service.rs"]
mod service;

use causes::*;
use service::*;

/// More than waits for anyone, beside what the sockets take.
const MANY: usize = WAITING * 5;

/// A large room.
const MEMBERS: usize = 70;

/// So many come and go: with them, more than a byte can number.
const GUESTS: usize = 190;

#[test]
fn a_message_goes_to_every_member() {
    run(async || {
        let house = House::open(AN_HOUR);
        let mut members = two(&house).await;
        // Its clones are the same room.
        let clone = House::of(house.room.clone());
        members.push(clone.listener("cleo").await);
        let mut wanted = Vec::new();

        let texts = ["", " Grüße 🦀 ", "\n\ta\0b\r\n"];
        for (speaker, text) in texts.into_iter().enumerate() {
            members[speaker].say(text).await;
            wanted.push(text.to_owned());
            all_have(&members, wanted.len()).await;
        }
        // These are for no one else, and no fault.
        members[0].send(Message::Ping("ping".into())).await;
        members[0].send(Message::Pong("pong".into())).await;
        // A message may come in several frames.
        members[0].send(frame(Data::Text, b"in two ", false)).await;
        members[0].send(frame(Data::Continue, b"frames", true)).await;
        members[0].say(&long(7)).await;
        wanted.extend(["in two frames".to_owned(), long(7)]);
        all_have(&members, wanted.len()).await;

        for member in &members {
            let heard = member.log().texts;
            expect_same(
                &shown(&wanted),
                &shown(&heard),
                "a message is missing",
            )
            .asked("each text message goes to every member")
            .without_drawing()
            .or_fail();
        }
    });
}

#[test]
fn a_room_has_many_members() {
    run(async || {
        let house = House::open(AN_HOUR);
        let mut members = Vec::new();
        for _ in 0..MEMBERS {
            members.push(house.enter().await);
        }
        for _ in 0..GUESTS {
            house.enter().await.leave(Way::Abrupt).await;
        }
        quiet().await;
        house.members_are(MEMBERS).await;

        members.iter_mut().for_each(Member::listen);
        let heard = say(&mut members, 3).await;

        let counted = house.room.members();
        let deaf = members.iter().filter(|it| it.log().texts.len() < 3).count();
        expect(heard && counted == MEMBERS, "not all are in the room")
            .asked(format!("{MEMBERS} members, who hear each message"))
            .fact(format!("others who have come and gone: {GUESTS}"))
            .fact(format!("members: {counted}"))
            .fact(format!("members who did not hear all: {deaf}"))
            .without_drawing()
            .because([(heard && counted > MEMBERS, NEVER_FORGOTTEN)]);
    });
}

#[test]
fn all_members_hear_one_order() {
    run_parallel(async || {
        let house = House::open(AN_HOUR);
        let names = (0..16).map(|n| format!("{n:02}"));
        let members = names.map(async |name| house.listener(&name).await);
        let mut members = join_all(members).await;
        for round in 10..20 {
            // So few at once that no one falls behind.
            let speak = members.iter_mut().enumerate().map(async |(n, it)| {
                for place in 0..2 {
                    it.say(&format!("{n:02} says {round}.{place}")).await;
                }
            });
            join_all(speak).await;
            all_have(&members, (round - 9) * 32).await;
        }

        let heard = members.iter().map(|it| it.log().texts).collect::<Vec<_>>();
        let overtaken = heard.iter().any(|texts| {
            let mut texts = texts.clone();
            // By their speakers, who are left in their order.
            texts.sort_by_key(|text| text[..2].to_owned());
            !texts.is_sorted()
        });
        let same = heard.iter().all(|it| *it == heard[0]);
        expect(same && !overtaken, "members hear different orders")
            .asked("all members hear all messages in the same order")
            .without_drawing()
            .because([(overtaken, OVERTAKEN)]);
    });
}

#[test]
fn a_member_who_does_not_read_holds_up_no_one() {
    run(async || {
        let house = House::open(AN_HOUR);
        let mut members = two(&house).await;
        let mut asleep = house.join("cleo").await;
        let sleeps = journal().call("cleo");

        for texts in [1, MANY, 1] {
            holds_up_no_one(&mut members, &mut asleep, texts).await;
        }

        sleeps.waited();
    });
}

/// While `asleep` does not read, so many messages are said, and each of
/// `members` must hear them.
async fn holds_up_no_one(
    members: &mut [Member],
    asleep: &mut Member,
    texts: usize,
) {
    let lanes = ["ana", "ben"].map(|name| journal().call(name));
    let heard = say(members, texts).await;
    // Were the others waiting for it?
    let mut later = false;
    if !heard {
        journal().mark("cleo", "begins to read");
        asleep.listen();
        let more = members[1].log().texts.len() + 1;
        later = members[1].hears(|log| log.texts.len() >= more).await;
    }
    for lane in lanes {
        if heard { lane.finished() } else { lane.waited() }
    }
    let cut = members[0].log().over;
    let over = members[1..].iter().any(|it| it.log().over);
    expect(heard, "a member does not read, and others hear nothing")
        .asked("a member that does not read holds up no one")
        .fact_if(cut, "the connection of the one who writes is closed")
        .fact_if(over, "a connection of those who read is closed")
        .fact_if(later && !over, "they heard more when it began to read")
        .because([(over && !cut, ENDS_ALL), (later && !cut, IN_TURN)]);
}

#[test]
fn a_member_who_does_not_read_is_dropped() {
    run(async || {
        let house = House::open(AN_HOUR);
        let mut members = two(&house).await;
        quiet().await;
        let before = alive_tasks();
        let mut asleep = house.join("cleo").await;
        quiet().await;
        let own = alive_tasks() - before;
        // One who came later hears also what is too much for `asleep`.
        members.push(house.listener("dan").await);
        quiet().await;
        let tasks = alive_tasks() - own;
        holds_up_no_one(&mut members, &mut asleep, MANY).await;

        let forgotten = house.members_are(3).await;
        let left = forgotten && tasks_are(tasks).await;
        let counted = house.room.members();

        asleep.listen();
        asleep.hears(|log| log.over || log.texts.len() == MANY).await;
        let kept = asleep.log().texts.len() == MANY;
        let open = !asleep.log().over;
        let deaf = open && !kept && !say_to(&mut members, &asleep).await;
        let missed = open && !kept && !deaf;
        expect(left, "a member that does not read is kept")
            .asked(format!("dropped when more than {WAITING} messages wait"))
            .fact(format!("said: {MANY}, read: none"))
            .fact(format!("members: {counted} of 4"))
            .fact_if(forgotten, "a task of the dropped member runs on")
            .fact_if(kept, "when it reads at last, it hears all of them")
            .fact_if(deaf, "when it reads at last, it hears some and no more")
            .fact_if(missed, "when it reads at last, some are missing")
            .without_drawing()
            .because([
                (kept, UNBOUNDED),
                (deaf && !forgotten, LAGGED),
                (forgotten && !open, STUCK),
            ]);
    });
}

#[test]
fn a_member_who_is_a_little_behind_misses_nothing() {
    run(async || {
        let house = House::open(AN_HOUR);
        let mut members = two(&house).await;
        for name in ["cleo", "dan"] {
            let mut behind = house.join(name).await;

            holds_up_no_one(&mut members, &mut behind, WAITING).await;
            quiet().await;
            behind.listen();

            let all = |log: &Log| log.over || log.texts.len() == WAITING;
            behind.hears(all).await;
            let log = behind.log();
            let heard = log.texts.len() == WAITING;
            let on = heard && say_to(&mut members, &behind).await;
            expect(on, "a member is a little behind, and misses messages")
                .asked(format!("{WAITING} messages wait for a member"))
                .fact(format!("its connection: {}", End::name(log.end)))
                .without_drawing()
                .because([(log.end.is_some(), SHORT_QUEUE)]);
        }
    });
}

#[test]
fn members_who_leave_are_forgotten() {
    run(async || {
        let house = House::open(AN_HOUR);
        let mut members = two(&house).await;
        let tasks = alive_tasks();
        for way in [Way::Goodbye, Way::Abrupt, Way::Reset, Way::HalfAFrame] {
            let names = ["cleo", "dan", "eve"];
            let leaving = join_all(names.map(|name| house.join(name))).await;
            let before = members[0].log().texts.len();
            for mut member in leaving {
                member.say("I must go").await;
                member.leave(way).await;
            }
            // One who goes without a goodbye may take its last words along.
            let words = if way == Way::Goodbye { 3 } else { 0 };
            let heard = all_have(&members, before + words).await;

            let forgotten = house.members_are(2).await;
            let left = tasks_are(tasks).await;
            let others = members.iter().any(|it| it.log().over);
            let fine = forgotten && left && heard;
            expect(fine, "members have left, and something is wrong")
                .asked(
                    "members leave, are heard to the last, and are forgotten",
                )
                .fact(format!("three of five have left {}", way.name()))
                .fact(format!("members: {}", house.room.members()))
                .fact_if(!left, "a task of theirs is still running")
                .fact_if(!heard, "what they said before was not heard")
                .fact_if(others, "the others' connections are closed, too")
                .without_drawing()
                .because([
                    (others, ENDS_ALL),
                    (left && heard && !forgotten, NEVER_FORGOTTEN),
                ]);
            quiet().await;
            all_is_well(&house, &mut members).await;
        }
    });
}

#[test]
fn a_goodbye_is_answered() {
    run(async || {
        let house = House::open(AN_HOUR);
        for code in [Some(1000), Some(4321), None] {
            let mut member = house.listener("ana").await;
            let frame = code.map(|code: u16| CloseFrame {
                code: code.into(),
                reason: "bye".into(),
            });

            member.send(Message::Close(frame)).await;

            let end = member.end().await;
            expect(
                matches!(end, Some(End::Frame(_))),
                "a close frame is not answered",
            )
            .asked("a member's close frame is answered")
            .fact(format!("the connection: {}", End::name(end)))
            .without_drawing()
            .because([(end == Some(End::Broken), GOODBYE_UNANSWERED)]);
        }
    });
}

#[test]
fn refuses_what_is_binary() {
    run(async || {
        let picture = vec![Message::binary(b"\x00picture".as_slice())];
        let nothing = vec![Message::binary(b"".as_slice())];
        refuses([
            (1003, "a binary message", picture),
            (1003, "an empty binary message", nothing),
        ])
        .await;
    });
}

#[test]
fn refuses_what_is_too_long() {
    run(async || {
        let one = Message::text("x".repeat(LONGEST + 1));
        let many = Message::text("y".repeat(LONGEST * 5));
        // Bytes, not characters; and all frames of a message together.
        let letters = Message::text("ü".repeat(LONGEST / 2 + 1));
        let part = |kind, is_last| frame(kind, &[b'z'; LONGEST], is_last);
        let parts = vec![part(Data::Text, false), part(Data::Continue, true)];
        refuses([
            (1009, "a byte more than `LONGEST`", vec![one]),
            (1009, "five times `LONGEST`", vec![many]),
            (1009, "more bytes than `LONGEST`, fewer letters", vec![letters]),
            (1009, "two frames, together longer than `LONGEST`", parts),
        ])
        .await;
    });
}

#[test]
fn refuses_what_is_malformed() {
    run(async || {
        let latin = vec![frame(Data::Text, b"caf\xe9", true)];
        let nothing = frame(Data::Continue, b"of nothing", true);
        let unknown = frame(Data::Reserved(3), b"unknown", true);
        refuses([
            (1007, "text that is not UTF-8", latin),
            (1002, "a frame that continues nothing", vec![nothing]),
            (1002, "a frame of an unknown kind", vec![unknown]),
        ])
        .await;
    });
}

/// A frame, whether or not it may be sent.
fn frame(kind: Data, bytes: &'static [u8], is_last: bool) -> Message {
    Message::Frame(Frame::message(bytes, OpCode::Data(kind), is_last))
}

/// Fails unless each of `faults` ends its sender, with its code, and no one
/// else.
async fn refuses<const N: usize>(faults: [(u16, &str, Vec<Message>); N]) {
    let house = House::open(AN_HOUR);
    let mut members = two(&house).await;
    for (code, name, fault) in faults {
        let mut culprit = house.listener("cleo").await;

        for part in &fault {
            culprit.send(part.clone()).await;
        }

        let end = culprit.end().await;
        let others = members.iter().find_map(|it| it.log().end);
        let fine = end == Some(End::Frame(code)) && others.is_none();
        expect(fine, "a fault is not answered as it should be")
            .asked(format!("a close frame, {code}, for its sender only"))
            .fact(format!("the fault: {name}"))
            .fact(format!("the sender's connection: {}", End::name(end)))
            .fact(format!("the others' connections: {}", End::name(others)))
            .without_drawing()
            .because([
                (others.is_some(), ENDS_ALL),
                (code != 1003 && end == Some(End::Broken), FAULT_UNANSWERED),
            ]);
        is_out_at_once(&house, &mut members, name, &fault).await;
        all_is_well(&house, &mut members).await;
    }
}

/// Fails if one who is refused, and does not answer, is still in the room.
async fn is_out_at_once(
    house: &House,
    members: &mut [Member],
    name: &str,
    fault: &[Message],
) {
    let mut mute = house.join("dan").await;
    for part in fault {
        mute.send(part.clone()).await;
    }
    let forgotten = house.members_are(members.len()).await;
    let before = members[0].log().texts.len();
    mute.say("I am still here").await;
    quiet().await;
    let heard = members[0].log().texts.len() > before;

    expect(forgotten && !heard, "one who was refused is still in the room")
        .asked("the sender of a fault is a member no longer from then on")
        .fact(format!("the fault: {name}"))
        .fact("it has not answered the close frame")
        .fact_if(!forgotten, "it still counts as a member")
        .fact_if(heard, "what it says is still heard")
        .without_drawing()
        .or_fail();
}

#[test]
fn close_says_goodbye_to_every_member() {
    run(async || {
        // That is longer than any clock goes.
        let house = House::open(Duration::MAX);
        let members = three(&house).await;
        // It may be dropped, and called by two.
        poll::cut_after(2, house.room.close()).await;
        let both = join_all([house.room.close(), house.room.close()]);
        returns(both).await;
        returns(house.room.close()).await;

        for member in members {
            let end = member.end().await;
            let fine = end == Some(End::Frame(1001));
            expect(fine, "the room is closed, and a member is not told")
                .asked("a close frame, 1001, for every member")
                .fact(format!("its connection: {}", End::name(end)))
                .without_drawing()
                .because([(end == Some(End::Broken), NO_GOODBYE)]);
        }
    });
}

#[test]
fn close_sends_what_waits_first() {
    run(async || {
        let house = House::open(AN_HOUR);
        let mut members = two(&house).await;
        let mut behind = house.join("cleo").await;
        let many = WAITING;
        holds_up_no_one(&mut members, &mut behind, many).await;
        let there = house.room.members() == 3;

        let room = house.room.clone();
        let closing = task::spawn(async move { room.close().await });
        quiet().await;
        behind.listen();
        let end = behind.end().await;
        closing.abort();

        let heard = behind.log().texts.len();
        let told = end == Some(End::Frame(1001));
        expect(heard == many && told, "messages that waited are lost")
            .asked("`close` sends what waits, and then the close frame")
            .fact_if(heard < many, "some messages were not heard")
            .fact(format!("its connection: {}", End::name(end)))
            .without_drawing()
            .because([
                (told && heard < many, OVERTAKES_WHAT_WAITS),
                (there && end == Some(End::Broken), NO_GOODBYE),
                (!there && end == Some(End::Broken), SHORT_QUEUE),
            ]);
    });
}

#[test]
fn close_returns_when_all_have_gone() {
    run(async || {
        let house = House::open(AN_HOUR);
        let tasks = alive_tasks();
        let members = two(&house).await;
        let asleep = (0..6).map(async |_| house.join("cleo").await);
        let mut asleep = join_all(asleep).await;

        let mut calls = [house.room.close(), house.room.close()].map(Box::pin);
        let early = is_over(select_all(&mut calls)).await;
        let open = early && !tasks_are(tasks).await;
        if !early {
            // The others need not wait for that.
            let told = join_all(members.iter().map(Member::end));
            let ends = tokio::select! {
                ends = told => ends,
                _ = select_all(&mut calls) => vec![None],
            };
            let told = ends.iter().all(|it| *it == Some(End::Frame(1001)));
            expect(told, "some do not answer, and others are not told")
                .asked("a close frame, 1001, for every member")
                .fact(format!("members who do not answer: {}", asleep.len()))
                .without_drawing()
                .or_fail();
        }
        asleep.iter_mut().for_each(Member::listen);
        join_all(asleep.iter().map(Member::end)).await;

        expect(!open, "`close` returns too soon")
            .asked("each call returns when all connections are closed")
            .fact("two calls at once")
            .fact("six members had not answered when one of them returned")
            .without_drawing()
            .because([(open, NOT_AWAITED)]);
        if !early {
            returns(join_all(calls)).await;
        }
        let forgotten = house.members_are(0).await;
        expect(forgotten, "the room is closed, and has members")
            .without_drawing()
            .or_fail();
    });
}

#[test]
fn close_waits_for_a_member_being_let_in() {
    run(async || {
        let house = House::open(AN_HOUR);
        let _members = two(&house).await;
        // The handler has let it in, and its client has yet to hear of that.
        house.door.send_replace(false);
        let mut coming = pin!(house.connect());
        is_over(coming.as_mut()).await;

        let mut close = pin!(house.room.close());
        let early = is_over(close.as_mut()).await;
        house.door.send_replace(true);
        let came = coming.await.is_ok();

        expect(!(early && came), "`close` returns too soon")
            .asked("`close` returns when all connections are closed")
            .fact("one who was being let in came in after that")
            .without_drawing()
            .because([(early && came, NOT_COUNTED)]);
    });
}

#[test]
fn close_does_not_wait_for_ever() {
    run(async || {
        for patience in [0, 150].map(Duration::from_millis) {
            let house = House::open(patience);
            let tasks = alive_tasks();
            let mut members = two(&house).await;
            // None reads. One's socket is full, the others' are not.
            let mut full = house.join("cleo").await;
            holds_up_no_one(&mut members, &mut full, WAITING).await;
            let quiet = (0..15).map(async |_| house.join("dan").await);
            let quiet = join_all(quiet).await;
            // It is told why, and does not answer that either.
            let mut refused = house.join("eve").await;
            let there = house.room.members();
            refused.send(Message::binary("picture")).await;
            house.members_are(there - 1).await;
            // It may be dropped, and called again.
            poll::cut_after(2, house.room.close()).await;

            let returned = in_time(house.room.close()).await.is_some();
            let left = tasks_are(tasks).await;

            expect(
                returned && left,
                "`close` waits for one who does not answer",
            )
            .asked("those who do not answer in time are dropped")
            .fact(format!("members who do not answer: {}", quiet.len() + 1))
            .fact("one who was refused, and does not answer")
            .fact("a call of `close` that was dropped, and another one")
            .fact_if(!returned, "it has not returned")
            .fact_if(returned, "it returned, and tasks of theirs run on")
            .without_drawing()
            .because([(!returned, NO_BOUND), (!left, NOT_DROPPED)]);
            drop((full, quiet, refused));
        }
    });
}

#[test]
fn latecomers_are_refused() {
    run(async || {
        let house = House::open(AN_HOUR);
        let mut member = house.join("ana").await;
        let room = house.room.clone();
        let closing = task::spawn(async move { room.close().await });
        quiet().await;

        let meanwhile = house.connect().await;
        member.listen();
        in_time(closing).await;
        let after = house.connect().await;

        let status = |answer: Result<_, Error>| match answer {
            Ok(_) => "101".to_owned(),
            Err(Error::Http(response)) => response.status().as_str().to_owned(),
            Err(_) => "none".to_owned(),
        };
        let answers = [status(meanwhile), status(after)];
        let let_in = answers.iter().any(|it| it == "101");
        expect_same(&["503"; 2], &answers, "one who comes later is let in")
            .asked("503 for whoever comes when `close` has been called")
            .without_drawing()
            .because([(let_in, LET_IN)]);
    });
}

#[test]
fn rooms_know_nothing_of_each_other() {
    run(async || {
        let (one, other) = (House::open(AN_HOUR), House::open(AN_HOUR));
        let mut here = two(&one).await;
        let mut there = two(&other).await;
        all_is_well(&other, &mut there).await;

        let said = there[0].log().texts.len();
        let heard = here[0].log().texts.len();
        expect(heard == 0, "a message is heard in another room")
            .asked("rooms that know nothing of each other")
            .fact(format!("said in the other room: {said}"))
            .fact(format!("heard of it in this one: {heard}"))
            .without_drawing()
            .because([(heard == said, SHARED)]);
        returns(other.room.close()).await;
        all_is_well(&one, &mut here).await;
    });
}

/// Fails unless `close` returns: all members have answered, or are about to.
async fn returns(close: impl Future) {
    let returned = in_time(close).await.is_some();
    expect(returned, "`close` does not return")
        .asked("`close` returns when all connections of its room are closed")
        .fact("all members have answered")
        .without_drawing()
        .or_fail();
}

/// Two members who read.
async fn two(house: &House) -> Vec<Member> {
    join_all(["ana", "ben"].map(|name| house.listener(name))).await
}

/// Three members who read.
async fn three(house: &House) -> Vec<Member> {
    let mut members = two(house).await;
    members.push(house.listener("cleo").await);
    members
}

/// The first of `members` says so many long texts, so few at once that no one
/// who reads falls behind. Whether all of `members` have heard them.
async fn say(members: &mut [Member], texts: usize) -> bool {
    let mut said = members[0].log().texts.len();
    let goal = said + texts;
    while said < goal {
        let few = (goal - said).min(WAITING / 2);
        for number in said..said + few {
            members[0].say(&long(number)).await;
        }
        said += few;
        if !all_have(members, said).await {
            return false;
        }
    }
    true
}

/// Whether `listener` hears what the first of `members` says.
async fn say_to(members: &mut [Member], listener: &Member) -> bool {
    members[0].say("still there?").await;
    let is_it =
        |log: &Log| log.texts.last().is_some_and(|it| it == "still there?");
    listener.hears(is_it).await
}

/// Waits until each has heard so many texts; whether it came so.
async fn all_have(members: &[Member], texts: usize) -> bool {
    let all = members.iter();
    let all = all.map(|it| it.hears(|log| log.texts.len() >= texts));
    join_all(all).await.into_iter().all(|heard| heard)
}

/// Fails unless the members can still talk to each other.
async fn all_is_well(house: &House, members: &mut [Member]) {
    let heard = say(members, 2).await;
    expect(heard, "the members who are left hear nothing any more")
        .asked("what happens to one member is nothing to the others")
        .fact(format!("members: {}", house.room.members()))
        .without_drawing()
        .or_fail();
}

/// Texts as a verdict shows them.
fn shown(texts: &[String]) -> Vec<String> {
    let show = |text: &String| match text.len() {
        0..40 => format!("{text:?}"),
        many => format!("{many} bytes"),
    };
    texts.iter().map(show).collect()
}
