//! What it takes, said before it begins: minutes, and room on the disk.
//!
//! Measured on Linux with nineteen exercises and two cores, in an empty target folder. On the disk
//! [`disk_space`] wants more, for other systems.

use crate::catalogue::workspace::Workspace;
use crate::commands::prepare::{Options, disk_space};

/// What something takes: the fewest and the most minutes, and megabytes.
#[derive(Clone, Copy)]
struct Cost {
    least: u32,
    most: u32,
    megabytes: u64,
}

/// The tests of all exercises and references.
const EXERCISES: Cost = Cost { least: 3, most: 7, megabytes: 2200 };
/// The book's builder, which takes nearly all of it.
const BOOK: Cost = Cost { least: 1, most: 3, megabytes: 430 };
/// The documentation of the libraries, and what rustdoc reads for it.
const DOCS: Cost = Cost { least: 1, most: 2, megabytes: 300 };
/// A folder to hand out: the crates and the book in it.
const FOLDER: Cost = Cost { least: 1, most: 3, megabytes: 430 };
/// The documentation in that folder.
const DOCS_IN_FOLDER: Cost = Cost { least: 1, most: 2, megabytes: 170 };

/// The first line: what this machine, or the folder, will need.
pub fn of(workspace: &Workspace, options: &Options) -> String {
    if options.vendor.is_some() {
        let docs = options.docs.then_some(DOCS_IN_FOLDER);
        let whole = [Some(FOLDER), docs].into_iter().flatten();
        return format!("On two cores this takes {} in the folder.", sum(whole));
    }
    let extras = [options.book.then_some(BOOK), options.docs.then_some(DOCS)];
    let whole = sum([Some(EXERCISES)].into_iter().chain(extras).flatten());
    let there = disk_space::built(workspace);
    let again = if there >= disk_space::MB * 100 {
        format!("\n{} of that may be built already: it is not built again.", gigabytes(there))
    } else {
        String::new()
    };
    format!("On two cores this takes {whole} of disk, the first time.{again}")
}

fn sum(costs: impl Iterator<Item = Cost>) -> String {
    let none = Cost { least: 0, most: 0, megabytes: 0 };
    let Cost { least, most, megabytes } = costs.fold(none, |all, one| Cost {
        least: all.least + one.least,
        most: all.most + one.most,
        megabytes: all.megabytes + one.megabytes,
    });
    format!("{least} to {most} minutes, and {}", gigabytes(megabytes * disk_space::MB))
}

fn gigabytes(bytes: u64) -> String {
    let tenths = bytes.div_ceil(disk_space::MB * 100);
    format!("{}.{} GB", tenths / 10, tenths % 10)
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use clap::CommandFactory as _;

    use super::*;
    use crate::commands::cli::Cli;

    #[test]
    fn what_is_asked_for_is_added_up() {
        let root = PathBuf::from("/nowhere");
        let workspace = Workspace { target: root.join("target"), root };
        let of = |options: &Options| of(&workspace, options);
        let plain = Options::default();
        let first = "On two cores this takes 3 to 7 minutes, and 2.2 GB of disk, the first time.";
        assert_eq!(of(&plain), first);
        let all = Options { book: true, docs: true, ..plain.clone() };
        let first = "On two cores this takes 5 to 12 minutes, and 3.0 GB of disk, the first time.";
        assert_eq!(of(&all), first);
        let folder = Options { vendor: Some(PathBuf::from("stick")), docs: true, ..plain };
        let first = "On two cores this takes 2 to 5 minutes, and 0.6 GB in the folder.";
        assert_eq!(of(&folder), first);
    }

    #[test]
    fn help_says_the_same() {
        let mut command = Cli::command();
        let prepare = command.find_subcommand_mut("prepare").expect("it is there");
        let help = prepare.render_long_help().to_string();
        for cost in [EXERCISES, BOOK, DOCS, FOLDER] {
            let Cost { least, most, megabytes } = cost;
            let minutes = format!("{least} to {most} minutes");
            let size = gigabytes(megabytes * disk_space::MB);
            assert!(help.contains(&minutes) && help.contains(&size), "{minutes}, {size}: {help}");
        }
    }

    #[test]
    fn gigabytes_are_rounded_up() {
        for (megabytes, said) in [(0, "0.0 GB"), (1, "0.1 GB"), (2200, "2.2 GB"), (2201, "2.3 GB")]
        {
            assert_eq!(gigabytes(megabytes * disk_space::MB), said);
        }
    }
}
