//! What `fetch` is asked for: one behaviour a test.

use std::{
    cell::Cell,
    net::{Ipv4Addr, SocketAddr},
    panic::{AssertUnwindSafe, resume_unwind},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::Duration,
};

use fetch::{FetchError, Product, fetch_product};
use futures::{FutureExt, future::join};
use percent_encoding::percent_decode_str;
use reqwest::{
    Client, Url,
    header::{HeaderName, HeaderValue},
};
use serde_json::json;
use testkit::{
    Answer, Gate, Received, Rendezvous, Upstream, Verdict, at_rest,
    mock::{self, MockServer, ResponseTemplate},
};
use tokio::{
    net::{TcpListener, TcpSocket},
    time::sleep,
};

#[path = "fetch/causes.rs"]
mod causes;
use causes::*;

#[test]
fn returns_the_product() {
    testkit::run(async || {
        let server = mock::start().await;
        mock::any(&server, ok(&bolt())).await;
        let client = client();

        let product = fetched(&client, &base(&server), "AB7").await;

        let verdict = Verdict::new("the product did not come back")
            .asked("the product that the service sends for the code AB7")
            .without_drawing();
        let requests = server.received_requests().await.unwrap_or_default();
        let Some(request) = requests.first() else {
            nothing_was_sent(&product);
        };
        let path = request.url.path();
        if read_as(path).as_deref() != Some("AB7") {
            let verdict = verdict
                .fact(format!("asked for: {path}"))
                .fact("wanted:    /v1/products/AB7");
            if path.starts_with("/products") {
                verdict.because(JOINED).fail();
            }
            if path.contains("//") && path.ends_with("/AB7") {
                verdict
                    .why(
                        "An empty segment stands before the code. An address \
                         that ends in a slash has an empty last segment, and \
                         `push` goes behind it. Leave that slash away, or \
                         call `pop_if_empty` first.",
                    )
                    .fail();
            }
            verdict.fail();
        }
        let other_than = |product: &Result<_, _>, verdict: Verdict| {
            (told(product) != BOLT).then(|| {
                verdict
                    .fact(format!("returned: {}", told(product)))
                    .fact(format!("wanted:   {BOLT}"))
            })
        };
        if let Some(verdict) = other_than(&product, verdict.clone()) {
            verdict.fail();
        }

        let upstream =
            Upstream::start(|_| Answer::json(&bolt()).in_pieces_of(20));
        let base_of_pieces = format!("{}/v1", upstream.url());
        let product = fetched(&client, &base_of_pieces, "AB7").await;
        let seen = verdict.clone().fact("the body came in pieces");
        if let Some(verdict) = other_than(&product, seen) {
            verdict
                .why(
                    "Only its end tells that a body is whole: it may come in \
                     pieces, and its length need not be known before. `json` \
                     and `bytes` read to the end.",
                )
                .fail();
        }

        let server = mock::start().await;
        let unlabelled = bolt().to_string();
        let answer = ResponseTemplate::new(200).set_body_bytes(unlabelled);
        mock::any(&server, answer).await;
        let product = fetched(&client, &base(&server), "AB7").await;
        let seen = verdict.fact("the answer had no header `content-type`");
        if let Some(verdict) = other_than(&product, seen) {
            verdict
                .why(
                    "That header is a label, and may be missing. Whether the \
                     body is a product, only decoding it can tell.",
                )
                .fail();
        }
    });
}

