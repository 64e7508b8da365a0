//! The command line: what can be asked, and the exit codes.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use clap::{Args, CommandFactory as _, FromArgMatches as _, Parser, Subcommand};

use crate::author::verify::matrix::Condition;
use crate::author::{bench, new, verify};
use crate::catalogue::workspace::Workspace;
use crate::commands::test_all;
use crate::commands::verdict::{USAGE, Verdict};
use crate::commands::{
    board, book, check, demo, help, hint, join, list, prepare, progress, reset, solution, test,
    undo, watch,
};
use crate::engine::{sandbox, signals};

/// The async patterns workbook: exercises with tests that say why.
///
/// Without a command, it shows the first exercise that is not solved, with its first failing test,
/// and runs the tests again at each save: leave it open beside your editor. Where there is no
/// terminal to draw on, it does so once.
#[derive(Debug, Parser)]
#[command(
    name = "cargo workbook",
    bin_name = "cargo workbook",
    version,
    after_help = "Exit codes: 0 all solved, or the screen was left; 1 a test fails; 2 it does not \
                  compile; 3 it could not be done (for example an unknown name); 4 not judged: the \
                  machine was in the way, by a full disk for example."
)]
pub(super) struct Cli {
    /// The workbook's folder [default: the one that you are in]
    #[arg(long, global = true, value_name = "FOLDER")]
    root: Option<PathBuf>,
    /// Look for saved files four times a second
    ///
    /// Without a command, and instead of waiting to be told of saves. Network disks and the Windows
    /// side of WSL are found out without it.
    #[arg(long)]
    poll: bool,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// List the exercises in the order of the book, with what is solved
    #[command(after_help = "Exit codes: 0 listed, 3 it could not be done.")]
    List {
        /// Only those whose name, title, goal or symptoms contain this
        word: Option<String>,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Test your file of an exercise, and explain the first failure
    #[command(after_help = "Exit codes: 0 solved, 1 a test fails, 2 it does not compile, 3 it \
                            could not be done, 4 not judged: no test fails, and the machine was \
                            in the way of some. With --all the worst of them: 3 before 2 before \
                            1 before 4 before 0, and 0 if nothing is started.")]
    Test {
        /// The exercise [default: the first that is not solved]
        #[arg(conflicts_with = "all")]
        name: Option<String>,
        /// Every exercise that you have started, with a line for each
        #[arg(long)]
        all: bool,
    },
    /// Show a hint for the first test that fails; one more with each call
    #[command(after_help = "Exit codes: 0 shown, 3 it could not be done.")]
    Hint {
        /// The exercise [default: the first that is not solved]
        name: Option<String>,
        /// Show all hints for that test at once
        #[arg(long)]
        all: bool,
    },
    /// Show the reference solution, or go on from it
    #[command(after_help = "Exit codes: 0 done, or you said no; 3 it could not be done.")]
    Solution {
        /// The exercise [default: the first that is not solved]
        name: Option<String>,
        /// Put it in the place of your file, of which a copy is kept
        #[arg(long)]
        apply: bool,
        /// Compare it with your file, line by line
        #[arg(long, conflicts_with = "apply")]
        diff: bool,
        /// Do not ask, though the exercise is not solved
        #[arg(long)]
        yes: bool,
    },
    /// Give an exercise its starting point again; a copy is kept
    #[command(after_help = "Exit codes: 0 done, or you said no; 3 it could not be done.")]
    Reset {
        /// The exercise [default: the first that is not solved]
        #[arg(conflicts_with = "all")]
        name: Option<String>,
        /// All exercises
        #[arg(long)]
        all: bool,
        /// Do not ask
        #[arg(long)]
        yes: bool,
    },
    /// Take back the last `reset`, `solution --apply` or `undo`
    #[command(after_help = "Exit codes: 0 done, 3 it could not be done.")]
    Undo {
        /// The exercise [default: whatever was overwritten last]
        name: Option<String>,
    },
    /// Check any file against an exercise, without touching yours
    ///
    /// The file replaces exercises/NAME/src/answer.rs: it may use what that may use, such as
    /// `crate::given`. It is compiled where it is and run against the exercise's tests. An endless
    /// loop, an abort, a stack overflow and an exit are told apart.
    ///
    /// Safe code cannot forge the verdict: outcomes are sealed, and the code cannot replace its test
    /// binary. (A program that reads its own memory through `/proc/self/mem` is not taken for safe.)
    /// On Linux all that it starts is ended; elsewhere only what stays in its process group. But the
    /// file runs with all your rights: it can read and write your files, and use the network.
    /// `unsafe` code can do anything at all.
    ///
    /// With `--sandbox` the tests have no network but a loopback of their own, can write to one
    /// temporary folder and to nothing else, and have limits on memory, threads and the length of
    /// files. They can still read what you can read, and end other processes of yours. The compiler
    /// is not confined: a file can make it read any file. For files of strangers, run the check in a
    /// container or in a virtual machine.
    #[command(
        after_help = "Exit codes: 0 accepted, 1 rejected by tests, 2 does not compile, 3 it \
                            could not be checked, 4 not judged: no test fails, and the machine \
                            was in the way of some."
    )]
    Check {
        /// The exercise
        name: String,
        /// A Rust file, from anywhere
        file: PathBuf,
        /// Print JSON: the verdict, and each test with its explanation
        ///
        /// `verdict` is `accepted`, `rejected`, `does not compile` or `not judged`. If a full disk, a
        /// folder that cannot be written or a missing linker prevented the build, `obstacle` names it:
        /// its `kind`, `what` it is, what was `said`, and the `remedy`. Otherwise it is null. Exit code
        /// 3 comes without JSON.
        #[arg(long)]
        json: bool,
        /// The most time that the tests may take together, in seconds. The compiler may be silent for
        /// as long, and for five minutes at least
        #[arg(long, value_name = "SECONDS", default_value_t = 60)]
        #[arg(value_parser = clap::value_parser!(u64).range(1..=86_400))]
        limit: u64,
        /// Keep the tests from the network and from writing. On Linux, where users may have namespaces
        /// of their own; elsewhere it is an error
        #[arg(long)]
        sandbox: bool,
    },
    /// Show how far you are, how many minutes are left, and what is next
    #[command(after_help = "Exit codes: 0 shown, 3 it could not be done.")]
    Progress {
        /// Print JSON: the numbers, and the state of each exercise
        #[arg(long)]
        json: bool,
    },
    /// Show an anti-pattern of the book fail its tests
    ///
    /// Runs a wrong answer that the book shows against the exercise's tests, without touching your
    /// file, and shows its first failure: one line to type in front of a room. Without the name of a
    /// wrong answer, it lists those of the exercise.
    #[command(
        after_help = "Exit codes: 0 it fails the tests that the book says, for the reasons that \
                      it says, or they were listed; 1 it does not; 3 it could not be done; 4 not \
                      judged: the machine was in the way."
    )]
    Demo {
        /// The exercise
        name: String,
        /// The anti-pattern: its name, its title, or its file [default: all are listed]
        anti: Option<String>,
    },
    /// Show how far everybody in the room is, on one page
    ///
    /// The page is on the local network, and shows an address and a code. Whoever types `cargo
    /// workbook join` with both is on it: a name that they choose, and for each exercise whether it
    /// is untouched, started or solved. Nothing is sent before, and nothing else. It goes over the
    /// local network unencrypted. Nothing is kept: when the board ends, it has forgotten all.
    #[command(after_help = "Exit codes: those of the board's server. Ctrl-C ends it.")]
    Board(board::Options),
    /// Let the facilitator's board show how far you are
    ///
    /// From then on each verdict sends the name that you choose, and for each exercise whether it
    /// is untouched, started or solved: nothing else, and never your code. It goes over the local
    /// network unencrypted. No verdict waits for it or depends on it. `--leave` ends it.
    #[command(after_help = "Exit codes: 0 done, 3 it could not be done.")]
    Join {
        /// Where the board is, as it is shown there: 192.168.1.5:4880, for example
        #[arg(required_unless_present = "leave")]
        address: Option<String>,
        /// The code that is shown there
        #[arg(required_unless_present = "leave")]
        code: Option<String>,
        /// The name that the board shows [default: you are asked]
        #[arg(long)]
        name: Option<String>,
        /// Leave the board that you joined: it forgets you, and nothing is sent any more
        #[arg(long, conflicts_with_all = ["address", "code", "name"])]
        leave: bool,
    },
    /// Build the book, or serve it to a browser
    #[command(after_help = "Exit codes: those of the book's builder.")]
    Book {
        /// What to do
        #[arg(value_parser = ["build", "serve"])]
        action: String,
        /// Arguments for the book's builder; `book build -- --help` shows them
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<OsString>,
    },
    /// For `check --sandbox`: gives up rights, then becomes that program
    #[command(hide = true)]
    Confined {
        /// The folder that it may write to
        scratch: PathBuf,
        /// The program, and its arguments
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        command: Vec<OsString>,
    },
    /// Prove that patterns pass, anti-patterns fail, and pages are true
    #[command(after_help = "Exit codes: 0 all holds, 1 something does not, 3 it could not be \
                            verified.")]
    Verify(VerifyArguments),
    /// Write the skeleton of a new exercise and of its page
    ///
    /// The skeleton is a tiny exercise that works, on both sides, with its lines in the book.
    /// `cargo workbook verify NAME` then says, step by
    /// step, what is missing until it is yours. Nothing that exists is overwritten.
    #[command(after_help = "Exit codes: 0 written, 3 it could not be done.")]
    New {
        /// One word of the letters a to z
        name: String,
    },
    /// Take an exercise's numbers from criterion into its recordings
    ///
    /// Run `cargo bench -p NAME-solution` first, on a machine with nothing else to do.
    #[command(after_help = "Exit codes: 0 written, 3 it could not be done.")]
    Bench {
        /// The exercise
        name: String,
    },
    /// Get everything ready for work without a network, and prove it
    ///
    /// Checks Rust, the disk and the network, fetches and builds all that any exercise needs, and
    /// runs one red and one green test offline. Your files are not touched.
    ///
    /// The first time, it downloads up to 50 MB, takes 3 to 7 minutes on two cores, and 2.2 GB of
    /// disk. If it is broken off, it goes on where it was.
    #[command(after_help = "Exit codes: 0 ready; 1 not ready, with what is wrong and how it is \
                            mended; 3 it could not be done.")]
    Prepare {
        /// The book as well, to be read without a network: 1 to 3 minutes and 0.5 GB more
        #[arg(long, conflicts_with = "vendor")]
        book: bool,
        /// The documentation of tokio and the other libraries as well: 1 to 2 minutes and 0.3 GB more
        #[arg(long)]
        docs: bool,
        /// Make a folder to hand out on a stick instead: the workbook, every crate, the book, in 1 to 3
        /// minutes and 0.5 GB
        #[arg(long, value_name = "FOLDER")]
        vendor: Option<PathBuf>,
    },
}

