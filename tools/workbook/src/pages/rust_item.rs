//! Finding items of a Rust file by name, and printing them as they stand there.
//!
//! The file carries no marks for the book: learners read it. `syn` tells where an item begins and
//! ends (documentation and attributes included), and the text is cut from the file itself, so that
//! formatting and comments are kept.

use std::ops::{Range, RangeInclusive};

use syn::spanned::Spanned;
use syn::{ImplItem, Item, ItemImpl, Type};

use crate::catalogue::manifest::nearest;
use crate::pages::problem::{Trouble, line_of, listed};

/// An item that a page can ask for.
struct Named {
    /// The short name: `fetch_users`, `Pool::take`, `impl Drop for Guard`.
    name: String,
    /// The name with its kind, for when the short one is not enough: `fn fetch_users`.
    full: String,
    place: Range<usize>,
}

/// The words that may stand before a name to say which of two items is meant.
const KINDS: [&str; 9] =
    ["fn", "struct", "enum", "trait", "const", "static", "type", "union", "macro_rules!"];

/// Joins the words of a directive to names: `fn a`, `impl A for B` are one name each.
pub fn names(words: &[String]) -> Vec<String> {
    let mut names = Vec::new();
    let mut rest = words;
    while let [first, after @ ..] = rest {
        let length = match (first.as_str(), after) {
            ("impl", [_, second, _, ..]) if second == "for" => 4,
            ("impl", [_, ..]) => 2,
            (kind, [_, ..]) if KINDS.contains(&kind) => 2,
            _ => 1,
        };
        names.push(rest[..length].join(" "));
        rest = &rest[length..];
    }
    names
}

/// The named items of a file as text, one after another, each moved to the left margin.
pub fn items(file: &str, text: &str, names: &[String]) -> Result<String, Trouble> {
    let known = known(file, text)?;
    let texts: Result<Vec<String>, Trouble> = names
        .iter()
        .map(|name| find(file, text, &known, name).map(|found| cut(text, &found.place)))
        .collect();
    Ok(texts?.join("\n\n"))
}

/// All that a file holds, as it stands there, without its own documentation and attributes and its
/// `use` lines.
pub fn body(file: &str, text: &str) -> Result<String, Trouble> {
    let parsed = parsed(file, text)?;
    let uses = parsed.items.iter().filter(|item| matches!(item, Item::Use(_))).map(Item::span);
    let left_out: Vec<RangeInclusive<usize>> = parsed
        .attrs
        .iter()
        .map(Spanned::span)
        .chain(uses)
        .map(|place| place.start().line..=place.end().line)
        .collect();
    let mut shown: Vec<&str> = Vec::new();
    for (number, line) in (1..).zip(text.lines()) {
        // What is left out leaves no gap behind.
        let doubles = line.is_empty() && shown.last().is_none_or(|above| above.is_empty());
        if !doubles && !left_out.iter().any(|lines| lines.contains(&number)) {
            shown.push(line);
        }
    }
    Ok(shown.join("\n").trim_end().to_owned())
}

/// The short names of the items of a file.
pub fn known_names(file: &str, text: &str) -> Result<Vec<String>, Trouble> {
    Ok(known(file, text)?.into_iter().map(|item| item.name).collect())
}

/// The lines on which an item of a file stands, counted from one.
pub fn lines(file: &str, text: &str, name: &str) -> Result<RangeInclusive<usize>, Trouble> {
    let place = find(file, text, &known(file, text)?, name)?.place.clone();
    Ok(line_of(text, place.start)..=line_of(text, place.end))
}

/// Every item of a file that has a name.
fn known(file: &str, text: &str) -> Result<Vec<Named>, Trouble> {
    let mut known = Vec::new();
    collect(&parsed(file, text)?.items, "", &mut known);
    Ok(known)
}

