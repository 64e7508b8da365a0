//! A learner who joins a board, whose verdicts it hears, and who leaves it.

use std::io::Write as _;
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, channel};
use std::thread;

mod fixture;

use fixture::{EXERCISE, Fixture, asked, said};
use workbook::learner::board;

/// A board that says what it is told to, and tells what it has heard.
struct FakeBoard {
    address: String,
    heard: Receiver<(String, String)>,
}

impl FakeBoard {
    fn new(answers: Vec<(u16, &'static str)>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("it is bound").to_string();
        let (tell, heard) = channel();
        thread::spawn(move || {
            for (status, body) in answers {
                let (stream, _) = listener.accept().expect("somebody asks");
                tell.send(answer(stream, status, body)).ok();
            }
        });
        Self { address, heard }
    }
}

/// Reads a request and answers it: its path, and its body.
fn answer(mut stream: TcpStream, status: u16, body: &str) -> (String, String) {
    let told = asked(&stream);
    write!(stream, "HTTP/1.1 {status} Some\r\nContent-Length: {}\r\n\r\n{body}", body.len()).ok();
    told
}

const JOINED: &str = r#"{"secret":"5ec2e7","name":"Ada 2"}"#;

#[test]
fn each_verdict_is_sent_until_the_board_is_left() {
    let fixture = Fixture::shipped("join");
    let at = FakeBoard::new(vec![(200, JOINED), (204, ""), (204, ""), (204, "")]);
    let heard = || at.heard.recv().expect("it is heard");

    let text = said(&fixture.workbook(&["join", &at.address, "kmprt", "--name", " Ada "]), 0);
    assert!(text.contains(&format!("The board at {} shows you as Ada 2.", at.address)), "{text}");
    assert!(text.contains("untouched, started or solved") && text.contains("join --leave"));
    let asked = ("/join".to_owned(), r#"{"code":"KMPRT","name":"Ada"}"#.to_owned());
    assert_eq!(heard(), asked);
    let nothing = ("/report".to_owned(), r#"{"secret":"5ec2e7","states":{}}"#.to_owned());
    assert_eq!(heard(), nothing, "what is untouched goes without saying");

    fixture.write(EXERCISE, "compile_error!();\n");
    said(&fixture.workbook(&["test", "pair"]), 2);
    assert_eq!(heard().1, r#"{"secret":"5ec2e7","states":{"pair":"started"}}"#);

    let text = said(&fixture.workbook(&["join", "--leave"]), 0);
    assert!(text.contains("Nothing is sent any more."), "{text}");
    assert_eq!(heard(), ("/leave".to_owned(), r#"{"secret":"5ec2e7"}"#.to_owned()));
    assert_eq!(board::joined(&fixture.workspace), None);
    let text = said(&fixture.workbook(&["join", "--leave"]), 0);
    assert!(text.contains("you are on no board"), "{text}");
}

#[test]
fn joining_again_takes_no_second_place() {
    let fixture = Fixture::shipped("join-again");
    let refused = (422, "this workbook has other exercises than yours");
    let at = FakeBoard::new(vec![(200, JOINED), (204, ""), (200, JOINED), refused, (204, "")]);
    let join = || fixture.workbook(&["join", &at.address, "KMPRT", "--name", "Ada"]);
    said(&join(), 0);
    assert!(said(&join(), 3).contains("it says: this workbook has other exercises"));
    let heard: Vec<(String, String)> =
        (0..5).map(|_| at.heard.recv().expect("it is heard")).collect();
    let asked: Vec<&str> = heard.iter().map(|(path, _)| path.as_str()).collect();
    let left = "a place that nothing is reported to any more is given up";
    assert_eq!(asked, ["/join", "/report", "/join", "/report", "/leave"], "{left}");
    let again = r#"{"code":"KMPRT","name":"Ada","instead_of":"5ec2e7"}"#;
    assert_eq!(heard[2].1, again, "the board is told whose place it is");
    assert_eq!(board::joined(&fixture.workspace), None);
}

#[test]
fn a_board_is_left_once_another_one_has_a_place() {
    let fixture = Fixture::shipped("join-another");
    let old = FakeBoard::new(vec![(200, JOINED), (204, ""), (204, "")]);
    let join = |at: &str| fixture.workbook(&["join", at, "KMPRT", "--name", "Ada"]);
    said(&join(&old.address), 0);
    let stays = board::joined(&fixture.workspace);

    let full = FakeBoard::new(vec![(403, "the board is full")]);
    assert!(said(&join(&full.address), 3).contains("the board says: the board is full"));
    let own = r#"{"code":"KMPRT","name":"Ada"}"#;
    assert_eq!(
        full.heard.recv().expect("it is asked").1,
        own,
        "what the old one knows is not told"
    );
    drop(full);
    assert!(said(&join("127.0.0.1:1"), 3).contains("cannot be reached"));
    assert_eq!(board::joined(&fixture.workspace), stays);

    let new = FakeBoard::new(vec![(200, JOINED), (204, "")]);
    said(&join(&new.address), 0);
    assert_eq!(board::joined(&fixture.workspace).map(|it| it.address), Some(new.address));
    let asked: Vec<String> = (0..3).map(|_| old.heard.recv().expect("it is heard").0).collect();
    assert_eq!(asked, ["/join", "/report", "/leave"]);
}

#[test]
fn a_board_that_is_gone_changes_no_verdict_and_is_told_once() {
    let fixture = Fixture::shipped("join-gone");
    let at = FakeBoard::new(vec![(200, JOINED), (204, "")]);
    said(&fixture.workbook(&["join", &at.address, "KMPRT", "--name", "Ada"]), 0);
    // It takes no further connection, and then its port is nobody's.
    drop(at);
    fixture.write(EXERCISE, "compile_error!();\n");
    let first = said(&fixture.workbook(&["test", "pair"]), 2);
    assert!(first.contains("cannot be reached"), "{first}");
    let second = said(&fixture.workbook(&["test", "pair"]), 2);
    assert!(!second.contains("cannot be reached"), "{second}");
}

#[test]
fn a_board_that_does_not_know_the_learner_is_no_longer_told() {
    let fixture = Fixture::shipped("join-new");
    let at = FakeBoard::new(vec![
        (403, "that is not the code"),
        (200, JOINED),
        (204, ""),
        (403, "it is a new board"),
    ]);
    let join = || fixture.workbook(&["join", &at.address, "KMPRT", "--name", "Ada"]);
    let text = said(&join(), 3);
    assert!(text.contains("the board says: that is not the code"), "{text}");
    assert_eq!(board::joined(&fixture.workspace), None);
    said(&join(), 0);

    fixture.write(EXERCISE, "compile_error!();\n");
    let first = said(&fixture.workbook(&["test", "pair"]), 2);
    assert!(first.contains("any more; it says: it is a new board"), "{first}");
    assert_eq!(board::joined(&fixture.workspace), None);
    let unnamed = said(&fixture.workbook(&["join", &at.address, "KMPRT"]), 3);
    assert!(unnamed.contains("add --name NAME"), "{unnamed}");
    let nowhere = said(&fixture.workbook(&["join", "nowhere", "KMPRT", "--name", "Ada"]), 3);
    assert!(nowhere.contains("a host and a port, such as 192.168.1.5:4880"), "{nowhere}");
}
