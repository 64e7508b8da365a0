//! Pages of a small book: what each directive gives, and what each mistake is told as.

mod common;

use common::{changed, fixture};
use mdbook_workbook::expand;
use std::path::Path;
use workbook::pages::book_context::BookContext;

/// The page that consists of this text.
fn page(text: &str) -> Result<String, String> {
    page_in(&fixture(), text)
}

fn page_in(root: &Path, text: &str) -> Result<String, String> {
    let context = BookContext::around(&root.join("book")).expect("the fixture is a workbook");
    expand::page(&context, "book/src/p.md", "p", text)
        .map_err(|problems| problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))
}

#[track_caller]
fn told(result: Result<String, String>, what: &str, remedy: &str) {
    let problem = result.expect_err("a mistake");
    assert_eq!(problem, format!("book/src/p.md:{what}\n    → {remedy}"));
}

#[test]
fn text_around_a_directive_stays() {
    let page =
        page("before\n{{#item solutions/fetch/src/reference.rs Client}}\nafter\n").expect("sound");
    assert_eq!(
        page,
        "before\n\n<figure class=\"listing\">\n<figcaption><code>solutions/fetch/src/reference.rs</code>\
         </figcaption>\n\n```rust\n/// A client of the user service.\npub struct Client;\n```\n\n\
         </figure>\n\nafter\n"
    );
}

#[test]
fn an_anti_pattern_is_called_one() {
    let page = page("{{#item solutions/fetch/src/anti/in_sequence.rs fetch_all}}").expect("sound");
    assert!(page.contains("<figure class=\"listing listing-anti\">"));
    assert!(page.contains("<span class=\"listing-kind\">✗ Anti-pattern</span>"));
}

#[test]
fn a_listing_in_a_question_does_not_give_the_answer_away() {
    let page = page("{{#quiz fetch}}").expect("sound");
    assert!(page.contains("```rust\n/// Fetches all users.\npub async fn fetch_all("));
    assert!(!page.contains("anti"), "{page}");
    assert!(page.contains("<strong class=\"quiz-right\">✓ Right.</strong>"));
    assert_eq!(page.matches("type=\"radio\" name=\"p-quiz-1-1\"").count(), 3);
    assert_eq!(page.matches("<details>").count(), 3);
}

#[test]
fn a_transcript_is_the_first_listed_test_or_the_one_named() {
    let first = page("{{#transcript fetch/in_sequence}}").expect("sound");
    let named = page("{{#transcript fetch/in_sequence sends_together}}").expect("sound");
    assert_eq!(first, named);
    assert!(first.contains("<span class=\"drawn\">  user 1 ▐▌\n  user 2   ▐▌\n"));
}

#[test]
fn an_anti_pattern_has_its_heading_its_symptom_its_code_and_how_it_fails() {
    let page = page("{{#anti fetch/in_sequence}}\n**Fix.** Together.\n").expect("sound");
    assert!(page.starts_with(
        "\n### Awaiting in a loop\n\n**Symptom.** the latency of the page grows with the number of \
         users\n\n<figure class=\"listing listing-anti\" style=\"--guilty: 3\">\n\
         <figcaption class=\"unseen\">✗ Anti-pattern. Line 3 is to blame.</figcaption>\n\n```rust\n"
    ));
    assert!(page.contains(
        "<details class=\"anti-fails\">\n<summary>The code<span class=\"unseen\"> of Awaiting in a \
         loop</span>, and how it fails</summary>\n"
    ));
    assert!(page.contains("<span class=\"unseen\">Line 5 is to blame.</span></figcaption>"));
    assert!(page.ends_with("</samp></pre>\n</figure>\n</details>\n\n**Fix.** Together.\n"));
}

