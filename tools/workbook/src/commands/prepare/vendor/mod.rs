//! `prepare --vendor FOLDER`: a folder to hand out, for machines without a network.
//!
//! It holds the workbook as it is shipped, every crate under `vendor/`, the book to be opened in a
//! browser, and a page that says how to start. Nothing is built in it: each machine has its own
//! system. It is a git repository if git is there. Until it is whole there is a file
//! `UNFINISHED.txt` in it, and the command goes on where it was; any other folder that holds something
//! is refused.

mod files;
mod repository;

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};
use toml::Table;

use crate::catalogue::Catalogue;
use crate::catalogue::workspace::Workspace;
use crate::commands::prepare::problem::{Findings, Problem};
use crate::commands::prepare::{disk_space, docs, fetch, the_book, toolchain};
use crate::engine::compile::{ProgressSink, cargo, messages};
use crate::engine::process_group::CancelToken;
use crate::engine::temporary_folder::TemporaryFolder;
use crate::terminal::report_text;

const UNFINISHED: &str = "UNFINISHED.txt";
const START_HERE: &str = "START-HERE.md";
/// Where the documentation of the libraries is.
const DOCS: &str = "docs";
/// What is not the workbook, and is never edited: the repository would be as large as the folder.
const LEFT_OUT: [&str; 3] = ["/vendor/", "/docs/", "/UNFINISHED.txt"];

/// Makes the folder.
pub fn run(
    workspace: &Workspace,
    folder: &Path,
    with_docs: bool,
    findings: &mut Findings,
) -> Result<()> {
    let folder = std::path::absolute(folder).context("the folder has no path")?;
    refuse_others(workspace, &folder)?;
    let new_enough = findings.add(toolchain::look(workspace));
    let roomy = findings.add(disk_space::to_hand_out(&folder, with_docs)?);
    if !new_enough || !findings.add(fetch::all(workspace, fetch::For::EverySystem)?) || !roomy {
        return Ok(());
    }
    begin(&folder)?;
    findings.step("copying the workbook");
    let count = copy(workspace, &folder)?;
    findings.add(Ok(format!("the workbook, {}", report_text::count(count, "file"))));
    for file in files::left_out(workspace) {
        findings.note(&format!("left out, because git does not track it: {}", file.display()));
    }
    findings.step("copying the crates");
    if !findings.add(crates(workspace, &folder)?) {
        return Ok(());
    }
    findings.step("building the book");
    if !findings.add(the_book(workspace, &folder.join("book").join("book"))?) {
        return Ok(());
    }
    if with_docs {
        findings.step("building the documentation of the libraries");
        let catalogue = Catalogue::load_around(&workspace.root, None)?;
        if !findings.add(docs::build(workspace, &catalogue)?) {
            return Ok(());
        }
        let count = docs::copy(workspace, &catalogue, &folder.join(DOCS))?;
        findings.add(Ok(format!("it is under {DOCS}, {}", report_text::count(count, "file"))));
    }
    findings.step("looking whether anything is missing");
    if !findings.add(complete(&folder)?) {
        return Ok(());
    }
    write(&folder.join(START_HERE), &start_here(with_docs))?;
    findings.step("making a git repository of it");
    match repository::make(&folder, &LEFT_OUT)? {
        Ok(made) => {
            findings.add(Ok(made));
        }
        Err(why_not) => findings.note(&why_not),
    }
    fs::remove_file(folder.join(UNFINISHED))
        .context("cannot remove the mark of an unfinished folder")?;
    findings.ready(format_args!(
        "hand out the whole folder {}. {START_HERE} in it says how to begin.",
        folder.display()
    ));
    Ok(())
}

/// What a beginner reads first.
fn start_here(with_docs: bool) -> String {
    let docs = "- **The documentation of the libraries.** Open `docs/tokio/index.html`.\n";
    let text = include_str!("start-here.md");
    text.replace("@DOCS@", if with_docs { docs } else { "" })
}

fn refuse_others(workspace: &Workspace, folder: &Path) -> Result<()> {
    let (root, target) = (&workspace.root, &workspace.target);
    // What is built is not copied.
    let built = target.starts_with(root) && folder.starts_with(target);
    if folder.starts_with(root) && !built {
        bail!(
            "{} lies in the workbook itself, and would be copied into itself\nName a folder \
             outside of {}.",
            folder.display(),
            workspace.root.display()
        );
    }
    let Ok(mut entries) = fs::read_dir(folder) else {
        if folder.exists() {
            bail!("{} is not a folder that can be read\nName another.", folder.display());
        }
        return Ok(());
    };
    if entries.next().is_some() && !folder.join(UNFINISHED).is_file() {
        bail!(
            "{} is not empty, and nothing in it was changed\nName a folder that is empty or not \
             there yet.",
            folder.display()
        );
    }
    Ok(())
}

fn begin(folder: &Path) -> Result<()> {
    fs::create_dir_all(folder)
        .with_context(|| format!("cannot create the folder {}", folder.display()))?;
    write(
        &folder.join(UNFINISHED),
        "This folder is not whole: do not hand it out.\n\
         `cargo workbook prepare --vendor FOLDER` with this folder goes on.\n",
    )
}

