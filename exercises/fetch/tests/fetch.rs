//! What `fetch` is asked for: one behaviour a test.

use std::time::Duration;

use futures::future::join_all;
use reqwest::Client;
use serde_json::json;
use testkit::{
    Answer, Call, Gate, Heart, SharedList, at_rest_for, expect, journal,
    mock::{self, HangsUp},
    poll,
};
use tokio::{runtime::Handle, time::sleep};

#[path = "fetch/causes.rs"]
mod causes;
#[path = "fetch/service.rs"]
mod service;

use causes::*;
use service::*;

#[test]
fn returns_the_product() {
    testkit::run(async || {
        let good = Answer::json(&bolt());
        let unlabelled = good.clone().without_header("content-type");
        // Longer than any limit that somebody would choose.
        let name = "Schraube ½″ ".repeat(70_001);
        let long = json!({ "code": "CD8", "name": name, "cents": 0 });
        let long = Answer::json(&long).in_pieces_of(4_099);
        let is_long = "1050015 bytes of name (CD8) for 0";
        for (how, answer, wanted) in [
            ("the answer came chunked, in one piece", good.clone(), BOLT),
            ("the answer came in pieces", good.in_pieces_of(7), BOLT),
            ("the answer had no content-type", unlabelled, BOLT),
            ("the answer was long, and had another code", long, is_long),
        ] {
            let till = Till::answering(answer);

            let got = described(&till.fetch("AB7").await);

            let asked = Sent::last(&till, "AB7");
            let fine = got == wanted && asked.arrived();
            expect(fine, "the product did not come back")
                .asked("`GET {base}/products/{code}`, and its result")
                .fact(how)
                .fact(format!("asked for: {}", asked.target))
                .fact(format!("wanted:    {PATH}/products/AB7"))
                .fact(format!("returned: {got}"))
                .fact(format!("wanted:   {wanted}"))
                .without_drawing()
                .because([(asked.is_joined(), JOINED)]);
        }
    });
}

#[test]
fn keeps_the_code_in_one_piece() {
    testkit::run(async || {
        let till = Till::answering(Answer::json(&bolt()));
        let mut all = Vec::new();
        for code in [
            "AB7", "a/b", "q?1", "#7", "50%", "20%25", r"a\b", "../admin",
            "a+b", "ä ö", "×½″", " a ", "a&b=c;d", "~'(1)*!", "%2e%2E", "a:b",
            "//x//", "A.", "😀", "<@$,", r#"["^|]"#, "{`}>",
        ] {
            till.fetch(code).await;
            all.push(Sent::last(&till, code));
        }

        let wrong = || all.iter().filter(|it| !it.arrived());
        let escaped = all.iter().any(Sent::is_escaped);
        // One with a `%` may have been decoded before it was escaped.
        let raw = wrong().any(|it| it.is_unescaped() && !it.code.contains('%'));
        let spliced = !escaped && wrong().all(Sent::is_unescaped);
        expect(wrong().count() == 0, "a code did not arrive as it is")
            .asked("each code as one segment of the path, escaped once")
            .facts(all.iter().map(|it| {
                row(&format!("`{}`", it.code), &it.target, it.arrived())
            }))
            .without_drawing()
            .because([
                (all.iter().all(Sent::is_joined), JOINED),
                (spliced, SPLICED),
                (wrong().all(Sent::is_escaped_twice), ESCAPED_TWICE),
                (wrong().all(Sent::has_plus_for_space), FORM_ENCODED),
                (escaped && raw, ESCAPED_BY_HAND),
            ]);
    });
}

#[test]
fn an_error_status_is_an_error() {
    testkit::run(async || {
        let good = Answer::json(&bolt());
        let (mut rows, mut wrong) = (Vec::new(), Vec::new());
        for (status, body, answer) in [
            (203, "a product", &good),
            (206, "a product", &good),
            (404, "no body", &Answer::status(404)),
            (400, "a product", &good),
            (410, "a product", &good),
            (599, "a product", &good),
            (503, "breaking off", &good.clone().breaking_after(5)),
            (500, "then silence", &good.clone().stalling_after(0)),
        ] {
            let answer = answer.clone().with_status(status);
            let is_error = status >= 400;
            let till = if is_error { Till::broken } else { Till::answering };

            let got = described(&till(answer).fetch("AB7").await);

            let told = format!("`Status({status})`");
            let fine = got == if is_error { &told } else { BOLT };
            rows.push(row(&format!("{status}, {body}"), &got, fine));
            if !fine {
                let (refused, believed) =
                    (!is_error && got == told, got == BOLT);
                wrong.push((refused, believed, body.len() > 9));
            }
        }
        expect(wrong.is_empty(), "a status was misread")
            .asked("a product with 200 to 299, `Status` with 400 to 599")
            .facts(rows)
            .without_drawing()
            .because([
                (wrong.iter().all(|it| it.0), ONLY_200),
                (wrong.iter().filter(|it| it.1).count() == 3, STATUS_IGNORED),
                (wrong.iter().all(|it| it.2), BODY_FIRST),
            ]);
    });
}