#[test]
fn keeps_the_code_in_one_piece() {
    testkit::run(async || {
        let codes = [
            "AB7", "a/b?c", "ä ö", "a+b", "50%", "20%25", "#7", "../admin",
            r"a\b", " a ",
        ];
        // Answers whatever it is asked for.
        let upstream = Upstream::start(|_| Answer::json(&bolt()));
        let base = format!("{}/v1", upstream.url());
        let client = client();
        let mut sent = Vec::new();
        for code in codes {
            let before = upstream.requests().len();
            let _: Result<_, _> = fetched(&client, &base, code).await;
            let requests = upstream.requests();
            sent.push(requests.get(before).map_or_else(String::new, target));
        }

        let arrived = |at: usize| read_as(&sent[at]) == Some(codes[at].into());
        if (0..codes.len()).all(arrived) {
            return;
        }
        let mut verdict = Verdict::new("a code did not arrive as it is")
            .asked("each code as one segment of the path, escaped once")
            .without_drawing();
        for (at, code) in codes.iter().enumerate() {
            let mark = if arrived(at) { "" } else { "   ✗" };
            let sent = if sent[at].is_empty() { "nothing" } else { &sent[at] };
            let code = format!("`{code}`");
            verdict =
                verdict.fact(format!("{code:10}   asked for {sent}{mark}"));
        }
        let wrong = || (0..codes.len()).filter(|&at| !arrived(at));
        let unescaped = unescaped(&codes, &sent, &base);
        // Each of these holds a sign that means something.
        let some_escaped = [1, 5, 6, 7, 8].into_iter().any(arrived);
        let plus_for_space = |at: usize| {
            let spaces = sent[at].replace('+', "%20");
            spaces != sent[at] && read_as(&spaces) == Some(codes[at].into())
        };
        // A single segment, rightly escaped, that holds another text.
        let other_text = |at: usize| {
            read_as(&sent[at]).filter(|read| {
                !read.contains(char::REPLACEMENT_CHARACTER)
                    && read.replace('+', " ") != codes[at]
            })
        };
        if sent[0].starts_with("/products") {
            verdict.because(JOINED)
        } else if unescaped.len() == SIGNS {
            verdict.because(SPLICED)
        } else if some_escaped && !unescaped.is_empty() {
            verdict
                .fact(format!("not escaped: {}", unescaped.join(" ")))
                .because(ESCAPED_BY_HAND)
        } else if escaped_twice(&codes, &sent) {
            verdict.because(ESCAPED_TWICE)
        } else if !arrived(0) {
            verdict.why(
                "Not even `AB7` arrives: make `returns_the_product` pass \
                 first.",
            )
        } else if wrong().all(plus_for_space) {
            verdict.why(
                "In a path a `+` is a plus. It stands for a space in a form, \
                 and in most queries.",
            )
        } else if wrong().all(|at| other_text(at).is_some()) {
            let others = wrong().filter_map(|at| {
                let read = other_text(at)?;
                Some(format!("instead of `{}` it reads `{read}`", codes[at]))
            });
            others.fold(verdict, Verdict::fact).why(
                "The service reads another text, and perhaps finds another \
                 product. To escape is all that a code needs: nothing in it \
                 is to be cut off or replaced. (Spaces at the end of an \
                 address are dropped, unless they are escaped.)",
            )
        } else {
            verdict
        }
        .fail();
    });
}

#[test]
fn an_error_status_is_an_error() {
    testkit::run(async || {
        let client = client();
        let mut rows = Vec::new();
        let mut believed = 0;
        let mut wrapped = false;
        let mut failed = false;
        let mut refused = false;
        for (status, body) in [
            (203, "a product"),
            (404, "no body"),
            (404, "a product"),
            (422, "a product"),
            (500, "a product"),
            (503, "no body"),
        ] {
            let server = mock::start().await;
            let answer = ResponseTemplate::new(status);
            let answer = if body == "a product" {
                answer.set_body_json(bolt())
            } else {
                answer
            };
            mock::any(&server, answer).await;

            let product = fetched(&client, &base(&server), "AB7").await;

            if none(&server).await {
                nothing_was_sent(&product);
            }
            let got = told(&product);
            let right = if status < 400 {
                let right = got == BOLT;
                refused |= got == format!("`Status({status})`");
                right
            } else {
                let is_taken = product.is_ok() && body == "a product";
                believed += usize::from(is_taken);
                got == format!("`Status({status})`")
            };
            failed |= !right;
            wrapped |= matches!(
                &product,
                Err(FetchError::Request(error)) if error.status().is_some()
            );
            let mark = if right { "" } else { "   ✗" };
            rows.push(format!("{status} with {body:9}   returned {got}{mark}"));
        }
        let mut too_late = !failed;
        for (how, got) in without_its_body(&client).await {
            let right = got == "`Status(500)`";
            failed |= !right;
            let mark = if right { "" } else { "   ✗" };
            rows.push(format!("500, {how}    returned {got}{mark}"));
        }
        if !failed {
            return;
        }
        too_late &= failed;
        let wrong = rows.iter().filter(|row| row.ends_with('✗')).count();
        let mut verdict = if refused && wrong == 1 {
            Verdict::new("a success came back as an error")
        } else {
            Verdict::new("an error came back as something else")
        };
        verdict = verdict
            .asked("a product with 200 to 299, `Status` with 400 to 599")
            .without_drawing();
        for row in rows {
            verdict = verdict.fact(row);
        }
        if refused && wrong == 1 {
            verdict = verdict.because(ONLY_200);
        } else if believed == 3 {
            // Each that came with a product.
            verdict = verdict.because(STATUS_IGNORED);
        } else if too_late {
            verdict = verdict.because(BODY_FIRST);
        } else if wrapped {
            verdict = verdict.why(
                "The status is still inside reqwest's error. `?` turns such \
                 an error into `Status`; `FetchError::Request` takes it as \
                 it is.",
            );
        }
        verdict.fail();
    });
}