fn parsed(file: &str, text: &str) -> Result<syn::File, Trouble> {
    syn::parse_file(text).map_err(|error| {
        let at = error.span().start();
        Trouble::new(
            format!("{file}:{}:{} is not Rust: {error}", at.line, at.column + 1),
            "mend the file",
        )
    })
}

fn find<'a>(file: &str, text: &str, known: &'a [Named], name: &str) -> Result<&'a Named, Trouble> {
    let mut found: Vec<&Named> = known.iter().filter(|item| item.full == name).collect();
    if found.is_empty() {
        found = known.iter().filter(|item| item.name == name).collect();
    }
    match found[..] {
        [item] => Ok(item),
        [] => {
            let known = || known.iter().map(|item| item.name.as_str());
            Err(Trouble::new(
                format!("{file} has no item `{name}`"),
                format!("name one of its items: {}.{}", listed(known()), nearest(name, known())),
            ))
        }
        _ => {
            let places: Vec<String> = found
                .iter()
                .map(|item| format!("`{}` (line {})", item.full, line_of(text, item.place.start)))
                .collect();
            Err(Trouble::new(
                format!("`{name}` is more than one item of {file}"),
                format!("say which: {}", places.join(", ")),
            ))
        }
    }
}

fn collect(items: &[Item], path: &str, known: &mut Vec<Named>) {
    for item in items {
        let place = item.span().byte_range();
        let mut add = |kind: &str, ident: &syn::Ident| {
            let name = format!("{path}{ident}");
            known.push(Named { full: format!("{kind} {name}"), name, place: place.clone() });
        };
        match item {
            Item::Fn(item) => add("fn", &item.sig.ident),
            Item::Struct(item) => add("struct", &item.ident),
            Item::Enum(item) => add("enum", &item.ident),
            Item::Trait(item) => add("trait", &item.ident),
            Item::Const(item) => add("const", &item.ident),
            Item::Static(item) => add("static", &item.ident),
            Item::Type(item) => add("type", &item.ident),
            Item::Union(item) => add("union", &item.ident),
            Item::Macro(item) => {
                if let Some(ident) = &item.ident {
                    add("macro_rules!", ident);
                }
            }
            Item::Impl(item) => collect_impl(item, path, place, known),
            Item::Mod(item) => {
                if let Some((_, items)) = &item.content {
                    collect(items, &format!("{path}{}::", item.ident), known);
                }
            }
            _ => {}
        }
    }
}

fn collect_impl(item: &ItemImpl, path: &str, place: Range<usize>, known: &mut Vec<Named>) {
    let Type::Path(self_ty) = &*item.self_ty else { return };
    let Some(self_ty) = self_ty.path.segments.last().map(|segment| &segment.ident) else { return };
    let of = item.trait_.as_ref().and_then(|(of, _)| of.segments.last());
    let name = match of {
        Some(of) => format!("impl {path}{} for {self_ty}", of.ident),
        None => format!("impl {path}{self_ty}"),
    };
    for inner in &item.items {
        let (kind, ident) = match inner {
            ImplItem::Fn(inner) => ("fn", &inner.sig.ident),
            ImplItem::Const(inner) => ("const", &inner.ident),
            ImplItem::Type(inner) => ("type", &inner.ident),
            _ => continue,
        };
        let name = format!("{path}{self_ty}::{ident}");
        let place = inner.span().byte_range();
        known.push(Named { full: format!("{kind} {name}"), name, place });
    }
    known.push(Named { full: name.clone(), name, place });
}