#[test]
fn an_anti_pattern_is_shown_without_what_it_uses_or_by_the_names_of_its_items() {
    let whole = page("{{#anti fetch/as_they_come}}").expect("sound");
    assert!(whole.contains("<figure class=\"listing listing-anti\">"), "no line is to blame");
    assert!(whole.contains("```rust\n/// Fetches all users.\n"), "{whole}");
    assert!(whole.contains("}\n\nfn helper() {}\n```"), "{whole}");
    let named = page("{{#anti fetch/as_they_come fetch_all test=keeps_the_order}}").expect("sound");
    assert!(named.contains("collect().await\n}\n```"), "{named}");
}

#[test]
fn what_an_anti_pattern_lacks_is_told() {
    let usage =
        "write `{{#anti gather/in_sequence}}` or `{{#anti gather/in_sequence ITEM … test=TEST}}`";
    for unlike in ["", " fetch", " fetch/in_sequence tests=a", " fetch/in_sequence test=a test=b"] {
        told(
            page(&format!("{{{{#anti{unlike}}}}}")),
            "1: the directive is not written as it should be",
            usage,
        );
    }
    told(
        page("{{#anti fetch/in_sequenze}}"),
        "1: fetch has no anti-pattern `in_sequenze`",
        "name one of `in_sequence`, `as_they_come`. Did you mean `in_sequence`?",
    );
    told(
        page("{{#anti fetch/chunks}}"),
        "1: `chunks` is refused and not taught",
        "rename its table [refused.chunks] to [anti.chunks], or leave it to the table of \
         `{{#refused fetch}}`",
    );
    told(
        page("{{#anti fetch/in_sequence test=keeps_the_order}}"),
        "1: `in_sequence` is not listed as failing `keeps_the_order`",
        "name one of `sends_together`.",
    );
    told(
        page("{{#anti fetch/as_they_come fetch_al}}"),
        "1: solutions/fetch/src/anti/as_they_come.rs has no item `fetch_al`",
        "name one of its items: `fetch_all`, `helper`. Did you mean `fetch_all`?",
    );
    let anti = |file: &str, text: Option<&str>| {
        page_in(changed(file, text).path(), "{{#anti fetch/in_sequence}}")
    };
    told(
        anti("solutions/fetch/recorded/in_sequence.sends_together.txt", None),
        "1: there is no file solutions/fetch/recorded/in_sequence.sends_together.txt",
        "record it with `cargo workbook verify fetch --bless`",
    );
    let file = "solutions/fetch/src/anti/in_sequence.rs";
    told(anti(file, None), &format!("1: there is no file {file}"), "write the answer there");
    let guilty = "users.push(client.get(*id).await);";
    told(
        anti(file, Some("fn a() {}\n")),
        &format!("1: `{guilty}`, the guilty line, is not in the listing of {file}"),
        "name the item that holds it, or correct `anti.in_sequence.guilty`",
    );
    told(
        anti(file, Some(&format!("fn a() {{\n{guilty}\n{guilty}\n}}\n"))),
        &format!("1: `{guilty}`, the guilty line, is there twice in {file}"),
        "choose a line for `anti.in_sequence.guilty` that is there once",
    );
    told(
        anti(file, Some(&format!("fn a() {{\n{}}}\n\nfn b() {{}}\n", "    c();\n".repeat(24)))),
        &format!("1: the listing of {file} has 28 lines; a listing has at most 25"),
        "name the items to show, as in `{{#anti fetch/in_sequence ITEM}}`: `a`, `b`",
    );
}

#[test]
fn refused_answers_are_rows_that_can_be_linked_to() {
    let page = page("{{#refused fetch}}").expect("sound");
    assert!(page.contains("<summary>Also refused: 1 more wrong answer</summary>"), "{page}");
    assert!(page.contains(
        "<tr><th scope=\"row\" id=\"one-chunk-after-another\">One chunk <em>after</em> another</th>\
         <td>the number of requests in flight looks like a saw</td>\
         <td><a href=\"https://git.example/a/b/blob/main/solutions/fetch/src/anti/chunks.rs\">\
         <code>chunks.rs</code></a></td></tr>"
    ));
}

