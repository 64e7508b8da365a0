//! A git repository in the folder to hand out, with one commit.
//!
//! So that a learner's `git diff`, `git stash` and `git checkout -- FILE` work there as in a clone.
//! The crates are left out: they are never edited, and would double the folder. Nobody's
//! configuration of git is read or changed.

use std::ffi::OsStr;
use std::fs;
use std::io;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use anyhow::{Context, Result};

/// Who has made the commit, and where mail to them does not go.
const AUTHOR: (&str, &str) = ("workbook", "workbook@localhost");

/// Variables of whatever runs this, such as a hook, that would lead git to another repository.
const ELSEWHERE: [&str; 5] =
    ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY", "GIT_COMMON_DIR"];

/// Settings of this repository alone. People copy the folder by way of sticks that know nothing of
/// who may run a file, and Windows would have other line endings: neither is a change.
const SETTINGS: [(&str, &str); 2] = [("core.fileMode", "false"), ("core.autocrlf", "false")];

/// Makes the repository, and says so, or why there is none: the folder is as good without.
/// `left_out`: git's patterns of what is not the workbook.
pub fn make(folder: &Path, left_out: &[&str]) -> Result<Result<String, String>> {
    make_with(OsStr::new("git"), folder, left_out)
}

fn make_with(program: &OsStr, folder: &Path, left_out: &[&str]) -> Result<Result<String, String>> {
    let repository = folder.join(".git");
    // From a run that was broken off.
    remove(&repository)?;
    let Err(missing) = commit(program, folder, &repository, left_out)? else {
        return Ok(Ok("a git repository with one commit".to_owned()));
    };
    remove(&repository)?;
    let without = "`git diff` and `git checkout` will not work in the folder";
    Ok(Err(match missing {
        Missing::Git => format!("git is not installed here, so {without}"),
        Missing::Said(words) => format!("git made no repository, so {without}. It said: {words}"),
    }))
}

/// Why there is no repository.
enum Missing {
    Git,
    Said(String),
}

fn commit(
    program: &OsStr,
    folder: &Path,
    repository: &Path,
    left_out: &[&str],
) -> Result<Result<(), Missing>> {
    let git = |arguments: &[&str]| run(program, folder, arguments);
    // Without the templates of whoever runs this: they may hold hooks.
    let first = git(&["-c", "init.defaultBranch=main", "init", "--quiet", "--template="]);
    match first {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Err(Missing::Git)),
        first => {
            if let Some(words) = refused(&first.context("cannot start git")?) {
                return Ok(Err(Missing::Said(words)));
            }
        }
    }
    let info = repository.join("info");
    fs::create_dir_all(&info)
        .with_context(|| format!("cannot create the folder {}", info.display()))?;
    fs::write(info.join("exclude"), left_out.join("\n") + "\n")
        .with_context(|| format!("cannot write to {}", info.display()))?;
    let mut steps: Vec<Vec<&str>> =
        SETTINGS.iter().map(|(name, value)| vec!["config", name, value]).collect();
    steps.push(vec!["add", "--all"]);
    let message = "The workbook, as it was handed out";
    steps.push(vec!["commit", "--quiet", "--no-verify", "--message", message]);
    // One file instead of thousands, for the stick.
    steps.push(vec!["repack", "-a", "-d", "-q"]);
    for step in steps {
        if let Some(words) = refused(&git(&step).context("cannot start git")?) {
            return Ok(Err(Missing::Said(words)));
        }
    }
    Ok(Ok(()))
}

fn run(program: &OsStr, folder: &Path, arguments: &[&str]) -> io::Result<Output> {
    let mut command = Command::new(program);
    // A stick may belong to nobody in particular.
    command.args(["-c", "safe.directory=*", "-c", "commit.gpgSign=false"]).args(arguments);
    command.current_dir(folder).stdin(Stdio::null());
    for variable in ELSEWHERE {
        command.env_remove(variable);
    }
    command.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_NOSYSTEM", "1");
    for who in ["AUTHOR", "COMMITTER"] {
        command.env(format!("GIT_{who}_NAME"), AUTHOR.0).env(format!("GIT_{who}_EMAIL"), AUTHOR.1);
        command.env_remove(format!("GIT_{who}_DATE"));
    }
    command.output()
}

