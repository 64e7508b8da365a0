//! Where the book's pages are read: on this machine if they are there, else online.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use crate::pages::page::plain;

/// Where the book is.
#[derive(Clone, Debug, Default)]
pub struct BookAddress {
    /// Where it is served on this machine, without the last slash.
    pub served: Option<String>,
    /// Where it is published, without the last slash; `None` if `book.toml` does not tell.
    pub published: Option<String>,
    /// The folder into which it is built.
    built: PathBuf,
    /// The pages that were there at the last look.
    pages: BTreeSet<String>,
}

impl BookAddress {
    /// Where the book of the workbook in the folder `root` is, as far as its files tell.
    pub fn of_workbook(root: &Path) -> Self {
        let book = root.join("book");
        let config = fs::read_to_string(book.join("book.toml")).unwrap_or_default();
        let published = published(&config);
        let mut address = Self { published, built: book.join("book"), ..Self::default() };
        address.look();
        address
    }

    /// Looks which pages are built. A screen that is drawn again and again need not ask the disk
    /// each time.
    pub fn look(&mut self) {
        let files = fs::read_dir(&self.built).into_iter().flatten().flatten();
        let page = |file: fs::DirEntry| {
            let name = file.file_name().into_string().ok()?;
            name.strip_suffix(".html").map(str::to_owned)
        };
        self.pages = files.filter_map(page).collect();
    }

    /// The address of a page on this machine, or of a section of it, by its title as Markdown.
    pub fn here(&self, page: &str, section: Option<&str>) -> Option<String> {
        let base = match &self.served {
            Some(served) => served.clone(),
            None if self.pages.contains(page) => file_address(&self.built),
            None => return None,
        };
        Some(address(&base, page, section))
    }

    /// The same, or where it is published.
    pub fn of(&self, page: &str, section: Option<&str>) -> Option<String> {
        let published = || Some(address(self.published.as_ref()?, page, section));
        self.here(page, section).or_else(published)
    }
}

/// The same address without the section.
pub fn page_of(address: &str) -> &str {
    address.split_once('#').map_or(address, |(page, _)| page)
}

fn address(base: &str, page: &str, section: Option<&str>) -> String {
    let encoded = |title| anchor(title).bytes().map(in_address).collect::<String>();
    let anchor = section.map(|title| format!("#{}", encoded(title))).unwrap_or_default();
    format!("{base}/{page}.html{anchor}")
}

/// The address of a file.
pub fn file_address(file: &Path) -> String {
    let path: String = file.to_string_lossy().bytes().map(in_address).collect();
    let slash = if path.starts_with('/') { "" } else { "/" };
    format!("file://{slash}{path}")
}

/// A byte of a path, or of an anchor, as it is written in an address.
fn in_address(byte: u8) -> String {
    match byte {
        b'\\' => "/".to_owned(),
        b'/' | b'-' | b'.' | b'_' | b'~' | b':' => char::from(byte).to_string(),
        _ if byte.is_ascii_alphanumeric() => char::from(byte).to_string(),
        _ => format!("%{byte:02X}"),
    }
}

/// The id that mdBook gives to a heading of this title.
fn anchor(title: &str) -> String {
    let kept = |letter: char| match letter {
        space if space.is_whitespace() => Some('-'),
        letter if letter.is_alphanumeric() || matches!(letter, '_' | '-') => Some(letter),
        _ => None,
    };
    plain(title).to_lowercase().chars().filter_map(kept).collect()
}

/// Where the book with this `book.toml` is published: the pages of its repository on GitHub.
fn published(config: &str) -> Option<String> {
    let config: toml::Table = toml::from_str(config).ok()?;
    let html = config.get("output")?.get("html")?;
    let repository = html.get("git-repository-url")?.as_str()?;
    let (owner, _) = repository.strip_prefix("https://github.com/")?.split_once('/')?;
    let path = html.get("site-url")?.as_str()?.trim_matches('/');
    Some(format!("https://{owner}.github.io/{path}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_book_is_read_here_if_it_is_here_and_online_if_not() {
        let root = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."));
        let mut book = BookAddress::of_workbook(root);
        let folder = tempfile::tempdir().expect("a folder");
        book.built = folder.path().to_owned();
        book.look();
        let readme = fs::read_to_string(root.join("README.md")).expect("it is there");
        let online = book.of("gather", None).expect("book.toml tells");
        let base = online.strip_suffix("gather.html").expect("a page");
        assert!(readme.contains(&format!("<{base}>")), "the README has another address: {base}");
        let section = Some("`let _ =`: *not* awaited, ü");
        let anchored = format!("{online}#let-_--not-awaited-%C3%BC");
        assert_eq!(book.of("gather", section), Some(anchored));
        assert_eq!(book.here("gather", None), None);

        fs::write(folder.path().join("gather.html"), "").expect("it is built");
        assert_eq!(book.here("gather", None), None, "nobody has looked since");
        book.look();
        let built = format!("{}/gather.html", file_address(folder.path()));
        assert_eq!(book.of("gather", None), Some(built));
        book.served = Some("http://127.0.0.1:3000".to_owned());
        let served = "http://127.0.0.1:3000/gather.html#the-pattern";
        assert_eq!(book.of("gather", Some("The pattern")).as_deref(), Some(served));
    }

    #[test]
    fn without_a_repository_no_address_is_made_up() {
        assert_eq!(published("[output.html]\nsite-url = \"/a/\"\n"), None);
        assert_eq!(published("not = [a file"), None);
    }
}
