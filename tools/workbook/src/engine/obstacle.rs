//! What on the machine keeps cargo from building: no fault of the code.
//!
//! Cargo and rustc report a full disk and a missing linker in the same way as a mistake in the code.
//! They are told apart here by their words, in messages that point at no code.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use serde::{Serialize, Serializer};

use crate::terminal::text::plain;

/// No line of what was said is shown any longer, in characters.
const LONGEST: usize = 300;

/// What is in the way, and the line that says so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Obstacle {
    /// What is in the way.
    pub kind: Kind,
    /// What cargo, the compiler or the system said of it.
    pub said: String,
    /// The folder that cargo builds in, if it is known.
    target: PathBuf,
}

/// What can be in the way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum Kind {
    /// There is no room for what is built.
    #[serde(rename = "disk full")]
    DiskFull,
    /// Nothing can be written there at all.
    #[serde(rename = "read-only")]
    ReadOnly,
    /// A file or a folder does not let this user in.
    #[serde(rename = "denied")]
    Denied,
    /// There is no C compiler, and so no linker.
    #[serde(rename = "no linker")]
    NoLinker,
}

/// The words by which each is known. The system's own depend on its language; its numbers do not.
/// A linker that writes through memory gets a bus error where the disk is full.
const WORDS: [(&str, Kind); 13] = [
    ("(os error 28)", Kind::DiskFull),
    ("No space left on device", Kind::DiskFull),
    ("Disk quota exceeded", Kind::DiskFull),
    ("(os error 112)", Kind::DiskFull),
    ("terminated with signal 7", Kind::DiskFull),
    ("Bus error", Kind::DiskFull),
    ("(os error 30)", Kind::ReadOnly),
    ("Read-only file system", Kind::ReadOnly),
    ("Permission denied", Kind::Denied),
    ("Access is denied", Kind::Denied),
    ("linker `", Kind::NoLinker),
    ("failed to find tool", Kind::NoLinker),
    ("ToolNotFound", Kind::NoLinker),
];

impl Obstacle {
    /// Looks for it in what cargo or the compiler says. No line of the learner's code may be in it.
    pub fn in_text(text: &str, target: &Path) -> Option<Self> {
        let text = plain(text);
        text.lines().find_map(|line| {
            let is_it = |(words, _): &&(&str, Kind)| {
                line.contains(words) && (*words != "linker `" || line.contains("` not found"))
            };
            let (_, kind) = WORDS.iter().find(is_it)?;
            let said = line.trim().trim_start_matches("error: ").chars().take(LONGEST).collect();
            Some(Self { kind: *kind, said, target: target.to_path_buf() })
        })
    }

    /// Looks for it in an error of any kind.
    pub fn in_error(error: &anyhow::Error, target: &Path) -> Option<Self> {
        if let Some(found) = error.downcast_ref::<Self>() {
            return Some(found.clone());
        }
        let kind =
            error.chain().find_map(|cause| match cause.downcast_ref::<io::Error>()?.kind() {
                io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Some(Kind::DiskFull),
                io::ErrorKind::ReadOnlyFilesystem => Some(Kind::ReadOnly),
                _ => None,
            })?;
        Some(Self { kind, said: format!("{error:#}"), target: target.to_path_buf() })
    }

    /// What is in the way, in a few words.
    pub fn what(&self) -> &'static str {
        match self.kind {
            Kind::DiskFull => "the disk is full",
            Kind::ReadOnly => "the workbook's files cannot be written",
            Kind::Denied => "a file or folder cannot be opened by this user",
            Kind::NoLinker => "Rust needs a C compiler to link programs, and there is none",
        }
    }

    /// What to do about it.
    pub fn remedy(&self) -> String {
        let target = self.target.display();
        match self.kind {
            Kind::DiskFull => format!(
                "Free some space on the disk of {target}\n\
                 or set CARGO_TARGET_DIR to a folder on another disk."
            ),
            Kind::ReadOnly => format!(
                "Copy the workbook to a disk that you may write to, or set CARGO_TARGET_DIR\n\
                 to a folder that you may write to, instead of {target}"
            ),
            Kind::Denied => format!(
                "Check who owns the file or folder that is named above. The command builds in\n\
                 {target}, and must be able to write there. On Windows, a virus scanner or a\n\
                 program that is still running can be what holds it."
            ),
            Kind::NoLinker => INSTALL.to_owned(),
        }
    }
}

