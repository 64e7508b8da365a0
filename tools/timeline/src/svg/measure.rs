//! How long a text is likely to be. The page chooses the font, so this is an estimate on the wide
//! side, at the drawing's font size of 12 units.

/// The likely length of a text, in units.
pub(super) fn units(text: &str) -> f64 {
    text.chars().map(width).sum()
}

/// The text, cut with an ellipsis if it is likely to be longer than `room` units.
pub(super) fn shorten(text: &str, room: f64) -> String {
    if units(text) <= room {
        return text.to_owned();
    }
    let mut used = width('…');
    let mut short: String = text
        .chars()
        .take_while(|c| {
            used += width(*c);
            used <= room
        })
        .collect();
    short.truncate(short.trim_end().len());
    short.push('…');
    short
}

/// A coordinate, to a tenth of a unit.
pub(super) fn n(x: f64) -> String {
    let text = format!("{x:.1}");
    text.strip_suffix(".0").map_or_else(|| text.clone(), str::to_owned)
}

fn width(c: char) -> f64 {
    match c {
        'f' | 'i' | 'j' | 'l' | 'r' | 't' | '.' | ',' | ':' | '\'' | ' ' => 4.5,
        'm' | 'w' | 'M' | 'W' | '…' => 11.5,
        'A'..='Z' => 8.5,
        // From the first script of wide characters on.
        '\u{1100}'.. => 12.5,
        _ => 7.4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_too_long_is_cut() {
        assert_eq!(shorten("user 1", 60.0), "user 1");
        assert_eq!(shorten("user number one", 60.0), "user nu…");
        assert_eq!(shorten("user", 0.0), "…");
    }

    #[test]
    fn coordinates_are_short() {
        assert_eq!(n(12.0), "12");
        assert_eq!(n(12.34), "12.3");
    }
}
