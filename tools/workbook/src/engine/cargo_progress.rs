//! What cargo writes to its standard error, as it comes: its lines, and how far its bar is.

use std::io::{BufReader, Read};
use std::process::Command;

/// So wide is cargo's bar: its numbers are read, and the rest of it is not looked at.
const WIDTH: &str = "80";

/// Has cargo draw its bar although it does not write to a terminal. Its numbers are exact, and come
/// from cargo's own plan of the build: nothing more has to be asked.
pub fn ask_for(command: &mut Command) {
    command.env("CARGO_TERM_PROGRESS_WHEN", "always").env("CARGO_TERM_PROGRESS_WIDTH", WIDTH);
}

/// Reads to the end, and calls `tell` with each line and with each move of the bar. Gives back the
/// lines: what the bar has overwritten is no part of them.
pub fn read(pipe: impl Read, tell: Option<&(dyn Fn(&str) + Sync)>) -> String {
    let mut kept = String::new();
    let mut line = Vec::new();
    let mut returned = false;
    let mut crates = false;
    // What could be read is all there is to show.
    for byte in BufReader::new(pipe).bytes().map_while(Result::ok) {
        match byte {
            b'\n' => {
                let text = String::from_utf8_lossy(&line);
                let words = text.trim();
                let compiles = words.starts_with("Compiling ");
                // A package of the workbook itself is named with its folder.
                crates |= compiles && !words.contains(" (");
                if let Some(tell) = tell
                    && !(compiles && crates)
                {
                    tell(words);
                }
                kept.push_str(&text);
                kept.push('\n');
                line.clear();
                returned = false;
            }
            b'\r' => {
                if let Some(tell) = tell
                    && crates
                    && let Some((done, all)) = bar(&String::from_utf8_lossy(&line))
                {
                    tell(&format!("building, step {done} of {all}; next time this is quick"));
                }
                returned = true;
            }
            byte => {
                // On Windows a line may end with both; otherwise it begins again.
                if std::mem::take(&mut returned) {
                    line.clear();
                }
                line.push(byte);
            }
        }
    }
    if !returned {
        kept.push_str(&String::from_utf8_lossy(&line));
    }
    kept
}

/// How far the bar is: `Building [==>   ] 37/120: syn, tokio(build)`.
fn bar(line: &str) -> Option<(u32, u32)> {
    let (_, rest) = line.trim_start().strip_prefix("Building [")?.split_once("] ")?;
    let (done, all) = rest.split(':').next()?.trim().split_once('/')?;
    Some((done.parse().ok()?, all.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;

    fn told(said: &str) -> (Vec<String>, String) {
        let told = Mutex::new(Vec::new());
        let tell = |line: &str| told.lock().expect("no panic").push(line.to_owned());
        let kept = read(said.as_bytes(), Some(&tell));
        (told.into_inner().expect("no panic"), kept)
    }

    #[test]
    fn the_first_build_is_counted() {
        let (told, kept) = told(
            "   Compiling syn v3.0.10\n    Building [>     ] 11/145: syn, mio(build)   \r   \
             Compiling mio v1.2.5\n    Building [==>   ] 37/145: syn   \r    \
             Blocking waiting for file lock on build directory\n",
        );
        let wanted = [
            "building, step 11 of 145; next time this is quick",
            "building, step 37 of 145; next time this is quick",
            "Blocking waiting for file lock on build directory",
        ];
        assert_eq!(told, wanted);
        let wanted = "   Compiling syn v3.0.10\n   Compiling mio v1.2.5\n    \
                      Blocking waiting for file lock on build directory\n";
        assert_eq!(kept, wanted, "the bar is overwritten, and no part of what cargo said");
    }

    #[test]
    fn an_edit_is_built_without_a_count() {
        let bar = "    Building [=====>] 144/145: gather(test)   \r";
        let line = "   Compiling gather v0.1.0 (/a/b)\n";
        let (told, kept) = told(&format!("{line}{bar}    Finished `test` profile\r\nerror: cut"));
        assert_eq!(told, ["Compiling gather v0.1.0 (/a/b)", "Finished `test` profile"]);
        assert_eq!(kept, format!("{line}    Finished `test` profile\nerror: cut"));
    }
}