#[test]
fn malformed_json_is_an_error() {
    testkit::run(async || {
        refuses([
            ("half an object", Answer::malformed_json()),
            ("a page of HTML", Answer::text("<html>Back soon!</html>")),
            ("an empty body", Answer::status(200)),
            ("204", Answer::status(204)),
            ("304", Answer::status(304)),
            ("302", Answer::text("Moved.").with_status(302)),
            ("more after it", Answer::text(format!("{}, ...", bolt()))),
            ("bytes", Answer::text("").with_body([b'{', 0xff, 0xfe, 0])),
        ])
        .await;
    });
}

#[test]
fn an_incomplete_product_is_an_error() {
    testkit::run(async || {
        let of = |text: &str| Answer::text(text);
        refuses([
            ("no fields", of("7")),
            ("no code", of(r#"{"name": "Bolt", "cents": 240}"#)),
            ("no name", of(r#"{"code": "AB7", "cents": 240}"#)),
            ("no price", of(r#"{"code": "AB7", "name": "Bolt"}"#)),
            ("a price in words", of(r#"{"code":"7","name":"","cents":"2"}"#)),
            ("a price of -1", of(r#"{"code": "7", "name": "", "cents": -1}"#)),
            ("2^32 + 1", of(r#"{"code":"7","name":"","cents":4294967297}"#)),
        ])
        .await;
    });
}

async fn refuses<const N: usize>(answers: [(&str, Answer); N]) {
    let mut outcomes = Vec::new();
    for (what, answer) in answers {
        outcomes.push((what, Till::broken(answer).fetch("AB7").await));
    }
    are_errors(&outcomes);
}

/// Fails if one of these, none of which is a product, was taken for one.
fn are_errors(outcomes: &[(&str, Outcome)]) {
    let fine = |outcome: &_| matches!(outcome, Some(Err(_)));
    let filled = outcomes.iter().any(|(what, outcome)| {
        matches!(outcome, Some(Ok(_))) && what.starts_with("no ")
    });
    expect(outcomes.iter().all(|it| fine(&it.1)), "no product, and no error")
        .asked("an `Err` when what comes is not a product, or not all of it")
        .facts(outcomes.iter().map(|(what, outcome)| {
            row(what, &described(outcome), fine(outcome))
        }))
        .without_drawing()
        .because([(filled, GAPS_FILLED)]);
}

#[test]
fn no_answer_is_an_error() {
    testkit::run(async || {
        let (_refusing, nobody) = mock::refusing();
        let (hangs_up, client) = (HangsUp::start(), client(Client::builder()));
        let off = |bytes| Answer::json(&bolt()).breaking_after(bytes);
        // The last chunk, which would be empty, never comes.
        let (early, late) = (Till::broken(off(20)), Till::broken(off(1_000)));
        are_errors(&[
            ("refused", call(&client, &nobody, "AB7", false).await),
            ("hung up", call(&client, hangs_up.url(), "AB7", false).await),
            ("broken off half way", early.fetch("AB7").await),
            ("broken off at its end", late.fetch("AB7").await),
        ]);
    });
}

#[test]
fn asks_once() {
    testkit::run(async || {
        // Looked at in every call: a failure spares no later one its request.
        let till = Till::answering(Answer::json(&bolt()));
        till.fetch("AB7").await;
        for status in [404, 408, 410, 425, 429, 500, 502, 503, 504] {
            let failing = Till::broken(Answer::status(status));
            failing.fetch("AB7").await;
            failing.fetch("AB7").await;
        }
        let hangs_up = HangsUp::start();
        for before in 0..2 {
            call(&till.client, hangs_up.url(), "AB7", false).await;
            let sent = vec!["GET"; hangs_up.connections() - before];
            asked_once(&sent.join(", "), false).await;
        }
        // Slower than those who ask a second time would wait for.
        let hasty = Client::builder().timeout(Duration::from_millis(1_100));
        let mut slow = Till::broken(Answer::json(&bolt()).stalling_after(5));
        slow.client = client(hasty);
        slow.fetch("AB7").await;
        let sent = vec!["GET"; till.upstream.requests().len()];
        asked_once(&sent.join(", "), true).await;
    });
}

#[test]
fn lets_other_tasks_run_while_it_waits() {
    testkit::run(async || {
        journal().declare(["fetch_product"]);
        let heart = Heart::beside("the service").await;
        let beats = heart.clone();
        let till = Till::of(move |_| {
            beats.beats_meanwhile();
            Answer::json(&bolt()).on_lane("the service")
        });

        let fetch = journal().call("fetch_product");
        heart.watch(till.fetch("AB7")).await;
        let stopped = heart.was_stopped().await;
        let end =
            if stopped.is_some() { Call::blocked } else { Call::finished };
        end(fetch);

        expect(stopped.is_none(), "the other tasks had to wait as well")
            .asked("other tasks on the thread go on while an answer is awaited")
            .fact("the service waited for a heartbeat, and gave up")
            .because([(stopped.is_some_and(|it| it.in_a_poll), THREAD_HELD)]);
    });
}

#[test]
fn never_holds_the_thread() {
    testkit::run(async || {
        let till = Till::answering(Answer::json(&bolt()));
        expect(!is_held(&till).await, "the call holds the thread for a while")
            .asked("other tasks on the thread go on meanwhile")
            .fact("each of 9 calls holds it for more than 50 ms at a stretch")
            .without_drawing()
            .because([(true, PAUSES_THE_THREAD)]);
    });
}

/// Whether nine calls hold the thread. A busy machine interrupts some, not all.
async fn is_held(till: &Till) -> bool {
    let mut shortest = Duration::MAX;
    for _ in 0..9 {
        shortest = shortest.min(poll::longest_poll(till.fetch("AB7")).await.1);
    }
    shortest > Duration::from_millis(50)
}

#[test]
fn calls_do_not_wait_for_each_other() {
    testkit::run_parallel(async || {
        let single = Till::answering(Answer::json(&bolt()));
        if is_held(&single).await {
            return; // What is wrong with one call is another test's matter.
        }
        let gate = Gate::of(37);
        let till = Till::of(gate.holding(|_| Answer::json(&bolt())));

        join_all((0..37).map(|_| till.call("AB7"))).await;
        let asked = till.upstream.requests().len();
        // Dropped half way, at each of its awaits.
        for polls in (1..6).cycle().take(200) {
            poll::cut_after(polls, single.call("AB7")).await;
        }
        // What goes on after a drop is another test's matter.
        at_rest_for(Duration::from_millis(50)).await;
        let after = single.call("AB7").await;

        let (most, again) = (gate.most_inside(), matches!(after, Some(Ok(_))));
        expect(most == 37 && again, "calls get in each other's way")
            .asked("a request for each call, while others wait or are dropped")
            .fact(format!("37 calls at once, requests: {asked}"))
            .fact(format!("in flight together: {most}"))
            .fact(format!("one more, after 200 dropped: {}", described(&after)))
            .without_drawing()
            .because([(most < 37 && again && asked == 37, ONE_AT_A_TIME)]);
    });
}

#[test]
fn uses_the_client_it_is_given() {
    testkit::run(async || {
        // A connection is kept going by a task of the runtime it is made on.
        let (tasks, here) = (SharedList::default(), Handle::current());
        let seen = tasks.clone();
        let mut till = Till::of(move |_| {
            seen.push(here.metrics().num_alive_tasks());
            Answer::json(&bolt())
        });
        for _ in 0..5 {
            till.fetch("AB7").await;
            // Time for the client to take its connection back.
            sleep(Duration::from_millis(3)).await;
        }
        let connections = till.upstream.connections();
        till.client = client(Client::builder().user_agent("till 2"));
        till.fetch("AB7").await;

        let requests = till.upstream.requests();
        let names = requests.iter().map(|it| it.header("user-agent"));
        let names: Vec<_> = names.map(|it| it.unwrap_or("none")).collect();
        let own = names[..5] == ["till 1"; 5] && names[5] == "till 2";
        expect(own, "a request was not sent through its client")
            .asked("each request through the client that was given")
            .fact(format!("user agents: {}", names.join(", ")))
            .fact("wanted: five times till 1, then till 2")
            .without_drawing()
            .because([(names == ["none"; 6], CLIENT_PER_CALL)]);
        let elsewhere = tasks.to_vec().iter().all(|&count| count == 0);
        expect(connections < 5, "open connections were not reused")
            .asked("requests on the connections that the client keeps open")
            .fact(format!("connections: {connections} for 5 requests"))
            .fact_if(elsewhere, "on the runtime that is running: none of them")
            .without_drawing()
            .because([(elsewhere, OWN_RUNTIME)]);
    });
}
