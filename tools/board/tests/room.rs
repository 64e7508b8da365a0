//! A board on loopback: thirty who use it, one that lies, one that floods, one that dawdles.

use std::collections::BTreeMap;
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tokio::net::TcpListener;
use workbook::learner::progress::State;
use workbook_board::room::Room;
use workbook_board::server::Board;

/// A board on a thread of its own, and where it is.
fn board() -> (Board, SocketAddr) {
    let exercises = ["gather", "limits", "timeouts"].map(str::to_owned).to_vec();
    let board = Board::new(Room::new(exercises), "10.0.0.5:4880".to_owned());
    let (its, tell) = (board.clone(), std::sync::mpsc::channel());
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
            tell.0.send(listener.local_addr().expect("it is bound")).expect("it is waited for");
            its.serve(listener).await;
        });
    });
    (board, tell.1.recv().expect("it is bound"))
}

/// Sends that, and gives back all that is answered; nothing where the board hangs up.
fn said(at: SocketAddr, request: &[u8]) -> String {
    let mut stream = TcpStream::connect(at).expect("the board listens");
    // It may have answered, and hung up, before it has heard all.
    stream.write_all(request).ok();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).ok();
    String::from_utf8_lossy(&answer).into_owned()
}

fn post(at: SocketAddr, path: &str, body: &Value) -> (u16, String) {
    let body = body.to_string();
    let head = format!(
        "POST {path} HTTP/1.1\r\nHost: {at}\r\nContent-Type: application/json\r\n\
         Content-Length: {}\r\n\r\n",
        body.len()
    );
    let answer = said(at, format!("{head}{body}").as_bytes());
    let status = answer.split_whitespace().nth(1).and_then(|it| it.parse().ok()).unwrap_or(0);
    (status, answer.split_once("\r\n\r\n").unwrap_or_default().1.to_owned())
}

fn get(at: SocketAddr, path: &str) -> String {
    said(at, format!("GET {path} HTTP/1.1\r\nHost: {at}\r\n\r\n").as_bytes())
}

fn join(at: SocketAddr, code: &str, name: &str) -> String {
    // Everybody comes from one machine here, and it may not ask so often.
    loop {
        let (status, body) = post(at, "/join", &json!({ "code": code, "name": name }));
        match status {
            200 => {
                let joined: Value = serde_json::from_str(&body).expect("JSON");
                return joined["secret"].as_str().expect("it has a secret").to_owned();
            }
            429 => std::thread::sleep(Duration::from_millis(200)),
            _ => panic!("{name}: {status} {body}"),
        }
    }
}

#[test]
fn what_is_hostile_is_refused_and_changes_nothing() {
    let (board, at) = board();
    let code = board.room().code().to_owned();
    let secret = join(at, &code, "Ada");
    let ada = json!({ "secret": secret, "states": { "gather": "solved" } });
    assert_eq!(post(at, "/report", &ada).0, 204);
    let shown = || get(at, "/table").split_once("\r\n\r\n").expect("HTTP").1.to_owned();
    let before = shown();
    assert!(before.contains(">Ada<") && before.contains("gather: solved"), "{before}");

    let large = "x".repeat(1024 * 1024);
    for (path, body, status) in [
        ("/join", json!({ "code": "AAAAB", "name": "Eve" }), 403),
        ("/join", json!({ "code": code, "name": "x".repeat(25) }), 422),
        ("/join", json!({ "code": code, "name": "\u{202e}\u{7}" }), 422),
        ("/join", json!({ "code": code, "name": "Eve", "more": 1 }), 422),
        ("/join", json!({ "code": code, "name": large }), 413),
        ("/report", json!({ "secret": "0".repeat(32), "states": {} }), 403),
        ("/report", json!({ "secret": secret, "states": { "gather": "won" } }), 422),
        ("/report", json!({ "secret": secret, "states": { "<script>": "solved" } }), 422),
        ("/report", json!({ "secret": secret, "states": { "gather": large } }), 413),
        ("/leave", json!({ "secret": "" }), 403),
    ] {
        let (got, said) = post(at, path, &body);
        // A body that is too large may be cut off before the answer is read.
        assert!(got == status || (status == 413 && got == 0), "{path}: {got} {said}");
    }
    let rebound = said(at, b"GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n");
    assert!(rebound.starts_with("HTTP/1.1 421"), "{rebound}");
    let nonsense = said(at, b"\x16\x03\x01 is no HTTP\r\n\r\n");
    assert!(!nonsense.contains("200 OK"), "{nonsense}");
    assert_eq!(shown(), before);

    let page = get(at, "/");
    assert!(page.contains(&code), "on this machine it is shown");
    assert!(page.contains("content-security-policy: default-src 'self'"), "{page}");
    let reached = page.split("//").skip(1).all(|rest| !rest.starts_with(char::is_alphabetic));
    assert!(reached, "the page asks no other host: {page}");

    let named = json!({ "code": code, "name": "<b>Eve</b>" });
    assert_eq!(post(at, "/join", &named).0, 200);
    assert!(shown().contains("&lt;b&gt;Eve&lt;/b&gt;") && !shown().contains("<b>"));
}