#[test]
fn what_the_table_of_the_refused_lacks_is_told() {
    let refused =
        |file: &str, text: Option<&str>| page_in(changed(file, text).path(), "{{#refused fetch}}");
    let template = "`edit-url-template = \"https://github.com/OWNER/NAME/edit/main/book/{path}\"`";
    told(
        refused(
            "book/book.toml",
            Some("[output.html]\nedit-url-template = \"https://a/{path}\"\n"),
        ),
        "1: book/book.toml does not say where the files of the book are edited",
        &format!("write {template} under [output.html]"),
    );
    let broken = refused("book/book.toml", Some("[book]\ntitle\n")).expect_err("it is broken");
    assert!(broken.starts_with("book/src/p.md:1: book/book.toml:2: "), "{broken}");
    told(
        refused("solutions/fetch/src/anti/chunks.rs", None),
        "1: there is no file solutions/fetch/src/anti/chunks.rs",
        "write the answer there",
    );
    let manifest = "exercises/fetch/exercise.toml";
    let text = std::fs::read_to_string(fixture().join(manifest)).expect("it is there");
    let table = text.find("[refused.chunks]").expect("a table");
    let until = text.find("[[figures]]").expect("a table");
    told(
        refused(manifest, Some(&(text[..table].to_owned() + &text[until..]))),
        "1: exercises/fetch/exercise.toml has no table [refused.NAME]",
        "take the directive out, or correct the name",
    );
}

#[test]
fn symptoms_lead_to_the_anti_patterns() {
    let in_place = page("{{#symptoms fetch}}").expect("sound");
    assert_eq!(
        in_place,
        "\n<details class=\"by-symptom\">\n<summary>By symptom</summary>\n\n\
         - the latency of the page grows with the number of users → \
         [Awaiting in a loop](fetch.md#awaiting-in-a-loop)\n\
         - now and then a customer sees somebody else's data → \
         [Results in `completion` order](fetch.md#results-in-completion-order)\n\n</details>\n"
    );
}

#[test]
fn all_symptoms_stand_under_the_titles_of_their_pages() {
    let in_place = page("{{#all-symptoms}}").expect("sound");

    let title = in_place.find("\n## ").expect("a section for the exercise");
    let taught = "→ [Awaiting in a loop](fetch.md#awaiting-in-a-loop)\n";
    let rarer = "<summary>Rarer symptoms<span class=\"unseen\"> of fetch</span></summary>";
    let refused = "](fetch.md#one-chunk-after-another)\n";
    let places = [taught, rarer, refused].map(|part| in_place.find(part).expect(part));
    assert!(title < places[0] && places.is_sorted(), "{in_place}");
    told(
        page("{{#all-symptoms fetch}}"),
        "1: the directive is not written as it should be",
        "write `{{#all-symptoms}}`",
    );
}

#[test]
fn an_error_message_has_its_words_for_a_heading_and_a_program() {
    let in_place = page("{{#message async_main}}").expect("sound");
    assert!(in_place.contains("### `main` function is not allowed to be `async`\n"), "{in_place}");
    assert!(
        in_place.contains("async fn main() {}") && !in_place.contains("aborting"),
        "{in_place}"
    );
    let in_place = page("{{#message cancelled \"was cancelled\"}}").expect("sound");
    assert!(in_place.contains("### was cancelled\n"), "{in_place}");
    told(
        page("{{#message cancelled \"was canceled\"}}"),
        "1: book/messages/src/bin/cancelled.txt does not say \"was canceled\"",
        "quote it word for word",
    );
    told(
        page("{{#message nothing}}"),
        "1: there is no file book/messages/src/bin/nothing.rs",
        "name a program of book/messages, without its ending",
    );
    told(
        page("{{#message cancelled}}\n\n### task 3 was cancelled\n"),
        "3: the section \"task 3 was cancelled\" is there already: see line 1",
        "take the heading out: `{{#message}}` brings it",
    );
    told(
        page("{{#message async_main}}\n\n{{#message async_main}}\n"),
        "3: the section \"main function is not allowed to be async\" is there already: see line 1",
        "show it once",
    );
}

