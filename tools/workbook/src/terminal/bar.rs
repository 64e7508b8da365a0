//! A bar of progress.

use super::paint::Paint;

/// A bar of `columns`: full only where all is done, and empty only where nothing is.
pub fn bar(paint: Paint, ascii: bool, done: usize, of: usize, columns: usize) -> String {
    if ascii {
        let columns = columns.saturating_sub(2);
        let full = cells(done, of, columns);
        let rest = columns - full;
        return format!("[{}{}]", paint.good("#".repeat(full)), paint.dim("-".repeat(rest)));
    }
    let full = cells(done, of, columns);
    let rest = columns - full;
    format!("{}{}", paint.good("█".repeat(full)), paint.dim("░".repeat(rest)))
}

/// How many of `columns` a bar fills: all only where all is done, and none only where nothing is.
pub fn cells(done: usize, of: usize, columns: usize) -> usize {
    match done {
        0 => 0,
        _ if done >= of => columns,
        _ => (done * columns / of).clamp(1.min(columns), columns.saturating_sub(1)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::terminal::text::width;

    #[test]
    fn a_bar_is_full_only_where_all_is_done() {
        let bar = |done, of, ascii| bar(Paint::plain(), ascii, done, of, 10);
        assert_eq!(bar(0, 19, false), "░░░░░░░░░░");
        assert_eq!(bar(1, 19, false), "█░░░░░░░░░");
        assert_eq!(bar(18, 19, false), "█████████░");
        assert_eq!(bar(19, 19, false), "██████████");
        assert_eq!(bar(10, 20, true), "[####----]");
        assert_eq!(bar(0, 0, true), "[--------]");
        for done in 0..=19 {
            assert_eq!(width(&bar(done, 19, false)), 10);
            assert_eq!(width(&bar(done, 19, true)), 10);
        }
        assert_eq!(super::bar(Paint::plain(), false, 1, 2, 0), "");
    }
}