/// What git said, if it did not do as it was told.
fn refused(output: &Output) -> Option<String> {
    if output.status.success() {
        return None;
    }
    let said = String::from_utf8_lossy(&output.stderr);
    let words = said.lines().next().unwrap_or("nothing").trim();
    Some(words.to_owned())
}

fn remove(repository: &Path) -> Result<()> {
    match fs::remove_dir_all(repository) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(error).with_context(|| format!("cannot remove {}", repository.display()))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "exercises/pair/src/answer.rs";

    /// A folder to hand out, in small.
    fn folder() -> tempfile::TempDir {
        let folder = tempfile::tempdir().expect("a folder");
        for file in [FILE, "Cargo.toml", "vendor/tokio/lib.rs", "vendor/.x", "UNFINISHED.txt"] {
            let file = folder.path().join(file);
            fs::create_dir_all(file.parent().expect("it lies in a folder")).expect("a folder");
            fs::write(file, "as shipped\n").expect("a file");
        }
        folder
    }

    const LEFT_OUT: [&str; 2] = ["/vendor/", "/UNFINISHED.txt"];

    fn made(folder: &Path) {
        let said = make(folder, &LEFT_OUT).expect("the folder can be written to");
        assert_eq!(said, Ok("a git repository with one commit".to_owned()));
    }

    /// git as a learner runs it who has never said who he is.
    fn git(folder: &Path, arguments: &[&str]) -> String {
        let mut command = Command::new("git");
        command.current_dir(folder).args(arguments).env("HOME", folder.join("nowhere"));
        command.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_NOSYSTEM", "1");
        let output = command.output().expect("git can be started");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "git {arguments:?}: {said}");
        String::from_utf8(output.stdout).expect("it is text")
    }

    #[test]
    fn a_learners_git_works_in_the_folder() {
        let folder = folder();
        let at = folder.path();
        made(at);
        assert_eq!(git(at, &["status", "--porcelain"]), "", "nothing is new or changed");
        assert_eq!(git(at, &["ls-files"]), format!("Cargo.toml\n{FILE}\n"));
        let log = git(at, &["log", "--format=%an <%ae> %cn: %s"]);
        let wanted = "workbook <workbook@localhost> workbook: The workbook, as it was handed out\n";
        assert_eq!(log, wanted);

        let file = at.join(FILE);
        let edit = || fs::write(&file, "an answer\n").expect("it is written");
        let now = || fs::read_to_string(&file).expect("it is there");
        edit();
        assert!(git(at, &["diff"]).contains("+an answer"));
        git(at, &["checkout", "--", FILE]);
        assert_eq!(now(), "as shipped\n");
        edit();
        git(at, &["stash"]);
        assert_eq!(now(), "as shipped\n");
        git(at, &["stash", "pop"]);
        assert_eq!(now(), "an answer\n");
    }

    /// As after a way by a stick with another file system.
    #[test]
    #[cfg(unix)]
    fn a_copy_whose_files_may_be_run_is_not_a_change() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = folder();
        made(folder.path());
        let all = fs::Permissions::from_mode(0o755);
        fs::set_permissions(folder.path().join(FILE), all).expect("it is ours");
        assert_eq!(git(folder.path(), &["status", "--porcelain"]), "");
    }

    #[test]
    fn a_run_that_was_broken_off_is_begun_again() {
        let folder = folder();
        fs::create_dir_all(folder.path().join(".git/refs")).expect("a folder");
        fs::write(folder.path().join(".git/index.lock"), "").expect("a file");
        made(folder.path());
        made(folder.path());
        assert_eq!(git(folder.path(), &["rev-list", "--count", "HEAD"]), "1\n");
    }

    #[test]
    fn without_git_there_is_no_repository_and_it_says_so() {
        let folder = folder();
        let said = make_with(OsStr::new("no-such-git"), folder.path(), &LEFT_OUT);
        let said = said.expect("that is no error").expect_err("there is none");
        assert!(said.contains("git is not installed here"), "{said}");
        assert!(!folder.path().join(".git").exists());
    }
}