#[test]
fn a_section_that_is_there_twice_is_told() {
    told(
        page("{{#anti fetch/in_sequence}}\n\n### Awaiting in a loop\n"),
        "3: the section \"Awaiting in a loop\" is there already: see line 1",
        "take the heading out: `{{#anti}}` brings it",
    );
    told(
        page("{{#anti fetch/in_sequence}}\n\n{{#anti fetch/in_sequence}}\n"),
        "3: the section \"Awaiting in a loop\" is there already: see line 1",
        "show it once",
    );
    told(
        page("### One chunk after another\n\n{{#refused fetch}}\n"),
        "3: the section \"One chunk after another\" is there already: see line 1",
        "take one of the two out: what is taught is not in the table of the refused",
    );
}

#[test]
fn a_transcript_links_to_the_section_that_explains_it() {
    let link = "Read on: <a href=\"fetch.md#awaiting-in-a-loop\">fetch, \"Awaiting in a loop\"</a>";
    let elsewhere = page("# Other\n\n{{#transcript fetch/in_sequence}}\n").expect("sound");
    assert!(elsewhere.contains(link), "{elsewhere}");
    let context = BookContext::around(&fixture().join("book")).expect("it is a workbook");
    let on_its_page = |text: &str| {
        expand::page(&context, "book/src/fetch.md", "fetch", text).expect("it is sound")
    };
    let above = on_its_page("## What happens\n\n{{#transcript fetch/in_sequence}}\n");
    assert!(above.contains("Read on: <a href=\"#awaiting-in-a-loop\">"), "{above}");
    let here = on_its_page("### *Awaiting* in a loop\n\n{{#transcript fetch/in_sequence}}\n");
    assert!(!here.contains("Read on"), "{here}");
    let here = on_its_page("{{#anti fetch/in_sequence}}\n\n{{#transcript fetch/in_sequence}}\n");
    assert!(!here.contains("Read on"), "{here}");
}

#[test]
fn timelines_stand_on_one_scale_with_a_table_each() {
    let page = page(
        "{{#timeline fetch in_sequence.sends_together reference.sends_together \"Notice *this*\"}}",
    )
    .expect("sound");
    assert!(page.contains(
        "<p class=\"timeline-of\"><span><span class=\"timeline-wrong\">✗</span> Awaiting in a loop\
         </span><span class=\"timeline-total\">201.8 ms</span></p>"
    ));
    assert!(page.contains("<span class=\"timeline-right\">✓</span> The pattern</span>"));
    assert!(page.contains("<figcaption>Notice <em>this</em></figcaption>"));
    assert_eq!(page.matches("<svg ").count(), 2);
    assert_eq!(page.matches("<table ").count(), 2);
    assert_eq!(page.matches(">200 ms</text>").count(), 2, "one scale for both");
    assert!(!page.trim_end().contains("\n\n</"), "no empty line inside the HTML");
}

#[test]
fn timelines_in_the_order_of_events_tell_no_times() {
    let manifest = "exercises/fetch/exercise.toml";
    let text = std::fs::read_to_string(fixture().join(manifest)).expect("it is there");
    let directive = "{{#timeline fetch in_sequence.sends_together reference.sends_together \"N\"}}";
    let axis = "axis = \"order\"\n\n[[figures]]\nof = \"reference\"";
    let one = text.replace("\n[[figures]]\nof = \"reference\"", axis);
    told(
        page_in(changed(manifest, Some(&one)).path(), directive),
        "1: of these traces, some have an axis of times and some one of events",
        "give each of them the same `axis` in exercises/fetch/exercise.toml",
    );
    let all = one.replace("\n[bench.fetch]", "axis = \"order\"\n\n[bench.fetch]");
    let page = page_in(changed(manifest, Some(&all)).path(), directive).expect("sound");
    assert_eq!(page.matches(">in the order of events</text>").count(), 2);
    assert!(page.contains("<th scope=\"row\">user 4</th><td>7</td><td>8</td>"), "{page}");
    assert!(!page.contains(" ms"), "{page}");
}