impl fmt::Display for Obstacle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (what, said, remedy) = (self.what(), &self.said, self.remedy());
        write!(
            f,
            "{what}\n\n  {said}\n\nThis says nothing about your code.\n{remedy}\n\
             Then run the tests again."
        )
    }
}

impl std::error::Error for Obstacle {}

/// As `check --json` shows it: `kind` for a program, the rest for people.
impl Serialize for Obstacle {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Shown<'a> {
            kind: Kind,
            what: &'a str,
            said: &'a str,
            remedy: String,
        }
        let (kind, what, said) = (self.kind, self.what(), self.said.as_str());
        Shown { kind, what, said, remedy: self.remedy() }.serialize(serializer)
    }
}

/// How a C compiler is installed.
const INSTALL: &str = "\
Install one:
  Debian, Ubuntu  sudo apt install build-essential
  Fedora          sudo dnf install gcc
  Arch            sudo pacman -S base-devel
  macOS           xcode-select --install
  Windows         the C++ workload of https://aka.ms/vs/17/release/vs_BuildTools.exe";

#[cfg(test)]
mod tests {
    use anyhow::Context as _;

    use super::*;

    fn kind(text: &str) -> Option<Kind> {
        Obstacle::in_text(text, Path::new("target")).map(|found| found.kind)
    }

    #[test]
    fn each_is_known_by_what_cargo_and_the_compiler_say() {
        let full = "error: failed to write `/w/target/x`\n\nCaused by:\n  \
                    No space left on device (os error 28)\n";
        assert_eq!(kind(full), Some(Kind::DiskFull));
        let linker = "collect2: fatal error: ld terminated with signal 7 [Bus error]";
        assert_eq!(kind(linker), Some(Kind::DiskFull));
        let read_only = "error: Read-only file system (os error 30) at path \"/w/target\"";
        assert_eq!(kind(read_only), Some(Kind::ReadOnly));
        assert_eq!(kind("Permission denied (os error 13)"), Some(Kind::Denied));
        assert_eq!(kind("\x1b[1merror\x1b[0m: linker `cc` not found"), Some(Kind::NoLinker));
        assert_eq!(kind("error: linker `cc` was ended"), None);
        assert_eq!(kind("error: linking with `cc` failed: undefined reference to `f`"), None);
    }

    #[test]
    fn it_says_what_was_said_and_what_to_do() {
        let text = "a\n  linker `cc` not found  \n";
        let found = Obstacle::in_text(text, Path::new("target")).expect("it is there").to_string();
        assert!(found.contains("\n\n  linker `cc` not found\n\n"), "{found}");
        assert!(found.contains("sudo apt install build-essential"), "{found}");
        assert!(found.ends_with("\nThen run the tests again."), "{found}");
    }

    #[test]
    fn it_is_found_in_errors() {
        let full = io::Error::from(io::ErrorKind::StorageFull);
        let error = Err::<(), _>(full).context("cannot write x").expect_err("an error");
        let found = Obstacle::in_error(&error, Path::new("target")).expect("it is found");
        assert_eq!(found.kind, Kind::DiskFull);
        assert!(found.said.starts_with("cannot write x: "), "{}", found.said);
        let wrapped = anyhow::Error::new(found.clone()).context("while building");
        assert_eq!(Obstacle::in_error(&wrapped, Path::new("")), Some(found));
        assert_eq!(Obstacle::in_error(&anyhow::anyhow!("else"), Path::new("")), None);
    }
}
