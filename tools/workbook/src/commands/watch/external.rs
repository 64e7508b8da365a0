//! Other programs: the learner's editor, a browser, and the book's server.

use std::env::{self, consts::EXE_SUFFIX};
use std::io::{self, BufRead as _, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::mpsc::Sender;
use std::thread;

use super::event::Event;
use crate::catalogue::workspace::Workspace;
use crate::engine::process_group::{CancelToken, ChildGroup};

/// How to open a file in an editor.
#[derive(Debug)]
pub struct Editing {
    /// The command.
    pub command: Command,
    /// Whether it takes the terminal, and we have to wait for its end.
    pub in_terminal: bool,
}

/// The editors that the learner may mean, at that line of the file. The first is meant; the next one
/// takes its place where it cannot be started. Empty: none is chosen.
pub fn editors(
    file: &Path,
    line: usize,
    variable: impl Fn(&str) -> Option<String>,
) -> Vec<Editing> {
    let around = match variable("TERM_PROGRAM").as_deref() {
        // In its own terminal, the editor around it is meant. Its command may not be installed.
        Some("vscode") => Some("code".to_owned()),
        Some("zed") => Some("zed".to_owned()),
        _ => None,
    };
    let chosen = [around, variable("VISUAL"), variable("EDITOR")];
    chosen.into_iter().flatten().filter_map(|chosen| editing(&chosen, file, line)).collect()
}

fn editing(chosen: &str, file: &Path, line: usize) -> Option<Editing> {
    let mut words = chosen.split_whitespace();
    let program = words.next()?;
    let mut command = Command::new(program);
    // It would wait until the file is closed, and so should we not.
    command.args(words.filter(|word| !matches!(*word, "--wait" | "-w")));
    let name = Path::new(program).file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let at = format!("{}:{line}", file.display());
    let in_terminal = match name.as_str() {
        "code" | "code-insiders" | "codium" | "cursor" | "windsurf" => {
            command.arg("--goto").arg(at);
            false
        }
        "zed" | "zeditor" | "subl" => {
            command.arg(at);
            false
        }
        "gvim" | "mvim" | "kate" | "gedit" | "notepad" | "rustrover" | "idea" => {
            command.arg(file);
            false
        }
        "hx" | "helix" => {
            command.arg(at);
            true
        }
        "vi" | "vim" | "nvim" | "nano" | "emacs" | "emacsclient" | "micro" | "kak" | "ne" => {
            command.arg(format!("+{line}")).arg(file);
            true
        }
        _ => {
            command.arg(file);
            true
        }
    };
    Some(Editing { command, in_terminal })
}

/// Starts a program beside us, with nothing of our terminal.
pub fn beside(mut command: Command) -> io::Result<()> {
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    #[cfg(unix)]
    // So that Ctrl-C here does not end it.
    std::os::unix::process::CommandExt::process_group(&mut command, 0);
    let mut child = command.spawn()?;
    // Somebody has to ask how it ended, or it stays as a zombie.
    thread::spawn(move || child.wait());
    Ok(())
}

/// Shows an address in a browser. Whether there is one to show it in.
///
/// The crate `opener` tries more, and says that it has opened a browser where there is no screen to
/// show one on. On Linux it brings 32 crates along, which took seven seconds more to compile.
pub fn browse(address: &str) -> bool {
    let set = |name: &str| env::var_os(name).filter(|value| !value.is_empty());
    let mut command = if let Some(browser) = set("BROWSER") {
        Command::new(browser)
    } else if cfg!(target_os = "macos") {
        Command::new("open")
    } else if cfg!(windows) {
        let mut command = Command::new("cmd");
        command.args(["/C", "start", ""]);
        command
    } else if set("WSL_DISTRO_NAME").is_some() {
        Command::new("wslview")
    } else if set("DISPLAY").is_some() || set("WAYLAND_DISPLAY").is_some() {
        Command::new("xdg-open")
    } else {
        return false;
    };
    command.arg(address);
    beside(command).is_ok()
}

/// Where `cargo workbook book` leaves the program that builds and serves the book. It may not be
/// there: compiling it takes minutes.
pub fn builder(workspace: &Workspace) -> PathBuf {
    workspace.target.join("debug").join(format!("mdbook-workbook{EXE_SUFFIX}"))
}

/// The book's server. Dropping it ends it.
pub struct Server {
    _group: ChildGroup,
}

impl Server {
    /// Starts the book's builder as a server. What it comes to is told to `tell`.
    pub fn start(builder: &Path, workspace: &Workspace, tell: &Sender<Event>) -> io::Result<Self> {
        let mut command = Command::new(builder);
        command.arg("serve").current_dir(&workspace.root);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut group = CancelToken::default().start_tidy(&mut command)?;
        if let (Some(said), Some(progress)) = (group.child.stdout.take(), group.child.stderr.take())
        {
            let (told, tell) = (tell.clone(), tell.clone());
            let progress = thread::spawn(move || {
                each_line(progress, |line| {
                    told.send(Event::BookProgress(line)).ok();
                })
            });
            thread::spawn(move || {
                each_line(said, |line| {
                    if let Some(address) = address(&line) {
                        tell.send(Event::Book(Ok(address))).ok();
                    }
                });
                let last = progress.join().unwrap_or_default();
                tell.send(Event::Book(Err(last))).ok();
            });
        }
        Ok(Self { _group: group })
    }
}

/// Calls `act` with each line, and gives back the last one that says something.
fn each_line(pipe: impl Read, mut act: impl FnMut(String)) -> String {
    let mut last = String::new();
    for line in BufReader::new(pipe).lines().map_while(Result::ok) {
        if !line.trim().is_empty() {
            line.trim().clone_into(&mut last);
        }
        act(line.trim().to_owned());
    }
    last
}

/// The address in "The book is at http://127.0.0.1:3000/ (…)", without its last slash.
fn address(line: &str) -> Option<String> {
    let word = line.split_whitespace().find(|word| word.starts_with("http://"))?;
    Some(word.trim_end_matches('/').to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn arguments(pairs: &[(&str, &str)]) -> Vec<(String, bool)> {
        let variable =
            |name: &str| pairs.iter().find(|pair| pair.0 == name).map(|pair| pair.1.to_owned());
        let written = |Editing { command, in_terminal }: Editing| {
            let mut words = vec![command.get_program().to_string_lossy().into_owned()];
            words.extend(command.get_args().map(|word| word.to_string_lossy().into_owned()));
            (words.join(" "), in_terminal)
        };
        editors(Path::new("a/lib.rs"), 7, variable).into_iter().map(written).collect()
    }

    #[test]
    fn each_editor_is_told_the_line_in_its_own_way() {
        let of = |value| arguments(&[("EDITOR", value)]).pop().expect("an editor");
        assert_eq!(of("nvim"), ("nvim +7 a/lib.rs".to_owned(), true));
        assert_eq!(of("/usr/bin/hx"), ("/usr/bin/hx a/lib.rs:7".to_owned(), true));
        assert_eq!(of("code --wait"), ("code --goto a/lib.rs:7".to_owned(), false));
        assert_eq!(of("mine -x"), ("mine -x a/lib.rs".to_owned(), true));
    }

    #[test]
    fn the_editor_around_the_terminal_comes_first_and_the_chosen_ones_after_it() {
        let code = ("code --goto a/lib.rs:7".to_owned(), false);
        let vim = ("vim +7 a/lib.rs".to_owned(), true);
        let inside = [("TERM_PROGRAM", "vscode"), ("EDITOR", "vim")];
        assert_eq!(arguments(&inside), [code, vim.clone()]);
        let both = [("VISUAL", "kak"), ("EDITOR", "vim")];
        assert_eq!(arguments(&both), [("kak +7 a/lib.rs".to_owned(), true), vim]);
        assert!(arguments(&[("TERM_PROGRAM", "tmux")]).is_empty());
    }

    #[test]
    fn the_address_is_found_in_what_the_server_says() {
        let line = "The book is at http://127.0.0.1:3000/ (Ctrl-C ends it)";
        assert_eq!(address(line), Some("http://127.0.0.1:3000".to_owned()));
        assert_eq!(address("Built again."), None);
    }
}