#[test]
fn a_lane_can_be_a_line() {
    let manifest = "exercises/fetch/exercise.toml";
    let text = std::fs::read_to_string(fixture().join(manifest)).expect("it is there");
    let with = |lines: &str| {
        let changed = text.replace("\n[bench.fetch]", &format!("{lines}\n\n[bench.fetch]"));
        let root = common::changed(manifest, Some(&changed));
        page_in(root.path(), "{{#timeline fetch reference.sends_together \"N\"}}")
    };
    let page = with("lines = { \"user 4\" = \"the call returns\" }").expect("sound");
    assert!(page.contains("<g class=\"tl-line\">") && page.contains(">the call returns</text>"));
    assert!(!page.contains(">user 4</text>"), "it is no row: {page}");
    told(
        with("lines = { \"user 5\" = \"the call returns\" }"),
        "1: solutions/fetch/recorded/reference.sends_together.json has no lane `user 5`, which is to \
         be a line",
        "correct `lines` of the [[figures]] of fetch: name one of `user 1`, `user 2`, `user 3`, \
         `user 4`. Did you mean `user 4`?",
    );
}

#[test]
fn an_exercise_has_its_task_and_staged_hints() {
    let page = page("{{#exercise fetch}}").expect("sound");
    assert!(page.contains("Exercise · about 15 minutes"));
    assert!(page.contains("<code>exercises/fetch/src/answer.rs</code>"));
    assert!(page.contains("<code>cargo test -p fetch</code>"));
    assert!(page.contains(
        "<summary><code>sends_together</code></summary><details class=\"hint\"><summary>Hint 1\
         </summary><p>When does the second request begin?</p><details class=\"hint\"><summary>\
         Hint 2</summary>"
    ));
}

#[test]
fn numbers_have_a_figure_a_table_and_their_origin() {
    let page = page("{{#bench fetch}}").expect("sound");
    assert!(page.contains("<td class=\"number\">512\u{a0}ms</td>"));
    assert!(page.contains("<td class=\"number\">1.02×</td>"));
    assert!(page.contains("measured on AMD EPYC, 2 cores, Linux x86_64; rustc 1.95.0"));
    assert!(page.contains("<svg class=\"chart\""));
    assert!(page.contains("<summary>The same as a table</summary>"), "{page}");
}

#[test]
fn numbers_of_a_page_without_an_exercise_may_be_sizes() {
    let page = page("{{#measured fetch memory}}").expect("sound");
    assert!(page.contains("<td class=\"number\">5.1\u{a0}MB</td>"), "{page}");
    assert!(page.contains(">100\u{a0}MB</text>"), "the scale has the same unit: {page}");
    assert!(page.contains("Memory for each number of waiting."), "{page}");
}

#[test]
fn mistakes_stand_beside_those_who_report_them() {
    let page = page("{{#lints fetch}}").expect("sound");
    let groups: Vec<_> = page.split("<tbody class=").skip(1).collect();
    let [clippy, asked, nobody] = groups[..] else { panic!("{page}") };
    assert!(clippy.contains("✓ clippy reports it, rustc does not"));
    assert!(clippy.contains(
        "<tr><th scope=\"row\"><code>let _ = fetch(7);</code></th>\
         <td><code>clippy::let_underscore_future</code></td></tr>"
    ));
    assert!(asked.contains("Only reported when asked for"));
    assert!(asked.contains("<td><code>unused_results</code></td>"));
    assert!(nobody.contains("✗ Nobody reports it"));
    assert!(nobody.contains("<code>let _user = fetch(7);</code></th><td>–</td></tr>"));
    assert!(page.contains("What rustc 1.95.0 and its clippy report"));
    assert!(page.contains("<code>cargo workbook verify fetch --bless --lint</code>"));
}

