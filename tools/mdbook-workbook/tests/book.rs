//! The command, on a small book.

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};

const BOOK: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixture/book");

fn command() -> Command {
    Command::new(env!("CARGO_BIN_EXE_mdbook-workbook"))
}

fn build(book: &str, to: &Path) -> Output {
    command()
        .args(["build", "--book", book, "--dest-dir"])
        .arg(to)
        .output()
        .expect("the command starts")
}

#[test]
fn a_book_is_built_without_starting_the_command_of_book_toml() {
    let to = tempfile::tempdir().expect("a temporary folder");
    let output = build(BOOK, to.path());
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let page = std::fs::read_to_string(to.path().join("fetch.html")).expect("the page is there");
    assert!(page.contains("<figure class=\"transcript\">"));
    assert!(page.contains("<code class=\"language-rust\">"));
    assert!(!page.contains("{{#"), "no directive is left");
    let id = "results-in-completion-order";
    assert!(page.contains(&format!("<h3 id=\"{id}\">")), "it has the id that is linked to");
    assert!(
        page.contains(&format!("→ <a href=\"#{id}\">Results in <code>completion</code> order</a>"))
    );
}

#[test]
fn a_broken_book_is_told_and_the_old_one_stays() {
    let book = tempfile::tempdir().expect("a temporary folder");
    let (folder, to) = (book.path().join("book"), book.path().join("out"));
    for folder in [folder.join("src"), book.path().join("exercises"), to.clone()] {
        std::fs::create_dir_all(folder).expect("a folder");
    }
    let write = |path: &Path, text: &str| std::fs::write(path, text).expect("a file");
    write(&folder.join("book.toml"), "[build]\nuse-default-preprocessors = false\n");
    write(&folder.join("src/SUMMARY.md"), "- [A](a.md)\n");
    write(&folder.join("src/a.md"), "# A\n\n{{#quiz a}}\n");
    write(&to.join("old.html"), "old");
    let output = build(&folder.to_string_lossy(), &to);
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(
        String::from_utf8_lossy(&output.stderr),
        "book/src/a.md:3: there is no file book/quiz/a.toml\n    \
         → write the questions of the quiz there\nthe book was not built: 1 problem\n"
    );
    assert!(to.join("old.html").exists());

    write(&folder.join("src/a.md"), "# A\n\n<div>\n\nnever closed\n");
    let output = build(&folder.to_string_lossy(), &to);
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(said.starts_with("the book has faults:\nunclosed HTML tag `<div>`"), "{said}");
}

#[test]
fn mdbook_can_use_it_as_a_preprocessor() {
    let supports = |renderer| command().args(["supports", renderer]).status().expect("it starts");
    assert!(supports("html").success());
    assert!(!supports("markdown").success());

    let chapter = serde_json::json!({
        "name": "Fetch", "content": "{{#exercise fetch}}\n", "number": null, "sub_items": [],
        "path": "fetch.md", "source_path": "fetch.md", "parent_names": [],
    });
    let input = serde_json::json!([
        { "root": BOOK, "config": { "book": {} }, "renderer": "html", "mdbook_version": "0.5.4" },
        { "items": [{ "Chapter": chapter }] },
    ]);
    let mut child =
        command().stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("the command starts");
    let mut stdin = child.stdin.take().expect("a pipe");
    stdin.write_all(input.to_string().as_bytes()).expect("it reads");
    drop(stdin);
    let output = child.wait_with_output().expect("it ends");
    assert!(output.status.success());
    let book: serde_json::Value = serde_json::from_slice(&output.stdout).expect("a book");
    let page = book["items"][0]["Chapter"]["content"].as_str().expect("a page");
    assert!(page.contains("<section class=\"exercise\""), "{page}");
}
