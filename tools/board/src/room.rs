//! Who is on the board and how far, and what is refused. Nothing here knows a network.

use std::collections::HashMap;
use std::net::IpAddr;
use std::time::{Duration, Instant};

use workbook::learner::board::message::{Join, Joined, Leave, Report, States};
use workbook::learner::progress::State;

use crate::bucket::{Bucket, Rate};

/// The most people on a board.
pub const MOST_PEOPLE: usize = 64;
/// The most people from one network address, unless the board is told otherwise. It keeps half of the
/// board free of what one machine with the code can do, and a class of thirty may share an address.
pub const MOST_AT_ONE_ADDRESS: usize = MOST_PEOPLE / 2;
/// The most characters of a name.
pub const LONGEST_NAME: usize = 24;
/// The letters of a code: none that is taken for another, on a projector or when it is read aloud.
const LETTERS: &[u8; 16] = b"ACDEFHJKMNPRTWXY";
/// How many letters a code has.
const CODE: usize = 5;
/// How often one machine may try a code.
const TRIES: Rate = Rate { at_once: 10, every: Duration::from_secs(6) };
/// How many machines' tries are remembered. From more of them at once, none is taken.
const MOST_MACHINES: usize = 256;
/// How often somebody may report. Verdicts come one or two a second at most.
const REPORTS: Rate = Rate { at_once: 5, every: Duration::from_secs(1) };

/// All that a board knows.
pub struct Room {
    code: String,
    exercises: Vec<String>,
    people: Vec<Person>,
    tries: HashMap<IpAddr, Bucket>,
    most_at_one_address: usize,
}

/// Somebody on the board.
pub struct Person {
    /// The name that is shown.
    pub name: String,
    /// What was told last.
    pub states: States,
    from: IpAddr,
    secret: String,
    reports: Bucket,
}

/// Why something is not taken. Displayed, it is a sentence for whoever asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    /// The code is another one.
    WrongCode,
    /// Too many codes were tried from that machine.
    TooManyTries,
    /// The name is empty, or too long.
    BadName,
    /// As many as there is room for are there.
    Full,
    /// As many as may come from one address have come from that one.
    AddressFull(usize),
    /// Nobody has that secret: the board is another one, or was left.
    Unknown,
    /// It reports on an exercise that there is not.
    NoSuchExercise,
    /// It reports too often.
    TooOften,
}

impl Room {
    /// A room where nobody is, for those exercises, in the order of the book.
    pub fn new(exercises: Vec<String>) -> Self {
        let (people, tries) = (Vec::new(), HashMap::new());
        let most_at_one_address = MOST_AT_ONE_ADDRESS;
        Self { code: code(), exercises, people, tries, most_at_one_address }
    }

    /// With room for so many from one network address. Behind one router all of a class may share one.
    #[must_use]
    pub fn with_room_at_one_address(self, most: usize) -> Self {
        Self { most_at_one_address: most, ..self }
    }

    /// What has to be typed to be on the board.
    pub fn code(&self) -> &str {
        &self.code
    }

    /// The exercises, in the order of the book.
    pub fn exercises(&self) -> &[String] {
        &self.exercises
    }

    /// Who is there, in the order in which they came.
    pub fn people(&self) -> &[Person] {
        &self.people
    }

    /// Somebody at `from` wants to be on the board.
    pub fn join(&mut self, from: IpAddr, asked: &Join, now: Instant) -> Result<Joined, Refused> {
        // Machines that have not asked for long need not be remembered.
        self.tries.retain(|_, bucket| !bucket.is_full(TRIES, now));
        if self.tries.len() >= MOST_MACHINES && !self.tries.contains_key(&from) {
            return Err(Refused::TooManyTries);
        }
        let tries = self.tries.entry(from).or_insert_with(|| Bucket::full(TRIES, now));
        if !tries.take(TRIES, now) {
            return Err(Refused::TooManyTries);
        }
        if asked.code != self.code {
            return Err(Refused::WrongCode);
        }
        let name = clean(&asked.name).ok_or(Refused::BadName)?;
        let stays = |person: &&Person| Some(&person.secret) != asked.instead_of.as_ref();
        let others = || self.people.iter().filter(stays);
        if others().count() >= MOST_PEOPLE {
            return Err(Refused::Full);
        }
        if others().filter(|person| person.from == from).count() >= self.most_at_one_address {
            return Err(Refused::AddressFull(self.most_at_one_address));
        }
        self.people.retain(|person| stays(&person));
        let name = self.told_apart(name);
        let (states, reports) = (States::new(), Bucket::full(REPORTS, now));
        let secret = secret();
        let joined = Joined { secret: secret.clone(), name: name.clone() };
        self.people.push(Person { name, states, from, secret, reports });
        Ok(joined)
    }