#[test]
fn a_table_of_lints_without_its_recording_is_told() {
    let file = "solutions/fetch/recorded/lints.json";
    let bless = "record it with `cargo workbook verify fetch --bless --lint`";
    let told_as = |text: Option<&str>, what: &str| {
        let root = changed(file, text);
        told(page_in(root.path(), "{{#lints fetch}}"), what, bless);
    };
    told_as(None, &format!("1: there is no file {file}"));
    told_as(Some("\n"), &format!("1: {file} is empty"));
    told_as(
        Some("{ \"rustc\": \"1.95.0\", \"asked\": [], \"cases\": {} }"),
        &format!("1: {file} has other cases than [lints] of exercises/fetch/exercise.toml"),
    );
    let root = changed(file, Some("[]"));
    let problem = page_in(root.path(), "{{#lints fetch}}").expect_err("no recording");
    assert!(problem.contains("cannot be read"), "{problem}");
}

#[test]
fn a_table_of_lints_that_nobody_asked_for_is_told() {
    let manifest = "exercises/fetch/exercise.toml";
    let text = std::fs::read_to_string(fixture().join(manifest)).expect("the fixture has it");
    let without = text.split("[lints.").next().expect("there is a beginning");
    let root = changed(manifest, Some(without));
    told(
        page_in(root.path(), "{{#lints fetch}}"),
        "1: exercises/fetch/exercise.toml has no table [lints.NAME]",
        "write one for each mistake, or correct the name",
    );
}

#[test]
fn a_script_is_shown_whole_or_by_name() {
    let whole = page("{{#script asyncio/fetch.py}}").expect("sound");
    assert!(whole.contains("```python\n\"\"\"The same in Python.\"\"\"\n"));
    let named = page("{{#script asyncio/fetch.py fetch}}").expect("sound");
    assert!(named.contains(
        "```python\nasync def fetch(id):\n    await asyncio.sleep(0.01)\n    return id\n```"
    ));
}

#[test]
fn an_unknown_directive_is_told() {
    told(
        page("\n{{#itme a b}}"),
        "2: there is no directive `itme`",
        "use one of `item`, `transcript`, `anti`, `refused`, `symptoms`, `all-symptoms`, `timeline`, `exercise`, `quiz`, \
         `bench`, `measured`, `lints`, `script`, `message`. \
         Did you mean `item`?",
    );
}

#[test]
fn an_include_is_refused() {
    let problem = page("{{#include ../x.rs:anchor}}").expect_err("mdBook's own is not used");
    assert!(problem.contains("there is no directive `include`"));
}

#[test]
fn a_directive_that_is_not_closed_is_told() {
    told(
        page("{{#exercise fetch"),
        "1: the directive `{{#exercise fetch` is not closed",
        "end it with `}}` on the same line",
    );
}

#[test]
fn a_directive_without_its_words_is_told() {
    told(
        page("{{#exercise}}"),
        "1: the directive is not written as it should be",
        "write `{{#exercise gather}}`",
    );
    told(
        page("{{#item solutions/fetch/src/reference.rs}}"),
        "1: no item of solutions/fetch/src/reference.rs is named",
        "write the items to show after the file, as in \
         `{{#item solutions/gather/src/reference.rs fetch_users}}`",
    );
}

#[test]
fn a_missing_file_is_told() {
    told(
        page("{{#item solutions/fetch/src/none.rs a}}"),
        "1: there is no file solutions/fetch/src/none.rs",
        "name a Rust file by its path from the root of the workspace",
    );
    told(
        page("{{#script asyncio/none.py}}"),
        "1: there is no file book/asyncio/none.py",
        "name a Python script by its path from the book's folder",
    );
    told(
        page("{{#quiz none}}"),
        "1: there is no file book/quiz/none.toml",
        "write the questions of the quiz there",
    );
}

