//! Where code begins and ends is decided by a short reading of our own, and once more by mdBook's
//! Markdown. On every page that is accepted they must agree.

use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag, TagEnd};
use std::path::Path;
use workbook::pages::{markdown, page};

/// Line, first word and code of each fence, as Markdown has them.
fn by_markdown(text: &str) -> Vec<(usize, String, String)> {
    let options = Options::ENABLE_TABLES | Options::ENABLE_FOOTNOTES;
    let (mut found, mut open) = (Vec::new(), None);
    for (event, place) in Parser::new_ext(text, options).into_offset_iter() {
        match event {
            Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(info))) => {
                let line = text[..place.start].matches('\n').count() + 1;
                let first = info.split([',', ' ']).next().unwrap_or_default().to_owned();
                open = Some((line, first, String::new()));
            }
            Event::Text(code) => {
                if let Some((_, _, all)) = &mut open {
                    all.push_str(&code);
                }
            }
            Event::End(TagEnd::CodeBlock) => found.extend(open.take()),
            _ => {}
        }
    }
    found
}

fn by_us(text: &str) -> Vec<(usize, String, String)> {
    let parts = markdown::parse(text);
    assert!(parts.mistakes.is_empty(), "{:?}", parts.mistakes);
    parts
        .fences
        .into_iter()
        .map(|fence| (fence.line, fence.info.first().cloned().unwrap_or_default(), fence.code))
        .collect()
}

#[test]
fn fences_are_where_markdown_has_them() {
    let cases = [
        "a\n```text\nb\n```\nc\n",
        "````md\n```\nx\n```\n````\n",
        "~~~ text,x\n```\n~~~\n",
        "  ```text\n  a\n\n    b\n  ```\n",
        "- a\n\n  ```text\n  b\n  ```\n\n- ```text\n  c\n  ```\n",
        "1. ```text\n   b\n   ```\n",
        "> ```text\n> b\n>\n> c\n> ```\n",
        "> - a\n>\n>   ```text\n>   b\n>   ```\n",
        "```text\na\n    ```\n```\n",
        "```text\na\n`````\n",
        "`a` ```b``` and ``` c ```\n",
        "```\n```\n",
        "| a |\n|---|\n| b |\n\n```text\nc\n```\n",
        "```text\r\na\r\n```\r\n",
    ];
    for text in cases {
        assert_eq!(by_us(text), by_markdown(text), "{text}");
    }
}

#[test]
fn on_the_book_as_well() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../book/src");
    for file in page::files(&src).expect("the book is there") {
        let text = std::fs::read_to_string(&file).expect("a page can be read");
        assert_eq!(by_us(&text), by_markdown(&text), "{}", file.display());
    }
}