#[test]
fn one_that_dawdles_is_cut_off_and_holds_up_nobody() {
    let (board, at) = board();
    let code = board.room().code().to_owned();
    let mut slow: Vec<TcpStream> =
        (0..60).map(|_| TcpStream::connect(at).expect("the board listens")).collect();
    for stream in &mut slow {
        stream.write_all(b"POST /join HTTP/1.1\r\nHost: ").expect("it listens");
    }
    let began = Instant::now();
    join(at, &code, "Ada");
    assert!(began.elapsed() < Duration::from_secs(4), "it waits for none of them");
    let mut rest = Vec::new();
    slow[0].read_to_end(&mut rest).expect("it is closed");
    assert!(!String::from_utf8_lossy(&rest).contains("200 OK"));
}

#[test]
fn thirty_report_beside_one_that_floods_and_nothing_is_lost() {
    for_a_while(Duration::from_secs(2));
}

/// The same for ten minutes: `cargo test -p workbook-board --test room -- --ignored --nocapture`.
#[test]
#[ignore = "it takes ten minutes"]
fn thirty_report_for_ten_minutes() {
    for_a_while(Duration::from_mins(10));
}

/// Thirty report for so long, one floods, and one lies; in the end each is shown as it reported
/// last, and the memory is what it was.
fn for_a_while(long: Duration) {
    let (board, at) = board();
    let code = board.room().code().to_owned();
    let ends = Instant::now() + long;
    // A class does not sit at one machine, and so has no need to wait for the code's limit.
    let secrets: Vec<String> = (0..30)
        .map(|number| {
            let from = [10, 0, 0, number].into();
            let name = format!("Person {number:02}");
            let asked = workbook::learner::board::message::Join::new(&code, &name);
            board.room().join(from, &asked, Instant::now()).expect("there is room").secret
        })
        .collect();
    let (sent, refused) = (Arc::new(AtomicU32::new(0)), Arc::new(AtomicU32::new(0)));
    let began = memory();
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while Instant::now() < ends {
                let flood = json!({ "secret": secrets[0], "states": { "limits": "started" } });
                let lie = json!({ "secret": "0".repeat(32), "states": { "gather": "solved" } });
                for told in [&flood, &lie] {
                    let (status, _) = post(at, "/report", told);
                    assert!(matches!(status, 204 | 403 | 429), "{status}");
                    refused.fetch_add(u32::from(status != 204), Ordering::Relaxed);
                }
            }
        });
        for (number, secret) in secrets.iter().enumerate().skip(1) {
            let sent = Arc::clone(&sent);
            scope.spawn(move || {
                let mut turn = number;
                loop {
                    let last = Instant::now() >= ends;
                    let state = ["started", "solved"][if last { 1 } else { turn % 2 }];
                    let told = json!({ "secret": secret, "states": { "gather": state } });
                    // What is too often is made up for by the next.
                    let (status, said) = post(at, "/report", &told);
                    assert!(matches!(status, 204 | 429), "{status} {said}");
                    sent.fetch_add(1, Ordering::Relaxed);
                    if last && status == 204 {
                        return;
                    }
                    turn += 1;
                    std::thread::sleep(Duration::from_millis(1200));
                }
            });
        }
    });
    let room = board.room();
    assert_eq!(room.people().len(), 30);
    let solved = BTreeMap::from([("gather".to_owned(), State::Solved)]);
    let lost = room.people()[1..].iter().filter(|person| person.states != solved).count();
    assert_eq!(lost, 0, "states were lost");
    let refused = refused.load(Ordering::Relaxed);
    assert!(refused > 0, "the flood is held back");
    let grown = memory().saturating_sub(began);
    println!(
        "{} reports by 30, {refused} refused of one that floods and lies, 0 states lost, memory \
         grew by {grown} KiB from {began} KiB",
        sent.load(Ordering::Relaxed)
    );
    assert!(grown < 32 * 1024, "the memory grew by {grown} KiB");
}

/// The memory of this process, the clients included, in KiB. Where it cannot be asked for, none.
fn memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or(0)
}
