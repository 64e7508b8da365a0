//! The lines of a new exercise in pages that are there already.

use super::skeleton::TITLE;
use crate::catalogue::{Catalogue, Exercise};

/// The link in the contents: `book/src/SUMMARY.md`.
pub fn link(name: &str) -> String {
    format!("- [{TITLE}]({name}.md)")
}

/// The row in the table of patterns: `book/src/from-asyncio.md`.
pub fn row(name: &str) -> String {
    format!(
        "| [{name}]({name}.md)<br>three calls at once | `await asyncio.gather(*calls)` | \
         `join_all(calls).await` | `gather` makes each call a task, which runs whether or not it \
         is awaited; the futures of `join_all` run only while it is awaited. |"
    )
}

/// The contents with the link below that of the last exercise, or at the end.
pub fn insert_link(text: &str, name: &str, catalogue: &Catalogue) -> String {
    let is_link = |line: &str| {
        let to = |exercise: &Exercise| line.contains(&format!("]({}.md)", exercise.name));
        catalogue.exercises.iter().any(to)
    };
    let mut lines: Vec<&str> = text.lines().collect();
    let link = link(name);
    let place = lines.iter().rposition(|line| is_link(line)).map_or(lines.len(), |last| last + 1);
    lines.insert(place, &link);
    lines.join("\n") + "\n"
}

/// The table with a row for the exercise: the one that waits for its page is linked, otherwise one
/// is added at the end. `None` where there is no table.
pub fn insert_row(text: &str, name: &str) -> Option<String> {
    let waiting = format!("| **{name}**");
    if text.lines().any(|line| line.starts_with(&waiting)) {
        return Some(text.replacen(&waiting, &format!("| [{name}]({name}.md)"), 1));
    }
    let mut lines: Vec<&str> = text.lines().collect();
    let head = lines.iter().position(|line| line.starts_with("| Pattern |"))?;
    let rows = lines[head..].iter().take_while(|line| line.starts_with('|')).count();
    let row = row(name);
    lines.insert(head + rows, &row);
    Some(lines.join("\n") + "\n")
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;

    #[test]
    fn a_link_without_exercises_comes_last() {
        let none = Catalogue { root: PathBuf::new(), exercises: Vec::new() };
        let contents = insert_link("# Summary\n\n- [Set-up](setup.md)\n", "demo", &none);
        let wanted = format!("# Summary\n\n- [Set-up](setup.md)\n- [{TITLE}](demo.md)\n");
        assert_eq!(contents, wanted);
    }

    #[test]
    fn a_row_that_waits_for_its_page_is_linked() {
        let table = "| Pattern | asyncio |\n|---|---|\n| **demo**<br>calls | `gather` |\n\nEnd.\n";
        let linked = "| Pattern | asyncio |\n|---|---|\n| [demo](demo.md)<br>calls | `gather` |\n\n\
                      End.\n";
        assert_eq!(insert_row(table, "demo").as_deref(), Some(linked));
    }

    #[test]
    fn a_row_is_added_at_the_end_of_the_table() {
        let table = "| Pattern | asyncio |\n|---|---|\n| **other** | |\n\nEnd.\n";
        let added = insert_row(table, "demo").expect("there is a table");
        assert!(added.contains(&format!("| **other** | |\n{}\n\nEnd.\n", row("demo"))), "{added}");
        assert_eq!(insert_row("No table.\n", "demo"), None);
    }
}