#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of the command line")]
struct VerifyArguments {
    /// The exercises [default: all]
    names: Vec<String>,
    /// Print JSON
    #[arg(long)]
    json: bool,
    /// Run references and alternatives so many times, anti-patterns up to five times
    #[arg(long, value_name = "N", default_value_t = 1)]
    #[arg(value_parser = clap::value_parser!(u32).range(1..))]
    repeat: u32,
    /// Keep every core busy while tests run
    #[arg(long)]
    load: bool,
    /// Write the recordings that differ, and delete those that nothing asks for
    #[arg(long)]
    bless: bool,
    /// Lint every candidate with clippy as well
    #[arg(long)]
    lint: bool,
    /// Instead of all that: run references and alternatives beside a ticking task, with a late first
    /// call, with a limit of 256 open files, and on a machine with ten busy threads for each core
    #[arg(long, conflicts_with_all = ["repeat", "load", "bless", "lint"])]
    #[arg(num_args = 0.., require_equals = true, value_delimiter = ',', value_name = "CONDITIONS")]
    matrix: Option<Vec<Condition>>,
}

/// Reads the command line, does what it asks and says with which code to end.
pub fn main() -> ExitCode {
    let matches = help::readable(Cli::command()).try_get_matches();
    let cli = match matches.and_then(|matches| Cli::from_arg_matches(&matches)) {
        Ok(cli) => cli,
        Err(message) => {
            // A closed pipe is no reason to fail: nobody is reading.
            message.print().ok();
            return ExitCode::from(if message.use_stderr() { USAGE } else { 0 });
        }
    };
    let done = run(cli);
    signals::leave_the_end_to_signals();
    match done {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::from(USAGE)
        }
    }
}

