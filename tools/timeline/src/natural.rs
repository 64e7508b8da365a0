//! The order in which people count: "user 2" before "user 10".

use std::cmp::Ordering;

/// Compares two names, taking each run of ASCII digits as one number of any length.
///
/// A total order: names that count the same ("user 2", "user 02") are told apart as text.
pub(crate) fn compare(a: &str, b: &str) -> Ordering {
    let (mut left, mut right) = (a, b);
    while !left.is_empty() && !right.is_empty() {
        let (left_part, left_rest) = split(left);
        let (right_part, right_rest) = split(right);
        let by_part = match (number(left_part), number(right_part)) {
            // Without leading zeros, the longer number is the larger one.
            (Some(x), Some(y)) => x.len().cmp(&y.len()).then_with(|| x.cmp(y)),
            _ => left_part.cmp(right_part),
        };
        if by_part.is_ne() {
            return by_part;
        }
        (left, right) = (left_rest, right_rest);
    }
    left.len().cmp(&right.len()).then_with(|| a.cmp(b))
}

/// The first run of digits, or the first character that is none, and what follows.
fn split(text: &str) -> (&str, &str) {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let first = text.chars().next().map_or(0, char::len_utf8);
    text.split_at(digits.max(first))
}

fn number(part: &str) -> Option<&str> {
    part.starts_with(|c: char| c.is_ascii_digit()).then(|| part.trim_start_matches('0'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_count_and_letters_spell() {
        let mut names =
            ["user 10", "user 2", "user", "é 3", "user 02", "10", "9", "user 2b", "user 2 retry"];
        names.sort_by(|a, b| compare(a, b));
        assert_eq!(
            names,
            ["9", "10", "user", "user 02", "user 2", "user 2 retry", "user 2b", "user 10", "é 3"]
        );
    }

    #[test]
    fn numbers_may_be_longer_than_any_integer() {
        let long = "9".repeat(50);
        let longer = format!("1{}", "0".repeat(50));
        assert_eq!(compare(&long, &longer), Ordering::Less);
    }
}