#[test]
fn an_empty_file_is_told() {
    let root = changed("solutions/fetch/recorded/in_sequence.sends_together.txt", Some("\n"));
    told(
        page_in(root.path(), "{{#transcript fetch/in_sequence}}"),
        "1: solutions/fetch/recorded/in_sequence.sends_together.txt is empty",
        "record it with `cargo workbook verify fetch --bless`",
    );
}

#[test]
fn a_missing_recording_is_told_with_the_command_that_makes_it() {
    let root = changed("solutions/fetch/recorded/reference.sends_together.json", None);
    told(
        page_in(root.path(), "{{#timeline fetch reference.sends_together \"Notice\"}}"),
        "1: there is no file solutions/fetch/recorded/reference.sends_together.json",
        "record it with `cargo workbook verify fetch --bless`",
    );
    let root = changed("solutions/fetch/recorded/bench.fetch.json", None);
    told(
        page_in(root.path(), "{{#bench fetch}}"),
        "1: there is no file solutions/fetch/recorded/bench.fetch.json",
        "record it with `cargo bench -p fetch-solution`, then `cargo workbook bench fetch`",
    );
    told(
        page("{{#measured fetch memroy}}"),
        "1: there is no file book/recorded/fetch.memroy.json",
        "record it with `cargo run --release -p claims --bin fetch -- --record`, or correct the \
         name",
    );
}

#[test]
fn a_recording_of_nothing_is_told() {
    let root = changed(
        "solutions/fetch/recorded/reference.sends_together.json",
        Some("{ \"clock\": \"real\", \"lanes\": [] }"),
    );
    told(
        page_in(root.path(), "{{#timeline fetch reference.sends_together \"Notice\"}}"),
        "1: nothing was recorded in solutions/fetch/recorded/reference.sends_together.json",
        "choose a test in which something happens",
    );
}

#[test]
fn a_timeline_without_a_caption_is_told() {
    told(
        page("{{#timeline fetch reference.sends_together}}"),
        "1: the directive is not written as it should be",
        "write `{{#timeline gather reference.TEST \"What to notice\"}}`",
    );
    told(
        page("{{#timeline fetch in_sequence.sends_together reference.sends_together}}"),
        "1: the timeline has no caption",
        "say in quotation marks what the reader is to notice: \
         `{{#timeline gather reference.TEST \"What to notice\"}}`",
    );
}

#[test]
fn an_unlisted_figure_test_or_candidate_is_told() {
    told(
        page("{{#timeline fetch reference.sends_togeter \"Notice\"}}"),
        "1: `reference.sends_togeter` is not among the [[figures]] of fetch",
        "add it to its exercise.toml, or name one of `in_sequence.sends_together`, \
         `reference.sends_together`. Did you mean `reference.sends_together`?",
    );
    told(
        page("{{#transcript fetch/in_sequence keeps_the_order}}"),
        "1: `in_sequence` is not listed as failing `keeps_the_order`",
        "name one of `sends_together`.",
    );
    told(
        page("{{#transcript fetch/in_sequenze}}"),
        "1: fetch has no anti-pattern `in_sequenze`",
        "name one of `in_sequence`, `as_they_come`, `chunks`, or `start`. Did you mean `in_sequence`?",
    );
}

#[test]
fn an_unknown_exercise_is_told() {
    let problem = page("{{#exercise fetsh}}").expect_err("no such exercise");
    assert!(problem.starts_with("book/src/p.md:1: no exercise is called `fetsh`"), "{problem}");
    assert!(problem.contains("Did you mean `fetch`?"), "{problem}");
}