fn run(cli: Cli) -> Result<ExitCode> {
    // First: it is another program in a moment, and wants nothing of what follows.
    if let Some(Command::Confined { scratch, command }) = &cli.command {
        sandbox::confine(scratch, command)?;
    }
    signals::listen(watch::terminal::restore).context("cannot listen for signals")?;
    let around = cli.root.as_deref().unwrap_or(Path::new("."));
    let workspace = &Workspace::around(around)?;
    let unless_obstructed = |done| Verdict::unless_obstructed(workspace, done);
    let verdict = match cli.command {
        None if watch::is_possible() => {
            watch::run(workspace, cli.poll)?;
            Verdict::Accepted
        }
        None => unless_obstructed(test::run(workspace, None))?,
        Some(Command::List { word, json }) => {
            list::run(workspace, word.as_deref(), json)?;
            Verdict::Accepted
        }
        Some(Command::Test { all: true, .. }) => test_all::run(workspace)?,
        Some(Command::Test { name, all: false }) => {
            unless_obstructed(test::run(workspace, name.as_deref()))?
        }
        Some(Command::Hint { name, all }) => {
            hint::run(workspace, name.as_deref(), all)?;
            Verdict::Accepted
        }
        Some(Command::Solution { name, apply, diff, yes }) => {
            let wish = match (apply, diff) {
                (true, _) => solution::Wish::Apply,
                (false, true) => solution::Wish::Diff,
                (false, false) => solution::Wish::Show,
            };
            solution::run(workspace, name.as_deref(), wish, yes)?;
            Verdict::Accepted
        }
        Some(Command::Reset { name, all, yes }) => {
            let which = if all { reset::Which::All } else { reset::Which::One(name.as_deref()) };
            reset::run(workspace, which, yes)?;
            Verdict::Accepted
        }
        Some(Command::Undo { name }) => {
            undo::run(workspace, name.as_deref())?;
            Verdict::Accepted
        }
        Some(Command::Check { name, file, json, limit, sandbox }) => {
            let limit = Duration::from_secs(limit);
            unless_obstructed(check::run(workspace, &name, &file, limit, sandbox, json))?
        }
        Some(Command::Progress { json }) => {
            progress::run(workspace, json)?;
            Verdict::Accepted
        }
        Some(Command::Demo { name, anti }) => {
            unless_obstructed(demo::run(workspace, &name, anti.as_deref()))?
        }
        Some(Command::Confined { .. }) => bail!("nothing is left to be confined"),
        Some(Command::Verify(arguments)) => {
            let VerifyArguments { names, json, repeat, load, bless, lint, matrix } = arguments;
            if let Some(conditions) = matrix {
                verify::matrix::run(workspace, &names, &conditions, json)?
            } else {
                let options = verify::Options { names, repeat, load, bless, lint };
                verify::run(workspace, &options, json)?
            }
        }
        Some(Command::New { name }) => {
            new::run(workspace, &name)?;
            Verdict::Accepted
        }
        Some(Command::Bench { name }) => {
            bench::run(workspace, &name)?;
            Verdict::Accepted
        }
        Some(Command::Prepare { book, docs, vendor }) => {
            prepare::run(workspace, &prepare::Options { book, docs, vendor })?
        }
        Some(Command::Board(options)) => return board::run(workspace, &options),
        Some(Command::Join { leave: true, .. }) => {
            join::leave(workspace)?;
            Verdict::Accepted
        }
        Some(Command::Join { address, code, name, leave: false }) => {
            let (address, code) = (address.unwrap_or_default(), code.unwrap_or_default());
            join::run(workspace, &address, &code, name.as_deref())?;
            Verdict::Accepted
        }
        Some(Command::Book { action, arguments }) => {
            return book::run(workspace, &action, &arguments);
        }
    };
    Ok(verdict.into())
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    #[test]
    fn the_command_line_is_sound() {
        super::Cli::command().debug_assert();
    }
}