/// Copies the workbook as it is shipped: a facilitator's own solutions stay at home.
fn copy(workspace: &Workspace, folder: &Path) -> Result<usize> {
    let files = files::of(workspace)?;
    for file in &files {
        copy_one(&workspace.root.join(file), &folder.join(file))?;
    }
    for exercise in Catalogue::load_around(&workspace.root, None)?.exercises {
        let own = exercise.answer_file();
        let own = own.strip_prefix(&workspace.root).context("an exercise lies elsewhere")?;
        copy_one(&exercise.start(), &folder.join(own))?;
    }
    Ok(files.len())
}

fn copy_one(from: &Path, to: &Path) -> Result<()> {
    if let Some(folder) = to.parent() {
        fs::create_dir_all(folder)
            .with_context(|| format!("cannot create the folder {}", folder.display()))?;
    }
    fs::copy(from, to)
        .with_context(|| format!("cannot copy {} to {}", from.display(), to.display()))?;
    Ok(())
}

/// Copies every crate into `vendor/`, and points cargo there.
fn crates(workspace: &Workspace, folder: &Path) -> Result<Result<String, Problem>> {
    let vendor = folder.join("vendor");
    let mut command = cargo();
    // A mirror that somebody has set up is asked, and so are the crates of a folder like this one.
    command.args(["vendor", "--locked", "--offline", "--respect-source-config"]).arg(&vendor);
    command.current_dir(&workspace.root);
    let said = messages(&CancelToken::default(), command, &ProgressSink::Keep)?;
    if !said.succeeded {
        return Ok(Err(Problem::new(
            format!("the crates could not be copied\n{}", said.progress.trim()),
            "Look at `cargo vendor --help`; a full or write-protected stick is a usual reason.",
        )));
    }
    let config = folder.join(".cargo").join("config.toml");
    let shipped = fs::read_to_string(&config).unwrap_or_default();
    fs::create_dir_all(folder.join(".cargo")).context("cannot create the folder .cargo")?;
    write(&config, &pointed(&shipped)?)?;
    let count = fs::read_dir(&vendor).map_or(0, Iterator::count);
    Ok(Ok(format!("{} under vendor", report_text::count(count, "crate"))))
}

/// Cargo's settings, with the crates taken from `vendor/` beside them: on every system, wherever
/// the folder is copied to.
fn pointed(settings: &str) -> Result<String> {
    let read: Table = settings.parse().context(".cargo/config.toml cannot be read")?;
    if read.contains_key("source") {
        return Ok(settings.to_owned());
    }
    Ok(format!(
        "{}\n\n# Every crate lies in this folder: no network is needed.\n\
         [source.crates-io]\nreplace-with = \"vendored\"\n\n\
         [source.vendored]\ndirectory = \"vendor\"\n\n\
         [net]\noffline = true\n",
        settings.trim_end()
    ))
}

/// Whether cargo finds all it wants, with nothing on this machine to help it.
fn complete(folder: &Path) -> Result<Result<String, Problem>> {
    let nothing = TemporaryFolder::new().context("cannot create a temporary folder")?;
    let mut command = cargo();
    command.args(["fetch", "--locked", "--offline"]).current_dir(folder);
    command.env("CARGO_HOME", nothing.path());
    let said = messages(&CancelToken::default(), command, &ProgressSink::Keep)?;
    Ok(if said.succeeded {
        Ok("complete: cargo finds every crate in the folder alone".to_owned())
    } else {
        Err(Problem::new(
            format!("the folder is not complete\n{}", said.progress.trim()),
            "See that nothing but this command writes to it.",
        ))
    })
}

fn write(file: &Path, text: &str) -> Result<()> {
    fs::write(file, text).with_context(|| format!("cannot write {}", file.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_settings_stay_and_the_crates_are_found_beside_them() {
        let shipped = include_str!("../../../../../../.cargo/config.toml");
        let text = pointed(shipped).expect("it is sound");
        let read: Table = text.parse().expect("it is sound");
        let before: Table = shipped.parse().expect("it is sound");
        for table in ["alias", "env"] {
            assert_eq!(read.get(table), before.get(table));
        }
        assert_eq!(read["source"]["vendored"]["directory"].as_str(), Some("vendor"));
        assert_eq!(pointed(&text).expect("it is sound"), text, "once is enough");
    }

    #[test]
    fn a_beginner_is_told_of_what_is_there() {
        let docs = "`docs/tokio/index.html`";
        assert!(start_here(true).contains(docs) && !start_here(false).contains(docs));
        for text in [start_here(true), start_here(false)] {
            assert!(!text.contains('@'), "{text}");
            let told = ["rustup", "build-essential", "cargo workbook prepare", "3 to 7 minutes"];
            assert!(told.iter().all(|words| text.contains(words)), "{text}");
        }
    }

    #[test]
    fn a_folder_with_something_in_it_is_refused_unless_it_is_an_unfinished_one() {
        let outside = tempfile::tempdir().expect("a folder");
        let root = std::path::PathBuf::from("/workbook");
        let workspace = Workspace { target: root.join("target"), root };
        let refused = |at: &Path| refuse_others(&workspace, at).is_err();
        assert!(!refused(outside.path()), "empty");
        assert!(!refused(&outside.path().join("new")));
        fs::write(outside.path().join("thesis.tex"), "").expect("a file");
        assert!(refused(outside.path()));
        assert!(refused(&outside.path().join("thesis.tex")));
        begin(outside.path()).expect("it can be written");
        assert!(!refused(outside.path()), "it goes on");
        assert!(refused(&workspace.root.join("book")));
    }
}