/// The text of an item without the indentation of its first line.
fn cut(text: &str, place: &Range<usize>) -> String {
    let before = &text[..place.start];
    let indent = before.len() - before.rfind('\n').map_or(0, |at| at + 1);
    let lines = text[place.clone()].lines().enumerate().map(|(index, line)| {
        let spaces = line.len() - line.trim_start_matches(' ').len();
        if index == 0 { line } else { &line[spaces.min(indent)..] }
    });
    lines.collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "//! Top.\n\nuse std::fmt;\n\n/// Says hello.\n///\n/// Twice — été.\n#[must_use]\npub fn hello() -> u32 {\n    // a reason\n    1\n}\n\nstruct Pool<T>(T);\n\nimpl<T> Pool<T> {\n    /// Takes one.\n    fn take(&self) -> u32 {\n        let s = \"é\";\n        2\n    }\n}\n\nimpl fmt::Display for Pool<u8> {\n    fn fmt(&self) {}\n}\n\nmod inner {\n    pub fn hello() {}\n}\n\nstruct same;\nfn same() {}\n";

    fn shown(words: &str) -> Result<String, Trouble> {
        let words: Vec<String> = words.split(' ').map(ToOwned::to_owned).collect();
        items("a.rs", FILE, &names(&words))
    }

    #[test]
    fn an_item_comes_with_its_documentation_attributes_and_comments() {
        let wanted = "/// Says hello.\n///\n/// Twice — été.\n#[must_use]\npub fn hello() -> u32 {\n    // a reason\n    1\n}";
        assert_eq!(shown("hello"), Ok(wanted.to_owned()));
    }

    #[test]
    fn the_body_of_a_file_is_all_but_its_documentation_and_what_it_uses() {
        let text = "//! Top.\n//! Twice.\n#![allow(unused)]\n\nuse std::fmt;\n\n// A reason.\n\
                    use std::{\n    io,\n    str,\n};\n\n/// Says hello.\nfn hello() {}\n\n\
                    // Said of both.\nconst A: u8 = 1;\nconst B: u8 = 2;\n";
        let wanted = "// A reason.\n\n/// Says hello.\nfn hello() {}\n\n\
                      // Said of both.\nconst A: u8 = 1;\nconst B: u8 = 2;";
        assert_eq!(body("a.rs", text), Ok(wanted.to_owned()));
    }

    #[test]
    fn a_method_is_moved_to_the_margin() {
        let wanted = "/// Takes one.\nfn take(&self) -> u32 {\n    let s = \"é\";\n    2\n}";
        assert_eq!(shown("Pool::take"), Ok(wanted.to_owned()));
    }

    #[test]
    fn impl_blocks_modules_and_kinds_can_be_named() {
        let wanted = "impl fmt::Display for Pool<u8> {\n    fn fmt(&self) {}\n}";
        assert_eq!(shown("impl Display for Pool"), Ok(wanted.to_owned()));
        assert!(shown("impl Pool").is_ok_and(|text| text.starts_with("impl<T> Pool<T> {")));
        assert_eq!(shown("inner::hello"), Ok("pub fn hello() {}".to_owned()));
        assert_eq!(shown("fn same struct same"), Ok("fn same() {}\n\nstruct same;".to_owned()));
    }

    #[test]
    fn an_unknown_name_is_told_with_the_names_that_there_are() {
        let trouble = shown("helo").expect_err("no such item");
        assert_eq!(trouble.what, "a.rs has no item `helo`");
        assert_eq!(
            trouble.remedy,
            "name one of its items: `hello`, `Pool`, `Pool::take`, `impl Pool`, \
             `Pool::fmt`, `impl Display for Pool`, `inner::hello`, `same`, `same`. \
             Did you mean `hello`?"
        );
    }

    #[test]
    fn an_ambiguous_name_is_told_with_the_ways_to_say_which() {
        let trouble = shown("same").expect_err("two items");
        assert_eq!(trouble.what, "`same` is more than one item of a.rs");
        assert_eq!(trouble.remedy, "say which: `struct same` (line 32), `fn same` (line 33)");
    }

    #[test]
    fn a_file_that_does_not_parse_is_told_with_the_place() {
        let trouble = items("a.rs", "fn a() { let }\n", &["a".to_owned()]).expect_err("not Rust");
        assert!(trouble.what.starts_with("a.rs:1:14 is not Rust: "), "{}", trouble.what);
    }
}