#[test]
fn a_listing_that_is_too_long_or_too_wide_is_told() {
    let long = format!("fn a() {{\n{}}}\n", "    b();\n".repeat(24));
    let root = changed("solutions/fetch/src/reference.rs", Some(&long));
    told(
        page_in(root.path(), "{{#item solutions/fetch/src/reference.rs a}}"),
        "1: the listing of solutions/fetch/src/reference.rs has 26 lines; a listing has at most 25",
        "name fewer or smaller items, or split the item in the file",
    );
    let wide = format!("const A: &str = \"{}\";\n", "é".repeat(70));
    let root = changed("solutions/fetch/src/reference.rs", Some(&wide));
    told(
        page_in(root.path(), "{{#item solutions/fetch/src/reference.rs A}}"),
        &format!(
            "1: a line of the listing of solutions/fetch/src/reference.rs has 89 columns; \
             a listing has at most 80: `{}`",
            wide.trim()
        ),
        "break the line in the file",
    );
}

#[test]
fn a_script_that_is_too_long_is_told_with_the_names_to_choose_from() {
    let long = format!("def one():\n{}\n\ndef two():\n    pass\n", "    pass\n".repeat(25));
    let root = changed("book/asyncio/fetch.py", Some(&long));
    told(
        page_in(root.path(), "{{#script asyncio/fetch.py}}"),
        "1: book/asyncio/fetch.py has 30 lines; a listing has at most 25",
        "name the definitions to show, as in `{{#script asyncio/fetch.py NAME}}`: `one`, `two`",
    );
    assert!(page_in(root.path(), "{{#script asyncio/fetch.py two}}").is_ok());
}

#[test]
fn each_mistake_in_a_quiz_is_told() {
    let cases = [
        (
            "[[question]]\nask = \"a\"\nanswer = 1\noptions = []\n",
            "book/quiz/fetch.toml:3: unknown field `answer`, expected one of `ask`, `item`, `options`",
        ),
        (
            "[[question]]\nask = \"a\"\noptions = []\n",
            "book/quiz/fetch.toml: question 1 has fewer than two options",
        ),
        (
            "[[question]]\nask = \"a\"\noptions = [{ text = \"b\", why = \"c\" }, { text = \"d\", why = \"e\" }]\n",
            "book/quiz/fetch.toml: question 1 does not have exactly one right option",
        ),
        (
            "[[question]]\nask = \"a\"\noptions = [{ text = \"b\", why = \"\", right = true }, { text = \"d\", why = \"e\" }]\n",
            "book/quiz/fetch.toml: question 1 has an option without its text or its explanation",
        ),
        ("question = []\n", "book/quiz/fetch.toml has no question"),
    ];
    for (quiz, what) in cases {
        let root = changed("book/quiz/fetch.toml", Some(quiz));
        let problem = page_in(root.path(), "{{#quiz fetch}}").expect_err("a mistake");
        let said = problem.lines().next().unwrap_or_default();
        assert_eq!(said, format!("book/src/p.md:1: {what}"));
    }
}

#[test]
fn rust_written_by_hand_is_refused_unless_it_can_be_compiled() {
    told(
        page("a\n\n```rust\nfn a() {}\n```\n"),
        "3: Rust written by hand is compiled by nobody",
        "show an item of a checked file with `{{#item FILE NAME}}`; code that needs nothing but \
         the standard library may stand as ```rust,std-only",
    );
    let text = "```rust,std-only\nfn a() {}\n```\n";
    assert_eq!(page(text), Ok(text.to_owned()));
}

#[test]
fn all_mistakes_of_a_page_are_told_in_order() {
    let problems =
        page("```rust\n```\n\n{{#quiz none}}\n\n{{#script none.py}}\n").expect_err("three");
    let lines: Vec<_> =
        problems.lines().filter_map(|line| line.strip_prefix("book/src/p.md:")).collect();
    let numbers: Vec<_> = lines.iter().filter_map(|line| line.split(':').next()).collect();
    assert_eq!(numbers, ["1", "4", "6"]);
}