    /// Somebody tells how far they are.
    pub fn report(&mut self, report: Report, now: Instant) -> Result<(), Refused> {
        let known = &self.exercises;
        let person = self.people.iter_mut().find(|person| person.secret == report.secret);
        let person = person.ok_or(Refused::Unknown)?;
        if !person.reports.take(REPORTS, now) {
            return Err(Refused::TooOften);
        }
        if report.states.keys().any(|name| !known.contains(name)) {
            return Err(Refused::NoSuchExercise);
        }
        person.states = report.states;
        Ok(())
    }

    /// Somebody does not want to be on the board any more.
    pub fn leave(&mut self, leave: &Leave) -> Result<(), Refused> {
        let before = self.people.len();
        self.people.retain(|person| person.secret != leave.secret);
        if self.people.len() == before { Err(Refused::Unknown) } else { Ok(()) }
    }

    /// The name, with a number behind it if another has it already.
    fn told_apart(&self, name: String) -> String {
        let is_taken = |name: &str| self.people.iter().any(|person| person.name == name);
        if !is_taken(&name) {
            return name;
        }
        let mut numbered = (2..).map(|number| format!("{name} {number}"));
        numbered.find(|name| !is_taken(name)).unwrap_or(name)
    }
}

impl Person {
    /// How many exercises are solved.
    pub fn solved(&self) -> usize {
        self.states.values().filter(|state| **state == State::Solved).count()
    }
}

impl Refused {
    /// Its HTTP status.
    pub fn status(self) -> u16 {
        match self {
            Self::WrongCode | Self::Unknown => 403,
            Self::TooManyTries | Self::TooOften => 429,
            Self::BadName | Self::NoSuchExercise => 422,
            Self::Full | Self::AddressFull(_) => 503,
        }
    }
}

impl std::fmt::Display for Refused {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::WrongCode => f.write_str("that is not the code"),
            Self::TooManyTries => f.write_str("too many codes were tried; wait a minute"),
            Self::BadName => write!(f, "a name has 1 to {LONGEST_NAME} characters"),
            Self::Full => write!(f, "{MOST_PEOPLE} people are on it, and it has room for no more"),
            Self::AddressFull(most) => write!(
                f,
                "every place for your network address is taken ({most}); if your class shares one \
                 address, ask the facilitator to start the board with \
                 `--at-one-address {MOST_PEOPLE}`"
            ),
            Self::Unknown => f.write_str("it is a new board, and does not know you; join again"),
            Self::NoSuchExercise => f.write_str("this workbook has other exercises than yours"),
            Self::TooOften => f.write_str("that was too often"),
        }
    }
}

/// A name without what would not be seen, or would turn what stands beside it.
fn clean(name: &str) -> Option<String> {
    let seen = |c: &char| !c.is_control() && !is_format(*c);
    let words: String = name.chars().filter(seen).collect();
    let name = words.split_whitespace().collect::<Vec<_>>().join(" ");
    (1..=LONGEST_NAME).contains(&name.chars().count()).then_some(name)
}

/// Marks that have no width: among them those that turn the direction of text.
fn is_format(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{e0000}'..='\u{e007f}')
}

fn code() -> String {
    random::<CODE>().iter().map(|byte| char::from(LETTERS[usize::from(byte % 16)])).collect()
}

fn secret() -> String {
    use std::fmt::Write as _;
    random::<16>().iter().fold(String::new(), |mut text, byte| {
        // Writing to a string cannot fail.
        write!(text, "{byte:02x}").ok();
        text
    })
}

fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).expect("every system that Rust runs on has random numbers");
    bytes
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;

    const HERE: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

    fn room() -> Room {
        Room::new(vec!["gather".to_owned(), "limits".to_owned()])
    }

    fn asked(room: &Room, name: &str) -> Join {
        Join::new(room.code(), name)
    }

    fn solved(name: &str) -> States {
        States::from([(name.to_owned(), State::Solved)])
    }

    #[test]
    fn whoever_has_the_code_is_shown_and_nobody_speaks_for_another() {
        let (mut room, now) = (room(), Instant::now());
        assert_eq!(room.code().len(), CODE);
        let ada = room.join(HERE, &asked(&room, " Ada \u{202e} L. "), now).expect("she may");
        let other = room.join(HERE, &asked(&room, "Ada L."), now).expect("she may too");
        assert_eq!((&*ada.name, &*other.name), ("Ada L.", "Ada L. 2"));

        let report = |secret: &str, states| Report { secret: secret.to_owned(), states };
        room.report(report(&ada.secret, solved("gather")), now).expect("it is hers");
        let forged = room.report(report("0".repeat(32).as_str(), solved("limits")), now);
        assert_eq!(forged, Err(Refused::Unknown));
        let unknown = room.report(report(&ada.secret, solved("<b>")), now);
        assert_eq!(unknown, Err(Refused::NoSuchExercise));
        assert_eq!(room.people()[0].states, solved("gather"), "what is refused changes nothing");
        assert!(room.people()[1].states.is_empty());

        room.leave(&Leave { secret: ada.secret.clone() }).expect("she may");
        assert_eq!(room.people().len(), 1);
        let late = room.report(report(&ada.secret, solved("gather")), now);
        assert_eq!(late, Err(Refused::Unknown));
    }

    #[test]
    fn codes_are_not_tried_for_long() {
        let (mut room, now) = (room(), Instant::now());
        let wrong = Join::new("AAAAA", "Eve");
        let tried = (0..100).filter(|_| room.join(HERE, &wrong, now) == Err(Refused::WrongCode));
        assert_eq!(tried.count(), 10);
        let right = room.join(HERE, &asked(&room, "Eve"), now).map(|_| ());
        assert_eq!(right, Err(Refused::TooManyTries));
        // From many machines at once, and no memory is filled with them.
        for number in 0..1000_u32 {
            let from = IpAddr::V4(Ipv4Addr::from_bits(number));
            room.join(from, &wrong, now).expect_err("the code is wrong");
        }
        assert_eq!(room.tries.len(), MOST_MACHINES);
        let later = now + Duration::from_mins(2);
        room.join(HERE, &asked(&room, "Ada"), later).expect("all that is over");
        assert_eq!(room.tries.len(), 1);
    }

    #[test]
    fn there_are_limits_on_names_people_and_reports() {
        let (mut room, now) = (room(), Instant::now());
        for name in ["", " \u{200b} \n", &"x".repeat(25)] {
            let refused = room.join(HERE, &asked(&room, name), now).map(|_| ());
            assert_eq!(refused, Err(Refused::BadName), "{name}");
        }
        let from = |number: u8| IpAddr::V4(Ipv4Addr::from([10, 0, 0, number]));
        for number in 0..64 {
            room.join(from(number), &asked(&room, "Ümit"), now).expect("there is room");
        }
        let refused = room.join(from(99), &asked(&room, "Ada"), now).map(|_| ());
        assert_eq!(refused, Err(Refused::Full));
        assert_eq!(room.people()[63].name, "Ümit 64");

        let secret = room.people()[0].secret.clone();
        let report = || Report { secret: secret.clone(), states: solved("limits") };
        let taken = (0..100).filter(|_| room.report(report(), now).is_ok()).count();
        assert_eq!(taken, 5);
        room.report(report(), now + Duration::from_secs(1)).expect("after a second, one more");
    }

    #[test]
    fn one_address_leaves_room_for_the_others() {
        let (mut room, mut now) = (room(), Instant::now());
        let elsewhere = |number: u8| IpAddr::V4(Ipv4Addr::from([10, 0, 0, number]));
        let mut secrets = Vec::new();
        for _ in 0..MOST_AT_ONE_ADDRESS {
            secrets.push(room.join(HERE, &asked(&room, "Eve"), now).expect("a class may").secret);
            now += TRIES.every;
        }
        let refused = room.join(HERE, &asked(&room, "Eve"), now).map(|_| ());
        assert_eq!(refused, Err(Refused::AddressFull(32)));
        let said = Refused::AddressFull(32).to_string();
        assert!(said.contains("for your network address is taken (32)"), "{said}");
        assert!(said.contains("`--at-one-address 64`"), "{said}");
        for number in 0..32 {
            room.join(elsewhere(number), &asked(&room, "Ada"), now).expect("there is room");
        }
        let refused = room.join(elsewhere(99), &asked(&room, "Ada"), now).map(|_| ());
        assert_eq!(refused, Err(Refused::Full));

        // Whoever leaves makes room again.
        now += TRIES.every;
        room.leave(&Leave { secret: secrets.remove(0) }).expect("it may");
        room.join(HERE, &asked(&room, "Eve"), now).expect("there is room again");
    }

    #[test]
    fn whoever_joins_again_has_one_place_and_keeps_it_until_then() {
        let (mut room, now) = (room().with_room_at_one_address(1), Instant::now());
        let ada = room.join(HERE, &asked(&room, "Ada"), now).expect("she may");
        let again = |code: &str, name| Join {
            instead_of: Some(ada.secret.clone()),
            ..Join::new(code, name)
        };
        for refused in [again("AAAAA", "Ada"), again(room.code(), "")] {
            room.join(HERE, &refused, now).expect_err("the code or the name is wrong");
            assert_eq!(room.people()[0].secret, ada.secret);
        }
        let new = room.join(HERE, &again(room.code(), "Ada"), now).expect("it is her own place");
        assert_eq!((room.people().len(), &*new.name), (1, "Ada"));
    }

    #[test]
    fn a_class_behind_one_router_may_fill_the_board() {
        let (mut room, mut now) = (room().with_room_at_one_address(MOST_PEOPLE), Instant::now());
        for _ in 0..MOST_PEOPLE {
            room.join(HERE, &asked(&room, "Ada"), now).expect("there is room");
            now += TRIES.every;
        }
    }
}