/// What comes of a 500 whose body does not come whole: the status is known as
/// soon as the head is there.
async fn without_its_body(client: &Client) -> Vec<(&'static str, String)> {
    let answer = Answer::json(&bolt()).with_status(500);
    let mut seen = Vec::new();
    for (how, answer) in [
        ("breaking off", answer.clone().breaking_after(5)),
        ("then silence", answer.stalling_after(0)),
    ] {
        let upstream = Upstream::start(move |_| answer.clone());
        let base = format!("{}/v1", upstream.url());
        let got = tokio::select! {
            biased;
            product = fetched(client, &base, "AB7") => told(&product),
            () = at_rest() => "nothing, and waits".to_owned(),
        };
        seen.push((how, got));
    }
    seen
}

#[test]
fn malformed_json_is_an_error() {
    testkit::run(async || {
        refuses(&[
            ("half an object", r#"{"code": "AB7", "na"#),
            ("no JSON at all", "<html>Back soon!</html>"),
            ("an empty body", ""),
            (
                "more behind it",
                r#"{"code": "AB7", "name": "Bolt", "cents": 240}, ..."#,
            ),
        ])
        .await;
    });
}

#[test]
fn an_incomplete_product_is_an_error() {
    testkit::run(async || {
        refuses(&[
            ("no name", r#"{"code": "AB7", "cents": 240}"#),
            ("no price", r#"{"code": "AB7", "name": "Bolt"}"#),
            (
                "a price in words",
                r#"{"code": "AB7", "name": "Bolt", "cents": "a lot"}"#,
            ),
            (
                "a price of -1",
                r#"{"code": "AB7", "name": "Bolt", "cents": -1}"#,
            ),
            (
                "a price of 4294967297",
                r#"{"code": "AB7", "name": "Bolt", "cents": 4294967297}"#,
            ),
        ])
        .await;
    });
}

/// Answers 200 with each of `bodies`, none of which is a product.
async fn refuses(bodies: &[(&str, &str)]) {
    let client = client();
    let width = bodies.iter().map(|(name, _)| name.len()).max();
    let width = width.unwrap_or_default();
    let mut verdict = Verdict::new("what is not a product was taken for one")
        .asked("an `Err` when the answer is not a product");
    let mut taken = Vec::new();
    for (name, body) in bodies {
        let server = mock::start().await;
        mock::any(
            &server,
            ResponseTemplate::new(200)
                .set_body_raw(body.as_bytes(), "application/json"),
        )
        .await;

        let product = not_panicking(&client, &base(&server), || {
            format!("the answer was 200, with {name}")
        })
        .await;

        if none(&server).await {
            nothing_was_sent(&product);
        }
        if product.is_ok() {
            taken.push(*name);
        }
        let mark = if product.is_ok() { "   ✗" } else { "" };
        verdict = verdict
            .fact(format!("{name:width$}   returned {}{mark}", told(&product)));
    }
    if taken.is_empty() {
        return;
    }
    if taken == ["more behind it"] {
        verdict.why(
            "The answer goes on behind the product, and so is not JSON. \
             `json` and `from_slice` decode all of it.",
        )
    } else if taken.iter().all(|name| name.starts_with("a price of")) {
        verdict.why(
            "What was sent does not fit into the `u32` of a price, and became \
             another price. `as u32`, for one, cuts off what is too much. \
             Decoded straight into `Product`, it is an error.",
        )
    } else if taken.iter().any(|name| ["no name", "no price"].contains(name)) {
        verdict.because(GAPS_FILLED)
    } else {
        verdict
    }
    .fail();
}

#[test]
fn no_answer_is_an_error() {
    testkit::run(async || {
        let client = client();
        let verdict = Verdict::new("a product came back without an answer")
            .asked("an `Err` when the service does not answer")
            .without_drawing();

        let (_held, nobody) = nobody_listens();
        let nobody = format!("http://{nobody}/v1");
        let product = not_panicking(&client, &nobody, || {
            "nobody listened at the address of the service".to_owned()
        })
        .await;
        if product.is_ok() {
            verdict.fact("nobody listened at the address").fail();
        }

        let upstream =
            Upstream::start(|_| Answer::json(&bolt()).breaking_after(20));
        let base = format!("{}/v1", upstream.url());
        let product = not_panicking(&client, &base, || {
            "the answer broke off after 20 bytes of its body".to_owned()
        })
        .await;
        if product.is_ok() {
            verdict.fact("the answer broke off after 20 bytes").fail();
        }

        // Its last chunk, which would be empty, never comes.
        let upstream = Upstream::start(|_| {
            Answer::json(&bolt()).breaking_after(usize::MAX)
        });
        let base = format!("{}/v1", upstream.url());
        let product = not_panicking(&client, &base, || {
            "the answer broke off behind the product".to_owned()
        })
        .await;
        if product.is_ok() {
            Verdict::new("an answer that broke off was taken for a whole one")
                .asked("an `Err` when the answer breaks off")
                .fact("the answer broke off behind the product")
                .fact(format!("returned: {}", told(&product)))
                .why(
                    "What has come looks whole, but only the end of an answer \
                     tells that it is. `json` and `bytes` wait for it, and \
                     give an error if it does not come.",
                )
                .without_drawing()
                .fail();
        }

        let product = not_panicking(&client, "mailto:service", || {
            "the base was `mailto:service`".to_owned()
        })
        .await;
        if product.is_ok() {
            verdict.fact("the base was `mailto:service`").fail();
        }
    });
}

#[test]
fn asks_once() {
    testkit::run(async || {
        let client = client();
        let mut verdict =
            Verdict::new("the service was not asked exactly once")
                .asked("one GET for each call, whatever comes back")
                .without_drawing();
        let mut failed = false;
        let mut more = false;
        let mut twice_on_success = false;
        for status in [200, 404, 503] {
            let server = mock::start().await;
            let answer = ResponseTemplate::new(status).set_body_json(bolt());
            mock::any(&server, answer).await;

            let product = fetched(&client, &base(&server), "AB7").await;

            if none(&server).await {
                nothing_was_sent(&product);
            }
            let requests = server.received_requests().await;
            let methods: Vec<_> = requests
                .unwrap_or_default()
                .iter()
                .map(|request| request.method.to_string())
                .collect();
            let right = methods == ["GET"];
            more |= methods.len() > 1;
            twice_on_success |= methods.len() > 1 && status == 200;
            failed |= !right;
            let sent = methods.join(", ");
            let mark = if right { "" } else { "   ✗" };
            verdict =
                verdict.fact(format!("answered {status}: sent {sent}{mark}"));
        }
        for (how, answer) in [
            ("broken off", Answer::json(&bolt()).breaking_after(20)),
            ("malformed", Answer::malformed_json()),
            ("incomplete", Answer::json(&json!({ "code": "AB7" }))),
        ] {
            let upstream = Upstream::start(move |_| answer.clone());
            let base = format!("{}/v1", upstream.url());
            // Whether the code panics over it is another test's matter.
            let call = fetched(&client, &base, "AB7");
            let _: Result<_, _> = AssertUnwindSafe(call).catch_unwind().await;
            let sent = upstream.requests().len();
            more |= sent > 1;
            failed |= sent != 1;
            let mark = if sent == 1 { "" } else { "   ✗" };
            verdict =
                verdict.fact(format!("answered 200, {how}: sent {sent}{mark}"));
        }
        if more && !twice_on_success {
            verdict
                .why(
                    "Here the service is asked again after a failure. Whether \
                     that is worth a request is for the caller to decide.",
                )
                .fail();
        }
        if more {
            verdict.because(ASKS_TWICE).fail();
        }
        if failed {
            verdict.fail();
        }
    });
}

#[test]
fn lets_other_tasks_run_while_it_waits() {
    testkit::run(async || {
        let journal = testkit::journal();
        journal.declare(["fetch_product", "the request", "another task"]);
        let gate = Gate::of(usize::MAX);
        let held = gate.clone();
        let turn = Turn::default();
        let arrived = turn.arrived.clone();
        let upstream = Arc::new(Upstream::start(move |_| {
            arrived.signal();
            Answer::json(&bolt()).on_lane("the request").held_by(&held)
        }));
        let base = format!("{}/v1", upstream.url());
        let client = client();
        let service = thread::spawn(turn.clone().answers_after_it(gate));
        let other = tokio::spawn(turn.clone().takes_it(Arc::clone(&upstream)));

        let call = journal.call("fetch_product");
        let product = fetched(&client, &base, "AB7").await;
        if turn.never_came.load(Ordering::SeqCst) {
            call.blocked();
        } else {
            call.finished();
        }

        if upstream.requests().is_empty() {
            nothing_was_sent(&product);
        }
        // Both have an end of their own by now.
        let _ = other.await;
        let _ = service.join();
        if turn.never_came.load(Ordering::SeqCst) {
            Verdict::new("the other tasks had to wait as well")
                .asked(
                    "other tasks of the thread go on while an answer is \
                     awaited",
                )
                .fact("the service waited for the other task, and gave up")
                .because(THREAD_HELD)
                .fail();
        }

        if one_alone_of_two(&client).await {
            Verdict::new("one fetch had to wait for another")
                .asked("other fetches go on while an answer is awaited")
                .fact("two calls at once: no second one reached the service")
                .why(
                    "The first has reached it, and is without its answer. \
                     What a call holds across an `.await`, such as a lock, is \
                     held until then, and the next one waits for it.",
                )
                .without_drawing()
                .fail();
        }
    });
}

#[test]
fn uses_the_client_it_is_given() {
    const CALLS: usize = 5;
    testkit::run(async || {
        // The service knows its callers by a header that the client carries.
        let with = |key: &str, request: &Received| {
            request.header("x-api-key") == Some(key)
        };
        let upstream = Upstream::start(move |request| {
            let known = with("till 1", request) || with("till 2", request);
            Answer::json(&bolt()).with_status(if known { 200 } else { 401 })
        });
        let base = format!("{}/v1", upstream.url());
        let client = client();

        let mut all_came = true;
        for call in 0..CALLS {
            let product = fetched(&client, &base, "AB7").await;
            all_came &= product.is_ok();
            if upstream.requests().len() <= call {
                nothing_was_sent(&product);
            }
            // Time for the client to take its connection back.
            sleep(Duration::from_millis(3)).await;
        }
        let requests = upstream.requests();
        let asked = requests.len();
        let connections = upstream.connections();
        let _: Result<_, _> =
            fetched(&client_with("till 2"), &base, "AB7").await;

        let own = requests.iter().filter(|one| with("till 1", one)).count();
        let figures = [
            format!("with the client's API key: {own} of {asked}"),
            format!("connections: {connections} for {asked} requests"),
        ];
        let told = |headline: &str| {
            figures.iter().fold(Verdict::new(headline), Verdict::fact)
        };
        if own < asked {
            let verdict = told("a request was not sent through the client")
                .asked("each request through the client that is given")
                .without_drawing();
            if own == 0 && connections >= asked {
                verdict.because(CLIENT_PER_CALL).fail();
            }
            verdict.fail();
        }
        if connections >= asked {
            let verdict = told("open connections were not used again")
                .asked("requests on the connections that the client keeps open")
                .without_drawing();
            // A body that was left unread, and a wish to close, end one too.
            let closes = |one: &Received| one.header("connection").is_some();
            if all_came && !requests.iter().any(closes) {
                verdict.because(OWN_RUNTIME).fail();
            }
            verdict.fail();
        }
        let later = upstream.requests().split_off(asked);
        if later.iter().any(|one| with("till 1", one)) {
            Verdict::new("a request went through another call's client")
                .asked("each request through the client that is given")
                .fact(format!("{asked} calls with the client of till 1"))
                .fact(
                    "1 call with the client of till 2: sent by that of till 1",
                )
                .why(
                    "Another client may be given each time, with other \
                     settings. None is to be kept from one call to the next.",
                )
                .without_drawing()
                .fail();
        }
    });
}

/// Whether of two calls only one knocks at a service that answers neither.
async fn one_alone_of_two(client: &Client) -> bool {
    let silent = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await;
    let silent = silent.expect("loopback has a free port for a test");
    let address = silent.local_addr().expect("it has just been bound");
    let base = format!("http://{address}/v1");
    let first_came = Cell::new(false);
    tokio::select! {
        biased;
        // Neither connection is closed before both are there.
        _open = async {
            let first = silent.accept().await;
            first_came.set(true);
            (first, silent.accept().await)
        } => false,
        // What came of them all the same is another test's matter.
        _ = join(
            fetched(client, &base, "AB7"),
            fetched(client, &base, "CD8"),
        ) => false,
        () = at_rest() => first_came.get(),
    }
}

/// Another task's turn, which comes while a request is under way, or never.
#[derive(Clone, Default)]
struct Turn {
    arrived: Rendezvous,
    began: Rendezvous,
    ended: Rendezvous,
    never_came: Arc<AtomicBool>,
}

impl Turn {
    /// Passing this means "never": the other task needs microseconds.
    const NEVER: Duration = Duration::from_millis(700);

    /// The service: answers when the other task has had its turn.
    fn answers_after_it(self, gate: Gate) -> impl FnOnce() + Send {
        move || {
            // What the code does before it asks is not looked at here.
            self.arrived.wait(Duration::from_secs(5));
            let came = self.began.wait(Self::NEVER)
                && self.ended.wait(Duration::from_secs(3));
            self.never_came.store(!came, Ordering::SeqCst);
            gate.open();
        }
    }

    /// The other task: takes its turn once a request has come.
    async fn takes_it(self, upstream: Arc<Upstream>) {
        while upstream.most_in_flight() == 0 {
            sleep(Duration::from_millis(1)).await;
        }
        let journal = testkit::journal();
        self.began.signal();
        journal.step();
        let call = journal.call("another task");
        sleep(Duration::from_millis(50)).await;
        journal.step();
        call.finished();
        journal.step();
        self.ended.signal();
    }
}

const BOLT: &str = r#""Bolt" (AB7) for 240 cents"#;

fn bolt() -> serde_json::Value {
    // A service may always say more than we need.
    json!({ "code": "AB7", "name": "Bolt", "cents": 240, "stock": 3 })
}

fn client() -> Client {
    client_with("till 1")
}

/// A client as the service expects it: with an API key, and never through a
/// proxy that the machine may have set.
fn client_with(key: &'static str) -> Client {
    let key =
        (HeaderName::from_static("x-api-key"), HeaderValue::from_static(key));
    Client::builder()
        .default_headers([key].into_iter().collect())
        .no_proxy()
        .build()
        .expect("a client without TLS needs nothing from the system")
}

fn base(server: &MockServer) -> String {
    format!("{}/v1", server.uri())
}

/// An address of this machine at which nobody listens, and the socket that
/// keeps others from it: bound, and never opened.
fn nobody_listens() -> (TcpSocket, SocketAddr) {
    TcpSocket::new_v4()
        .and_then(|socket| {
            socket.bind(SocketAddr::from(([127, 0, 0, 1], 0)))?;
            let address = socket.local_addr()?;
            Ok((socket, address))
        })
        .expect("loopback has a free port for a test")
}

/// Calls the code under test, and explains the panic that newcomers meet first.
async fn fetched(
    client: &Client,
    base: &str,
    code: &str,
) -> Result<Product, FetchError> {
    let call = AssertUnwindSafe(fetch_product(client, base, code));
    call.catch_unwind().await.unwrap_or_else(|panic| {
        let seen = testkit::panics::seen().pop().unwrap_or_default();
        let refusals = [
            "Cannot start a runtime from within a runtime",
            "can call blocking only when running on the multi-threaded",
        ];
        if !refusals.iter().any(|words| seen.contains(words)) {
            resume_unwind(panic)
        }
        let place = seen.split(": ").next().unwrap_or_default();
        Verdict::new("the code tried to block the runtime's thread")
            .asked("a function that is awaited, and awaits in turn")
            .fact(format!("tokio refused {place}"))
            .because(BLOCKING)
            .without_drawing()
            .fail()
    })
}

/// As [`fetched`], where what comes from outside is broken, as `how` tells.
async fn not_panicking(
    client: &Client,
    base: &str,
    how: impl Fn() -> String,
) -> Result<Product, FetchError> {
    let call = AssertUnwindSafe(fetched(client, base, "AB7"));
    call.catch_unwind().await.unwrap_or_else(|panic| {
        let seen = testkit::panics::seen().pop().unwrap_or_default();
        // `expect` on an `Err(())` ends with that.
        let over_a_result = ["`Err` value", "`None` value", "Error", ": ()"];
        if panic.is::<Verdict>()
            || !over_a_result.iter().any(|words| seen.contains(words))
        {
            resume_unwind(panic)
        }
        let place = seen.split(": ").next().unwrap_or_default();
        Verdict::new("the code panicked where an error belongs")
            .asked("an `Err` for whatever comes, or does not come")
            .fact(how())
            .fact(format!("it panicked {place}"))
            .because(UNWRAPPED)
            .without_drawing()
            .fail()
    })
}

/// Whether no request has come.
async fn none(server: &MockServer) -> bool {
    let requests = server.received_requests().await;
    requests.unwrap_or_default().is_empty()
}

fn nothing_was_sent(returned: &Result<Product, FetchError>) -> ! {
    let verdict = Verdict::new("no request was sent")
        .asked("one GET for each call, and what comes of it")
        .fact(format!("returned: {}", told(returned)))
        .without_drawing();
    if returned.is_ok() {
        verdict.why(
            "Nobody was asked for that product. What an earlier call brought \
             may have changed since.",
        )
    } else {
        verdict
    }
    .fail()
}

/// A result in a few words that are the same on every machine.
fn told(result: &Result<Product, FetchError>) -> String {
    match result {
        Ok(Product { code, name, cents }) => {
            format!("{name:?} ({code}) for {cents} cents")
        }
        Err(FetchError::Status(status)) => format!("`Status({status})`"),
        Err(FetchError::Request(error)) => match error.status() {
            Some(status) => {
                format!("`Request`, with status {} inside", status.as_u16())
            }
            None => "`Request`".to_owned(),
        },
        Err(FetchError::Decode(_)) => "`Decode`".to_owned(),
        Err(FetchError::Address) => "`Address`".to_owned(),
    }
}

fn ok(body: &serde_json::Value) -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_json(body)
}

/// Path and query, as they stand in the request.
fn target(request: &Received) -> String {
    match request.query.as_str() {
        "" => request.path.clone(),
        query => format!("{}?{query}", request.path),
    }
}

/// The code that the service reads from the path, if it is one segment.
fn read_as(target: &str) -> Option<String> {
    let code = target.strip_prefix("/v1/products/")?;
    (!code.contains(['/', '?'])).then(|| decoded(code))
}

fn decoded(escaped: &str) -> String {
    percent_decode_str(escaped).decode_utf8_lossy().into_owned()
}

/// Whether each code that is misread was escaped twice. How a code is escaped,
/// the last segment shows, wherever it stands.
fn escaped_twice(codes: &[&str], sent: &[String]) -> bool {
    let mut misread = codes.iter().zip(sent).filter_map(|(code, sent)| {
        let read = decoded(sent.rsplit('/').next()?);
        (read != *code).then(|| decoded(&read) == *code)
    });
    misread.next().is_some_and(|first| first && misread.all(|it| it))
}

/// The signs that mean something in an address: `?`, `/`, `#`, `\` and `%`.
const SIGNS: usize = 5;

/// Which of them went in as they are.
fn unescaped(codes: &[&str], sent: &[String], base: &str) -> Vec<&'static str> {
    let of = |code: &str| {
        let mut both = codes.iter().zip(sent);
        both.find_map(|(it, sent)| (*it == code).then_some(sent.as_str()))
    };
    let as_it_is = |code| of(code) == Some(&*spliced(base, code));
    let two = of("a/b?c").unwrap_or_default();
    [
        ("?", two.contains('?')),
        ("/", two.contains("a/b")),
        ("#", as_it_is("#7")),
        (r"\", as_it_is(r"a\b")),
        // One of them alone may have been decoded before it was escaped.
        ("%", as_it_is("50%") && as_it_is("20%25")),
    ]
    .into_iter()
    .filter_map(|(sign, as_it_is)| as_it_is.then_some(sign))
    .collect()
}

/// What is asked for when the code stands in the address as it is.
fn spliced(base: &str, code: &str) -> String {
    let Ok(url) = Url::parse(&format!("{base}/products/{code}")) else {
        return String::new();
    };
    match url.query() {
        Some(query) => format!("{}?{query}", url.path()),
        None => url.path().to_owned(),
    }
}
