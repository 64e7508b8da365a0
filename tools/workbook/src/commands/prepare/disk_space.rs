//! Whether the disk holds what will be built.
//!
//! The sizes are those that [`forecast`](super::forecast) says, rounded up for other systems and for
//! exercises to come. The set-up page has them too.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

use crate::catalogue::workspace::Workspace;
use crate::commands::prepare::Options;
use crate::commands::prepare::problem::Problem;

/// A megabyte.
pub const MB: u64 = 1_000_000;

/// What the tests of all exercises and references take, and the command.
const BUILT: u64 = 2500 * MB;
/// What the book's builder takes on top.
const BUILDER: u64 = 600 * MB;
/// What the documentation of the libraries takes.
const DOCS: u64 = 500 * MB;
/// What a folder to hand out takes: on a stick each of its many small files fills a block.
const HANDED_OUT: u64 = 1000 * MB;
/// Never less than this: cargo writes a file before it removes the old one.
const SPARE: u64 = 200 * MB;

/// Looks at the disk on which the workbook is built.
pub fn to_build(workspace: &Workspace, options: &Options) -> Result<Result<String, Problem>> {
    let extra = |wanted: bool, size: u64| if wanted { size } else { 0 };
    let whole = BUILT + extra(options.book, BUILDER) + extra(options.docs, DOCS);
    let there = built(workspace);
    let free = free(&workspace.target)?;
    Ok(judge(free, whole, there, &format!("in {}", workspace.target.display())))
}

/// Looks at the disk to which a folder to hand out is written.
pub fn to_hand_out(folder: &Path, with_docs: bool) -> Result<Result<String, Problem>> {
    let whole = HANDED_OUT + if with_docs { DOCS } else { 0 };
    Ok(judge(free(folder)?, whole, 0, &format!("for {}", folder.display())))
}

/// How much has been built already, whatever it is for.
pub fn built(workspace: &Workspace) -> u64 {
    size(&workspace.target.join("debug"))
}

/// `there`: as much of the whole has been built already.
pub fn judge(free: u64, whole: u64, there: u64, place: &str) -> Result<String, Problem> {
    let needed = whole.saturating_sub(there).max(SPARE);
    let (free_mb, needed_mb) = (free / MB, needed / MB);
    if free >= needed {
        return Ok(format!("{free_mb} MB free {place}; {needed_mb} MB are needed"));
    }
    Err(Problem::new(
        format!("{free_mb} MB are free {place}, and {needed_mb} MB are needed"),
        format!(
            "Free {} MB. Or name a folder on another disk in the variable CARGO_TARGET_DIR.",
            (needed - free).div_ceil(MB)
        ),
    ))
}

fn free(folder: &Path) -> Result<u64> {
    // It may not be there yet: then the nearest one above it says on which disk it will be.
    let there = folder.ancestors().find(|at| at.is_dir()).unwrap_or(folder);
    fs4::available_space(there)
        .with_context(|| format!("cannot tell how much room there is in {}", there.display()))
}

/// What the files below a folder take. What cannot be read counts nothing.
fn size(folder: &Path) -> u64 {
    let Ok(entries) = fs::read_dir(folder) else { return 0 };
    let of = |entry: fs::DirEntry| match entry.metadata() {
        Ok(found) if found.is_dir() => size(&entry.path()),
        Ok(found) => found.len(),
        Err(_) => 0,
    };
    entries.flatten().map(of).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn too_little_is_told_with_how_much_to_free() {
        let problem = judge(300 * MB, 2000 * MB, 0, "in target").expect_err("too little");
        assert_eq!(problem.what, "300 MB are free in target, and 2000 MB are needed");
        assert!(problem.remedy.starts_with("Free 1700 MB."), "{}", problem.remedy);
    }

    #[test]
    fn what_is_built_already_needs_no_room_again() {
        judge(300 * MB, 2000 * MB, 1800 * MB, "in target").expect("it goes on");
        judge(300 * MB, 2000 * MB, 9000 * MB, "in target").expect("there is some to spare");
        judge(100 * MB, 2000 * MB, 9000 * MB, "in target").expect_err("nearly full");
    }

    #[test]
    fn the_disk_of_a_folder_to_come_is_that_of_the_one_above() {
        let temporary = std::env::temp_dir();
        let free = free(&temporary.join("not").join("yet")).expect("there is a disk");
        assert!(free > 0);
    }
}
