//! `mdbook-workbook`: without a command, mdBook's preprocessor protocol on stdin and stdout;
//! with one, the builder.

use anyhow::{Context, Result};
use clap::{Parser, Subcommand};
use mdbook_workbook::build::{self, Options};
use mdbook_workbook::{fences, preprocessor, serve};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

/// Builds the book of the workbook.
///
/// Without a command it is a preprocessor for mdBook: it reads a book as JSON from the standard
/// input and writes it to the standard output.
///
/// Exit codes: 0 done, 1 the book has a problem, 2 the command line is wrong.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Builds the book once.
    Build {
        /// The folder to write to, emptied first [default: as book.toml says]
        #[arg(short, long)]
        dest_dir: Option<PathBuf>,
        /// The book's folder [default: the one of the workspace around the current folder]
        #[arg(long)]
        book: Option<PathBuf>,
    },
    /// Serves the book on 127.0.0.1, and builds it again at each change.
    Serve {
        /// The port [default: 3000, or any when it is taken]
        #[arg(short, long)]
        port: Option<u16>,
        /// The book's folder [default: the one of the workspace around the current folder]
        #[arg(long)]
        book: Option<PathBuf>,
    },
    /// Compiles the Rust fences that are marked `std-only`.
    CheckFences {
        /// The book's folder [default: the one of the workspace around the current folder]
        #[arg(long)]
        book: Option<PathBuf>,
    },
    /// Tells mdBook whether a renderer is supported: exit code 0 for `html`.
    Supports { renderer: String },
}

fn main() -> ExitCode {
    match run(Arguments::parse().command) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(command: Option<Command>) -> Result<ExitCode> {
    match command {
        None => preprocessor::filter(std::io::stdin().lock(), std::io::stdout().lock())?,
        Some(Command::Supports { renderer }) if renderer != "html" => return Ok(ExitCode::FAILURE),
        Some(Command::Supports { .. }) => {}
        Some(Command::Build { dest_dir, book }) => {
            let began = Instant::now();
            let options = Options { destination: dest_dir, ..Options::default() };
            let built = build::book(&folder(book)?, options)?;
            let seconds = began.elapsed().as_secs_f64();
            println!("The book is in {} ({seconds:.1} s)", built.display());
        }
        Some(Command::Serve { port, book }) => serve::run(&folder(book)?, port)?,
        Some(Command::CheckFences { book }) => {
            let count = fences::check(&folder(book)?.join("src"))?;
            println!("{count} fences of Rust compile");
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// The book's folder: as named, or the nearest `book` with a `book.toml` around the current folder.
fn folder(named: Option<PathBuf>) -> Result<PathBuf> {
    if let Some(named) = named {
        return Ok(named);
    }
    let here = std::env::current_dir().context("there is no current folder")?;
    here.ancestors()
        .map(|folder| folder.join("book"))
        .find(|book| book.join("book.toml").is_file())
        .map(|book| book.strip_prefix(&here).map(Path::to_owned).unwrap_or(book))
        .context("no book here: run this in the workbook's folder, or name it with --book")
}
