//! Serving a small book while it is written.

mod common;

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};

/// Ends the server when the test ends, however it ends.
struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself, and then the test says why.
        _ = self.0.kill();
        _ = self.0.wait();
    }
}

fn ask(address: &str, host: &str, path: &str) -> TcpStream {
    let mut stream = TcpStream::connect(address).expect("the server listens");
    let request = format!("GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).expect("it reads");
    stream
}

fn get_as(address: &str, host: &str, path: &str) -> String {
    let mut answer = String::new();
    ask(address, host, path).read_to_string(&mut answer).expect("it answers in text");
    answer
}

fn get(address: &str, path: &str) -> String {
    get_as(address, address, path)
}

/// What a page listens to, to load itself again. Comes back when the server has begun to answer.
fn events(address: &str, page: &str) -> impl Iterator<Item = String> {
    let path = page.split("data-event-stream=\"").nth(1).and_then(|rest| rest.split('"').next());
    let stream = ask(address, address, path.expect("the page listens"));
    let mut lines = BufReader::new(stream).lines().map(|line| line.expect("text"));
    assert!(lines.any(|line| line.contains("init")), "it says that it is there");
    lines
}

#[test]
fn a_change_is_built_and_a_mistake_is_told() {
    let root = common::changed("book/src/SUMMARY.md", Some("- [A](a.md)\n- [Fetch](fetch.md)\n"));
    let page = root.path().join("book/src/a.md");
    std::fs::write(&page, "# First\n\n{{#quiz none}}\n").expect("a page");
    let temporary = tempfile::tempdir().expect("a temporary folder");
    let child = Command::new(env!("CARGO_BIN_EXE_mdbook-workbook"))
        .args(["serve", "--port", "0", "--book"])
        .env("TMPDIR", temporary.path())
        .arg(root.path().join("book"))
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the command starts");
    let mut server = Server(child);
    let mut said = BufReader::new(server.0.stdout.take().expect("a pipe")).lines();
    let mut failed = BufReader::new(server.0.stderr.take().expect("a pipe")).lines();
    let mut line = || said.next().expect("it says something").expect("in text");

    let mut error = || failed.next().expect("it says something").expect("in text");
    assert_eq!(error(), "book/src/a.md:3: there is no file book/quiz/none.toml");
    while error() != "Waiting for a change." {}
    std::fs::write(&page, "# First\n").expect("a page");

    let greeting = line();
    let address = greeting
        .strip_prefix("The book is at http://")
        .and_then(|rest| rest.split('/').next())
        .unwrap_or_else(|| panic!("no address in {greeting}"))
        .to_owned();
    assert!(address.starts_with("127.0.0.1:"), "{address}");

    let first = get(&address, "/a.html");
    assert!(first.starts_with("HTTP/1.1 200") && first.contains("First"), "{first}");
    assert!(first.contains("content-type: text/html\r\n"), "{first}");
    assert!(first.contains("cache-control: no-store\r\n"), "{first}");
    let mut events = events(&address, &first);
    assert!(get(&address, "/none.html").starts_with("HTTP/1.1 404"));
    assert!(get(&address, "/..%2fCargo.toml").starts_with("HTTP/1.1 404"));
    assert!(get(&address, "/").contains("First"), "the folder's index");

    let port = address.rsplit(':').next().expect("a port");
    for host in [format!("localhost:{port}"), "localhost".to_owned(), "[::1]:1".to_owned()] {
        assert!(get_as(&address, &host, "/a.html").starts_with("HTTP/1.1 200"), "{host}");
    }
    for host in [format!("evil.example:{port}"), "localhost.evil.example".to_owned(), String::new()]
    {
        let answer = get_as(&address, &host, "/a.html");
        assert!(
            answer.starts_with("HTTP/1.1 403") && !answer.contains("First"),
            "{host}: {answer}"
        );
    }

    std::fs::write(&page, "# Second\n").expect("a page");
    assert_eq!(line(), "Built again.");
    assert!(get(&address, "/a.html").contains("Second"));
    assert!(events.any(|line| line.contains("reload")), "the page is told of the new build");

    std::fs::write(&page, "# Third\n\n{{#quiz none}}\n").expect("a page");
    assert_eq!(error(), "book/src/a.md:3: there is no file book/quiz/none.toml");
    assert!(get(&address, "/a.html").contains("Second"), "the old book is still there");

    #[cfg(unix)]
    {
        let id = server.0.id().to_string();
        let asked = Command::new("kill").args(["-TERM", &id]).status().expect("there is `kill`");
        assert!(asked.success());
        assert!(server.0.wait().expect("it ends").success(), "it was asked to end");
        let left = std::fs::read_dir(temporary.path()).expect("it is there").count();
        assert_eq!(left, 0, "its builds are still there");
    }
}
